"""Requests to an OpenAI-compatible server: sent, answered or refused."""
