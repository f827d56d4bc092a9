"""Compared in buckets, rows have the duplicates that they have in one job."""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe import buckets, traces
from tasks.dedupe.buckets import dealt
from tasks.pool.build import Build
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Pool, Receipt
from tasks.steps.dedupe import Dedupe
from tasks.steps.dedupe_traces import DedupeTraces
from tests.flows.inline import Inline
from tests.tasks.rows import problem, put, trace, verdict

WORDS = "a farmer has some hens and sells eggs at the market on each day of a long week".split()


class Backwards(Inline):
    """Does the jobs of each stage last to first."""

    def jobs(self, pool: Pool, step: str, jobs: Iterable[Job]) -> list[Receipt]:
        return super().jobs(pool, step, list(jobs)[::-1])[::-1]


def families(rng: random.Random, count: int, most: int) -> list[str]:
    """Texts in families of some that are near to each other, in mixed order."""
    texts = []
    for family in range(count):
        words = [rng.choice(WORDS) + str(family) * rng.randrange(2) for _ in range(30)]
        for _ in range(rng.randrange(1, most)):
            own = list(words)
            for _ in range(rng.randrange(4)):
                own[rng.randrange(30)] = rng.choice(WORDS)
            texts.append(" ".join(own))
    rng.shuffle(texts)
    return texts


def begun(pool: Pool, runner: Inline, step: Any) -> Build:
    return Build(Done(pool, "r"), runner, Path(), ["s"], [], [step])


def table(pool: Pool, found: list[Receipt], name: str) -> pl.DataFrame:
    shards = [shard for receipt in found if (shard := receipt.shard(name))]
    frames = [frame_of(pool.read(shard)) for shard in shards]
    return pl.concat(frames).sort("row_id") if frames else pl.DataFrame()


def deduped(
    texts: list[str], shards: int, monkeypatch: pytest.MonkeyPatch, one_job: int, bucket: int,
    runner: Inline, **options: Any,
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int], str]:  # fmt: skip
    """The duplicates, what is set aside, the funnel's line, and what later steps see."""
    monkeypatch.setattr(buckets, "ONE_JOB", one_job)
    monkeypatch.setattr(buckets, "BUCKET", bucket)
    pool, step = Pool("memory://buckets"), Dedupe(**options)
    if pool.fs.exists(pool.root):
        pool.fs.rm(pool.root, recursive=True)
    build = begun(pool, runner, step)
    parts = [[problem(text) for text in texts[n::shards]] for n in range(shards)]
    build.done.tables["problems"] = [put(pool, "ingest", {"problems": rows}) for rows in parts]
    step.run(build)
    found = build.done.deciding["dedupe"]
    keys = [receipt.key for receipt in build.done.problems]
    gone = str(sorted(build.done.set_aside(keys)["row_id"]))
    line = {name: build.funnel[0][name] for name in ("in", "out", "aside")}
    return table(pool, found, "duplicates"), table(pool, found, "set_aside"), line, gone


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from([1, 3, 1000]))
def test_buckets_show_nowhere(seed: int, shards: int, bucket: int) -> None:
    texts = sorted({*families(random.Random(seed), 12, 6)})
    random.Random(seed).shuffle(texts)
    how: dict[str, Any] = random.Random(seed).choice(
        [{}, {"mode": "text"}, {"mode": "template", "threshold": 0.6}, {"threshold": 1}]
    )
    with pytest.MonkeyPatch.context() as patch:
        whole = deduped(texts, shards, patch, 10**6, 10**6, Inline(), **how)
        parted = deduped(texts, shards, patch, 0, bucket, Inline(), **how)
        turned = deduped(texts, shards, patch, 0, bucket, Backwards(), **how)
    assert whole[0].equals(parted[0]) and whole[1].equals(parted[1])
    assert whole[2:] == parted[2:]
    assert parted[0].equals(turned[0]) and parted[2:] == turned[2:]


def test_traces_are_compared_in_buckets_too(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    thoughts = families(random.Random(1), 8, 6)
    rows = [trace(str(n), "pq"[n % 2], reasoning=text) for n, text in enumerate(thoughts)]

    def marked() -> pl.DataFrame:
        step = DedupeTraces()
        build = begun(pool, Inline(), step)
        done = build.done
        done.tables["problems"] = [put(pool, "ingest", {"problems": [problem(t) for t in "pq"]})]
        for half in (rows[::2], rows[1::2]):
            made = put(pool, "generate", {"traces": half}, [done.problems[0].key])
            done.tables.setdefault("traces", []).append(made)
            words = [verdict(row, "correct") for row in half[1:]]  # one was not judged
            done.add(["verdicts"], [put(pool, "verify", {"verdicts": words}, [made.key])])
        signed = build.jobs("sign", traces.plan_signatures(done, step), ["trace_signatures"])
        found = traces.marked(build, step.called, step.options(), step, signed)
        return table(pool, found, "trace_duplicates")

    whole = marked()
    assert len(whole)
    monkeypatch.setattr(buckets, "ONE_JOB", 0)
    monkeypatch.setattr(buckets, "BUCKET", 3)
    assert marked().equals(whole)


def test_what_hangs_together_is_never_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "BUCKET", 2)
    #                        0  1  2  3  4  5  6  7  8  9
    together = np.array([0, 1, 0, 3, 0, 1, 6, 0, 8, 8])
    members, bucket, sizes = dealt(together)
    assert members.tolist() == [0, 1, 2, 4, 5, 7, 8, 9]
    assert bucket.tolist() == [0, 1, 0, 0, 1, 0, 2, 2]
    assert sizes == [4, 2, 2]


def test_nothing_that_is_near_is_no_bucket() -> None:
    members, bucket, sizes = dealt(np.arange(5))
    assert not len(members) and not len(bucket) and sizes == []


def test_an_unchanged_pool_does_no_job_again(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "ONE_JOB", 0)
    rows = [problem(text) for text in sorted({*families(random.Random(2), 6, 6)})]
    first, again = Inline(), Inline()
    for runner in (first, again):
        step = Dedupe()
        build = begun(pool, runner, step)
        build.done.tables["problems"] = [put(pool, "ingest", {"problems": rows})]
        step.run(build)
    assert {"sign", "dedupe_candidates", "dedupe_gather", "dedupe"} == {*first.ran}
    assert again.ran == []
