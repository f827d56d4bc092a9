"""Live generation against the fault-injecting server: what is asked, kept, retried, continued."""

import json
from collections import Counter
from pathlib import Path

import pytest

from schemas.errors import TeacherError
from tasks.generation.live.continuation import restored
from tasks.llm import engine, replicas
from tasks.llm.http import client
from tasks.llm.reasoning_parser import unframe
from tasks.pool.store import Pool
from tests.servers import speaker
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve
from tests.tasks.llm.site import ask, question, rows, sums, teacher
from tests.tasks.rows import problem, put


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(replicas, "POLL", 0.1)


def completed(server: Server) -> list[str]:
    return [received.digest for received in server.log if received.completed]


def test_every_sample_is_asked_once_with_a_seed_of_its_own(pool: Pool) -> None:
    problems = sums(pool, 30, shard=7)
    with serve(Behaviour()) as server:
        taken = ask(pool, problems, teacher(server, samples=4))
        assert len(server.log) == 120
        assert len({received.digest for received in server.log}) == 120
    found = rows(pool, taken)
    assert found.group_by("problem_id").len()["len"].unique().to_list() == [4]
    assert taken.counts["in"] == taken.counts["out"] == 120
    assert found["seed"].n_unique() == 120
    for receipt in taken.shards:
        assert set(receipt.parents) <= {shard.key for shard in problems}


def test_a_second_run_asks_nothing_and_more_samples_ask_for_those_alone(pool: Pool) -> None:
    problems = sums(pool, 10)
    with serve(Behaviour()) as server:
        four = rows(pool, ask(pool, problems, teacher(server, samples=4)))
        ask(pool, problems, teacher(server, samples=4))
        assert len(server.log) == 40
        eight = rows(pool, ask(pool, problems, teacher(server, samples=8)))
        assert len(server.log) == 80
        assert set(four["trace_id"]) < set(eight["trace_id"])
        again = rows(pool, ask(pool, problems, teacher(server, samples=4)))
        assert len(server.log) == 80
        assert sorted(again["trace_id"]) == sorted(four["trace_id"])


def test_an_answer_that_plays_the_user_is_cut_and_is_no_complete_trace(pool: Pool) -> None:
    said = "\\boxed{5}<|im_end|>\n<|im_start|>user\nAnd 4+4?"
    with serve(Behaviour(says={"": said}, dialect="inline")) as server:
        found = rows(pool, ask(pool, sums(pool, 3), teacher(server)))
    assert found["response"].to_list() == ["\\boxed{5}"] * 3
    assert found["state"].to_list() == ["further_turn"] * 3
    for row in found.to_dicts():
        assert restored(row).content == said


def test_other_parameters_are_other_samples_and_the_old_ones_come_back(pool: Pool) -> None:
    problems = sums(pool, 5)
    with serve(Behaviour()) as server:
        cold = rows(pool, ask(pool, problems, teacher(server, temperature=0.2)))
        warm = rows(pool, ask(pool, problems, teacher(server, temperature=0.9)))
        assert not set(cold["trace_id"]) & set(warm["trace_id"])
        again = rows(pool, ask(pool, problems, teacher(server, temperature=0.2)))
        assert sorted(again["trace_id"]) == sorted(cold["trace_id"])
        assert len(server.log) == 10


def test_new_problems_are_asked_for_alone_and_traces_of_gone_ones_leave(pool: Pool) -> None:
    five, eight = sums(pool, 5), sums(pool, 8)
    with serve(Behaviour()) as server:
        ask(pool, five, teacher(server))
        grown = ask(pool, eight, teacher(server))
        assert len(server.log) == 8
        assert grown.counts["out"] == 8
        back = ask(pool, five, teacher(server))
        assert len(server.log) == 8
    assert (back.counts["in"], back.counts["out"], back.counts["aside.unknown_problem"]) == (
        8,
        5,
        3,
    )


@pytest.mark.parametrize("dialect", ["reasoning", "reasoning_content", "inline"])
def test_reasoning_is_parsed_alike_and_the_raw_text_is_kept(pool: Pool, dialect: str) -> None:
    with serve(Behaviour(dialect=dialect)) as server:
        found = rows(pool, ask(pool, sums(pool, 6), teacher(server)))
    for row in found.iter_rows(named=True):
        asked = next(question(n) for n in range(6) if question(n) in row_problem(pool, row))
        raw = speaker.raw_text(asked, row["seed"], 0.7, (20, 60))
        assert row["reasoning"].startswith(f"Draft {row['seed']}. step0")
        assert row["response"].startswith("The answer is")
        assert row["state"] == "complete"
        told = unframe(row["frame"], row["reasoning"], row["response"])
        if dialect == "inline":
            assert (row["dialect"], told) == ("think", raw)
        else:
            thought, answer = told.split("\x1f")
            assert row["dialect"] == "field"
            assert f"<think>{thought}</think>{answer}" == raw


def row_problem(pool: Pool, row: dict[str, object]) -> str:
    for receipt in pool.receipts("ingest"):
        shard = receipt.shard("problems")
        assert shard
        for known in pool.read(shard, ["problem_id", "problem"]).to_pylist():
            if known["problem_id"] == row["problem_id"]:
                return str(known["problem"])
    raise AssertionError(row["problem_id"])


HEALING = ["500", "502", "429", "429_date", "drop", "reset", "truncated_json", "html", "no_choices"]


def test_what_another_attempt_heals_costs_no_sample(pool: Pool) -> None:
    rates = dict.fromkeys(HEALING, 0.03)
    with serve(Behaviour(rates=rates)) as server:
        found = rows(pool, ask(pool, sums(pool, 100), teacher(server, samples=2)))
        faults = Counter(received.fault for received in server.log)
        assert len(completed(server)) == len(set(completed(server))) == 200
    assert set(HEALING) <= set(faults)
    assert found["state"].unique().to_list() == ["complete"]


REFUSED = {
    "400": "bad_request",
    "filtered_400": "content_filter",
    "overflow": "context_overflow",
    "500": "server_error",
    "html": "malformed",
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_failed_sample_is_data_and_its_siblings_live(pool: Pool, fault: str) -> None:
    problems = sums(pool, 12)
    poison = {"What is 7+0?": fault}
    with serve(Behaviour(poison=poison)) as server:
        taken = ask(pool, problems, teacher(server, samples=2))
        found = rows(pool, taken)
        failed = found.filter(found["state"] == "failed")
        assert failed["finish_reason"].to_list() == [REFUSED[fault]] * 2
        assert all(failed["error"].str.len_chars() > 3)
        assert taken.counts["failed"] == 2
        assert len(found) == 24
        attempts = Counter(r.digest for r in server.log if "7+0" in r.question)
        healing = REFUSED[fault] in ("server_error", "malformed")
        assert set(attempts.values()) == {engine.ATTEMPTS if healing else 1}
        asked = len(server.log)
        ask(pool, problems, teacher(server, samples=2))
        assert len(server.log) == asked, "a failure for good is not asked again by itself"
        server.behaviour = Behaviour()
        healed = ask(pool, problems, teacher(server, samples=2), retry_failed=True)
        assert len(server.log) == asked + 2
    assert rows(pool, healed)["state"].unique().to_list() == ["complete"]
    assert healed.counts["out"] == 24


def test_a_hanging_request_is_given_up_at_its_deadline(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SHORTEST", 0.5)
    monkeypatch.setattr(client.Speed, "FIRST", 1000.0)
    with serve(Behaviour(script=(None, "hang", "hang"))) as server:
        found = rows(pool, ask(pool, sums(pool, 6), teacher(server)))
        assert len(server.log) == 8
    assert found["state"].unique().to_list() == ["complete"]


def test_retry_after_is_honoured(pool: Pool) -> None:
    with serve(Behaviour(script=("429",), retry_after=1.5)) as server:
        ask(pool, sums(pool, 1), teacher(server))
        first, second = server.log
    assert second.at - first.at >= 1.5


@pytest.mark.parametrize("dialect", ["reasoning", "inline"])
def test_a_cut_trace_is_continued_to_the_text_it_would_have_been(pool: Pool, dialect: str) -> None:
    problems = sums(pool, 8)
    with serve(Behaviour(dialect=dialect, words=(40, 40))) as server:
        cut = ask(pool, problems, teacher(server, max_tokens=20))
        assert cut.counts["truncated"] == 8
        more = {"max_tokens": 20, "continue": {"rounds": 1}}
        twice = ask(pool, problems, teacher(server, **more))
        assert twice.counts["truncated"] == 8
        assert len(server.log) == 16
        more["continue"] = {"rounds": 3, "max_tokens": 30}
        whole = rows(pool, ask(pool, problems, teacher(server, **more)))
        assert len(server.log) == 24
    assert whole["rounds"].to_list() == [3] * 8
    assert whole["state"].unique().to_list() == ["complete"]
    for row in whole.iter_rows(named=True):
        raw = speaker.raw_text(row_problem(pool, row), row["seed"], 0.7, (40, 40))
        assert row["completion_tokens"] == len(speaker.tokens(raw))
        assert f"{row['reasoning']}\n</think>\n\n{row['response']}" in raw


def test_a_cut_trace_is_not_retried_without_continue(pool: Pool) -> None:
    with serve(Behaviour(words=(40, 40))) as server:
        taken = ask(pool, sums(pool, 5), teacher(server, max_tokens=10))
        assert len(server.log) == 5
        ask(pool, sums(pool, 5), teacher(server, max_tokens=10))
        assert len(server.log) == 5
    assert rows(pool, taken)["state"].unique().to_list() == ["truncated"]


def test_sampling_stops_where_the_question_is_settled(pool: Pool) -> None:
    until = {"min": 2, "max": 16, "until": {"correct": 2}}
    easy = {f"{n}+{n % 7}": 1.0 for n in range(10)}
    problems = sums(pool, 20)
    with serve(Behaviour(accuracies=easy, accuracy=0.0)) as server:
        taken = ask(pool, problems, teacher(server, samples=until))
        found = rows(pool, taken)
        count = len(server.log)
        ask(pool, problems, teacher(server, samples=until))
        assert len(server.log) == count, "a re-run knows what was settled"
    drawn = sorted(found.group_by("problem_id").len()["len"].to_list())
    assert drawn[0] == 2
    assert sum(drawn[:10]) <= 30, "two each, and a few ahead while the server would idle"
    assert max(drawn) <= 16


def test_templates_take_turns_and_hints_are_marked(pool: Pool) -> None:
    with serve(Behaviour()) as server:
        found = rows(
            pool, ask(pool, sums(pool, 3), teacher(server, samples=4, prompt=["boxed", "hinted"]))
        )
        assert sum("right answer is" in received.question for received in server.log) == 6
    names = found.with_columns(found["prompt"].str.split("@").list.first().alias("name"))
    assert Counter(names.select("sample", "name", "hinted").iter_rows()) == {
        (0, "boxed", False): 3,
        (1, "hinted", True): 3,
        (2, "boxed", False): 3,
        (3, "hinted", True): 3,
    }


def test_a_hint_that_there_is_not_is_not_asked(pool: Pool) -> None:
    rows_ = [problem(question(n), answer=None, answer_kind=None) for n in range(3)]
    problems = [put(pool, "ingest", {"problems": rows_})]
    both = ["boxed", "hinted"]
    with serve(Behaviour()) as server:
        taken = ask(pool, problems, teacher(server, samples=4, prompt=both), verify=None)
        assert taken.counts["out"] == len(server.log) == 6
        ask(pool, problems, teacher(server, samples=4, prompt=both), verify=None)
        ask(pool, problems, teacher(server, samples=2, prompt="hinted"), verify=None)
        assert len(server.log) == 6
    assert set(rows(pool, taken)["sample"]) == {0, 2}


def test_the_key_is_sent_and_never_written(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    with serve(Behaviour(key="sk-very-secret")) as server:
        ask(pool, sums(pool, 3), teacher(server, key_env="MY_KEY"))
        assert len(completed(server)) == 3
    for path in Path(pool.root).rglob("*"):
        assert not path.is_file() or b"very-secret" not in path.read_bytes()


def test_what_no_request_survives_ends_the_run_at_once(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = sums(pool, 3)
    with serve(Behaviour(key="right")) as server:
        monkeypatch.delenv("NO_KEY", raising=False)
        with pytest.raises(TeacherError, match="variable NO_KEY is not set"):
            ask(pool, problems, teacher(server, key_env="NO_KEY"))
        monkeypatch.setenv("NO_KEY", "wrong")
        with pytest.raises(TeacherError, match="refuses every request: HTTP 401"):
            ask(pool, problems, teacher(server, key_env="NO_KEY"))
    with serve(Behaviour()) as server:
        with pytest.raises(TeacherError, match="serves no model 'other'; it serves teacher"):
            ask(pool, problems, teacher(server, model="other"))
        url = server.url
    with pytest.raises(TeacherError, match="nothing answers at"):
        ask(pool, problems, teacher(url))
    with (
        serve(Behaviour(rates={"400": 1.0})) as server,
        pytest.raises(TeacherError, match="first 32 requests were all refused"),
    ):
        ask(pool, sums(pool, 100), teacher(server))


def test_a_server_that_is_gone_ends_the_run_and_nothing_is_lost(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicas, "PATIENCE", 0.5)
    problems = sums(pool, 40)
    with serve(Behaviour(delay=0.05)) as server:
        ask(pool, problems, teacher(server, samples=1))
        answered = len(completed(server))
    assert answered == 40
    with pytest.raises(TeacherError, match="nothing answers at"):
        ask(pool, problems, teacher(server.url, samples=2))
    with serve(Behaviour()) as server:
        ask(pool, problems, teacher(server, samples=2))
        assert len(completed(server)) == 40


def test_the_journal_holds_second_copies_alone_when_a_run_is_whole(pool: Pool) -> None:
    with serve(Behaviour()) as server:
        taken = ask(pool, sums(pool, 5), teacher(server))
    (file,) = [p for p in Path(pool.path("journal")).rglob("*") if p.is_file()]
    assert file.name == f"{taken.shards[0].key}.jsonl.zst"


def test_params_are_json_that_names_the_model(pool: Pool) -> None:
    with serve(Behaviour()) as server:
        found = rows(pool, ask(pool, sums(pool, 2), teacher(server, temperature=0.6, top_p=0.95)))
        assert all(r.body["temperature"] == 0.6 and r.body["top_p"] == 0.95 for r in server.log)
    assert json.loads(found["params"][0]) == {
        "model": "teacher",
        "max_tokens": 256,
        "temperature": 0.6,
        "top_p": 0.95,
    }
