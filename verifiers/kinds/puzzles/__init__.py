"""Puzzles that are solved before a response is judged."""
