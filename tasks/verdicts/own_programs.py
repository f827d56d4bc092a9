"""Asking a verifier of one's own: a program over JSON lines, or a service over HTTP.

Both are told, of each response: `id`, `problem`, `answer` (the gold, or null), `tests` (or null),
`response`, and `audit`, which is true where the response is the gold itself. They say `id` and
`verdict` (correct, incorrect or undecided), and may say `extracted` (text) and `score` (0 to 1).

One response costs its own deadline at most: a program that is silent for that long is ended and
started again with what it has not judged. One that judges nothing at all is an error of the build.
"""

import asyncio
import os
import queue
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import aiohttp
import orjson
from pydantic import Field, ValidationError

from schemas.errors import SourceError
from schemas.rows import Strict
from schemas.vocabulary import Verdict, Verification
from tasks.query.attached import LAUNCHED, TAIL, end, program_at
from tasks.verdicts.own_verifier import OwnVerifier
from verifiers import Problem

IN_FLIGHT = 16
"""Requests to a service at a time."""
TRIES = 3
"""Attempts at one request to a service whose connection fails or that answers 5xx."""
REASONS = {
    Verdict.CORRECT: "equal.own",
    Verdict.INCORRECT: "differ.own",
    Verdict.UNDECIDED: "undecided.own",
}
LONGEST = 2000
"""Characters of `extracted` that are kept."""


class Word(Strict):
    """What a verifier of one's own says of a response."""

    id: str
    verdict: Literal["correct", "incorrect", "undecided"]
    extracted: str | None = None
    score: float | None = Field(None, ge=0, le=1)


def ask(
    name: str, own: OwnVerifier, base: Path, items: Sequence[tuple[Problem, str | None]]
) -> list[Verification]:
    """The words of the verifier `name` on (problem, response); without a response, its gold.

    Raises SourceError where it cannot be asked, says nothing of any response, or says what is no
    verdict.
    """
    found: dict[int, Verification] = {}
    asked: dict[int, bytes] = {}
    for n, (problem, response) in enumerate(items):
        if response is None and not (problem.answer or "").strip():
            # What has tests and no gold has nothing that could be refused.
            reason = "equal.own" if problem.tests else "undecided.no_gold"
            found[n] = _verification(name, own, reason)
        else:
            asked[n] = _line(n, problem, response)
    if own.url:
        found |= asyncio.run(_served(name, own, asked))
    elif asked:
        found |= _run(name, own, base, asked)
    return [found[n] for n in range(len(items))]


def _line(n: int, problem: Problem, response: str | None) -> bytes:
    told = {
        "id": str(n), "problem": problem.problem, "answer": problem.answer, "tests": problem.tests,
        "response": problem.answer if response is None else response, "audit": response is None,
    }  # fmt: skip
    return orjson.dumps(told)


def _verification(
    name: str, own: OwnVerifier, reason: str, seconds: float = 0.0, word: Word | None = None
) -> Verification:
    verdict = {"equal": Verdict.CORRECT, "differ": Verdict.INCORRECT}.get(
        reason.partition(".")[0], Verdict.UNDECIDED
    )
    extracted = word.extracted[:LONGEST] if word and word.extracted else None
    score = word.score if word else None
    return Verification(verdict, extracted, reason, name, own.version, seconds, score)


def _heard(whose: str, said: bytes, asked: dict[int, bytes]) -> tuple[int, Word]:
    """Whose word a line is. Raises SourceError for what is none."""
    try:
        word = Word.model_validate(orjson.loads(said))
    except ValueError as error:
        why = error.errors()[0] if isinstance(error, ValidationError) else {"msg": "is no JSON"}
        where = ".".join(map(str, why.get("loc", ()))) or "the line"
        shown = said[:80].decode(errors="replace")
        raise SourceError(f"{whose}: `{where}`: {why['msg']}: {shown!r}") from None
    if not word.id.isdigit() or int(word.id) not in asked:
        raise SourceError(f"{whose}: says something of `{word.id}`, which it was not asked about")
    return int(word.id), word


def _run(
    name: str, own: OwnVerifier, base: Path, asked: dict[int, bytes]
) -> dict[int, Verification]:
    """Run the program until all is judged, or has cost a run its deadline."""
    left, found = dict(asked), dict[int, Verification]()
    program, *rest = shlex.split(own.command or "")
    arguments = [program_at(program, base, f"verifier `{name}`"), *rest]
    while left:
        before = len(left)
        ended, errors = _once(name, own, arguments, base, left, found)
        if not left:
            break
        if len(left) == before and ended != "deadline" and not found:
            raise SourceError(
                f"verifier `{name}`: `{own.command}` {ended} and judged nothing"
                + (f": {errors}" if errors else "")
            )
        stuck = next(iter(left))  # it answers in order, so this one it fell over
        reason = "undecided.timeout" if ended == "deadline" else "undecided.worker_lost"
        found[stuck] = _verification(name, own, reason, own.deadline if ended == "deadline" else 0)
        del left[stuck]
    return found


def _once(
    name: str,
    own: OwnVerifier,
    arguments: list[str],
    base: Path,
    left: dict[int, bytes],
    found: dict[int, Verification],
) -> tuple[str, str]:
    """One run over what is left; moves what it judges to `found`. How it ended, and its stderr."""
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCHED, str(os.getpid()), *arguments],
        cwd=base, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    spoken: queue.Queue[bytes | None] = queue.Queue()
    errors: list[bytes] = []
    threads = [
        threading.Thread(target=_feed, args=(process, list(left.values())), daemon=True),
        threading.Thread(target=_listen, args=(process, spoken), daemon=True),
        threading.Thread(target=lambda: errors.append(_read(process.stderr)), daemon=True),
    ]
    for thread in threads:
        thread.start()
    ended, since = "", time.perf_counter()
    try:
        while left:
            try:
                said = spoken.get(timeout=max(0.0, since + own.deadline - time.perf_counter()))
            except queue.Empty:
                ended = "deadline"
                break
            if said is None:
                ended = f"ended with {process.wait()}"
                break
            if not said.strip():
                continue
            n, word = _heard(f"verifier `{name}`", said, left)
            if n != (first := next(iter(left))):  # else an innocent one would pay for a hang
                raise SourceError(
                    f"verifier `{name}`: answers `{n}` before `{first}`; it answers in the order "
                    "in which it is asked"
                )
            now = time.perf_counter()
            found[n] = _verification(name, own, REASONS[Verdict(word.verdict)], now - since, word)
            since = now
            del left[n]
    finally:
        end(process)
        for thread in threads:
            thread.join()
    return ended, b"".join(errors).decode(errors="replace").strip()[-TAIL:]


def _feed(process: "subprocess.Popen[bytes]", lines: list[bytes]) -> None:
    assert process.stdin
    try:
        for line in lines:
            process.stdin.write(line + b"\n")
            process.stdin.flush()
        process.stdin.close()
    except OSError:
        return  # it has ended, which the listener tells


def _listen(process: "subprocess.Popen[bytes]", spoken: "queue.Queue[bytes | None]") -> None:
    assert process.stdout
    for line in process.stdout:
        spoken.put(line)
    spoken.put(None)


def _read(stream: Any) -> bytes:
    """The last that a program says, however much it says."""
    last = b""
    for line in stream:
        last = (last + line)[-4 * TAIL :]
    return last


async def _served(name: str, own: OwnVerifier, asked: dict[int, bytes]) -> dict[int, Verification]:
    """Ask a service about everything, some at a time."""
    limit = asyncio.Semaphore(IN_FLIGHT)
    timeout = aiohttp.ClientTimeout(total=own.deadline)
    async with aiohttp.ClientSession(timeout=timeout) as session:

        async def one(n: int, body: bytes) -> tuple[int, Verification]:
            async with limit:
                return n, await _request(name, own, session, n, body, asked)

        return dict(await asyncio.gather(*(one(n, body) for n, body in asked.items())))


async def _request(
    name: str,
    own: OwnVerifier,
    session: aiohttp.ClientSession,
    n: int,
    body: bytes,
    asked: dict[int, bytes],
) -> Verification:
    whose, since = f"verifier `{name}` at {own.url}", time.perf_counter()
    for attempt in range(TRIES):
        try:
            headers = {"Content-Type": "application/json"}
            async with session.post(own.url or "", data=body, headers=headers) as reply:
                said = await reply.read()
        except TimeoutError:
            return _verification(name, own, "undecided.timeout", time.perf_counter() - since)
        except aiohttp.ClientError as error:
            failure = str(error)
        else:
            if reply.status < 400:
                told, word = _heard(whose, said, asked)
                if told != n:
                    raise SourceError(f"{whose}: answers `{word.id}` where `{n}` was asked")
                seconds = time.perf_counter() - since
                return _verification(name, own, REASONS[Verdict(word.verdict)], seconds, word)
            failure = f"{reply.status}: {said[:TAIL].decode(errors='replace').strip()}"
            if reply.status < 500:
                break
        await asyncio.sleep(0.2 * 2**attempt)
    raise SourceError(f"{whose}: {failure}; is it up? Nothing was judged, and nothing is lost")
