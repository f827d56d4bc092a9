"""Prefect: what is set, the server, and the runner whose jobs are its tasks."""
