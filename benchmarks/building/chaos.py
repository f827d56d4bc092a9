"""Everything that goes wrong, in one seeded run: kills, flips, truncations, faults, places, bombs.

    python -m benchmarks.building.chaos WORK_DIR [--seed 0] [--quick]

Prints a table: of each kind how many were tried and survived, and what that cost. Survived means
that the result is what it is without the harm, or that one LongcotError names what is wrong. Ends
with 1 where anything did not survive. `--quick` tries every kind at least once.

    lost           rows that a whole build has and the one after the harm has not
    bought twice   answers that were given, could be read in time, and were asked for again
    silent         results that changed and nobody said so
"""

import argparse
import gzip
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import yaml

from schemas.errors import LongcotError
from schemas.recipe.teachers import Live
from tasks.pool.store import Pool
from tasks.query.locate import open_any
from tests import ROOT
from tests.flows.environments import SITUATIONS, happened, lacks
from tests.flows.inline import build
from tests.flows.problems import lines, problems, recipe, traces
from tests.flows.test_kill import digests
from tests.patience import wait_for
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve
from tests.tasks.harm import cut
from tests.tasks.llm.site import ask, rows, sums, teacher
from tests.tasks.steps.test_generate_kill import IN_FLIGHT, PROBLEMS, SAMPLES, lost, start

FAULTS = ("429", "500", "502", "503", "408", "429_inf", "overflow", "filtered_400", "moderated")
TRACES = "SELECT * EXCLUDE (shard, row) FROM pool ORDER BY trace_id"


class Outcome(NamedTuple):
    """What one harm did. `why` it was not survived; empty where it was."""

    why: str = ""
    lost: int = 0
    bought_twice: int = 0
    silent: int = 0


class Whole(NamedTuple):
    """A small recorded build that nothing disturbed."""

    recipe: Path
    pool: Path
    released: dict[str, str]
    table: pl.DataFrame


def undisturbed(folder: Path) -> Whole:
    """Build 40 problems with 3 traces each."""
    folder.mkdir(parents=True)
    (folder / "p.jsonl").write_bytes(lines(problems(40)))
    (folder / "t.jsonl").write_bytes(lines(traces(0, 40, chars=400)))
    (folder / "r.yaml").write_text(yaml.safe_dump(recipe()))
    pool = folder / "pool"
    build(str(folder / "r.yaml"), str(pool))
    return Whole(folder / "r.yaml", pool, digests(pool), seen(pool))


def seen(pool: Path) -> pl.DataFrame:
    """Every trace as a query shows it. Raises LongcotError."""
    with open_any(str(pool)) as connection:
        return connection.sql(TRACES).pl()


def again(whole: Whole, pool: Path) -> Outcome:
    """What another build makes of a pool. Raises LongcotError where it refuses."""
    build(str(whole.recipe), str(pool))
    missing = max(0, len(whole.table) - len(seen(pool)))
    changed = digests(pool) != whole.released
    return Outcome("the result changed in silence" if changed else "", missing, 0, int(changed))


def kills(whole: Whole, work: Path, draw: random.Random) -> Outcome:
    """SIGKILL of a recorded build at a moment of its work, and another build."""
    work.mkdir()
    command = [sys.executable, "-m", "tests.flows.inline", str(whole.recipe), str(work / "pool")]
    with (work / "log").open("wb") as log:
        running = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        wait_for(lambda: (work / "pool" / ".lock").exists() or running.poll() is not None, 60)
        time.sleep(draw.uniform(0, 2))
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    return again(whole, work / "pool")


def begun(server: Server, pool: Pool, asked: Live) -> "subprocess.Popen[bytes]":
    """A live run of which a request has come, or that has ended."""
    before = len(server.log)
    running = start(pool, asked)
    wait_for(lambda: len(server.log) > before or running.poll() is not None, 60)
    return running


def live_kills(_whole: Whole, work: Path, draw: random.Random) -> Outcome:
    """Two SIGKILLs of a live run, and another run."""
    pool = Pool(work)
    with serve(Behaviour(rate=300, words=(20, 60), slots=IN_FLIGHT)) as server:
        asked = teacher(server, samples=SAMPLES, in_flight=IN_FLIGHT)
        times = []
        for _ in range(2):
            running = begun(server, pool, asked)
            time.sleep(draw.uniform(0, 1))
            times.append(time.time())
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        server.behaviour = Behaviour(words=(20, 60))
        found = rows(pool, ask(pool, sums(pool, PROBLEMS), asked))
        missing, twice = PROBLEMS * SAMPLES - found["trace_id"].n_unique(), lost(server, times)
    return Outcome("rows or money lost" if missing or twice else "", missing, twice)


def harmed(whole: Whole, work: Path, harm: Callable[[Path], None], draw: random.Random) -> Outcome:
    """One file of a finished pool is harmed: what a query and another build say."""
    shutil.copytree(whole.pool, work)
    place = draw.choice(sorted(work.glob("[!.]*")))  # each table as often as all receipts
    files = [place, *sorted(place.rglob("*"))]
    target = draw.choice([file for file in files if file.is_file() and file.stat().st_size])
    harm(target)
    outcome, silent = Outcome(), 0
    with suppress(LongcotError):
        silent = int(not seen(work).equals(whole.table))
    with suppress(LongcotError):
        outcome = again(whole, work)
    why = "a query changed in silence" if silent else outcome.why
    told = f"{target.relative_to(work)}: "
    return outcome._replace(why=why and told + why, silent=outcome.silent + silent)


def flips(whole: Whole, work: Path, draw: random.Random) -> Outcome:
    """One bit of one file."""

    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        path.write_bytes(data)

    return harmed(whole, work, flip, draw)


def truncations(whole: Whole, work: Path, draw: random.Random) -> Outcome:
    """One file is cut to its half."""
    return harmed(whole, work, cut, draw)


def faults(_whole: Whole, work: Path, draw: random.Random) -> Outcome:
    """A server that answers a third of its requests with one of its faults."""
    fault, count = draw.choice(FAULTS), 30
    pool = Pool(work)
    with serve(Behaviour(rates={fault: 0.3}, retry_after=0.05)) as server:
        asked = teacher(server)
        found = rows(pool, ask(pool, sums(pool, count), asked))
        ask(pool, sums(pool, count), asked)  # what is there is not asked for again
        given = [got.digest for got in server.log if got.completed]
    missing, twice = count - found["trace_id"].n_unique(), len(given) - len(set(given))
    return Outcome(f"{fault}: {missing=} {twice=}" if missing or twice else "", missing, twice)


BOMBS: dict[str, Callable[[], bytes]] = {
    "p.jsonl.gz": lambda: gzip.compress(b" " * 2**28),
    "p.jsonl": lambda: b'{"problem": "' + b"x" * (65 * 2**20),
    "p.json": lambda: b"[" * 10**6,
    "p.csv": lambda: b'problem,answer\n"' + b"y\n" * 10**6,
}
"""Sources that would fill the memory: unfolding, a line of 65 MiB, nesting, an open quote."""


def bombs(_whole: Whole, work: Path, draw: random.Random) -> Outcome:
    """A source that is a bomb: one error, in seconds."""
    name = draw.choice(sorted(BOMBS))
    work.mkdir()
    (work / name).write_bytes(BOMBS[name]())
    told = {"name": "bomb", "sources": [{"path": name}], "steps": []}
    (work / "r.yaml").write_text(json.dumps(told))
    began = time.monotonic()
    try:
        build(str(work / "r.yaml"), str(work / "pool"))
    except LongcotError:
        took = time.monotonic() - began
        return Outcome(f"{name}: {took:.0f} s" if took > 60 else "")
    return Outcome(f"{name}: a build of nothing ended well")


KINDS: dict[str, tuple[Callable[[Whole, Path, random.Random], Outcome], int, int]] = {
    "kill, recorded": (kills, 10, 1),
    "kill, live": (live_kills, 5, 1),
    "flipped bit": (flips, 100, 8),
    "truncation": (truncations, 30, 4),
    "server's fault": (faults, 20, 2),
    "bomb": (bombs, 8, 2),
}
"""Of each kind: what does it, and how often, and how often in a quick run."""


def environments(quick: bool) -> Iterator[Outcome]:
    """The command line in places that lack something; those that this machine cannot make leave."""
    possible = [s for s in SITUATIONS if not (quick and s.slow) and not lacks(s)]
    for situation in possible[:4] if quick else possible:
        wrong = happened(situation).wrong
        yield Outcome(wrong and f"{situation.name}: {wrong}")


def survived(
    do: Callable[[Whole, Path, random.Random], Outcome], whole: Whole, work: Path, seed: str
) -> Outcome:
    """One harm; an error that nobody foresaw is not survived."""
    draw = random.Random(seed)
    try:
        with redirect_stderr(io.StringIO()):
            return do(whole, work, draw)
    except Exception as error:  # the table says so, and the run goes on
        return Outcome(f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def chaos(folder: Path, seed: int = 0, quick: bool = False) -> pl.DataFrame:
    """One row per kind: kind, tried, survived, lost, bought_twice, silent, why (of the first)."""
    whole = undisturbed(folder / "whole")
    found: dict[str, list[Outcome]] = {}
    for kind, (do, often, few) in KINDS.items():
        works = [(folder / f"{do.__name__}-{n}", f"{seed} {kind} {n}") for n in range(often)]
        found[kind] = [survived(do, whole, *one) for one in (works[:few] if quick else works)]
    found["environment"] = list(environments(quick))
    return pl.DataFrame([line(kind, outcomes) for kind, outcomes in found.items()])


def line(kind: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """The row of a kind."""
    return {
        "kind": kind,
        "tried": len(outcomes),
        "survived": sum(not outcome.why for outcome in outcomes),
        "lost": sum(outcome.lost for outcome in outcomes),
        "bought_twice": sum(outcome.bought_twice for outcome in outcomes),
        "silent": sum(outcome.silent for outcome in outcomes),
        "why": next((outcome.why for outcome in outcomes if outcome.why), ""),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="every kind at least once")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True)
    table = chaos(arguments.folder.resolve(), arguments.seed, arguments.quick)
    with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=200, tbl_width_chars=200):
        print(table)
    sys.exit(int((table["tried"] != table["survived"]).any()))


if __name__ == "__main__":
    main()
