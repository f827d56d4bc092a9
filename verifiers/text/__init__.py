"""Texts as characters and words: one spelling, numbers read, words told from mathematics."""
