"""Numbers with units, and the words behind a number."""
