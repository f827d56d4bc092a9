"""What several signals read, one idea a file; found by the folder (schemas/parts/signal.py)."""
