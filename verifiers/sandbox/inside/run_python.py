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
from .remote_functions import Far
from .serialization import dumps, loads

_DETAIL = 300  # characters of an error's message that go to the judge
_SPARE = 4 << 20  # bytes of addresses kept back to say with that there are no more

# `import pytest`, `def test_one():`, `class TestF:`, `from solution import f`
_FUNCTIONS = re.compile(
    r"pytest|unittest|def +test|class +Test|"
    r"(?:from|import) +(?:solution|main|submission|candidate|your_module)\b"
)

Namespace = dict[str, Any]


def run_stdio(job: dict[str, Any], channel: Channel) -> int:
    """Run a program as `__main__`; the exit status it would have had."""
    names = _main("__main__")
    return _guarded(lambda: _execute(job["source"], names), channel, names)


def run_call(job: dict[str, Any], channel: Channel) -> int:
    """Load a program, call `entry` with the arguments, send the value.

    And the arguments as the call left them, where it changed them.
    """
    send, encode = channel.send, dumps  # bound before the program can replace anything
    given = job["arguments"]
    arguments, keywords = loads(given, inside=True)

    def call() -> None:
        names = _main("program")  # what is guarded by `__name__ == "__main__"` is not asked for
        load(job["prompt"], job["source"], job["entry"], names)
        value = _function(names, job["entry"])(*arguments, **keywords)
        said = {"value": encode(value)}
        if job.get("changes"):
            _flush()  # what it printed counts too
            if (left := encode([arguments, keywords])) != given:
                said["arguments"] = left
        send(said)

    return _guarded(call, channel)


def run_tests(job: dict[str, Any], channel: Channel) -> int:
    """Run a test's own code, in which `names` stand for functions in another sandbox."""

    def test() -> None:
        namespace = _main("__main__")
        if job["prompt"]:
            _execute(job["prompt"], namespace)
        far = Far(channel, namespace)
        for name in job["names"]:
            namespace[name] = far.named(name)
        if not _FUNCTIONS.search(job["source"]):
            _execute(job["source"], namespace, "tests")
            return
        from . import test_functions  # takes longer to load than most tests take to run

        sys.modules.update(test_functions.modules(far))
        _execute(job["source"], namespace, "tests")
        test_functions.run(namespace)

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
    sys.set_int_max_str_digits(0)  # the limit on CPU seconds holds here as well
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
        first = error.args[0] if error.args and type(error.args[0]) is str else ""
        send({"failed": kind, "type": known, "name": type(error).__name__,
              "message": first[:_DETAIL], "detail": detail[:_DETAIL]})  # fmt: skip
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
