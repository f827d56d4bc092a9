"""forget, where rows were paid for: the others are not bought again, nor is what was forgotten."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.identity import problem_id
from tasks.keeping.forget import forget
from tests.flows.problems import recipe, statement
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve
from tests.tasks.keeping.conftest import Place
from tests.tasks.keeping.test_forget import GONE, left, whole_family


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(Behaviour()) as running:
        yield running


@pytest.fixture(scope="module")
def rater() -> Iterator[Server]:
    with serve(Behaviour(model="rater-7b", invalid_first=1)) as running:
        yield running


def paid(place: Place, server: Server, rater: Server) -> None:
    """A live teacher and a rater, asked about eight problems."""
    live = {"name": "live", "model": "teacher", "endpoint": server.url, "max_tokens": 64,
            "samples": 2}  # fmt: skip
    rate = {"rate": {"model": "rater-7b", "endpoint": rater.url, "n": 2}}
    whole: dict[str, Any] = recipe(
        teachers=[live], steps=[rate, "generate", "verify"], views={"all": {"format": "sft"}}
    )
    whole.pop("name")
    place.write(8, **whole)
    place.build()


@pytest.mark.slow
def test_nothing_is_asked_again_and_no_copy_is_left(
    tmp_path: Path, server: Server, rater: Server
) -> None:
    place = Place(tmp_path)
    paid(place, server, rater)
    asked = len(server.log), len(rater.log)
    family = whole_family(place.pool, GONE)
    assert len(family) == 3
    holding = {name.split("/")[0] for name in left(place, *family)}
    assert {"journal", "answers", "traces", "ratings"} <= holding
    forget(place.pool, family)
    assert left(place, *family, statement(4)) == []
    place.build()
    assert left(place, statement(4)) == []
    assert (len(server.log), len(rater.log)) == asked
    for path in (tmp_path / "pool" / "traces").glob("*.parquet"):
        path.unlink()  # the second copies stand for them
    place.build()
    assert (len(server.log), len(rater.log)) == asked
    report = place.pool.get_json("report.json")
    assert next(line["out"] for line in report["funnel"] if line["stage"] == "generate") == 14


@pytest.mark.slow
def test_a_draw_that_was_forgotten_is_not_drawn_again(
    tmp_path: Path, server: Server, rater: Server
) -> None:
    place = Place(tmp_path)
    paid(place, server, rater)
    asked = len(server.log)
    other = problem_id(statement(5))
    trace = sorted(whole_family(place.pool, other) - {other})[0]
    forget(place.pool, {trace})
    place.build()
    assert left(place, trace) == []
    assert len(server.log) == asked
