from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.dedupe import traces as dedupe_traces
from tasks.pool.jobs import Done
from tasks.pool.store import Pool
from tasks.steps import diversity as step
from tasks.steps.dedupe_traces import DedupeTraces
from tests.tasks.rows import Row, problem, put, trace

THOUGHT = " ".join(f"step {n} adds {n * n} to what the line above says" for n in range(60))
OTHER = " ".join(f"we try case {n} and it fails because of rule {n % 7}" for n in range(60))
SIGNATURES = st.lists(st.lists(st.integers(0, 3), min_size=128, max_size=128), max_size=6)


def packed(numbers: list[int]) -> bytes:
    return np.array(numbers, "<u4").tobytes()


def measured(
    pool: Pool, *shards: list[Row]
) -> tuple[dict[str, tuple[object, ...]], dict[str, int]]:
    """What the step says of traces, by problem, and its counts."""
    done = Done(pool, "r")
    texts = ("p", "q")
    done.tables["problems"] = [put(pool, "ingest", {"problems": [problem(t) for t in texts]})]
    parents = [done.problems[0].key]
    done.tables["traces"] = [put(pool, "generate", {"traces": rows}, parents) for rows in shards]
    signing = dedupe_traces.plan_signatures(done, DedupeTraces())
    done.tables["trace_signatures"] = [job.run(pool) for job in signing]
    (job,) = step.plan(done, "diversity")
    receipt = job.run(pool)
    rows = pool.read(receipt.whole("diversity")).to_pylist()
    return {row["problem_id"]: tuple(row["diversity"].values()) for row in rows}, receipt.counts


@given(SIGNATURES)
def test_it_is_of_every_two_and_of_no_order(drawn: list[list[int]]) -> None:
    own = pl.Series([packed(numbers) for numbers in drawn], dtype=pl.Binary)
    count, mean, least = step.spread(own)
    apart = [
        sum(a != b for a, b in zip(one, other, strict=True)) / 128
        for one, other in combinations(drawn, 2)
    ]
    assert count == len(drawn)
    assert mean == (pytest.approx(sum(apart) / len(apart), abs=1e-6) if apart else None)
    assert least == (pytest.approx(min(apart), abs=1e-6) if apart else None)
    assert step.spread(own.reverse()) == (count, mean, least)


def test_copies_are_near_and_other_ways_far(pool: Pool) -> None:
    pp = problem("p")["problem_id"]
    same = [trace("7", "p", reasoning=THOUGHT), trace("7.", "p", reasoning=THOUGHT)]
    (found, _) = measured(pool, [*same, trace("8", "q", reasoning=THOUGHT)])
    samples, mean, least = found[pp]
    assert samples == 2 and mean == least and isinstance(mean, float) and mean < 0.1
    assert found[problem("q")["problem_id"]] == (1, None, None)
    other = trace("9", "p", reasoning=OTHER)
    (more, _) = measured(Pool(f"{pool.root}-more"), [*same, other])
    _, apart, nearest = more[pp]
    assert isinstance(apart, float) and apart > 0.6
    assert nearest == least


def test_shards_and_buckets_change_nothing(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [trace(f"{n}", "pq"[n % 2], reasoning=(THOUGHT, OTHER)[n % 3 == 0]) for n in range(9)]
    once, counts = measured(pool, rows)
    monkeypatch.setattr(step, "BUCKET_ROWS", 2)
    assert measured(Pool(f"{pool.root}-2"), rows[6:], rows[:6]) == (once, counts)
    assert counts == {"in": 9, "out": 9, "aside.unfinished": 0, "problems": 2}


def test_unfinished_samples_are_counted_and_left_out(pool: Pool) -> None:
    rows = [trace("7", "p"), trace("8", "p"), trace("9", "p", state="truncated")]
    found, counts = measured(pool, rows)
    assert [own[0] for own in found.values()] == [2]
    assert counts == {"in": 3, "out": 2, "aside.unfinished": 1, "problems": 1}
