"""The one pool of verifier processes that every stage of a run shares."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tasks.verdicts.limits import Limits

if TYPE_CHECKING:
    from verifiers import Pool

_pools: dict[tuple[float, int], "Pool"] = {}
_lock = threading.Lock()


def judges(limits: Limits) -> "Pool":
    """The shared pool for these limits; started at first use."""
    from verifiers import Pool

    with _lock:
        key = (limits.deadline, limits.memory_mb)
        if key not in _pools:
            _pools[key] = Pool(wall=limits.deadline, memory=limits.memory_mb * 1_000_000)
        return _pools[key]


@contextmanager
def session() -> Iterator[None]:
    """Stop every shared pool and its processes when this is left."""
    try:
        yield
    finally:
        with _lock:
            for pool in _pools.values():
                pool.close()
            _pools.clear()
