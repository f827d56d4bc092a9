"""Texts that say nearly the same: shingles, MinHash signatures, bands and clusters."""
