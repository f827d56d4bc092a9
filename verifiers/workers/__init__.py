"""Killable processes that verify batches, each item within its deadline."""
