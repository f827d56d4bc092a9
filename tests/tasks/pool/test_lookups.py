"""What is looked up in one join is what each shard would have looked up by itself."""

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.pool import lookups
from tasks.pool.build import Build
from tasks.pool.jobs import Done, Output
from tasks.pool.map_step import MapStep
from tasks.pool.store import Pool
from tests.flows.inline import Inline
from tests.tasks.rows import problem, put, trace, verdict
from tests.tasks.rows import table as rows_of


class Tell(MapStep):
    """Writes what it is given as a verdict's reason."""

    over = "traces"
    columns = ("trace_id", "problem_id")
    looks_up = ("answer", "tests")
    writes = ("verdicts",)
    name: str = "tell"

    def rows(self, frame: pl.DataFrame, **known: Any) -> Output:
        columns = ("problem_id", "answer", "tests", "set_aside")
        said = pl.concat_str([pl.col(name).fill_null("-") for name in columns], separator="|")
        told = frame.select("trace_id", said).iter_rows()
        words = [{**verdict({"trace_id": one}, "correct"), "extracted": row} for one, row in told]
        counts = {"in": len(frame), "out": len(frame)}
        return Output({"verdicts": rows_of("verdicts", words)}, counts)


def told(pool: Pool, seed: int, shards: int) -> tuple[dict[str, str], list[str], Inline]:
    """What the step was given for each trace, its keys, and what was done."""
    rng = random.Random(seed)
    texts = [f"problem {n}" for n in range(30)]
    done, runner = Done(pool, "r"), Inline()
    parts = [texts[n::3] for n in range(3)]
    rows = [[problem(t, answer=rng.choice([t[-1], None])) for t in own] for own in parts]
    done.tables["problems"] = [put(pool, "ingest", {"problems": own}) for own in rows]
    gone = rng.sample(texts, 4)
    for source, own in zip(done.problems, parts, strict=True):
        ids = [problem(text)["problem_id"] for text in own if text in gone]
        words = [{"step": "screen", "row_id": one, "reason": "why"} for one in ids]
        receipt = put(pool, "screen", {"set_aside": words} if words else {})
        receipt.aside[source.key] = str(ids)
        done.add(["set_aside"], [receipt], decides="screen")
    drawn = [trace(str(n), rng.choice(texts)) for n in range(60)]
    for n in range(shards):
        keys = [receipt.key for receipt in done.problems]
        made = put(pool, "generate", {"traces": drawn[n::shards]}, keys)
        done.tables.setdefault("traces", []).append(made)
    step = Tell()
    build = Build(done, runner, Path(), ["s"], [], [step])
    step.run(build)
    found = [pool.read(receipt.whole("verdicts")) for receipt in done.of("verdicts")]
    said = {
        row["trace_id"]: row["extracted"]
        for table in found
        for row in table.select(["trace_id", "extracted"]).to_pylist()
    }
    return said, [receipt.key for receipt in done.of("verdicts")], runner


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 7), st.sampled_from([3, 250_000]))
def test_a_join_shows_nowhere(seed: int, shards: int, rows: int) -> None:
    fresh = []
    for many in (10**9, 0):
        pool = Pool("memory://lookups")
        if pool.fs.exists(pool.root):
            pool.fs.rm(pool.root, recursive=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lookups, "MANY", many)
            patch.setattr(lookups, "RANGE_ROWS", rows)
            patch.setattr(lookups, "GROUP", 2)
            fresh.append(told(pool, seed, shards))
    alone, joined = fresh
    assert alone[0] == joined[0] and alone[1] == joined[1]
    assert "tell_lookups" in joined[2].ran and "tell_lookups" not in alone[2].ran
    assert any(said.endswith("|screen.why") for said in joined[0].values())


def test_nothing_is_joined_for_what_is_done(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "MANY", 0)
    before = told(pool, 1, 4)
    again = told(pool, 1, 4)
    assert again[:2] == before[:2]
    assert before[2].ran == ["tell_lookups", *["tell"] * 4] and again[2].ran == []
