"""Signals of a trace: a file added here is measured; nothing lists it (schemas/parts/signal.py)."""
