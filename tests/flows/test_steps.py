"""The contract that every registered step keeps."""

import pickle
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from flows.recipe import STEPS
from flows.steps import markdown
from schemas.parts.step import Step
from schemas.tables import CHOSEN, TABLES
from tasks.pool.jobs import Done, Mapping, Output
from tasks.pool.map_step import MapStep
from tasks.pool.store import Pool
from tests.tasks.rows import problem, put, trace

DOCS = Path(__file__).parents[2] / "docs" / "recipes.md"
KINDS = sorted(STEPS)
MAPPING = [kind for kind in KINDS if issubclass(STEPS[kind], MapStep)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_says_what_it_is(kind: str) -> None:
    step = STEPS[kind]
    assert step.__doc__ and step.__doc__.strip().endswith(".")
    assert step.version and (step.writes or step.adds is not Step.adds)
    assert {*step.reads, *step.writes} <= set(TABLES)
    assert bool(step.decides) <= ("set_aside" in step.writes)
    assert all(other in STEPS and why for other, why in step.not_after.items())


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_is_described(kind: str) -> None:
    from schemas.recipe.teachers import Asked

    own = {n: f for n, f in STEPS[kind].model_fields.items() if n not in Asked.model_fields}
    assert [name for name, known in own.items() if not known.description] == []


def test_the_docs_have_the_table_that_the_steps_make() -> None:
    text = DOCS.read_text("utf-8")
    begin, end = text.index("<!-- steps"), text.index("<!-- /steps -->")
    assert text[begin:end].split("\n", 1)[1].strip() == markdown()


def made(kind: str) -> MapStep:
    step = STEPS[kind]()
    assert isinstance(step, MapStep)
    return step


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Two shards of problems and of their traces, one problem for each sort of trouble."""
    pool = Pool(tmp_path_factory.mktemp("contract") / "pool")
    texts = [["What is 3+4?", "Prove that 1 = 1."], ["See the figure below.", "What is 3 + 4?"]]
    problems = [put(pool, "ingest", {"problems": [problem(t) for t in ts]}) for ts in texts]
    traces = [
        put(
            pool,
            "generate",
            {
                "traces": [
                    trace(r"\\boxed{7}", ts[0]),
                    trace("8", ts[1]),
                    trace("cut", ts[0], state="truncated"),
                ]
            },
            [receipt.key],
        )
        for ts, receipt in zip(texts, problems, strict=True)
    ]
    return Done(pool, "r", {"problems": problems, "traces": traces})


@pytest.mark.parametrize("kind", MAPPING)
def test_a_mapping_is_pure_adds_up_and_tells_why(kind: str, done: Done) -> None:
    step = made(kind)
    for job in step.plan(done):
        if kind == "measure":  # takes over what was measured before, and maps the rest
            _, _, source, known, _ = job.given
            mapping = Mapping(step.over, step.columns, step.looks_up, step.rows)
        else:
            mapping, source, known = job.given
        seen: list[pl.DataFrame] = []

        def once(frame: pl.DataFrame, seen: Any = seen, rows: Any = mapping.rows) -> Output:
            seen.append(frame.clone())
            output: Output = rows(frame)
            return output

        outputs = []
        for _ in range(2):
            outputs.append(_ran(done, job, mapping._replace(rows=once), source, known))
        assert seen[0].equals(seen[1])
        first, second = outputs
        assert first.counts == second.counts
        assert first.tables.keys() == second.tables.keys() <= set(step.writes)
        for name, table in first.tables.items():
            whole = TABLES[name]
            columns = table.column_names if name in CHOSEN else whole.names
            assert table.schema.equals(pa.schema([whole.field(column) for column in columns]))
            drop = [c for c in ("seconds",) if c in table.column_names]
            assert table.drop_columns(drop).equals(second.tables[name].drop_columns(drop))
        aside = {n: c for n, c in first.counts.items() if n.startswith("aside.") and c}
        assert first.counts["in"] == len(seen[0]) == first.counts["out"] + sum(aside.values())
        assert {name.removeprefix("aside.") for name in aside} <= set(step.reasons)
        if aside:
            rows = first.tables["set_aside"]
            assert rows.num_rows == sum(aside.values())
            assert set(rows.column("step").to_pylist()) == {step.called}
            assert None not in rows.column("reason").to_pylist()


def _ran(done: Done, job: Any, mapping: Any, source: Any, known: Done) -> Output:
    """What a job's function makes, without writing it."""
    from tasks.pool import jobs

    kept: list[Output] = []
    rows = mapping.rows

    def keep(frame: pl.DataFrame) -> Output:
        kept.append(rows(frame))
        return Output({}, kept[-1].counts)

    jobs.map_shard(done.pool, job, mapping._replace(rows=keep), source, known)
    return kept[0]


@pytest.mark.parametrize("kind", MAPPING)
def test_a_mapping_takes_a_shard_without_rows(kind: str, done: Done) -> None:
    step = made(kind)
    schema = TABLES[step.over].empty_table().select(list(step.columns))
    frame = pl.from_arrow(schema)
    assert isinstance(frame, pl.DataFrame)
    for column in (*step.looks_up, *(["set_aside"] if step.looks_up else [])):
        frame = frame.with_columns(pl.lit(None, pl.String).alias(column))
    counts = step.rows(frame).counts
    assert (counts["in"], counts["out"]) == (0, 0)


@pytest.mark.parametrize("kind", MAPPING)
def test_the_key_follows_version_and_name(kind: str, done: Done) -> None:
    step = made(kind)
    keys = [job.key for job in step.plan(done)]
    newer = type("Newer", (type(step),), {"version": "next", "__module__": __name__})()
    named = step.model_copy(update={"name": "mine"})
    others = [job.key for one in (newer, named) for job in one.plan(done)]
    assert len({*keys, *others}) == 3 * len(keys)
    assert named.plan(done).__next__().stage == "mine"
    assert [job.key for job in pickle.loads(pickle.dumps(step)).plan(done)] == keys


def test_a_step_that_is_no_map_runs_by_itself() -> None:
    others = [STEPS[kind] for kind in KINDS if kind not in MAPPING]
    assert all(step.run is not Step.run for step in others)
