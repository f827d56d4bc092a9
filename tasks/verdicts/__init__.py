"""Verdicts beside each other: the label, other graders, people, and how good the label is."""
