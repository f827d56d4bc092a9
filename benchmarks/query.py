"""What the pool's SQL costs beside DuckDB over the same Parquet files, asked by hand.

    python -m benchmarks.query POOL [--rounds 5]

POOL is any pool with verdicts, such as one that `benchmarks.whole` left. By hand means what
somebody who knows the layout would write: the tables that a question needs and no more, joined
directly. Both must say the same, row for row; threads and memory are the same. In one process, in
turn, a connection each time; then the command line beside a script, processes whole. Ratios are of
the runs that stood side by side, least and greatest: below 1, longcot is slower.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.asking.contest import ROOT
from benchmarks.spent import spend

THREADS, MEMORY = 2, "2GB"

QUESTIONS = {
    "verdicts by reason": (
        "SELECT verdict, reason, count(*) AS n FROM pool WHERE verdict IS NOT NULL GROUP BY ALL",
        "SELECT verdict, reason, count(*) AS n FROM {verdicts} GROUP BY ALL",
    ),
    "right traces of each problem": (
        "SELECT problem_id, count(*) AS n FROM pool WHERE verdict = 'correct' "
        "AND state = 'complete' GROUP BY problem_id",
        "SELECT problem_id, count(*) AS n FROM {traces} JOIN {verdicts} USING (trace_id) "
        "WHERE verdict = 'correct' AND state = 'complete' GROUP BY problem_id",
    ),
    "long right answers, problems joined": (
        "SELECT source, answer, max(completion_chars) AS most FROM (SELECT *, length(reasoning) "
        "AS completion_chars FROM pool WHERE verdict = 'correct') GROUP BY ALL",
        "SELECT source, answer, max(length(reasoning)) AS most FROM {traces} "
        "JOIN {verdicts} USING (trace_id) JOIN {problems} USING (problem_id) "
        "WHERE verdict = 'correct' GROUP BY ALL",
    ),
    "a word in 8 kB of text": (
        "SELECT verdict, count(*) AS n FROM pool WHERE contains(reasoning, ' wait') GROUP BY ALL",
        "SELECT verdict, count(*) AS n FROM {traces} LEFT JOIN {verdicts} USING (trace_id) "
        "WHERE contains(reasoning, ' wait') GROUP BY ALL",
    ),
}
"""What is asked: of longcot, and by hand, where {table} is the Parquet files of a table."""

Rows = list[tuple[Any, ...]]


def files(pool: Path) -> dict[str, str]:
    """Each table as DuckDB reads it: the live files that the manifest lists."""
    tables = json.loads((pool / "manifest.json").read_text())["tables"]
    return {
        name: f"read_parquet({[str(pool / shard['path']) for shard in shards]})"
        for name, shards in tables.items()
    }


def by_longcot(pool: Path, sql: str) -> Rows:
    from tasks.query.locate import open_any
    from tasks.query.sql import query

    with open_any(str(pool)) as connection:
        return [tuple(row.values()) for row in query(connection, sql, "query").to_pylist()]


def by_hand(pool: Path, sql: str) -> Rows:
    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY}) as connection:
        return connection.execute(sql.format(**files(pool))).fetchall()


def timed(ask: Callable[[], Rows]) -> tuple[float, float, Rows]:
    """Seconds of wall and CPU, and the rows in order."""
    wall, cpu = time.perf_counter(), time.process_time()
    rows = ask()
    return time.perf_counter() - wall, time.process_time() - cpu, sorted(rows, key=repr)


def told(
    name: str, rows: str, pairs: list[tuple[tuple[float, float], tuple[float, float]]]
) -> None:
    """A line with the least of each and the ratios of neighbours (hand over longcot)."""
    own, hand = (min(one) for one in zip(*pairs, strict=True))
    wall, cpu = (sorted(b[k] / a[k] for a, b in pairs) for k in (0, 1))
    print(
        f"{name:36} {rows:>8}  longcot {own[0]:.3f} s, {own[1]:.3f} CPU s   "
        f"by hand {hand[0]:.3f} s, {hand[1]:.3f} CPU s   "
        f"{wall[0]:.2f} to {wall[-1]:.2f}, CPU {cpu[0]:.2f} to {cpu[-1]:.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("pool", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hand", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    pool = arguments.pool.resolve()
    if arguments.hand:
        print(by_hand(pool, QUESTIONS[arguments.hand][1]))
        return
    from tasks.query.resources import set_limits

    set_limits(MEMORY, THREADS)
    print(f"DuckDB {duckdb.__version__}, {THREADS} threads; in one process")
    for name, (ours, hand) in QUESTIONS.items():
        pairs = []
        by_longcot(pool, ours), by_hand(pool, hand)  # files are in the page cache
        for _ in range(arguments.rounds):
            *own, rows = timed(lambda ours=ours: by_longcot(pool, ours))  # type: ignore[misc]
            *peer, same = timed(lambda hand=hand: by_hand(pool, hand))  # type: ignore[misc]
            assert rows == same, f"{name}: {rows[:3]} and {same[:3]}"
            pairs.append(((own[0], own[1]), (peer[0], peer[1])))
        told(name, f"{len(rows):,} rows", pairs)
    print("as commands")
    name, (ours, _) = next(iter(QUESTIONS.items()))
    longcot = [str(Path(sys.executable).parent / "longcot"), "query", ours, "--pool", str(pool)]
    limits = ["--json", "--memory", MEMORY, "--threads", str(THREADS)]
    script = [sys.executable, "-m", "benchmarks.query", str(pool), "--hand", name]
    log, home, pairs = Path(os.devnull), {**os.environ, "PYTHONPATH": str(ROOT)}, []
    for _ in range(arguments.rounds):
        first, second = spend([*longcot, *limits], home, log), spend(script, home, log)
        pairs.append(((first.wall, first.cpu), (second.wall, second.cpu)))
    told(name, "", pairs)


if __name__ == "__main__":
    main()
