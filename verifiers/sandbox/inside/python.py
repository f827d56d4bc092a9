"""Runs Python in a process that is confined already: a program, one call, or a test's own code."""

import atexit
import builtins
import re
import sys
import threading
import traceback
import types
from collections.abc import Callable
from typing import Any

from .channel import Channel
from .values import dumps, loads

_DETAIL = 300  # characters of an error's message that go to the judge

Namespace = dict[str, Any]


def run_stdio(source: str, channel: Channel) -> int:
    """Run a program as `__main__`; the exit status it would have had."""
    return _guarded(lambda: _execute(source, _main()), channel, finish=True)


def run_call(job: dict[str, Any], channel: Channel) -> int:
    """Load a program, call `entry` with the arguments, send the value."""
    send, encode = channel.send, dumps  # bound before the program can replace anything
    arguments, keywords = loads(job["arguments"])

    def call() -> None:
        names = _main()
        load(job["prompt"], job["source"], job["entry"], names)
        value = _function(names, job["entry"])(*arguments, **keywords)
        send({"value": encode(value)})

    return _guarded(call, channel, finish=False)


def run_tests(job: dict[str, Any], channel: Channel) -> int:
    """Run a test's own code, in which `names` stand for functions in another sandbox."""

    def test() -> None:
        namespace = _main()
        if job["prompt"]:
            _execute(job["prompt"], namespace)
        for name in job["names"]:
            namespace[name] = _far(name, channel)
        _execute(job["source"], namespace, "tests")

    return _guarded(test, channel, finish=False)


def load(prompt: str, source: str, entry: str, namespace: Namespace) -> None:
    """Run a program that answers `prompt`: as the whole function, or as what follows it."""
    whole = not prompt or re.search(rf"^(?:async )?(?:def|class) +{entry}\b|^{entry} *=|^class +"
                                    r"Solution\b", source, re.MULTILINE)  # fmt: skip
    if not whole:
        source = prompt + source
    elif prompt:
        _execute(prompt, namespace)
    _execute(source, namespace)


def _main() -> Namespace:
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.argv = ["program.py"]
    module.__dict__["__builtins__"] = builtins
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
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            kind = RuntimeError
        raise kind("raised by the program")

    return call


def _guarded(action: Callable[[], None], channel: Channel, finish: bool) -> int:
    """Run it; tell the judge what went wrong. The exit status is Python's own."""
    send = channel.send
    try:
        action()
        if finish:
            _finish()
        return 0
    except SystemExit as leave:
        status = _status(leave)
        if status:
            send({"failed": "exit", "detail": f"exit status {status}"})
        return _finished(status) if finish else status
    except MemoryError:
        send({"failed": "memory", "detail": "MemoryError"})
    except _NoFunction as error:
        send({"failed": "no_function", "detail": f"the program defines no `{error}`"})
    except BaseException as error:
        kind = "syntax" if _own_syntax(error) else "exception"
        detail = traceback.format_exception_only(type(error), error)[-1].strip()
        send({"failed": kind, "type": type(error).__name__, "detail": detail[:_DETAIL]})
        if finish:
            traceback.print_exc()
            _finished(1)
    return 1


def _own_syntax(error: BaseException) -> bool:
    """Whether the program itself cannot be compiled (not something that it compiled)."""
    return isinstance(error, SyntaxError) and error.filename in ("program.py", "tests")


def _status(leave: SystemExit) -> int:
    if leave.code is None:
        return 0
    if isinstance(leave.code, int):
        return leave.code & 0xFF
    print(leave.code, file=sys.stderr)
    return 1


def _finish() -> None:
    """What the interpreter does at its end, without taking itself apart."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()


def _finished(status: int) -> int:
    try:
        _finish()
    except BaseException:  # a program may have broken its own streams
        return status or 1
    return status
