"""The one pool of verifier processes that every stage of a run shares."""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from tasks.verdicts.limits import Limits
from tasks.verdicts.own_verifier import NONE, OwnVerifiers

if TYPE_CHECKING:
    from schemas.vocabulary import Verification
    from verifiers import Pool, Problem

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


def words(
    function: Literal["verify", "audit"],
    items: "Sequence[tuple[Problem, str | None]]",
    limits: Limits,
    own: OwnVerifiers = NONE,
) -> "list[Verification]":
    """What is said of (problem, response), or of the gold of (problem, None), by the shared pool,
    or by the verifier of one's own that judges the problem's kind.

    Raises SourceError where one of one's own cannot be asked.
    """
    found: dict[int, Verification] = {}
    for name, verifier in own.kinds.items():
        theirs = [n for n, (problem, _) in enumerate(items) if problem.answer_kind == name]
        if theirs:
            from tasks.verdicts.own_programs import ask

            said = ask(name, verifier, own.base, [items[n] for n in theirs])
            found.update(zip(theirs, said, strict=True))
    rest = [n for n in range(len(items)) if n not in found]
    asked = [items[n] if function == "verify" else items[n][:1] for n in rest]
    found.update(zip(rest, judges(limits).map(function, asked), strict=True))
    return [found[n] for n in range(len(items))]


def rest() -> None:
    """Stop every shared pool and its processes; the next verdict starts others."""
    with _lock:
        for pool in _pools.values():
            pool.close()
        _pools.clear()


@contextmanager
def session(soon: Iterable[Limits] = ()) -> Iterator[None]:
    """Stop every shared pool and its processes when this is left.

    soon: the limits of pools that will be asked; they start at once, beside what comes before
    """
    for limits in soon:
        judges(limits)
    try:
        yield
    finally:
        rest()
