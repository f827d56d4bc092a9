"""Answers that are run: programs against tests, queries against databases, rationales."""
