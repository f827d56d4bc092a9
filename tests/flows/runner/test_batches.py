from pathlib import Path
from typing import Any

import pytest

from flows.runner.batches import TASK_RUNS, Batch, batched
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(tmp_path / "pool")


def ran(pool: Pool, job: Job) -> Receipt:
    return pool.commit(Receipt(job.stage, job.key, job.label), {}, job.recipe)


def jobs(count: int) -> list[Job]:
    return [Job("measure", f"k{n}", f"traces/{n}", 10, "r", ran, ()) for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, TASK_RUNS, TASK_RUNS + 1, 24_000])
def test_no_step_makes_more_task_runs_than_it_may_and_none_is_lost(count: int) -> None:
    made = batched(jobs(count))
    assert len(made) <= TASK_RUNS
    assert [job for batch in made for job in batch] == jobs(count)


def test_few_jobs_have_a_task_run_each() -> None:
    assert [len(batch) for batch in batched(jobs(3))] == [1, 1, 1]


def test_a_batch_is_named_by_its_first_job(pool: Pool) -> None:
    assert Batch(pool, jobs(1)).name == "measure: traces/0"
    assert Batch(pool, jobs(4)).name == "measure: traces/0 and 3 more"


def test_what_was_done_before_a_worker_died_is_not_done_again(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = jobs(2)
    before = first.run(pool)
    written: list[Any] = []
    real = Pool.put_json
    monkeypatch.setattr(
        Pool, "put_json", lambda self, name, what: (written.append(name), real(self, name, what))
    )
    assert Batch(pool, [first, second]).run() == [before, Receipt("measure", "k1", "traces/1")]
    assert written == ["receipts/measure/k1.json"]
