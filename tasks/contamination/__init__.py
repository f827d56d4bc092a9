"""Contamination: which problems say what a benchmark says, and the evidence for it."""
