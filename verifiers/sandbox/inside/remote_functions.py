"""The program's functions as a test's own code sees them: each call is made in another sandbox."""

import builtins
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from .channel import Channel
from .serialization import dumps, loads

Function = Callable[..., Any]


class Far:
    """Asks the judge for calls of the program's functions, and hands on all that they did.

    What they return, print, raise, and do to their arguments. Attributes are functions, so that a
    module of the program's (`from solution import f`) can be one.
    """

    def __init__(self, channel: Channel, namespace: dict[str, Any]) -> None:
        self._channel, self._namespace = channel, namespace

    def named(self, name: str) -> Any:
        """The function `name`, or LeetCode's class of methods."""
        return (lambda *_: _Solution(self)) if name == "Solution" else self._function(name)

    def _function(self, name: str) -> Function:
        def call(*arguments: Any, **keywords: Any) -> Any:
            self._channel.send({"ask": name, "arguments": dumps([arguments, keywords])})
            answer = self._channel.receive()
            sys.stdout.write(str(answer.get("printed", "")))
            if "arguments" in answer:
                left, named = loads(answer["arguments"], inside=True)
                for was, now in zip(arguments, left, strict=True):
                    _restore(was, now)
                for key, was in keywords.items():
                    _restore(was, named[key])
            if "value" in answer:
                return loads(answer["value"], inside=True)
            raise self._error(answer)

        return call

    def _error(self, answer: dict[str, Any]) -> Exception:
        """An exception of the test's own class of that name, of Python's, or of a new one."""
        name, message = str(answer.get("name", "")), str(answer.get("message", ""))
        kind = getattr(builtins, str(answer["raised"]), None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)) or kind is StopIteration:
            kind = RuntimeError  # StopIteration would end the test's own loops, as if all were well
        elif name and name != kind.__name__:
            own = self._namespace.get(name)
            kind = (
                own if isinstance(own, type) and issubclass(own, kind) else type(name, (kind,), {})
            )
        try:
            return kind(message) if message else kind()
        except TypeError:
            return RuntimeError(message)


class _Solution:
    def __init__(self, far: Far) -> None:
        self._far = far

    def __getattr__(self, name: str) -> Any:
        return self._far.named(name)


def _restore(old: Any, new: Any) -> None:
    """Give an argument the content that the call left in it; what it holds keeps its identity."""
    if isinstance(old, list | deque) and isinstance(new, list | tuple | deque):
        if len(old) == len(new):
            for at, (was, now) in enumerate(zip(list(old), new, strict=True)):
                if type(was) is type(now) and isinstance(was, list | dict | set | deque):
                    _restore(was, now)
                else:
                    old[at] = now
        else:
            old.clear()
            old.extend(new)
    elif isinstance(old, dict) and isinstance(new, dict):
        kept = {
            key: old[key]
            for key in new
            if key in old
            and type(old[key]) is type(new[key])
            and isinstance(new[key], list | dict | set | deque)
        }
        for key, was in kept.items():
            _restore(was, new[key])
        old.clear()
        old.update({**new, **kept})
    elif isinstance(old, set) and isinstance(new, set):
        old.clear()
        old.update(new)
    elif hasattr(old, "dtype") and hasattr(new, "dtype") and old.shape == new.shape:
        old[...] = new
