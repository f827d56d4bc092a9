"""Agreement with the labels that real traces came with, per file.

    LONGCOT_REAL_DATA=folder python benchmarks/judging/real_traces.py [NAME ...] [--show FILE]

NAME is a file without `traces_` (all that have labels by default). Every labelled trace is judged
once in the pool; what was never finished (cut off by the source's own word, or reasoning that did
not close) is left out, since a label on it is about something else.

Every disagreement was looked at: `real_traces.json` has its cause, by file and line. "After
looking" leaves what is longcot's own: causes that begin with "ours", what it could not read, and
what nobody has looked at yet. `--show` writes all disagreements as JSON lines.
"""

import argparse
import inspect
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.vocabulary import Verification
from tests.real import rows
from verifiers import Pool, Problem
from verifiers.extract.reasoning import after_reasoning, unclosed
from verifiers.kinds.reasoning_gym import scorer

LOOKED: dict[str, dict[str, list[int]]] = json.loads(
    Path(__file__).with_suffix(".json").read_text("utf-8")
)
OURS = ("ours", "not read", "not looked at")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("names", nargs="*", metavar="NAME")
    arguments.add_argument("--show", type=Path, metavar="FILE")
    given = arguments.parse_args()
    folder = os.environ.get("LONGCOT_REAL_DATA")
    if not folder:
        raise SystemExit("set LONGCOT_REAL_DATA to the folder with traces_*.jsonl.zst")
    paths = {path.name[len("traces_") : -len(".jsonl.zst")]: path
             for path in sorted(Path(folder).glob("traces_*.jsonl.zst"))}  # fmt: skip
    print("| file | traces | agree | undecided | we reject | we accept | agreement "
          "| after looking | causes |\n|" + " --- |" * 9)  # fmt: skip
    shown = []
    with Pool() as pool:
        for name in given.names or paths:
            rows = [row for row in labelled(paths[name]) if finished(row)]
            shown += _report(pool, name, rows) if rows else []
    if given.show:
        given.show.write_text("".join(json.dumps(row) + "\n" for row in shown), "utf-8")


def labelled(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file whose source says whether they are right, with their line."""
    for number, row in enumerate(rows(path), start=1):
        if row.get("correct") is not None and row.get("answer") and not _bereft(row):
            yield row | {"line": number}


def finished(row: dict[str, Any]) -> bool:
    """Whether a trace came to its end: its reasoning closed and it was not cut off."""
    return row.get("complete") is not False and not unclosed(row["trace"] or "")


def judge(pool: Pool, rows: list[dict[str, Any]]) -> list[Verification]:
    """The verdict on what follows each row's reasoning."""
    items = [(_problem(row), after_reasoning(row["trace"] or "")) for row in rows]
    return pool.map("verify", items)


def _bereft(row: dict[str, Any]) -> bool:
    """Whether a task of reasoning-gym needs the metadata that the file does not have."""
    return _gym(row) and "metadata" in inspect.getsource(scorer(row["type"].split("/")[-1])[0])


def _gym(row: dict[str, Any]) -> bool:
    return bool(row["problem_id"].startswith("rg-"))


def _problem(row: dict[str, Any]) -> Problem:
    """The problem of a row; a task of reasoning-gym goes to its own scorer."""
    problem = Problem(row["problem_id"], row.get("problem") or "", row["answer"], None)
    if not _gym(row):
        return problem
    tests = {"dataset": row["type"].split("/")[-1], "metadata": {}}
    return problem._replace(answer_kind="reasoning_gym", tests=json.dumps(tests))


def _report(pool: Pool, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Prints a file's line of the table; its disagreements come back."""
    results = judge(pool, rows)
    counts = Counter(_word(row, result) for row, result in zip(rows, results, strict=True))
    assert counts.total() == len(rows)
    causes = {line: cause for cause, lines in LOOKED.get(name, {}).items() for line in lines}
    shown = [
        {"file": name, "line": row["line"], "word": word, "reason": result.reason,
         "cause": causes.get(row["line"], "not looked at"), "extracted": result.extracted,
         **{column: row.get(column) for column in ("answer", "correct", "problem", "trace")}}
        for row, result in zip(rows, results, strict=True)
        if (word := _word(row, result)) != "agree"
    ]  # fmt: skip
    found = Counter(row["cause"] for row in shown)
    ours = sum(n for cause, n in found.items() if cause.startswith(OURS))
    print(f"| {name} | {len(rows)} | {counts['agree']} | {counts['undecided']} "
          f"| {counts['reject']} | {counts['accept']} | {counts['agree'] / len(rows):.2%} "
          f"| {1 - ours / len(rows):.2%} | {_list(found)} |", flush=True)  # fmt: skip
    return shown


def _list(found: Counter[str]) -> str:
    return "; ".join(f"{cause} {count}" for cause, count in found.most_common()) or "-"


def _word(row: dict[str, Any], result: Verification) -> str:
    if result.verdict == "undecided":
        return "undecided"
    right = result.verdict == "correct"
    if right == row["correct"]:
        return "agree"
    return "accept" if right else "reject"


if __name__ == "__main__":
    main()
