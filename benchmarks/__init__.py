"""Runnable comparisons, one figure each."""
