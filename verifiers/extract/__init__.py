"""The final answer of a response: where it is stated, and what the statement says."""
