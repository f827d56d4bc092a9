"""Signals of a trace, one idea a file; `tasks/measure.py` puts them together."""
