"""Teachers that are asked in stages: first a small one, then a big one about what is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.errors import RecipeError
from tests.flows.asking import Workshop, asked_again, line, model
from tests.flows.problems import gold, statement
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve

STEPS = [
    {"generate": {"teachers": ["t"]}}, "verify", "grade",
    {"generate": {"teachers": ["big"], "where": "pass_rate < 0.5 or pass_rate is null"}},
    "verify", "grade",
]  # fmt: skip
VIEWS = {"sft": {"where": "verdict = 'correct'", "per_problem": 1}}


@pytest.fixture
def server() -> Iterator[Server]:
    said = {statement(i): f"<think>\nHm.\n</think>\n\n\\boxed{{{gold(i)}}}" for i in range(20)}
    with serve(Behaviour(says=said, dialect="inline")) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, server: Server) -> Workshop:
    """A recording with three samples of each problem, of which one in three is wrong; of the last
    four problems none.
    """
    shop = Workshop(tmp_path)
    recorded = (tmp_path / "t.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "t.jsonl").write_bytes(b"".join(recorded[: 3 * 8]))
    big = {**model(server, "big"), "samples": 2}
    small = {"name": "t", "recorded": "t.jsonl"}
    shop.recipe(STEPS, teachers=[small, big], views=VIEWS)
    return shop


def test_the_big_teacher_is_asked_only_about_what_the_small_one_left(
    shop: Workshop, server: Server
) -> None:
    report = shop.build()
    assert len(server.log) == 2 * 4
    assert {got.question.split("\n")[0] for got in server.log} <= {
        statement(i) for i in range(8, 12)
    }
    assert line(report, "generate", "big")["out"] == 8
    assert shop.sql(
        "SELECT count(DISTINCT problem_id) AS n FROM pool WHERE verdict = 'correct'"
    ) == [{"n": 12}]
    assert len(shop.view("sft")) == 12
    shop.build()
    assert len(server.log) == 8, "nothing is asked twice"


def test_a_kill_in_the_second_stage_asks_nothing_again(shop: Workshop, server: Server) -> None:
    killed = [shop.killed(server, 3)]
    shop.build()
    assert asked_again(server, killed) == []
    assert len(shop.view("sft")) == 12


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            [{"generate": {"teachers": ["who"]}}],
            r"no teacher is called `who` \(there are: t, big\)",
        ),
        (["generate", {"generate": {"teachers": ["big"]}}], "`big` was asked in `generate`"),
        (["generate", "generate"], "step `generate` stands twice"),
        (
            [{"generate": {"teachers": ["t"], "where": "true"}}],
            "the recording `t` is replayed whole; `where` is for teachers who are asked",
        ),
        (
            [{"generate": {"teachers": ["big"], "where": "passrate > 1"}}],
            "did you mean `pass_rate`",
        ),
    ],
)
def test_a_stage_that_cannot_be_is_told(
    shop: Workshop, server: Server, steps: list[object], told: str
) -> None:
    big = {**model(server, "big"), "samples": 2}
    shop.recipe(steps, teachers=[{"name": "t", "recorded": "t.jsonl"}, big])
    with pytest.raises(Exception, match=told) as caught:
        shop.build()
    assert isinstance(caught.value, RecipeError) or "step generate-big" in str(caught.value)


def test_a_derived_problem_is_asked_about_in_a_later_stage(shop: Workshop, server: Server) -> None:
    shop.prompt("harder", "Make it harder: {{ problem }}")
    harder = {"name": "harder", "from": "problems", "prompt": "harder.yaml", "teacher": "m",
              "makes": "problem", "where": "pass_rate = 1"}  # fmt: skip
    steps = [
        {"generate": {"teachers": ["t"]}}, "verify", "grade", {"derive": harder},
        {"generate": {"teachers": ["big"], "where": "how = 'harder'"}}, "verify",
    ]  # fmt: skip
    big = {**model(server, "big"), "samples": 2}
    small = {"name": "t", "recorded": "t.jsonl"}
    shop.recipe(steps, model(server), teachers=[small, big], views={"all": {"where": "true"}})
    report = shop.build()
    children = line(report, "harder", "children")["out"]
    (found,) = shop.sql("SELECT count(*) AS n, count(DISTINCT problem_id) AS problems FROM pool "
                        "WHERE teacher = 'big' AND problem_how = 'harder'")  # fmt: skip
    assert found == {"n": 2 * children, "problems": children}
    asked = len(server.log)
    shop.build()
    assert len(server.log) == asked
