from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from schemas.recipe import Grade, Measure
from schemas.tables import VERDICTS
from tasks.pool.jobs import Done, Mapper, Output
from tasks.pool.store import Pool, Receipt
from tests.tasks.rows import problem, put, trace


def copied(frame: pl.DataFrame, options: Any) -> Output:
    """A stage that calls every row right and passes over nothing."""
    words = {"verifier": "v", "version": "1", "verdict": "correct", "reason": "equal.exact"}
    empty = {"extracted": pl.lit(None, pl.String), "seconds": pl.lit(None, pl.Float32)}
    rows = frame.select(
        trace_id=frame.columns[0], **{k: pl.lit(v) for k, v in words.items()}, **empty
    ).select(VERDICTS.names)
    return Output(
        {"verdicts": rows.to_arrow().cast(VERDICTS)}, {"in": len(frame), "out": len(frame)}
    )


MAPPER = Mapper("copy", "1", "problems", ["problem_id"], copied)
LOOKING = Mapper("look", "1", "traces", ["trace_id", "problem_id"], copied, ["answer"])


@pytest.fixture
def done(pool: Pool) -> Done:
    problems = [put(pool, "ingest", {"problems": [problem(text)]}) for text in "pq"]
    traces = [
        put(pool, "generate", {"traces": [trace("7", "p"), trace("8", "p")]}, [problems[0].key]),
        put(pool, "generate", {"traces": [trace("7", "q")]}, [problems[1].key]),
    ]
    return Done(pool, "r", {"ingest": problems, "generate": traces})


def aside(pool: Pool, stage: str, source: Receipt, text: str) -> Receipt:
    """A decision of a stage against one problem of a shard."""
    row_id = problem(text)["problem_id"]
    receipt = put(pool, stage, {"rejects": [{"stage": stage, "row_id": row_id, "reason": "why"}]})
    receipt.aside[source.key] = row_id
    return receipt


def keys(mapper: Mapper, done: Done, options: Any = None) -> list[str]:
    return [job.key for job in mapper.plan(done, options or Measure())]


def test_there_is_one_job_per_shard(done: Done) -> None:
    assert [job.rows for job in MAPPER.plan(done, Measure())] == [1, 1]
    assert [job.rows for job in LOOKING.plan(done, Measure())] == [2, 1]


def test_a_job_writes_its_table_and_receipt(done: Done) -> None:
    job = next(MAPPER.plan(done, Measure()))
    receipt = job.run()
    assert receipt == done.pool.receipt("copy", job.key)
    assert receipt.parents == [done.problems[0].key]
    assert done.pool.read(receipt.outputs[0])["trace_id"].to_pylist() == [
        problem("p")["problem_id"]
    ]


def test_the_key_changes_with_version_options_and_shard(done: Done) -> None:
    plain = keys(MAPPER, done)
    assert keys(MAPPER, done) == plain
    assert (
        len({*plain, *keys(replace(MAPPER, version="2"), done), *keys(MAPPER, done, Grade())}) == 6
    )


def test_a_decision_on_a_problem_changes_only_the_shards_of_its_traces(done: Done) -> None:
    before = keys(LOOKING, done)
    done.receipts["screen"] = [aside(done.pool, "screen", done.problems[0], "p")]
    after = keys(LOOKING, done)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_stage_that_looks_nothing_up_does_not_mind_decisions(done: Done) -> None:
    before = keys(MAPPER, done)
    done.receipts["screen"] = [aside(done.pool, "screen", done.problems[0], "p")]
    assert keys(MAPPER, done) == before


def test_a_stage_gets_what_it_looks_up(done: Done) -> None:
    seen: list[pl.DataFrame] = []

    def look(frame: pl.DataFrame, options: Any) -> Output:
        seen.append(frame)
        return Output({}, {"in": len(frame), "out": len(frame)})

    done.receipts["dedupe"] = [aside(done.pool, "dedupe", done.problems[1], "q")]
    for job in replace(LOOKING, function=look).plan(done, Measure()):
        job.run()
    columns = [frame.select("answer", "set_aside").rows() for frame in seen]
    assert columns == [[("7", None)] * 2, [("7", "dedupe.why")]]


def test_the_first_stage_that_set_a_problem_aside_is_its_reason(done: Done) -> None:
    done.receipts["dedupe"] = [aside(done.pool, "dedupe", done.problems[0], "p")]
    done.receipts["screen"] = [aside(done.pool, "screen", done.problems[0], "p")]
    assert done.set_aside().select("stage", "reason").rows() == [("screen", "why")]
    assert len(done.set_aside([done.problems[1].key])) == 0


def test_the_rows_set_aside_leave_a_digest_per_shard(done: Done) -> None:
    receipts = [job.run() for job in MAPPER.plan(done, Measure())]
    assert [list(receipt.aside) for receipt in receipts] == [[r.key] for r in done.problems]
