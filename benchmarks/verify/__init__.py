"""Verification: agreement and speed, beside other graders on the same pairs."""
