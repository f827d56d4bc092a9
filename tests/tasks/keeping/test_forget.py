"""forget: nothing of a row is left anywhere, it never comes back, and a kill costs nothing."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from flows.build import finished
from schemas.errors import QueryError
from schemas.identity import digest, problem_id
from schemas.vocabulary import Verdict
from tasks.keeping.family import descendants, every_row, named, of_source
from tasks.keeping.forget import forget
from tasks.keeping.fsck import fsck
from tasks.keeping.gc import collect, survey
from tasks.pool.forgotten import forgotten, pending
from tasks.pool.store import Pool, Receipt
from tasks.publishing.diff.rows import diff
from tasks.publishing.diff.sides import sides
from tasks.publishing.export import export
from tasks.publishing.publications import note
from tasks.publishing.versions import latest, load, numbers, whole
from tasks.verdicts.adjudication import decide
from tests.flows.problems import statement
from tests.tasks.keeping.conftest import Place

GONE = problem_id(statement(4))
"""In both versions; two of its three traces are right."""

ALLOWED = ("forgotten.parquet", "removals/")
"""Where ids of forgotten rows stand, hashes alone."""


def text_of(data: bytes, name: str) -> str:
    """All that a file holds, unpacked."""
    if name.endswith(".parquet"):
        rows = pl.read_parquet(data)
        return json.dumps(rows.to_dicts(), default=str)
    if name.endswith(".zst"):
        data = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
    return data.decode()


def left(place: Place, *words: str) -> list[str]:
    """The files in which one of these words stands."""
    return [
        name
        for name, data in place.files().items()
        if not name.startswith(ALLOWED) and any(word in text_of(data, name) for word in words)
    ]


def whole_family(pool: Pool, one: str) -> set[str]:
    return descendants({one}, *every_row(pool))


def test_a_problem_leaves_with_its_traces_and_never_comes_back(place: Place) -> None:
    family = whole_family(place.pool, GONE)
    assert len(family) == 4
    decide(place.pool, sorted(family - {GONE})[0], Verdict.CORRECT, "looked right")
    note(place.pool, 1, "hf://datasets/me/mine", ["sft"], [])
    before = {n: sum(f.rows for f in load(place.pool, n).files) for n in (1, 2)}
    words = (*family, statement(4))
    assert len(left(place, *words)) > 10
    listed = forget(place.pool, family)
    assert left(place, *words) == []
    assert list(fsck(place.pool, deep=True)) == []
    for number in (1, 2):  # versions are whole without it
        export(place.pool, whole(place.pool, number), place.folder / f"out-{number}")
        assert sum(f.rows for f in load(place.pool, number).files) == before[number] - 3
        assert load(place.pool, number).content["forgotten"] == {"rows": 3}
    rows = [json.loads(line) for line in place.files()[str(listed)].decode().splitlines()]
    assert {row["id"] for row in rows} <= family and len(rows) == 6
    assert {(row["version"], *row["published"]) for row in rows if row["view"] == "sft"} == {
        (1, "hf://datasets/me/mine"), (2,)}  # fmt: skip
    assert finished(place.recipe, place.pool.url) is None
    place.build()
    assert left(place, statement(4)) == []
    report = place.pool.get_json("report.json")
    aside = {line["stage"]: line["aside"].get("forgotten") for line in report["funnel"]}
    assert (aside["ingest"], aside["generate"]) == (1, 3)
    assert numbers(place.pool) == [1, 2, 3]
    for row in diff(*sides("2", "3", place.pool.url)):
        assert (row["added"], row["removed"], row["changed"]) == (0, 0, 0), row["view"]
    assert finished(place.recipe, place.pool.url) is not None


def test_what_a_job_left_for_another_is_forgotten_too(place: Place) -> None:
    """Look-ups and samples that were dealt out stand below `columns`."""
    rows = pa.table({"problem_id": [GONE, problem_id("other")], "problem": [statement(4), "other"]})
    place.pool.commit(Receipt("verify_lookups", "0a", ""), {"lookups": rows}, "r")
    assert left(place, "other") != []
    forget(place.pool, whole_family(place.pool, GONE))
    assert left(place, GONE, statement(4)) == []
    assert len(left(place, "other")) == 1


def test_other_rows_of_the_same_shards_are_not_read_again(place: Place) -> None:
    forget(place.pool, whole_family(place.pool, GONE))
    texts = {name: data for name, data in place.files().items()
             if name.startswith(("problems/", "traces/"))}  # fmt: skip
    place.build()
    now = {name: data for name, data in place.files().items()
           if name.startswith(("problems/", "traces/"))}  # fmt: skip
    assert now == texts


@pytest.mark.slow
def test_a_build_that_begins_anew_comes_to_the_same_rows(place: Place, tmp_path: Path) -> None:
    forget(place.pool, whole_family(place.pool, GONE))
    place.build()
    other = Place(tmp_path)
    for name in ("p.jsonl", "t.jsonl", "r.yaml"):
        (tmp_path / name).write_bytes((place.folder / name).read_bytes())
    Path(other.pool.root).mkdir()
    other.pool.put("forgotten.parquet", lambda s: s.write(place.files()["forgotten.parquet"]))
    other.build()
    for row in diff(*sides(place.pool.url, other.pool.url, None)):
        assert (row["added"], row["removed"], row["changed"]) == (0, 0, 0), row["view"]


def test_one_trace_leaves_alone_and_a_diff_with_what_was_published_says_why(place: Place) -> None:
    out = place.folder / "out"
    export(place.pool, whole(place.pool), out)
    rows = pl.read_parquet(out / "sft/*.parquet")
    one = rows["trace_id"][0]
    forget(place.pool, whole_family(place.pool, one))
    assert left(place, one) == []
    place.build()
    found = {row["view"]: row for row in diff(*sides(str(out), place.pool.url, None))}
    assert found["sft"]["ids"]["removed"] == [{"id": one, "reason": "forgotten"}]
    assert found["rlvr"]["removed"] == 0


def test_what_was_made_from_a_row_goes_along() -> None:
    problems = pl.DataFrame({
        "problem_id": ["a", "b", "c", "d"], "parent_id": [None, "a", "b", None],
        "source": ["s", "s", "t", "t"]})  # fmt: skip
    again = digest("ta", 1)
    traces = pl.DataFrame({
        "trace_id": ["ta", again, "tc", "td", "te"], "problem_id": ["a", "a", "c", "d", "d"],
        "parent_id": [None, None, None, "ta", "td"], "teacher": ["m"] * 5})  # fmt: skip
    assert descendants({"a"}, problems, traces) == {"a", "b", "c", "ta", again, "tc", "td", "te"}
    assert descendants({"ta"}, problems, traces) == {"ta", again, "td", "te"}
    assert of_source(problems, traces, "t") == {"c", "d"}
    assert of_source(problems, traces, "m") == {*traces["trace_id"]}
    with pytest.raises(QueryError, match="it has m, s, t"):
        of_source(problems, traces, "x")


def test_an_id_is_one_row(place: Place) -> None:
    rows = every_row(place.pool)
    assert named(place.pool, *rows, GONE[:8]) == GONE
    with pytest.raises(QueryError, match="no problem or trace"):
        named(place.pool, *rows, "zz")
    with pytest.raises(QueryError, match="no problem or trace"):
        named(place.pool, *rows, "")


KILLED = """
import os, signal, sys
from tasks.keeping.forget import forget
from tasks.pool.store import Pool, Receipt
from fsspec.implementations.local import LocalFileSystem

left, put, remove = [int(sys.argv[3])], Pool.put, LocalFileSystem.rm_file

def counted(do):
    def done(*arguments):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return do(*arguments)
    return done

Pool.put, LocalFileSystem.rm_file = counted(put), counted(remove)
forget(Pool(sys.argv[1]), set(sys.argv[2].split(",")))
print(int(sys.argv[3]) - left[0])
"""


@pytest.mark.slow
def test_a_kill_in_the_middle_leaves_whole_versions_and_the_next_build_does_the_rest(
    copied: Callable[[str], Place],
) -> None:
    place = copied("undisturbed")
    family = whole_family(place.pool, GONE)

    def run(place: Place, steps: int) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", KILLED, place.pool.url, ",".join(family), str(steps)]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    total = int(run(place, 10**6).stdout)
    place.build()
    collect(place.pool, survey(place.pool))
    rows = {name for name in place.files() if not name.startswith(("versions/", "receipts/"))}
    for at in [*range(1, total, max(1, total // 8)), total - 1]:
        killed = copied(f"killed-{at}")
        assert run(killed, at).returncode == -signal.SIGKILL
        assert pending(killed.pool) or at == 1  # the ids are remembered, the mark not set yet
        for number in (1, 2):
            export(killed.pool, whole(killed.pool, number), killed.folder / f"out-{number}")
        damaged = [one.file for one in fsck(killed.pool, deep=True)]
        # A view's folder is swapped a moment before the manifest tells of it, as a build does it.
        assert all("/releases/" in file for file in damaged), at
        if at == 1:
            forget(killed.pool, family)
        killed.build()
        assert left(killed, statement(4)) == [], at  # ids stand where the build refused the rows
        assert not pending(killed.pool)
        collect(killed.pool, survey(killed.pool))
        assert {n for n in killed.files() if not n.startswith(("versions/", "receipts/"))} == rows


def test_nothing_is_asked_of_the_list_where_nothing_was_forgotten(place: Place) -> None:
    assert forgotten(place.pool).stamped("s") == "s"
    assert latest(place.pool) is not None and not pending(place.pool)
