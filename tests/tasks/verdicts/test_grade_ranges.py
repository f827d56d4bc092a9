"""Graded by many jobs, samples have the grades that they have in one, to the byte."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.pool.build import Build
from tasks.pool.jobs import Done
from tasks.pool.store import Pool
from tasks.steps.grade import Grade
from tasks.verdicts import grade, grade_ranges
from tests.flows.inline import Inline
from tests.tasks.dedupe.test_buckets import Backwards
from tests.tasks.steps.test_grade import judged


def table(done: Done, runner: Inline) -> tuple[bytes, dict[str, int]]:
    """The file of the grades, and the step's counts; nothing of it was done before."""
    pool = done.pool
    if pool.exists("receipts"):
        pool.fs.rm(pool.path("receipts"), recursive=True)
    fresh = Done(pool, "r", dict(done.tables))
    build = Build(fresh, runner, Path(), ["s"], [], [Grade()])
    Grade().run(build)
    (receipt,) = fresh.of("grades")
    assert receipt.shard("grades") is not None
    return pool.fs.cat_file(pool.path(receipt.outputs[0].path)), receipt.counts


@settings(max_examples=8)
@given(st.integers(0, 99), st.integers(0, 9), st.sampled_from([1000, 60, 7]), st.integers(1, 4))
def test_many_jobs_make_the_bytes_of_one(seed: int, shards: int, rows: int, side: int) -> None:
    done = judged(Pool(f"memory://ranges-{seed}-{shards}"), seed, shards)
    many, turned = Inline(), Backwards()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grade, "BUCKET_ROWS", rows)
        whole = table(done, Inline())
        patch.setattr(grade_ranges, "ONE_JOB", -1)
        patch.setattr(grade_ranges, "SIDE", side)
        assert table(done, many) == whole
        assert table(done, turned) == whole
    assert whole[1]["in"] == 40 * shards
    assert many.ran.count("grade") == 1 and {*many.ran} >= {"grade_ranges"}


def test_what_is_graded_is_not_graded_again(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grade_ranges, "ONE_JOB", 0)
    monkeypatch.setattr(grade_ranges, "SIDE", 2)
    monkeypatch.setattr(grade, "BUCKET_ROWS", 100)
    done, runner, more = judged(pool, 1, shards=4), Inline(), judged(pool, 2, shards=1)
    for _ in range(2):
        Grade().run(Build(Done(pool, "r", dict(done.tables)), runner, Path(), ["s"], [], [Grade()]))
    samples, ranges = ["grade_samples"] * 2, ["grade_ranges"] * 2
    assert runner.ran == [*samples, *ranges, "grade"]
    grown = Done(pool, "r", {name: [*done.of(name), *more.of(name)] for name in done.tables})
    later = Inline()
    Grade().run(Build(grown, later, Path(), ["s"], [], [Grade()]))
    assert later.ran == ["grade_samples", *ranges, "grade"]
