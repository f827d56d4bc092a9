"""Servers as they are: out of money, a replica gone, odd answers, own fields, streams."""

from collections import Counter
from pathlib import Path

import pytest

from schemas.errors import TeacherError
from schemas.recipe.teachers import Live
from tasks.generation.live.plan import plan_of
from tasks.llm import engine, replicas
from tasks.llm.http.client import LONGEST, WAITS, Speed, seconds_of
from tasks.llm.replicas import same_model
from tasks.pool.store import Pool
from tests.servers.behaviour import ODD, Behaviour
from tests.servers.faulty import serve
from tests.tasks.llm.site import ask, question, rows, sums, teacher


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(replicas, "POLL", 0.1)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("402", "no money left"),
        ("quota", "no money left"),
        ("quota_200", "no money left"),
        ("401", "refuses every request"),
        ("elsewhere", "redirects to http://127.0.0.2:9"),
    ],
)
def test_what_ends_the_run_in_the_middle_costs_nothing(pool: Pool, fault: str, said: str) -> None:
    problems = sums(pool, 40)
    script = (*[None] * 20, *[fault] * 40)
    with serve(Behaviour(script=script, delay=0.02, metrics=False)) as server:
        with pytest.raises(TeacherError, match=said):
            ask(pool, problems, teacher(server, in_flight=4), verify=None)
        assert len(server.log) < 30, "nothing more is sent"
        server.behaviour = Behaviour()
        taken = ask(pool, problems, teacher(server), verify=None)
        answered = Counter(got.digest for got in server.log if got.completed)
    assert set(answered.values()) == {1}
    assert taken.counts["out"] == 40
    assert taken.counts["failed"] == 0, "it is asked by the next plain run"


@pytest.mark.parametrize("fault", ["moderated", "403", "404", "overflow", "filtered_400"])
def test_one_prompt_that_is_refused_is_one_failed_sample(pool: Pool, fault: str) -> None:
    with serve(Behaviour(poison={question(7): fault})) as server:
        taken = ask(pool, sums(pool, 12), teacher(server), verify=None)
    assert (taken.counts["out"], taken.counts["failed"]) == (12, 1)


@pytest.mark.parametrize("fault", ["409", "425", "429_inf", "error_200"])
def test_what_passes_is_tried_again(pool: Pool, fault: str) -> None:
    with serve(Behaviour(script=(fault, None, fault))) as server:
        taken = ask(pool, sums(pool, 4), teacher(server), verify=None)
        assert len(server.log) == 6
    assert taken.counts["failed"] == 0


@pytest.mark.parametrize("fault", ODD)
def test_a_good_answer_is_kept_whatever_its_metadata(
    pool: Pool, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(Behaviour(rates={fault: 1.0})) as server:
        found = rows(pool, ask(pool, sums(pool, 3), teacher(server), verify=None))
        ask(pool, sums(pool, 3), teacher(server), verify=None)
        assert len(server.log) == 3
    assert found["state"].to_list() == ["complete"] * 3
    said = capsys.readouterr().err
    assert ("cannot be read" in said) == (fault in ("usage_text", "usage_huge", "finish_0"))


def test_one_dead_replica_of_two_refuses_nothing(
    pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve() as gone:
        pass
    with serve(Behaviour()) as server:
        both = teacher(server, endpoint=[gone.url, server.url])
        taken = ask(pool, sums(pool, 8), both, verify=None)
    assert taken.counts["out"] == 8
    assert f"nothing answers at {gone.url}" in capsys.readouterr().err


def test_fields_and_headers_of_ones_own(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORGANISATION", "org-very-secret")
    own = {
        "extra": {"service_tier": "flex"},
        "seed": "none",
        "max_completion_tokens": 99,
        "headers_env": {"X-Org": "ORGANISATION"},
    }
    with serve(Behaviour()) as server:
        found = rows(pool, ask(pool, sums(pool, 1), teacher(server, **own), verify=None))
        (got,) = server.log
    assert got.body["service_tier"] == "flex"
    assert got.body["max_completion_tokens"] == 99
    assert not {"seed", "max_tokens"} & got.body.keys()
    assert found["seed"].to_list() == [None]
    for path in Path(pool.root).rglob("*"):
        assert not path.is_file() or b"very-secret" not in path.read_bytes()


def test_a_field_that_is_not_set_changes_no_key() -> None:
    plain = {"name": "t", "model": "m", "endpoint": "http://h/v1", "max_tokens": 5}
    more = {**plain, "stream": True, "seed": "none", "headers_env": {"a": "B"}}
    told = {plan_of(Live.model_validate(t), Path(".")).params for t in (plain, more)}
    assert told == {'{"max_tokens":5,"model":"m"}'}


def test_a_stream_is_the_answer_that_came_at_once(pool: Pool) -> None:
    with serve(Behaviour()) as server:
        whole = rows(pool, ask(pool, sums(pool, 4), teacher(server), verify=None))
        other = teacher(server, name="s", stream=True)
        streamed = rows(pool, ask(pool, sums(pool, 4), other, verify=None))
    columns = ["state", "finish_reason", "completion_tokens", "dialect"]
    for column in columns:
        assert streamed[column].unique().to_list() == whole[column].unique().to_list() or (
            column == "completion_tokens" and None not in streamed[column]
        )


def test_every_wait_is_bounded() -> None:
    assert seconds_of("inf") is None
    assert seconds_of("nan") is None
    assert seconds_of("1e9") == WAITS
    assert Speed().deadline(16_384) < 1800
    assert max(Speed().deadline(10**6, n) for n in range(9)) == LONGEST


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("gemini-x", "models/gemini-x", True),
        ("Qwen/Qwen3-8B", "qwen3-8b", True),
        ("llama3", "llama3:latest", True),
        ("a/b", "a/c", False),
    ],
)
def test_a_model_is_listed_in_other_spellings(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) == same
