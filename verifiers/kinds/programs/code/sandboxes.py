"""The sandboxes of a process: lent to one thread at a time, replaced when they are lost."""

import atexit
import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from verifiers.sandbox import Sandbox, SandboxError, Tier, strongest

T = TypeVar("T")


class Pair:
    """Two sandboxes: one for programs, one for a problem's own test code, which never meet."""

    def __init__(self, tier: Tier) -> None:
        self._tier = tier
        self._sandboxes: dict[str, Sandbox] = {}

    def program(self, action: Callable[[Sandbox], T]) -> T:
        """Do something in the sandbox of programs; once more in a new one if it was lost."""
        return self._do("program", action)

    def trusted(self, action: Callable[[Sandbox], T]) -> T:
        """The same in the sandbox where no program of a model ever runs."""
        return self._do("trusted", action)

    def close(self) -> None:
        """End both."""
        for sandbox in self._sandboxes.values():
            sandbox.close()
        self._sandboxes.clear()

    def _do(self, name: str, action: Callable[[Sandbox], T]) -> T:
        try:
            return action(self._get(name))
        except SandboxError:
            lost = self._sandboxes.pop(name, None)
            if lost:
                lost.close()
            return action(self._get(name))

    def _get(self, name: str) -> Sandbox:
        if name not in self._sandboxes:
            self._sandboxes[name] = Sandbox(self._tier)
        return self._sandboxes[name]


class Bench:
    """Pairs of sandboxes of one tier (the strongest that holds here, if not named)."""

    def __init__(self, tier: Tier | None = None) -> None:
        self._tier = tier
        self._idle: list[Pair] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()

    @contextlib.contextmanager
    def pair(self) -> Iterator[Pair]:
        """A pair for this thread. Raises NoSandboxError where no tier is strong enough."""
        with self._lock:
            if self._owner != os.getpid():  # a fork: the sandboxes are the parent's
                self._idle, self._owner = [], os.getpid()
            self._tier = self._tier or strongest()
            pair = self._idle.pop() if self._idle else Pair(self._tier)
        try:
            yield pair
        finally:
            with self._lock:
                self._idle.append(pair)

    def close(self) -> None:
        """End all sandboxes that are not in use."""
        with self._lock:
            if self._owner == os.getpid():
                for pair in self._idle:
                    pair.close()
            self._idle.clear()


BENCH = Bench()
"""The bench that every call of this process shares; it starts nothing before it is needed."""

atexit.register(BENCH.close)
