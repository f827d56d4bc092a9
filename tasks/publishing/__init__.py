"""Versions of a release: kept, compared, exported, published, forgotten."""
