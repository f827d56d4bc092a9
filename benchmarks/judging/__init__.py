"""Judging: agreement with real labels, programs, judging again, serving verdicts."""
