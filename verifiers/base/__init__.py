"""What every verifier shares: a problem, its tests, and the reasons behind verdicts."""
