"""Runs Python in a process that is confined already: a program, one call, or a test's own code."""

import atexit
import builtins
import errno
import gc
import mmap
import re
import sys
import threading
import traceback
import types
from collections.abc import Callable
from typing import Any

from . import leetcode_names
from .channel import Channel
from .serialization import dumps, loads

_DETAIL = 300  # characters of an error's message that go to the judge
_SPARE = 4 << 20  # bytes of addresses kept back to say with that there are no more

Namespace = dict[str, Any]


def run_stdio(job: dict[str, Any], channel: Channel) -> int:
    """Run a program as `__main__`; the exit status it would have had."""
    names = _main("__main__")
    return _guarded(lambda: _execute(job["source"], names), channel, names)


def run_call(job: dict[str, Any], channel: Channel) -> int:
    """Load a program, call `entry` with the arguments, send the value."""
    send, encode = channel.send, dumps  # bound before the program can replace anything
    arguments, keywords = loads(job["arguments"])

    def call() -> None:
        names = _main("program")  # what is guarded by `__name__ == "__main__"` is not asked for
        load(job["prompt"], job["source"], job["entry"], names)
        value = _function(names, job["entry"])(*arguments, **keywords)
        send({"value": encode(value)})

    return _guarded(call, channel)


def run_tests(job: dict[str, Any], channel: Channel) -> int:
    """Run a test's own code, in which `names` stand for functions in another sandbox."""

    def test() -> None:
        namespace = _main("__main__")
        if job["prompt"]:
            _execute(job["prompt"], namespace)
        for name in job["names"]:
            namespace[name] = _far(name, channel)
        _execute(job["source"], namespace, "tests")

    return _guarded(test, channel)


RUNS = {"stdio": run_stdio, "call": run_call, "tests": run_tests}
"""What a child may be asked to do; each gives the exit status."""


def load(prompt: str, source: str, entry: str, namespace: Namespace) -> None:
    """Run a program that answers `prompt`: as the whole function, or as what follows it."""
    whole = not prompt or re.search(rf"^(?:async )?(?:def|class) +{entry}\b|^{entry} *=|^class +"
                                    r"Solution\b", source, re.MULTILINE)  # fmt: skip
    if not whole:
        source = prompt + source
    elif prompt:
        _execute(prompt, namespace)
    if re.search(r"^class +Solution\b", source, re.MULTILINE):
        namespace.update({k: v for k, v in leetcode_names.names().items() if k != entry})
    _execute(source, namespace)


def _main(name: str) -> Namespace:
    module = types.ModuleType(name)
    sys.modules["__main__"] = sys.modules[name] = module
    sys.argv = ["program.py"]
    module.__dict__.update(__builtins__=builtins, __file__="program.py")
    return module.__dict__


def _execute(source: str, namespace: Namespace, name: str = "program.py") -> None:
    exec(compile(source, name, "exec", dont_inherit=True), namespace)


class _NoFunction(Exception):
    pass


def _function(namespace: Namespace, entry: str) -> Callable[..., Any]:
    """The function `entry`, or the method of that name of a class `Solution`."""
    found = namespace.get(entry)
    if found is None and "Solution" in namespace:
        found = getattr(namespace["Solution"](), entry, None)
    if found is None:
        raise _NoFunction(entry)
    function: Callable[..., Any] = found
    return function


def _far(name: str, channel: Channel) -> Callable[..., Any]:
    """A function that is called in the program's own sandbox, by way of the judge."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        channel.send({"ask": name, "arguments": dumps([arguments, keywords])})
        answer = channel.receive()
        if "value" in answer:
            return loads(answer["value"])
        kind = getattr(builtins, str(answer["raised"]), None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)) or kind is StopIteration:
            kind = RuntimeError  # StopIteration would end the test's own loops, as if all were well
        raise kind("raised by the program")

    return call


def _guarded(action: Callable[[], None], channel: Channel, names: Namespace | None = None) -> int:
    """Run it; with `names`, those of a program, also end as the interpreter would.

    Tells the judge what went wrong. The exit status is Python's own.
    """
    send, spare = channel.send, mmap.mmap(-1, _SPARE)
    status = _attempt(action, send, spare, shown=names is not None)
    if names is not None:
        status = _attempt(lambda: _finish(names), send, spare, shown=False) or status
    return status


def _attempt(
    action: Callable[[], None], send: Callable[[Namespace], None], spare: mmap.mmap, shown: bool
) -> int:
    try:
        action()
        return 0
    except SystemExit as leave:
        status = _status(leave)
        if status:
            send({"failed": "exit", "detail": f"exit status {status}"})
        return status
    except MemoryError:
        spare.close()
        send({"failed": "memory", "detail": "MemoryError"})
    except _NoFunction as error:
        send({"failed": "no_function", "detail": f"the program defines no `{error}`"})
    except BaseException as error:
        full = isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.ENOSPC)
        kind = "syntax" if _uncompiled(error) else "output" if full else "exception"
        known = next(base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins")
        detail = traceback.format_exception_only(type(error), error)[-1].strip()
        send({"failed": kind, "type": known, "detail": detail[:_DETAIL]})
        if shown:
            traceback.print_exc()
    return 1


def _uncompiled(error: BaseException) -> bool:
    """Whether the program itself cannot be compiled (not something that it compiled)."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code is _execute.__code__


def _status(leave: SystemExit) -> int:
    if leave.code is None:
        return 0
    if isinstance(leave.code, int):
        return leave.code & 0xFF
    print(leave.code, file=sys.stderr)
    return 1


def _finish(names: Namespace) -> None:
    """What the interpreter does at its end, without taking itself apart.

    The program's own objects go: finalizers print, and files that nobody closed are written.
    """
    # Nothing public waits for a program's threads and runs what it left to `atexit`, in the order
    # of the interpreter; typeshed has only the second.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    _flush()
    sys.stdout = getattr(sys, "__stdout__", None)
    for name in list(names):
        if name != "__builtins__":
            names[name] = None
    gc.collect()
    _flush()


def _flush() -> None:
    stream = getattr(sys, "stdout", None)
    if stream is not None and not getattr(stream, "closed", False):
        stream.flush()
