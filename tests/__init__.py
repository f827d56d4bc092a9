"""The tests mirror the tree: tests/tasks/pool/test_store.py tests tasks/pool/store.py."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
