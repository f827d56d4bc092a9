"""Which sandbox holds on this machine: each tier is attacked before it is trusted."""

import contextlib
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from schemas.errors import NoSandboxError
from verifiers.sandbox import attacks
from verifiers.sandbox.inside.serialization import dumps
from verifiers.sandbox.sandbox import Sandbox, SandboxError
from verifiers.sandbox.tiers import Tier


@cache
def weakness(tier: Tier) -> str:
    """Why `tier` is not to be trusted here; empty where it withstood every attack.

    Takes a few seconds of CPU once per process.
    """
    try:
        with Sandbox(tier) as sandbox, _goal() as goal:
            run = sandbox.stdio(attacks.reaching(goal), b"", attacks.LIMITS)
            words = run.output.decode("utf-8", "replace").split()
            escaped = [word for word in words if not word.isdigit()]
            if escaped:
                return f"these attacks succeed: {', '.join(escaped)}"
            if words != [str(attacks.REACHING_COUNT)]:
                return f"the attacks did not run to their end: {run.how}, {run.errors[-200:]!r}"
            for name, source in attacks.HOARDING.items():
                run = sandbox.stdio(source, b"", attacks.LIMITS._replace(seconds=0.5))
                if run.how == "exited" and b"escaped" in run.output:
                    return f"this attack succeeds: {name}"
            return _remembers(sandbox)
    except SandboxError as error:
        return str(error)
    return ""


def _remembers(sandbox: Sandbox) -> str:
    """Whether a program finds what an earlier one was, was given or said; "" where it does not.

    Every text that a judge hands in and a program hands out, each with a canary of its own.
    """
    canary, own = secrets.token_hex(24), secrets.token_hex(24)
    limits = attacks.LIMITS._replace(seconds=10.0)
    for size in (1, 40, 4000):  # small texts and large ones lie in different memory
        kept = canary * size
        hold = f"kept = {kept!r}\n"
        sandbox.stdio(f"{hold}print(input(), kept)", kept.encode(), limits)
        sandbox.call(hold, f"{hold}def f(text): return [text, kept]", "f",
                     dumps([[kept], {}]), limits)  # fmt: skip
        sandbox.tests("", f"{hold}f({kept!r})", ["f"], partial(_says, dumps(kept)), limits)
        sandbox.discard(sandbox.place({"kept": kept}))
    run = sandbox.stdio(attacks.remembering(canary, own), b"", limits)
    if b"earlier" in run.output:
        return "a program reads what an earlier one was, was given or said"
    if run.output.split() != [b"own"]:
        return f"the scan of memory did not run to its end: {run.how}, {run.errors[-200:]!r}"
    return ""


def _says(value: str, question: dict[str, Any]) -> dict[str, Any]:
    return {"value": value}


def strongest() -> Tier:
    """The strongest tier that holds. Raises NoSandboxError saying what to install where none."""
    found = {}
    for tier in Tier:
        found[tier] = weakness(tier)
        if not found[tier]:
            return tier
    reasons = "; ".join(f"{tier}: {why}" for tier, why in found.items())
    raise NoSandboxError(
        "no sandbox on this machine is safe enough to run programs in. Install bubblewrap "
        "(apt install bubblewrap; a container must allow user namespaces) or use a kernel with "
        f"Landlock (Linux 5.13 or newer, x86_64 or aarch64). Tried: {reasons}"
    )


@contextlib.contextmanager
def _goal() -> Iterator[dict[str, Any]]:
    """Things worth reaching: listeners, a secret file, a mark that only the judge knows of."""
    mark = secrets.token_hex(8)
    name = f"longcot-{secrets.token_hex(8)}"
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="longcot-secret-")))
        os.chmod(folder, 0o777)
        secret = folder / "secret"
        secret.write_text(mark)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        datagrams = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.bind(("127.0.0.1", 0))
        local = stack.enter_context(socket.socket(socket.AF_UNIX))
        local.bind("\0" + name)
        local.listen()
        inbox = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        inbox.bind("\0" + name + "d")
        yield {
            "mark": mark,
            "secret": str(secret),
            "tcp": listener.getsockname()[1],
            "udp": datagrams.getsockname()[1],
            "unix": name,
            "unix_datagram": name + "d",
        }
