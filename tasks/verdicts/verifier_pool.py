"""The one pool of verifier processes that every stage of a run shares."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from verifiers import Pool

_pools: dict[tuple[float, int], Pool] = {}
_lock = threading.Lock()


def judges(deadline: float, memory_mb: int) -> Pool:
    """The shared pool for these limits (seconds, megabytes); started at first use."""
    with _lock:
        limits = (deadline, memory_mb)
        if limits not in _pools:
            _pools[limits] = Pool(wall=deadline, memory=memory_mb * 1_000_000)
        return _pools[limits]


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
