"""Rationales that are programs or equations: what they come to is compared with the gold answer."""
