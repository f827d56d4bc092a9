"""The same answers give the same release, in whatever order and shards they came."""

from pathlib import Path
from typing import Any

import pytest

from schemas.recipe.views import View
from tasks.llm import journal
from tasks.pool.jobs import Done
from tasks.pool.release_files import publish
from tasks.pool.store import Pool, Receipt
from tasks.views import release, select
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import serve
from tests.tasks.llm.site import ask, question, sums, teacher
from tests.tasks.rows import put, trace

COUNT, SAMPLES = 12, 3

VIEWS: dict[str, dict[str, Any]] = {
    "sft": {"splits": {"train": 0.7, "test": 0.3}},
    "pairs": {"chosen": "sample = 0", "rejected": "sample > 0"},
    "rlvr": {},
}

RECORDED = [trace(f"recorded {n}", question(n), teacher="r") for n in range(4)]


def bought(pool: Pool, behaviour: Behaviour, runs: tuple[int, ...], **how: Any) -> Done:
    """A pool with a recorded and a live teacher's traces, bought in so many samples a run."""
    problems = sums(pool, COUNT, shard=5)
    with serve(behaviour) as server:
        for samples in runs:
            taken = ask(pool, problems, teacher(server, samples=samples, **how), verify=None)
        assert len(server.log) == COUNT * SAMPLES
    assert taken.counts["out"] == COUNT * SAMPLES
    recorded = put(pool, "generate", {"traces": RECORDED})
    tables = {"problems": problems, "traces": [recorded, *taken.shards]}
    return Done(pool, "recipe", tables, {"screen": []})


def released(done: Done, name: str) -> dict[str, bytes]:
    """The files of a view's release, by their names."""
    view = View.model_validate({"shard_tokens": 400, **VIEWS[name]})
    made: Receipt | None = None
    for stage in (select, release):
        job = stage.plan(done, done.live(), name, view, *([made] if made else []))
        made = job.run(done.pool)
    assert made
    publish(done.pool, name, made.facts["shards"])
    folder = Path(done.pool.path(f"releases/{name}"))
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


@pytest.mark.parametrize("name", VIEWS)
def test_the_order_in_which_answers_came_is_not_seen(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bought(Pool(tmp_path / "one"), Behaviour(), (SAMPLES,))
    monkeypatch.setattr(journal, "FILE_BYTES", 4000)
    slow = Behaviour(rate=2000.0, metrics=False)
    second = bought(Pool(tmp_path / "other"), slow, (1, SAMPLES), in_flight=3)
    assert len(second.traces) > len(first.traces) + 2, "in other shards"
    files = released(first, name)
    assert released(second, name) == files
    assert len(files) > 1 or name == "rlvr"


def test_another_answer_is_another_release(tmp_path: Path) -> None:
    first = bought(Pool(tmp_path / "one"), Behaviour(), (SAMPLES,))
    other = Behaviour(says={question(0): "I do not know."})
    second = bought(Pool(tmp_path / "other"), other, (SAMPLES,))
    assert released(first, "sft") != released(second, "sft")
