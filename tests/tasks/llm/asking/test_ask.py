import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import TeacherError
from schemas.recipe.teachers import Managed
from tasks.llm import engine, replicas
from tasks.llm.asking.retry import REPLIES
from tasks.pool.store import Pool
from tests import ROOT
from tests.patience import patience, wait_for
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve
from tests.tasks.asked import PROMPT, answered, part, question, rows

THINGS = ("plum", "snow", "grass", "coal")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.llm.vllm.server.POLL", 0.2)
    monkeypatch.setattr(replicas, "POLL", 0.2)
    monkeypatch.setattr(engine, "LONGEST_WAIT", 0.2)


def told(server: Server) -> Counter[str]:
    """How often each thing was asked about."""
    return Counter(got.question for got in server.log)


def test_every_row_gets_its_answer_in_order(pool: Pool, tmp_path: Path) -> None:
    with serve(Behaviour(fields={"colour": "blue"})) as server:
        asked = question(tmp_path, server.url, n=2)
        receipts = answered(pool, asked, [part(*THINGS), part("sea")])
        found = rows(pool, receipts)
    assert [(row["row_id"], row["n"]) for row in found] == [
        *((f"{i}-{thing}", n) for i, thing in enumerate(THINGS) for n in (0, 1)),
        ("0-sea", 0),
        ("0-sea", 1),
    ]
    assert {row["answer"] for row in found} == {'{"colour":"blue"}'}
    assert len({row["answer_id"] for row in found}) == len(found) == len(server.log)
    assert {row["failure"] for row in found} == {None}
    assert sum(row["completion_tokens"] for row in found) == sum(g.tokens for g in server.log)
    assert receipts[0].facts["rows"] == 4 and receipts[0].facts["failed"] == 0


def test_equal_questions_are_asked_once_and_every_row_has_the_answer(
    pool: Pool, tmp_path: Path
) -> None:
    parts = [part("plum", "plum", "snow"), part("snow", "plum")]
    with serve(Behaviour(delay=0.05)) as server:
        found = rows(pool, answered(pool, question(tmp_path, server.url), parts))
    assert sorted(told(server).values()) == [1, 1]
    by_thing = {(row["row_id"][2:], row["answer_id"], row["answer"]) for row in found}
    assert len(found) == 5 and len(by_thing) == 2


@given(
    st.lists(st.lists(st.sampled_from(["plum", "snow", "grass", "coal", "sea"]), max_size=6)),
    st.integers(1, 2),
)
@settings(max_examples=15)
def test_however_rows_are_cut_into_parts_each_question_is_asked_once(
    tmp_path_factory: pytest.TempPathFactory, things: list[list[str]], n: int
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    pool, parts = Pool(folder / "pool"), [part(*own) for own in things]
    with serve(Behaviour(invalid_first=0)) as server:
        asked = question(folder, server.url, n)
        receipts = answered(pool, asked, parts)
        log = list(server.log)
    assert set(told(server).values()) <= {n}
    assert len(log) == n * len({thing for own in things for thing in own})
    assert [receipt.facts["rows"] for receipt in receipts] == [len(own) for own in things]
    rebuilt = [r.key for r in answered(pool, asked, parts)]
    assert rebuilt == [receipt.key for receipt in receipts]


def test_a_second_run_asks_nothing_and_does_not_even_look_for_the_server(
    pool: Pool, tmp_path: Path
) -> None:
    with serve() as server:
        asked = question(tmp_path, server.url)
        first = answered(pool, asked, [part(*THINGS)])
    again = answered(pool, asked, [part(*THINGS)])  # the server is gone
    assert [r.key for r in again] == [r.key for r in first]
    assert not list(Path(pool.root, "journal").rglob("*.jsonl"))


def test_only_new_rows_and_new_draws_are_asked_for(pool: Pool, tmp_path: Path) -> None:
    with serve() as server:
        answered(pool, question(tmp_path, server.url, n=2), [part(*THINGS)])
        assert len(server.log) == 8
        answered(pool, question(tmp_path, server.url, n=2), [part("sea", *THINGS)])
        assert len(server.log) == 10
        found = rows(pool, answered(pool, question(tmp_path, server.url, n=3), [part(*THINGS)]))
        assert len(server.log) == 14
    assert len(found) == 12


@pytest.mark.parametrize("change", ["prompt", "temperature"])
def test_another_prompt_or_parameter_is_another_question(
    change: str, pool: Pool, tmp_path: Path
) -> None:
    with serve() as server:
        answered(pool, question(tmp_path, server.url), [part(*THINGS)])
        if change == "prompt":
            other = question(tmp_path, server.url, prompt=PROMPT.replace("What", "Which"))
        else:
            other = question(tmp_path, server.url, temperature=0.5)
        answered(pool, other, [part(*THINGS)])
        assert len(server.log) == 8
        answered(pool, question(tmp_path, server.url), [part(*THINGS)])  # back: all still held
        assert len(server.log) == 8


def test_where_it_is_asked_does_not_matter(pool: Pool, tmp_path: Path) -> None:
    with serve() as server:
        answered(pool, question(tmp_path, server.url), [part(*THINGS)])
    with serve() as other:
        answered(pool, question(tmp_path, other.url, in_flight=3), [part(*THINGS)])
        assert other.log == []


def test_what_is_no_json_is_asked_again_with_the_complaint_and_another_seed(
    pool: Pool, tmp_path: Path
) -> None:
    with serve(Behaviour(invalid_first=2)) as server:
        found = rows(pool, answered(pool, question(tmp_path, server.url), [part("plum")]))
    assert [(row["failure"], row["replies"]) for row in found] == [(None, 3)]
    assert "colour" in json.loads(found[0]["answer"])
    first, second, third = [got.body for got in server.log]
    assert [m["role"] for m in first["messages"]] == ["system", "user"]
    assert second["messages"][:2] == first["messages"]
    assert second["messages"][2]["content"].startswith('{"half an object"')
    assert "it holds no JSON object" in second["messages"][3]["content"]
    assert len({first["seed"], second["seed"], third["seed"]}) == 3
    assert found[0]["completion_tokens"] == sum(got.tokens for got in server.log)


def test_the_complaint_names_what_does_not_fit(pool: Pool, tmp_path: Path) -> None:
    says = {"plum?": 'Sure! {"colour": 7}'}
    with serve(Behaviour(says=says)) as server:
        found = rows(pool, answered(pool, question(tmp_path, server.url), [part("plum")]))
    assert "colour: Input should be a valid string" in server.log[1].question
    assert '"required": ["colour"]' in server.log[1].question
    assert found[0]["failure"] is None or found[0]["replies"] == REPLIES


def test_what_never_fits_is_invalid_and_costs_its_siblings_nothing(
    pool: Pool, tmp_path: Path
) -> None:
    with serve(Behaviour(says={"plum": "It is purple.", "used": "It is purple."})) as server:
        found = rows(pool, answered(pool, question(tmp_path, server.url), [part(*THINGS)]))
    assert len(server.log) == REPLIES + 3
    by_row = {row["row_id"]: row for row in found}
    failed = by_row.pop("0-plum")
    assert (failed["answer"], failed["failure"], failed["replies"]) == (None, "invalid", REPLIES)
    assert "no JSON object" in failed["detail"] and "It is purple." in failed["detail"]
    assert all(row["failure"] is None for row in by_row.values())


def test_a_server_without_structured_output_is_asked_without_it(pool: Pool, tmp_path: Path) -> None:
    says = {thing: f'Well, {{"colour": "{thing}"}}' for thing in THINGS}
    with serve(
        Behaviour(structured="unsupported", says=says, delay=0.02, dialect="inline")
    ) as server:
        found = rows(pool, answered(pool, question(tmp_path, server.url), [part(*THINGS)]))
    assert [json.loads(row["answer"])["colour"] for row in found] == list(THINGS)
    held = ["response_format" in got.body for got in server.log]
    assert held == [True, False, False, False, False]  # found out once, alone


def test_a_server_that_ignores_the_form_is_asked_again(pool: Pool, tmp_path: Path) -> None:
    says = {"cannot be used": '```json\n{"colour": "red"}\n```'}
    with serve(Behaviour(structured="ignored", says=says, dialect="inline")) as server:
        found = rows(pool, answered(pool, question(tmp_path, server.url), [part("plum")]))
    assert (found[0]["answer"], found[0]["replies"]) == ('{"colour":"red"}', 2)


@pytest.mark.parametrize(
    ("fault", "failure"),
    [("400", "bad_request"), ("content_filter", "content_filter"), ("overflow", "context_overflow"),
     ("filtered_400", "content_filter"), ("length", "invalid")],
)  # fmt: skip
def test_a_failure_has_its_type_and_is_asked_again_on_request_only(
    fault: str, failure: str, pool: Pool, tmp_path: Path
) -> None:
    things = [part("snow", "plum", "grass")]
    with serve(Behaviour(poison={"plum": fault}, structured="ignored", dialect="inline",
                         says={"?": '{"colour": "as ever"}'})) as server:  # fmt: skip
        asked = question(tmp_path, server.url)
        found = rows(pool, answered(pool, asked, things))
        assert [row["failure"] for row in found] == [None, failure, None]
        assert found[1]["detail"]
        answered(pool, asked, things)
        asked_for_plum = sum("plum" in got.question for got in server.log)
        assert asked_for_plum == 1
        server.behaviour = Behaviour(fields={"colour": "blue"})
        healed = answered(pool, asked, things, retry_failed=True)
        assert len(server.log) == 4
        assert [row["failure"] for row in rows(pool, healed)] == [None] * 3
        assert rows(pool, answered(pool, asked, things)) == rows(pool, healed)


def test_what_another_attempt_heals_is_attempted_again(pool: Pool, tmp_path: Path) -> None:
    script = ("500", None, "drop", "truncated_json", "429", "html")
    with serve(Behaviour(script=script, retry_after=0.01)) as server:
        asked = question(tmp_path, server.url)
        found = rows(pool, answered(pool, asked, [part(*THINGS, "sea")]))
    assert {row["failure"] for row in found} == {None}
    assert {row["replies"] for row in found} == {1}
    assert len(server.log) == len(THINGS) + 1 + 5


def test_a_server_of_its_own_is_started_kept_alive_and_stopped(pool: Pool, tmp_path: Path) -> None:
    behaviour = Behaviour(dies_after=45)
    env = {"FAULTY": behaviour.to_json(), "PYTHONPATH": str(ROOT)}
    server = Managed(command=f"{sys.executable} -m tests.servers.faulty", env=env, restarts=5)
    asked = question(tmp_path, None, vllm=server)
    things = [f"thing {n}" for n in range(60)]
    found = rows(pool, answered(pool, asked, [part(*things)]))
    assert {row["failure"] for row in found} == {None} and len(found) == 60
    log = Path(pool.root, "logs", "painter.log").read_text()
    assert "longcot: start 2: " in log
    port = re.search(r"--port (\d+)", log)
    assert port
    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if port[1] in line]


def test_a_part_without_rows_is_done_without_a_server(pool: Pool, tmp_path: Path) -> None:
    receipts = answered(pool, question(tmp_path, "http://127.0.0.1:9/v1"), [part()])
    assert [r.facts["rows"] for r in receipts] == [0]


def test_no_server_is_told_at_once(pool: Pool, tmp_path: Path) -> None:
    asked = question(tmp_path, "http://127.0.0.1:9/v1")
    with pytest.raises(TeacherError, match="nothing answers at"):
        answered(pool, asked, [part("plum")])


def test_a_prompt_that_no_chat_can_end_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TeacherError, match="needs `messages` that end with the user"):
        question(tmp_path, "http://x/v1", prompt="description: d\ncompletion: '{{ thing }}'\n")


def test_journal_files_become_shards_while_it_runs(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.llm.journal.FILE_BYTES", 500)
    things = [f"thing {n}" for n in range(30)]
    with serve() as server:
        asked = question(tmp_path, server.url, in_flight=2)
        found = rows(pool, answered(pool, asked, [part(*things[:20]), part(*things[20:])]))
        assert len(pool.receipts("ask")) > 2 and len(found) == 30
        assert not list(Path(pool.root, "journal").rglob("*.jsonl"))
        answered(pool, asked, [part(*reversed(things))])
        assert len(server.log) == 30


CHILD = """
import sys
from pathlib import Path
from tasks.pool.store import Pool
from tests.tasks.asked import answered, part, question
folder, url = Path(sys.argv[1]), sys.argv[2]
things = [f"thing {n}" for n in range(60)]
answered(Pool(folder / "pool"), question(folder, url), [part(*things[:30]), part(*things[30:])])
"""


def test_after_sigkill_exactly_what_has_no_answer_is_asked_for(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    answered_things: set[str] = set()
    with serve() as server:
        for more in (8, 35):  # so many answers, and then nothing but silence
            before = len(server.log)
            script = (None,) * (before + more) + ("hang",) * 200
            server.behaviour = Behaviour(script=script)
            with subprocess.Popen([*command, server.url], env=env) as child:
                wait_for(lambda n=before + more: len(server.log) > n, 60)
                wait_for(
                    lambda so_far=more: sum(g.completed for g in server.log[-60:]) >= so_far, 60
                )
                time.sleep(patience(0.3))  # the last answer is on its way to the journal
                child.send_signal(signal.SIGKILL)
            asked = server.log[before:]
            assert not answered_things & {got.question for got in asked}
            answered_things |= {got.question for got in asked if got.completed}
        server.behaviour, before = Behaviour(), len(server.log)
        subprocess.run([*command, server.url], env=env, check=True)
        assert {g.question for g in server.log[before:]} == {
            f"What colour is thing {n}?" for n in range(60)
        } - answered_things
        assert len(server.log) - before == 60 - len(answered_things) == 17
    assert not list((tmp_path / "pool" / "journal").rglob("*.jsonl"))
