"""Answers whose notation alone says what they are: dates, times, chemical formulas."""
