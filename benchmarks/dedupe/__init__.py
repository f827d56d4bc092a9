"""Near-duplicates: what is found, how fast, in how much memory."""
