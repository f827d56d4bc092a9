"""The difference of two releases, row by row, and why rows left."""

from pathlib import Path
from typing import Any

import polars as pl

from schemas.tables import TABLES
from tasks.pool.store import Pool, Receipt
from tasks.publishing.diff.changelog import changelog
from tasks.publishing.diff.rows import diff
from tasks.publishing.diff.sides import Known, Side
from tasks.publishing.versions import File, Version, hashed


def side(pool: Pool, number: int, shards: list[dict[str, Any]], view: str = "sft") -> Side:
    files = []
    for place, columns in enumerate(shards):
        path = f"{view}-{number}-{place}.parquet"
        frame = pl.DataFrame(columns)
        pool.put(path, frame.write_parquet)
        sha256, size = hashed(pool, path)
        files.append(File(view, "train", path, len(frame), size, sha256))
    return Side(f"version {number}", pool, {view: files}, None)


def knowing(side: Side, number: int, tables: dict[str, list[dict[str, Any]]]) -> Side:
    """The side with the tables that its pool had."""
    shards: dict[str, Any] = {}
    for table, rows in tables.items():
        blank = {"problems": {"problem": "?", "source": "s", "content": "c"},
                 "traces": {"teacher": "t", "state": "complete", "content": "c"},
                 "verdicts": {"version": "1", "verifier": "math", "reason": "equal.exact"},
                 "contamination": {"place": "problem", "item_id": "i", "test": "ngram",
                                   "decided_by": "thresholds"}}  # fmt: skip
        whole = [{**dict.fromkeys(TABLES[table].names), **blank.get(table, {}), **r} for r in rows]
        frame = pl.DataFrame(whole, infer_schema_length=None).to_arrow().cast(TABLES[table])
        made = side.pool.commit(Receipt("t", f"{number:016x}", "t"), {table: frame}, "r")
        shards[table] = [vars(made.whole(table))]
    content = {"tables": shards, "deciding": ["decontaminate", "screen"]}
    return side._replace(known=Known(side.pool, Version(number, [], content)))


def test_added_removed_and_changed_rows_are_told_apart(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    same = {"trace_id": ["s"], "answer": ["0"], "text": ["x"]}
    old = {"trace_id": ["a", "b", "c"], "answer": ["1", "2", None], "text": ["x", "y", "z"]}
    new = {"trace_id": ["b", "c", "d"], "answer": ["3", None, "4"], "text": ["y", "zz", "w"]}
    (found,) = diff(side(pool, 1, [same, old]), side(pool, 2, [same, new]))
    assert (found["added"], found["removed"], found["changed"]) == (1, 1, 2)
    assert found["columns"] == {"answer": 1, "text": 1}
    gone = [{"id": "a", "reason": "unknown"}]
    assert found["ids"] == {"added": ["d"], "removed": gone, "changed": ["b", "c"]}
    told = changelog(1, [found])
    assert "| `sft` | 1 | 1 | 2 (answer 1, text 1) |" in told
    assert "- `sft`: unknown 1" in told


def test_nothing_differs_from_itself_and_rows_without_ids_are_known_by_all_of_them(
    tmp_path: Path,
) -> None:
    pool = Pool(tmp_path)
    one, two = side(pool, 1, [{"text": ["x", "y"]}]), side(pool, 2, [{"text": ["y", "z"]}])
    (same,) = diff(one, one)
    assert (same["added"], same["removed"], same["changed"]) == (0, 0, 0)
    (found,) = diff(one, two)
    assert (found["added"], found["removed"], found["changed"]) == (1, 1, 0)
    assert found["reasons"] == {"unknown": 1}


def test_a_view_that_came_is_all_added_and_one_that_went_all_removed(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    rows = [{"trace_id": ["a", "b"]}]
    went, came = diff(side(pool, 1, rows, "old"), side(pool, 2, rows, "new"))
    assert (went["view"], went["removed"], went["added"]) == ("old", 2, 0)
    assert (came["view"], came["removed"], came["added"]) == ("new", 0, 2)


def test_every_reason_for_which_a_row_leaves(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    ids = ["bench", "label", "left", "lost", "kept", "other", "screened"]
    rows = {"problem_id": [f"p-{one}" for one in ids], "trace_id": [f"t-{one}" for one in ids]}
    problems = [{"problem_id": f"p-{one}", "answer": "1"} for one in ids if one != "left"]
    traces = [{"problem_id": f"p-{one}", "trace_id": f"t-{one}"} for one in ids if one != "lost"]
    said = {f"t-{one}": "correct" for one in ids}
    old = knowing(
        side(pool, 1, [rows]),
        1,
        {"verdicts": [{"trace_id": one, "verdict": verdict} for one, verdict in said.items()]},
    )
    said["t-label"] = "incorrect"
    new = knowing(side(pool, 2, [{"problem_id": ["p-kept"], "trace_id": ["t-kept"]}]), 2, {
        "problems": problems,
        "traces": traces,
        "verdicts": [{"trace_id": one, "verdict": verdict} for one, verdict in said.items()],
        "contamination": [
            {"problem_id": "p-bench", "benchmark": "aime24", "decision": "drop"}
        ],
        "set_aside": [
            {"row_id": "p-bench", "step": "decontaminate", "reason": "ngram"},
            {"row_id": "p-screened", "step": "screen", "reason": "proof"},
            {"row_id": "t-other", "step": "verify", "reason": "does_not_decide"},
        ],
        "rejects": [
            {"row_id": "t-lost", "stage": "generate", "source": "t", "reason": "repeated"}
        ],
    })  # fmt: skip
    (found,) = diff(old, new)
    assert {row["id"]: row["reason"] for row in found["ids"]["removed"]} == {
        "t-bench": "contaminated: aime24",
        "t-label": "label corrected: correct -> incorrect",
        "t-left": "source gone",
        "t-lost": "not taken in by generate: repeated",
        "t-other": "no longer selected",
        "t-screened": "set aside by screen: proof",
    }


def test_a_pair_left_for_the_reason_of_either_trace(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    rows = {"problem_id": ["p"], "chosen_id": ["t1"], "rejected_id": ["t2"], "text": ["x"]}
    tables = {
        "problems": [{"problem_id": "p"}],
        "traces": [{"problem_id": "p", "trace_id": one} for one in ("t1", "t2")],
    }

    def judged(rejected: str) -> dict[str, Any]:
        said = {"t1": "correct", "t2": rejected}
        return {**tables, "verdicts": [{"trace_id": t, "verdict": v} for t, v in said.items()]}

    old = knowing(side(pool, 1, [rows], "pairs"), 1, judged("incorrect"))
    none = {name: [] for name in rows}
    new = knowing(side(pool, 2, [none], "pairs"), 2, judged("correct"))
    (found,) = diff(old, new)
    assert found["reasons"] == {"label corrected: incorrect -> correct": 1}
