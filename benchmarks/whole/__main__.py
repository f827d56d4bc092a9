"""The same work by longcot, datatrove and distilabel, and what it costs each.

    python -m benchmarks.whole WORK_DIR [--rows 20000] [--rounds 3]

Replays recorded traces of 8 kB, verifies them, deduplicates their problems, selects the complete
and correct ones and writes chat messages as Parquet. Everyone reads the same files, in turn, each
in an environment of its own, made under WORK_DIR; peers judge with math-verify. What each counted
and the serial numbers of what each wrote have to be the same. A run is a whole process with what it
starts (imports, Prefect's server, workers); CPU seconds are of all of them. Ratios are of the runs
that stood side by side, least and greatest.
"""

import argparse
import hashlib
import json
import os
import shutil
from pathlib import Path

import duckdb

from benchmarks.asking.contest import ROOT, environment
from benchmarks.spent import Spent, spend
from benchmarks.whole.made import make

JUDGE = "math-verify==0.9.0"
NEEDS: dict[str, list[str]] = {
    "longcot": [],
    "datatrove": ["datatrove[io]==0.10.1", "xxhash<4", JUDGE],
    # Its copy of datasketch's index knows 1.6 alone; bs4 is imported and not asked for.
    "distilabel": ["distilabel==1.5.3", "datasketch==1.6.5", "nltk", "beautifulsoup4", JUDGE],
}
WRITTEN = r"""
SELECT regexp_extract(messages[-1].content, 'Serial (\d+)', 1)::BIGINT AS serial,
       length(regexp_replace(messages[-1].content, '\s', '', 'g')) AS letters
FROM read_parquet('{}/*.parquet') ORDER BY ALL
"""


def once(name: str, python: Path, given: Path, out: Path) -> tuple[Spent, dict[str, int], str]:
    """One contender, once: what it spent, what it counted, a digest of what it wrote."""
    shutil.rmtree(out, ignore_errors=True)
    command = [python, "-m", f"benchmarks.whole.{name}", given, out]
    home = {"PYTHONPATH": str(ROOT), "DO_NOT_TRACK": "1"}
    spent = spend([*map(str, command)], {**os.environ, **home}, out.with_suffix(".log"))
    rows = duckdb.execute(WRITTEN.format((out / "written").resolve())).fetchall()
    counts = json.loads(spent.told) | {"written": len(rows)}
    digest = hashlib.sha256(str(rows).encode()).hexdigest()[:12]
    print(f"{name:10} {spent.wall:7.1f} s {spent.cpu:7.1f} CPU s  {counts}, {digest}", flush=True)
    return spent, counts, digest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contenders", nargs="+", choices=NEEDS, default=list(NEEDS))
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    given = folder / f"input-{arguments.rows}"
    if not given.exists():
        make(given, arguments.rows)
    found = {
        name: environment(f"whole-{name}", folder / "peers", NEEDS[name])
        for name in arguments.contenders
    }
    pythons = {name: python for name, python in found.items() if python}
    runs: dict[str, list[Spent]] = {name: [] for name in pythons}
    results = set()
    for _ in range(arguments.rounds):
        for name, python in pythons.items():
            spent, counts, digest = once(name, python, given, folder / f"by-{name}")
            runs[name].append(spent)
            results.add((*sorted(counts.items()), digest))
    assert len(results) == 1, "they did not do the same work"
    for name in list(runs)[1:]:
        pairs = list(zip(runs[name], runs["longcot"], strict=True))
        wall = sorted(peer.wall / own.wall for peer, own in pairs)
        cpu = sorted(peer.cpu / own.cpu for peer, own in pairs)
        print(f"longcot beside {name}: {wall[0]:.2f} to {wall[-1]:.2f} times as fast, "
              f"1/{cpu[0]:.2f} to 1/{cpu[-1]:.2f} of the CPU")  # fmt: skip


if __name__ == "__main__":
    main()
