"""How often an id came before: 8 bytes per id, whatever the number of ids."""

from collections import Counter

import numpy as np


class IdSet:
    """A multiset of ids as sorted arrays of their first 64 bits.

    Two ids of 100 million share 64 bits with probability 3e-4. Arrays are merged when they are of
    like size (as a log-structured tree does), so that adding n ids costs O(n log² n) in all.
    """

    def __init__(self) -> None:
        self.runs: list[np.ndarray] = []

    def number(self, ids: list[str]) -> list[int]:
        """For each id, how often it came before (in earlier calls and earlier in this one)."""
        if not ids:
            return []
        keys = keys_of(ids)
        before = self._count(keys)
        here: Counter[int] = Counter()
        numbers = []
        for key, count in zip(keys.tolist(), before.tolist(), strict=True):
            numbers.append(count + here[key])
            here[key] += 1
        self._add(np.sort(keys))
        return numbers

    def has(self, ids: list[str]) -> list[bool]:
        """For each id, whether it came before; learns nothing."""
        found: list[bool] = (self._count(keys_of(ids)) > 0).tolist()
        return found

    def _count(self, keys: np.ndarray) -> np.ndarray:
        before = np.zeros(len(keys), np.int64)
        for run in self.runs:
            before += np.searchsorted(run, keys, "right") - np.searchsorted(run, keys, "left")
        return before

    def _add(self, run: np.ndarray) -> None:
        while self.runs and len(self.runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self.runs.pop(), run]))
        self.runs.append(run)


def keys_of(ids: list[str]) -> np.ndarray:
    """The first 16 hex digits of each id, as unsigned integers."""
    return np.array([int(i[:16], 16) for i in ids], np.uint64)
