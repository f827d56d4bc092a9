import json
import pickle
import subprocess
import sys
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from schemas.identity import digest
from schemas.tables import VERDICTS
from tasks.pool.jobs import Done, Job, Output
from tasks.pool.map_step import MapStep
from tasks.pool.store import Pool, Receipt
from tasks.steps.grade import Grade
from tasks.steps.measure import Measure
from tasks.steps.verify import Verify
from tests.tasks.rows import problem, put, trace


class Copy(MapStep):
    """Call every row right and pass over nothing."""

    columns = ("problem_id",)
    name: str = "copy"
    easy: float = 0.5

    def rows(self, frame: pl.DataFrame, **known: Any) -> Output:
        words = {"verifier": "v", "version": "1", "verdict": "correct", "reason": "equal.exact"}
        rows = [{"trace_id": row_id, **words} for row_id in frame[frame.columns[0]]]
        counts = {"in": len(frame), "out": len(frame)}
        return Output({"verdicts": pa.Table.from_pylist(rows, VERDICTS)}, counts)


class Look(Copy):
    """The same over traces, with what is known of their problems."""

    over = "traces"
    columns = ("trace_id", "problem_id")
    looks_up = ("answer",)
    name: str = "look"


@pytest.fixture
def done(pool: Pool) -> Done:
    problems = [put(pool, "ingest", {"problems": [problem(text)]}) for text in "pq"]
    traces = [
        put(pool, "generate", {"traces": [trace("7", "p"), trace("8", "p")]}, [problems[0].key]),
        put(pool, "generate", {"traces": [trace("7", "q")]}, [problems[1].key]),
    ]
    return Done(pool, "r", {"problems": problems, "traces": traces})


def aside(pool: Pool, step: str, source: Receipt, text: str) -> Receipt:
    """A decision of a step against one problem of a shard."""
    row_id = problem(text)["problem_id"]
    receipt = put(pool, step, {"set_aside": [{"step": step, "row_id": row_id, "reason": "why"}]})
    receipt.aside[source.key] = row_id
    return receipt


def keys(step: MapStep, done: Done) -> list[str]:
    return [job.key for job in step.plan(done)]


def test_there_is_one_job_per_shard(done: Done) -> None:
    assert [job.rows for job in Copy().plan(done)] == [1, 1]
    assert [job.rows for job in Look().plan(done)] == [2, 1]


def test_a_job_writes_its_table_and_receipt(done: Done) -> None:
    job = next(Copy().plan(done))
    receipt = job.run(done.pool)
    assert receipt == done.pool.receipt("copy", job.key)
    assert receipt.parents == [done.problems[0].key]
    assert done.pool.read(receipt.outputs[0])["trace_id"].to_pylist() == [
        problem("p")["problem_id"]
    ]


def test_the_key_changes_with_version_options_name_and_shard(done: Done) -> None:
    class Newer(Copy):
        version = "2"

    plain = keys(Copy(), done)
    assert keys(Copy(), done) == plain
    others = [Newer(), Copy(easy=0.6), Copy(name="again")]
    assert len({*plain, *(key for step in others for key in keys(step, done))}) == 8


def test_a_decision_on_a_problem_changes_only_the_shards_of_its_traces(done: Done) -> None:
    before = keys(Look(), done)
    done.deciding["screen"] = [aside(done.pool, "screen", done.problems[0], "p")]
    after = keys(Look(), done)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_step_that_looks_nothing_up_does_not_mind_decisions(done: Done) -> None:
    before = keys(Copy(), done)
    done.deciding["screen"] = [aside(done.pool, "screen", done.problems[0], "p")]
    assert keys(Copy(), done) == before


SEEN: list[pl.DataFrame] = []


class Remember(Look):
    """Keep what it is given."""

    def rows(self, frame: pl.DataFrame, **known: Any) -> Output:
        SEEN.append(frame)
        return Output({}, {"in": len(frame), "out": len(frame)})


def test_a_step_gets_what_it_looks_up(done: Done) -> None:
    SEEN.clear()
    done.deciding["dedupe"] = [aside(done.pool, "dedupe", done.problems[1], "q")]
    for job in Remember().plan(done):
        job.run(done.pool)
    columns = [frame.select("answer", "set_aside").rows() for frame in SEEN]
    assert columns == [[("7", None)] * 2, [("7", "dedupe.why")]]


def test_the_first_step_that_set_a_problem_aside_is_its_reason(done: Done) -> None:
    for step in ("screen", "dedupe"):
        receipts = [aside(done.pool, step, done.problems[0], "p")]
        done.add(["set_aside"], receipts, decides=step)
    assert done.set_aside().select("step", "reason").rows() == [("screen", "why")]
    assert len(done.set_aside([done.problems[1].key])) == 0
    assert problem("p")["problem_id"] not in done.eligible()


def test_what_is_looked_up_of_a_shard_is_what_walking_all_receipts_finds(done: Done) -> None:
    one, two = done.problems
    for step, shard, text in (("screen", one, "p"), ("screen", two, "q"), ("dedupe", two, "q")):
        before = done.decided([one.key, two.key])
        done.add(["set_aside"], [aside(done.pool, step, shard, text)], decides=step)
        assert done.decided([one.key, two.key]) != before, "what was added since is known"
    for parents in ([one.key], [two.key], [two.key, one.key], ["unknown"], []):
        part = done.part(parents)
        assert part.problems == [r for r in done.problems if r.key in parents]
        for step, receipts in done.deciding.items():
            assert part.deciding[step] == [r for r in receipts if {*parents} & r.aside.keys()]
        said = [
            [receipt.aside.get(parent, "") for parent in parents]
            for receipts in part.deciding.values()
            for receipt in receipts
        ]
        assert done.decided(parents) == digest(said), "a key of before stays a key"
    assert pickle.loads(pickle.dumps(done)).decided([one.key]) == done.decided([one.key])


def test_the_rows_set_aside_leave_a_digest_per_shard(done: Done) -> None:
    receipts = [job.run(done.pool) for job in Copy().plan(done)]
    assert [list(receipt.aside) for receipt in receipts] == [[r.key] for r in done.problems]


def test_where_rows_do_not_add_up_the_last_step_counts(done: Done) -> None:
    one, two = (put(done.pool, step, {"signals": []}) for step in ("a", "b"))
    done.add(["signals"], [one])
    done.add(["signals"], [two])
    assert done.of("signals") == [two]
    done.add(["set_aside"], [one])
    done.add(["set_aside"], [two])
    assert done.of("set_aside") == [one, two]


ELSEWHERE = """
import pickle, sys
from tasks.pool.store import Pool
jobs = pickle.load(sys.stdin.buffer)
print([job.run(Pool(sys.argv[1])).outputs[0].sha256 for job in jobs])
"""


def test_a_job_is_data_that_another_process_runs_to_the_same_bytes(done: Done) -> None:
    jobs: list[Job] = [*Measure().plan(done), *_graded(done)]
    done.pool.fs.mkdirs(f"{done.pool.root}-2", exist_ok=True)
    copy = f"{done.pool.root}-2"
    done.pool.fs.put(f"{done.pool.root}/", copy, recursive=True)
    ran = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, copy],
        input=pickle.dumps(jobs), capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    here = [job.run(done.pool).outputs[0].sha256 for job in jobs]
    assert json.loads(ran.stdout.decode().replace("'", '"')) == here


def _graded(done: Done) -> list[Job]:
    """The jobs of `grade`, over verdicts that are made for them."""
    from tasks.verdicts.grade import Bands, plan, to_grade

    verify = Verify()
    done.add(verify.writes, [job.run(done.pool) for job in verify.plan(done)])
    options = Grade()
    what = to_grade(done, Bands(options.easy, options.medium))
    return [plan(what, "grade", done.recipe)]
