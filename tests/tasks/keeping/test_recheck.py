"""recheck --apply: what copies a later benchmark leaves the release, and every build after."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from schemas.errors import PoolError
from schemas.identity import problem_id
from tasks.contamination.options import Comparison
from tasks.contamination.recheck import recheck
from tasks.keeping.fsck import fsck
from tasks.keeping.recheck import apply
from tasks.pool.store import Pool
from tasks.publishing.publications import note
from tasks.publishing.versions import numbers, whole
from tests.flows.problems import statement
from tests.tasks.keeping.conftest import Place

DROPPED = problem_id(statement(4))


def hits(place: Place, number: int = 4) -> pl.DataFrame:
    """What a benchmark with one of the problems hits in the pool."""
    exam = place.folder / "exam.jsonl"
    exam.write_text(json.dumps({"id": "e1", "problem": statement(number)}) + "\n")
    options = Comparison(benchmarks=["exam.jsonl"], variant="keep")
    return recheck(place.pool.url, options, place.folder, place.folder / "out").hits


def released(pool: Pool, view: str) -> set[str]:
    return set(pl.read_parquet(Path(pool.path(f"releases/{view}")))["problem_id"])


def test_the_latest_version_is_released_without_them_and_says_what_left(
    copied: Callable[[str], Place],
) -> None:
    place = copied("pool")
    pool, before = place.pool, whole(place.pool)
    assert DROPPED in released(pool, "sft") and DROPPED in released(pool, "rlvr")
    note(pool, before.number, "hf://datasets/me/mine", ["sft"], [])
    version, listed = apply(pool, hits(place))
    assert version and listed and version.number == before.number + 1
    assert version.content["why"] == "recheck"
    files = [pl.read_parquet(pool.path(file.path))["problem_id"] for file in before.files]
    assert released(pool, "sft") | released(pool, "rlvr") == {*pl.concat(files)} - {DROPPED}
    lines = [json.loads(line) for line in Path(pool.path(listed)).read_text().splitlines()]
    gone = {(line["view"], line["reason"]) for line in lines}
    assert {view for view, _ in gone} == {"sft", "rlvr"} and all(reason for _, reason in gone)
    assert {tuple(line["published"]) for line in lines if line["view"] == "sft"} == {
        ("hf://datasets/me/mine",)
    }
    assert not [*fsck(place.pool, deep=True)]


@pytest.mark.slow
def test_no_later_build_brings_them_back(copied: Callable[[str], Place]) -> None:
    place = copied("pool")
    apply(place.pool, hits(place))
    pool = place.build()
    aside = pl.read_parquet([pool.path(s.path) for s in pool.live("set_aside")])
    row = aside.filter(row_id=DROPPED, step="recheck").to_dicts()
    assert [(one["reason"], one["detail"]) for one in row] == [("contaminated", "exam: e1")]
    assert DROPPED not in released(pool, "sft") | released(pool, "rlvr")
    assert [line for line in pool.get_json("report.json")["funnel"] if line["stage"] == "recheck"]
    place.write(18, views={"sft": {"where": "verdict = 'correct'"}, "rlvr": {}})
    assert DROPPED not in released(place.build(), "sft")


def test_applying_again_changes_nothing(copied: Callable[[str], Place]) -> None:
    place = copied("pool")
    apply(place.pool, hits(place))
    made, files = numbers(place.pool), place.files()
    again = hits(place)
    assert apply(place.pool, again) == (None, None)
    assert numbers(place.pool) == made and place.files() == files


def test_a_pool_that_released_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(PoolError, match="nothing is released here"):
        apply(Pool(tmp_path / "none"), pl.DataFrame())
