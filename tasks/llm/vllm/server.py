"""A `vllm serve` of the build's own: started, waited for, restarted, and stopped whatever happens.

vLLM and Prefect cannot share an environment (their FastAPI requirements exclude each other), so
vLLM runs in its own: `command` of the recipe, `vllm` on PATH, or `uvx vllm`.
"""

import asyncio
import os
import shlex
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from schemas.errors import TeacherError
from schemas.recipe.teachers import Managed, Served
from tasks.llm.engine import Engine, engine
from tasks.llm.replicas import LAST_SECONDS

TAIL = 25
"""Lines of the server's log that stand in an error."""

STUCK = 5
"""Looks at a silent /health in a row, one every POLL seconds of 10, after which it is killed."""

POLL = 1.0

ONE = threading.Lock()
"""One managed server at a time: two would want the same GPUs."""


def command_of(managed: Managed, model: str, port: int) -> list[str]:
    """The whole command line. Raises TeacherError where vLLM cannot be found."""
    if managed.command:
        call = shlex.split(managed.command)
    elif shutil.which("vllm"):
        call = ["vllm"]
    elif shutil.which("uvx"):
        call = ["uvx", "vllm"]
    else:
        raise TeacherError(
            "vLLM is not installed: no `vllm` and no `uvx` on PATH. Install it in an environment "
            "of its own (`uv tool install vllm`), or say `vllm: {command: ...}`, or `endpoint:`"
        )
    line = [*call, "serve", managed.path or model, "--host", "127.0.0.1", "--port", str(port)]
    if managed.path:
        line += ["--served-model-name", model]
    for key, value in managed.args.items():
        flag = "--" + key.replace("_", "-").lstrip("-")
        if value is False:
            line.append("--no-" + flag[2:])
        elif value is True:
            line.append(flag)
        else:
            line += [flag, *(map(str, value) if isinstance(value, list) else [str(value)])]
    return line


class Server:
    """The process, its log and how often it was started."""

    def __init__(self, teacher: Served, log: Path) -> None:
        assert teacher.vllm
        self.teacher, self.managed, self.log = teacher, teacher.vllm, log
        self.port = free_port()
        self.command = command_of(self.managed, teacher.model, self.port)
        self.root = f"http://127.0.0.1:{self.port}"
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        """Start the command under a supervisor; its output goes to the end of the log."""
        self.starts += 1
        self.log.parent.mkdir(parents=True, exist_ok=True)
        guard = [
            sys.executable,
            "-P",
            str(Path(__file__).with_name("supervisor.py")),
            *self.command,
        ]
        with self.log.open("ab") as sink:
            sink.write(f"longcot: start {self.starts}: {shlex.join(self.command)}\n".encode())
            sink.flush()
            self.supervisor = subprocess.Popen(
                guard,
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.managed.env},
                start_new_session=True,
            )

    def stop(self) -> None:
        """Stop the server and everything below it."""
        if self.supervisor:
            assert self.supervisor.stdin
            self.supervisor.stdin.close()
            self.supervisor.wait()
            self.supervisor = None

    def dead(self) -> bool:
        """Whether the process has ended."""
        return self.supervisor is None or self.supervisor.poll() is not None

    async def healthy(self) -> None:
        """Wait for /health. Raises TeacherError with the log's end if it dies or takes too long."""
        loop = asyncio.get_running_loop()
        limit = loop.time() + self.managed.start_seconds
        async with aiohttp.ClientSession() as session:
            while not await answers(session, f"{self.root}/health"):
                if self.dead():
                    raise TeacherError(self._complaint("ended before it was healthy"))
                if loop.time() > limit:
                    raise TeacherError(
                        self._complaint(f"was not healthy after {self.managed.start_seconds:.0f} s")
                    )
                await asyncio.sleep(POLL)

    def _complaint(self, what: str) -> str:
        lines = self.log.read_text("utf-8", "replace").splitlines()[-TAIL:]
        return f"teacher {self.teacher.name}: vLLM {what}; its log is {self.log}:\n" + "\n".join(
            f"    {line}" for line in lines
        )

    async def supervise(self, running: Engine) -> None:
        """Start the server again when it dies or hangs, until the limit is met."""
        silent = 0
        async with aiohttp.ClientSession() as session:
            while True:
                await asyncio.sleep(POLL)
                alive = not self.dead() and await answers(session, f"{self.root}/health")
                silent = 0 if alive else silent + 1
                if alive or (not self.dead() and silent < STUCK):
                    continue
                if self.starts > self.managed.restarts:
                    died = f"died {self.starts} times (restarts: {self.managed.restarts})"
                    kept = "\nEverything received is kept; mend it and run again"
                    running.replicas.halt(TeacherError(self._complaint(died) + kept), LAST_SECONDS)
                    return
                await asyncio.to_thread(self.stop)
                self.start()
                with suppress(TeacherError):  # dead again: the next look sees it and counts it
                    await self.healthy()
                silent = 0


@asynccontextmanager
async def served(teacher: Served, log: Path) -> AsyncIterator[Engine]:
    """An engine for a teacher: at its endpoints, or at a vLLM that lives as long as this."""
    if teacher.endpoint:
        async with engine(teacher, teacher.endpoint) as running:
            yield running
        return
    server = Server(teacher, log)
    await asyncio.to_thread(ONE.acquire)
    server.start()
    try:
        await server.healthy()
        async with engine(teacher, [f"{server.root}/v1"]) as running:
            watch = asyncio.create_task(server.supervise(running))
            try:
                yield running
            finally:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)
    finally:
        server.stop()
        ONE.release()


async def answers(session: aiohttp.ClientSession, url: str) -> bool:
    """Whether a GET is answered with 200 in ten seconds."""
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(10)) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False


def free_port() -> int:
    """A TCP port of the loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
