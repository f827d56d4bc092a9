"""Signals of a trace, one idea a file; `tasks/steps/measure.py` puts them together."""
