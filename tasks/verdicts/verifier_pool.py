"""The one pool of verifier processes that every stage of a run shares."""

import os
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
            own = os.environ.get("LONGCOT_THREADS", "")  # of a worker that shares its machine
            workers = int(own) if own.isdigit() else None
            memory = limits.memory_mb * 1_000_000
            _pools[key] = Pool(workers or None, wall=limits.deadline, memory=memory)
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
