"""A rubric: criteria asked one by one, and weighted in the condition of a view."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.asking import Workshop, model
from tests.flows.problems import problems
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve

SHARE = (
    "list_sum(list_transform(rubric.criteria, lambda c: if(c.holds, c.weight, 0))) "
    "/ list_sum(list_transform(rubric.criteria, lambda c: c.weight))"
)
RUBRIC = [{"criterion": "names the sum", "weight": 3}, {"criterion": "shows its work"}]
FORM = {
    "criteria": {"list": {"criterion": "text", "weight": "float", "quote": "text", "holds": "bool"}}
}


@pytest.fixture
def server() -> Iterator[Server]:
    met = [
        {"criterion": "names the sum", "weight": 3.0, "quote": "The answer is", "holds": True},
        {"criterion": "shows its work", "weight": 1.0, "quote": "", "holds": False},
    ]
    with serve(Behaviour(fields={"criteria": met})) as running:
        yield running


def test_a_rubric_is_asked_and_weighed(tmp_path: Path, server: Server) -> None:
    shop = Workshop(tmp_path, 4)
    rows = [{**row, "tests": json.dumps(RUBRIC), "answer_kind": "math"} for row in problems(4)]
    shop.write("p.jsonl", rows)
    ask = {
        "name": "rubric",
        "about": "traces",
        "prompt": "ask/rubric",
        "teacher": "m",
        "answer": FORM,
    }
    views = {"good": {"where": f"{SHARE} >= 0.75"}, "best": {"where": f"{SHARE} > 0.75"}}
    shop.recipe(["generate", "verify", {"ask": ask}], model(server), views=views)
    report = shop.build()
    rows_of = {view["view"]: view["rows"] for view in report["views"]}
    assert rows_of == {"good": 12, "best": 0}
    assert all("shows its work" in got.question for got in server.log)
    assert len(server.log) == 8, "traces that say the same are asked about once"
