"""One build at a time on a pool: a lock of a local folder, a lease of an S3 bucket."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schemas.errors import PoolError
from tasks.pool.store import Pool

BEAT, LAPSE = 20.0, 120.0
"""Seconds between two signs of life of a lease, and after which one without any is taken over. The
clocks of machines that build one pool may differ by less than the difference of both.
"""


@contextmanager
def alone(pool: Pool) -> Iterator[None]:
    """Hold a pool; two builds at once would tell readers different things.

    A local folder's lock goes with the process, however it ends; an S3 pool's lease goes LAPSE
    after its last sign of life. A pool in memory is seen by one process alone. Raises PoolError if
    another build holds the pool, if it cannot be written, or if its store has no way to do this.
    """
    kinds = pool.fs.protocol if isinstance(pool.fs.protocol, tuple) else (pool.fs.protocol,)
    if pool.local:
        with _locked(pool):
            yield
    elif "s3" in kinds:
        with _leased(pool):
            yield
    elif "memory" in kinds:
        yield
    else:
        raise PoolError(
            f"{pool.url}: longcot cannot keep two builds apart on {kinds[0]}:// (it can on S3 and "
            "in local folders); build into one of these and copy the pool"
        )


@contextmanager
def _locked(pool: Pool) -> Iterator[None]:
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


@contextmanager
def _leased(pool: Pool) -> Iterator[None]:
    """Hold the pool's lease: the highest of `.lease/<number>.json`, each of which is created once.

    Who takes over creates the next number on condition that nobody has, so that of two who find
    the same lapsed lease one gets it. Whose lease has lapsed looks before each write, and writes no
    more once another holds the pool.
    """
    number = _next(pool)
    me = uuid.uuid4().hex
    if not _create(pool, number, me):
        raise _held(pool)
    stop, lost, beats = threading.Event(), threading.Event(), [time.time()]
    given = (pool, number, me, stop, lost, beats)
    beat = threading.Thread(target=_beating, args=given, daemon=True)
    beat.start()

    def guard() -> None:
        lapsed = time.time() - beats[-1] > LAPSE - BEAT  # by the clock that others see
        if lost.is_set() or (lapsed and _numbers(pool)[-1:] != [number]):
            lost.set()
            raise PoolError(
                f"{pool.url}: this build gave no sign of life for {LAPSE:g} seconds and another "
                "took the pool over; build again when that one has ended"
            )

    before, pool.guard = pool.guard, guard
    try:
        for old in _numbers(pool):
            if old < number:
                pool.fs.rm_file(_path(pool, old))
        yield
        beats[-1] = 0.0  # the last word is looked up
        guard()
    finally:
        stop.set()
        beat.join()
        pool.guard = before
        if not lost.is_set():
            pool.fs.pipe_file(_path(pool, number), _said(me, ended=True))


def _next(pool: Pool) -> int:
    """The number of the next lease. Raises PoolError where the last one lives."""
    numbers = _numbers(pool)
    if not numbers:
        return 1
    try:
        told: dict[str, Any] = json.loads(pool.fs.cat_file(_path(pool, numbers[-1])))
    except FileNotFoundError:  # who took over has just put it away
        raise _held(pool) from None
    if not told["ended"] and time.time() - told["beat"] < LAPSE:
        raise _held(pool)
    return numbers[-1] + 1


def _create(pool: Pool, number: int, me: str) -> bool:
    """Create a lease; False if somebody else has."""
    path = _path(pool, number)
    try:
        pool.fs.pipe_file(path, _said(me), mode="create")
    except OSError:
        pool.fs.invalidate_cache()
        if not pool.fs.exists(path):
            raise
        told: dict[str, Any] = json.loads(pool.fs.cat_file(path))
        return bool(told["who"] == me)  # created by a first try whose answer was lost
    return True


def _beating(
    pool: Pool,
    number: int,
    me: str,
    stop: threading.Event,
    lost: threading.Event,
    beats: list[float],
) -> None:
    """Give signs of life; the time of the last one that was written stands in `beats`."""
    while not stop.wait(BEAT):
        try:
            now = time.time()
            if max(_numbers(pool)) > number:
                lost.set()
                return
            pool.fs.pipe_file(_path(pool, number), _said(me))
            beats[-1] = now
        except OSError:
            continue  # the next beat may come through; LAPSE allows for several


def _numbers(pool: Pool) -> list[int]:
    folder = pool.path(".lease")
    pool.fs.invalidate_cache()
    try:
        found = pool.fs.ls(folder, detail=False)
    except FileNotFoundError:
        return []
    return sorted(int(Path(path).stem) for path in found if path.endswith(".json"))


def _path(pool: Pool, number: int) -> str:
    return pool.path(f".lease/{number:08d}.json")


def _said(me: str, ended: bool = False) -> bytes:
    return json.dumps({"who": me, "beat": time.time(), "ended": ended}).encode()


def _held(pool: Pool) -> PoolError:
    return PoolError(
        f"{pool.url}: another build is running on this pool (one that died is taken over "
        f"{LAPSE:g} seconds after its last sign of life)"
    )
