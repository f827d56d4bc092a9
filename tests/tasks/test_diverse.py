import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.recipe import DedupeTraces, PerProblem, View
from tasks import dedupe_traces
from tasks.diverse import farthest_first
from tasks.pool import Pool
from tasks.relation import connect
from tasks.select import select
from tasks.stage import Done
from tests.tasks.rows import problem, put, trace, verdict

ROUTES = {
    "algebra": " ".join(f"let x{n} be the unknown and solve equation {n}" for n in range(40)),
    "counting": " ".join(f"list case {n} and count how often it happens" for n in range(40)),
    "geometry": " ".join(f"draw the line through point {n} and measure angle" for n in range(40)),
}


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=12))
def test_every_row_is_the_farthest_from_those_before_it(rows: list[list[int]]) -> None:
    signatures = np.array(rows, np.uint32)
    order = farthest_first(signatures).tolist()
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
    done.receipts["ingest"] = [put(pool, "ingest", {"problems": [problem("p")]})]
    made = put(pool, "generate", {"traces": rows}, [done.problems[0].key])
    judged = put(pool, "verify", {"verdicts": [verdict(row, "correct") for row in rows]})
    done.receipts |= {"generate": [made], "verify": [judged]}
    signed = [job.run() for job in dedupe_traces.plan_signatures(done, DedupeTraces())]
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
