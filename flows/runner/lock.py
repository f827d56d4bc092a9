"""One build at a time on a pool."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import PoolError
from tasks.pool.store import Pool


@contextmanager
def alone(pool: Pool) -> Iterator[None]:
    """Hold the lock of a local pool; two builds at once would tell readers different things.

    The lock goes with the process, however it ends. Raises PoolError if another build holds it, or
    if the pool cannot be written. A remote pool has no lock: it is for one scheduler to write.
    """
    if not pool.local:
        yield
        return
    import fcntl

    try:
        Path(pool.root).mkdir(parents=True, exist_ok=True)
        lock = Path(pool.path(".lock")).open("a")  # noqa: SIM115  (held by the `with` below)
    except OSError as error:
        raise PoolError(
            f"{pool.root}: cannot be written: {error.strerror}; choose another --pool"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PoolError(f"{pool.root}: another build is running on this pool") from None
        yield
