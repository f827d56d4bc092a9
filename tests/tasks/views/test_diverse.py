from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.recipe.views import PerProblem, View
from tasks.dedupe import problems as dedupe
from tasks.dedupe import traces as dedupe_traces
from tasks.pool.jobs import Done
from tasks.pool.store import Pool, Shard
from tasks.query.sql import connect
from tasks.steps.dedupe import Dedupe
from tasks.steps.dedupe_traces import DedupeTraces
from tasks.views.diverse import cosine_distances, farthest_first, jaccard_distances
from tasks.views.select import select
from tests.tasks.rows import problem, put, trace, verdict

ROUTES = {
    "algebra": " ".join(f"let x{n} be the unknown and solve equation {n}" for n in range(40)),
    "counting": " ".join(f"list case {n} and count how often it happens" for n in range(40)),
    "geometry": " ".join(f"draw the line through point {n} and measure angle" for n in range(40)),
}


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=12))
def test_every_row_is_the_farthest_from_those_before_it(rows: list[list[int]]) -> None:
    signatures = np.array(rows, np.uint32)
    distances = jaccard_distances(pl.Series([row.tobytes() for row in signatures]))
    order = farthest_first(distances, len(rows), len(rows)).tolist()
    assert farthest_first(distances, len(rows), 2).tolist() == order[:2]
    assert sorted(order) == list(range(len(rows)))
    distance = (signatures[:, None] != signatures[None]).mean(axis=2)
    for k in range(1, len(rows)):
        nearest = {row: distance[row, order[:k]].min() for row in order[k:]}
        assert nearest[order[k]] == max(nearest.values())


@pytest.mark.parametrize("seed", range(5))
def test_a_view_keeps_different_routes(pool: Pool, seed: int) -> None:
    rows = [
        trace(f"{route} {n}", "p", reasoning=text.replace("case", "the case" if n else "case"))
        for route, text in ROUTES.items()
        for n in range(4)
    ]
    done = Done(pool, "r")
    done.tables["problems"] = [put(pool, "ingest", {"problems": [problem("p")]})]
    made = put(pool, "generate", {"traces": rows}, [done.problems[0].key])
    judged = put(pool, "verify", {"verdicts": [verdict(row, "correct") for row in rows]})
    done.tables |= {"traces": [made], "verdicts": [judged]}
    signed = [job.run(done.pool) for job in dedupe_traces.plan_signatures(done, DedupeTraces())]
    receipts = [*done.problems, made, judged, *signed]
    tables = {shard.table: [shard] for receipt in receipts for shard in receipt.outputs}
    view = View(per_problem=PerProblem(keep=3, by="diverse"), seed=seed)
    with connect(pool, tables) as connection:
        kept = select(connection, "sft", view)["trace_id"].to_list()
        again = select(connection, "sft", view)["trace_id"].to_list()
    routes = {row["trace_id"]: row["response"].split()[0] for row in rows}
    assert {routes[trace_id] for trace_id in kept} == set(ROUTES)
    assert kept == again


def test_a_trace_without_signature_is_as_any_other(pool: Pool) -> None:
    rows = [trace(text, "p") for text in "ab"]
    done = [
        put(pool, "ingest", {"problems": [problem("p")]}),
        put(pool, "generate", {"traces": rows}),
    ]
    tables = {shard.table: [shard] for receipt in done for shard in receipt.outputs}
    view = View(per_problem=PerProblem(keep=1, by="diverse"))
    with connect(pool, tables) as connection:
        assert isinstance(frame := select(connection, "sft", view), pl.DataFrame)
    assert len(frame) == 1


def families(pool: Pool, size: int, shard: int) -> dict[str, list[Shard]]:
    """Three families of near-equal problems, one of them much the largest; with their traces."""
    texts = [f"{ROUTES['algebra']} {n}" for n in range(size)]
    texts += [f"{ROUTES['counting']} 1", f"{ROUTES['geometry']} 1"]
    problems = [problem(text, source="s") for text in texts]
    traces = [trace(f"{text} {n}", text) for text in texts for n in range(2)]
    done = Done(pool, "r")
    done.tables["problems"] = [
        put(pool, "ingest", {"problems": problems[at : at + shard]})
        for at in range(0, len(problems), shard)
    ]
    signed = [job.run(done.pool) for job in dedupe.plan_signatures(done, Dedupe(), "problem")]
    made = put(pool, "generate", {"traces": traces})
    tables: dict[str, list[Shard]] = {}
    for receipt in [*done.problems, *signed, made]:
        for output in receipt.outputs:
            tables.setdefault(output.table, []).append(output)
    return tables


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["sft", "rlvr"])
def test_a_diverse_sample_has_every_family(
    pool: Pool, tmp_path: Path, seed: int, name: str
) -> None:
    view = View.model_validate({"sample": {"n": 3, "by": "diverse"}, "seed": seed})
    drawn = []
    for place, shard in ((pool, 1000), (Pool(tmp_path / "other"), 5)):
        with connect(place, families(place, 12, shard)) as connection:
            drawn.append(set(select(connection, name, view)["problem_id"]))
    assert drawn[0] == drawn[1]
    lonely = {str(problem(f"{ROUTES[r]} 1")["problem_id"]) for r in ("counting", "geometry")}
    assert lonely < drawn[0]
    assert len(drawn[0]) == 3


def test_a_diverse_sample_larger_than_the_problems_takes_their_second_traces(pool: Pool) -> None:
    view = View.model_validate({"sample": {"n": 20, "by": "diverse"}})
    with connect(pool, families(pool, 12, 1000)) as connection:
        counts = select(connection, "sft", view).group_by("problem_id").len()["len"]
    assert sorted(counts) == [1] * 8 + [2] * 6


@given(st.lists(st.integers(0, 5), min_size=1, max_size=10), st.integers(0, 99))
def test_vectors_stand_for_problems_where_there_are_any(places: list[int], null: int) -> None:
    angles = np.array(places) * np.pi / 12
    units = np.stack([np.cos(angles), np.sin(angles)], axis=1).tolist()
    vectors: list[list[float] | None] = [None if k == null else u for k, u in enumerate(units)]
    told = cosine_distances(pl.Series([*vectors, [1.0, 0.0]], dtype=pl.List(pl.Float32)))
    for row, angle in enumerate(angles):
        if row != null:
            assert told(row)[-1] == pytest.approx(1 - np.cos(angle), abs=1e-6)
        else:
            assert told(row)[-1] == 1
