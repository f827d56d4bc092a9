"""The command line in a process that stays: its imports (Prefect takes seconds) are paid once.

    python -m tests.flows.commands     JSON lines in: arguments, folder, env, typed; exit code out

Each command sees its own folder, environment, standard input and output, as a process of its own
would. What is about processes (signals, kills, the terminal) starts one: `Site.start`.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from tests import ROOT


def run(arguments: list[str], folder: str, env: dict[str, str], typed: str) -> dict[str, Any]:
    """Run one command here; its exit code and what it wrote."""
    from flows.cli.main import main
    from flows.runner.prefect.settings import quiet

    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(env)
    quiet()  # as importing flows does in a process of its own
    sys.argv = ["longcot", *arguments]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        kept = [os.dup(number) for number in (0, 1, 2)]
        with tempfile.TemporaryFile() as stdin:
            stdin.write(typed.encode())
            stdin.seek(0)
            for number, stream in enumerate((stdin, out, err)):
                os.dup2(stream.fileno(), number)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115  # nothing of the last command is left
        os.chdir(folder)
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # as the interpreter ends a process
            sys.excepthook(*sys.exc_info())
            code = 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, old in enumerate(kept):
                os.dup2(old, number)
                os.close(old)
            os.chdir(ROOT)
            os.environ.clear()
            os.environ.update(before)
        told = []
        for stream in (out, err):
            stream.seek(0)
            told.append(stream.read().decode())
    return {"code": code, "out": told[0], "err": told[1]}


class Commands:
    """The process, started when the first command comes, and again if a command ended it."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.env, self.log = env, log
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, arguments: list[str], folder: Path, env: dict[str, str], typed: str, seconds: float
    ) -> dict[str, Any]:
        """Exit code and output of a command. Raises TimeoutExpired after so many seconds."""
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._start()
        assert process.stdin and process.stdout
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(seconds, expire)
        timer.start()
        try:
            process.stdin.write(json.dumps([arguments, str(folder), env, typed]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        finally:
            timer.cancel()
        if expired.is_set():
            raise subprocess.TimeoutExpired(["longcot", *arguments], seconds)
        assert answer, f"longcot {arguments}: the process ended: {self.log.read_text()[-3000:]}"
        found: dict[str, Any] = json.loads(answer)
        return found

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.close()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process.stdout.close()

    def _start(self) -> "subprocess.Popen[str]":
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.flows.commands"],
                cwd=ROOT, env=self.env, text=True, stderr=log,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip


if __name__ == "__main__":
    # Standard input and output are the commands' own while they run.
    asked, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in asked:
        answers.write(json.dumps(run(*json.loads(line))) + "\n")
        answers.flush()
