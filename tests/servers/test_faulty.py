"""The fault-injecting server does what its behaviour says, and notes it."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from tests.patience import patience, wait_for
from tests.servers import speaker
from tests.servers.behaviour import Behaviour, Received, read_log
from tests.servers.faulty import Server, serve, serve_apart

QUESTION = "What is 2+3?"
SCHEMA = {
    "type": "object",
    "properties": {
        "rating": {"type": "integer", "minimum": 1, "maximum": 10},
        "why": {"$ref": "#/$defs/why"},
        "kind": {"enum": ["a", "b"]},
    },
    "$defs": {"why": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
}


def ask(server: Server, question: str = QUESTION, **more: object) -> httpx.Response:
    body = {"model": "teacher", "messages": [{"role": "user", "content": question}], **more}
    return httpx.post(f"{server.url}/chat/completions", json=body, timeout=patience(5))


def message(response: httpx.Response) -> dict:
    return response.json()["choices"][0]["message"]


def test_the_seed_decides_whether_an_answer_is_right():
    with serve(Behaviour(accuracy=0.5)) as server:
        for seed in range(8):
            right = "\\boxed{5}" in message(ask(server, seed=seed))["content"]
            assert right == speaker.is_right(QUESTION, seed, 0.5)
        assert {speaker.is_right(QUESTION, seed, 0.5) for seed in range(8)} == {True, False}


@pytest.mark.parametrize("dialect", ["reasoning", "reasoning_content", "inline", "prefilled"])
def test_dialects_say_the_same(dialect: str):
    with serve(Behaviour(dialect=dialect)) as server:
        told = message(ask(server, seed=1))
    text = speaker.raw_text(QUESTION, 1, 0.7, (20, 60))
    if dialect in told:
        assert f"<think>{told[dialect]}</think>{told['content']}" == text
    else:
        assert ("<think>" in told["content"]) == (dialect == "inline")
        assert text.endswith(told["content"])


def test_a_cut_text_is_continued_in_chat_and_in_completions():
    text = speaker.raw_text(QUESTION, 7, 0.7, (20, 60))
    with serve(Behaviour(dialect="inline")) as server:
        first = ask(server, seed=7, max_tokens=15)
        cut = message(first)["content"]
        assert first.json()["choices"][0]["finish_reason"] == "length"
        assert first.json()["usage"]["completion_tokens"] == len(speaker.tokens(cut)) == 15
        messages = [
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": cut},
        ]
        more = {"continue_final_message": True, "add_generation_prompt": False}
        rest = message(ask(server, messages=messages, seed=99, **more))["content"]
        assert cut + rest == text
        body = {"model": "teacher", "prompt": QUESTION + cut, "max_tokens": 500}
        plain = httpx.post(f"{server.url}/completions", json=body).json()
        assert cut + plain["choices"][0]["text"] == text
        assert plain["usage"]["prompt_tokens_details"]["cached_tokens"] >= 0
        root = server.url.removesuffix("/v1")
        chat = {"messages": messages[:1]}
        prompt = httpx.post(f"{root}/tokenize", json=chat).json()["tokens"]
        begun = httpx.post(f"{root}/tokenize", json={"prompt": cut}).json()["tokens"]
        whole = httpx.post(f"{root}/detokenize", json={"tokens": prompt + begun}).json()["prompt"]
        assert QUESTION in whole and whole.endswith(cut)
        body = {"model": "teacher", "prompt": prompt + begun, "max_tokens": 500}
        plain = httpx.post(f"{server.url}/completions", json=body).json()
        assert cut + plain["choices"][0]["text"] == text
        refused = ask(server, messages=messages, continue_final_message=True)
        assert "Cannot set both" in refused.json()["error"]["message"]


def test_refusals_are_worded_as_servers_word_them():
    script = ("429", "429_date", "503", "500", "502", "401", "404", "overflow", "filtered_400")
    with serve(Behaviour(script=script, retry_after=2)) as server:
        told = [ask(server) for _ in script]
        assert ask(server).status_code == 200
    assert [r.status_code for r in told] == [429, 429, 503, 500, 502, 401, 404, 400, 400]
    assert told[0].headers["retry-after"] == told[2].headers["retry-after"] == "2"
    wait = parsedate_to_datetime(told[1].headers["retry-after"]).timestamp() - server.log[1].at
    assert 0 < wait <= patience(3)
    assert "maximum context length is 4096 tokens" in told[7].json()["error"]["message"]
    assert told[8].json()["error"]["type"] == "content_filter"
    assert [r.fault for r in server.log] == [*script, None]


def test_rules_refuse_keys_models_long_prompts_and_crowds():
    with serve(Behaviour(key="k", context=50)) as server:
        assert ask(server).status_code == 401
        server.behaviour = Behaviour(context=50)
        assert ask(server, model="other").status_code == 404
        assert ask(server, "word " * 50).json()["error"]["code"] == 400
        assert ask(server, "word " * 40).json()["choices"][0]["finish_reason"] == "length"
        server.behaviour = Behaviour(in_flight=0, over="503")
        assert ask(server).status_code == 503


def test_connections_break_and_hang():
    with serve(Behaviour(script=("drop", "reset", "hang"))) as server:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            ask(server)
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            ask(server)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{server.url}/completions", json={"prompt": "1+1"}, timeout=0.3)
        wait_for(lambda: server.busy == 0, 5, "for the server to see the client go")
    assert [r.delivered for r in server.log] == [False] * 3
    assert server.busy == 0


def test_answers_that_are_none():
    script = ("truncated_json", "html", "wrong_shape", "no_choices", "empty", "content_filter")
    with serve(Behaviour(script=(*script, "length"))) as server:
        told = [ask(server) for _ in range(7)]
    assert {r.status_code for r in told} == {200}
    for response in told[:2]:
        with pytest.raises(json.JSONDecodeError):
            response.json()
    assert told[2].json()["choices"] == [{"text": 7}]
    assert told[3].json()["choices"] == []
    assert message(told[4])["content"] == ""
    finishes = [r.json()["choices"][0]["finish_reason"] for r in told[4:]]
    assert finishes == ["stop", "content_filter", "length"]
    assert not any(r.completed for r in server.log[:6])


def test_drawn_faults_depend_on_request_and_attempt():
    def statuses() -> list[int]:
        with serve(Behaviour(rates={"500": 0.3, "429": 0.2})) as server:
            return [ask(server, f"What is {i}+1?").status_code for i in range(20) for _ in "ab"]

    first = statuses()
    assert first == statuses()
    assert set(first) == {200, 429, 500}
    assert any(a != b for a, b in zip(first[::2], first[1::2], strict=True))


def test_poison_concerns_one_prompt():
    with serve(Behaviour(poison={"7+7": "500"})) as server:
        assert [ask(server, f"What is {i}+{i}?").status_code for i in (6, 7, 8)] == [200, 500, 200]
        assert ask(server, "What is 7+7?").status_code == 500


@pytest.mark.parametrize("way", ["response_format", "structured_outputs"])
def test_schemas_are_obeyed_ignored_or_refused(way: str):
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
    more = {way: form if way == "response_format" else {"json": SCHEMA}}
    with serve(Behaviour(invalid_first=1, fields={"rating": 4})) as server:
        with pytest.raises(json.JSONDecodeError):
            json.loads(message(ask(server, **more))["content"])
        told = json.loads(message(ask(server, **more))["content"])
        assert (
            told["rating"] == 4
            and told["kind"] in ("a", "b")
            and set(told)
            == {
                "rating",
                "why",
                "kind",
            }
        )
        server.behaviour = Behaviour(structured="unsupported")
        assert ask(server, **more).status_code == 400
        server.behaviour = Behaviour(structured="ignored")
        assert "boxed" in message(ask(server, **more))["content"]


def test_metrics_follow_the_streams():
    behaviour = Behaviour(rate=200, words=(100, 100), cache=160, slots=4)
    with serve(behaviour) as server, httpx.Client() as client:
        base = server.url.removesuffix("/v1")
        assert client.get(f"{base}/health").status_code == 200
        assert client.get(f"{server.url}/models").json()["data"][0]["max_model_len"] == 4096
        began = time.monotonic()
        ask(server)
        assert time.monotonic() - began > 0.45, "100 tokens at 200 a second"
        text = client.get(f"{base}/metrics").text
    written = f'generation_tokens_total{{engine="0",model_name="teacher"}} {server.log[0].tokens}'
    assert written in text
    assert 'vllm:cache_config_info{block_size="16",num_gpu_blocks="10"' in text


def test_streams_share_a_server_and_a_full_cache_preempts():
    behaviour = Behaviour(rate=1000, total=2000, words=(200, 200), cache=700)
    with serve(behaviour) as server, ThreadPoolExecutor(8) as pool:
        began = time.monotonic()
        told = list(pool.map(lambda i: ask(server, f"What is {i}+1?"), range(8)))
        took = time.monotonic() - began
    assert {r.status_code for r in told} == {200}
    assert server.peak > 4
    assert server.capacity.preemptions > 0
    assert took > 0.8, "8 times 210 tokens, 2,000 a second together"


def test_a_server_apart_logs_to_a_file_and_may_die(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    with serve_apart(Behaviour(canned=4000, dies_after=3), log) as url:
        body = {"messages": [{"role": "user", "content": "hello"}]}
        told = [httpx.post(f"{url}/chat/completions", json=body) for _ in range(2)]
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(f"{url}/chat/completions", json=body)
        time.sleep(patience(0.2))
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/models")
    assert message(told[0])["content"] == speaker.canned("hello", 4000)
    seen = read_log(log)
    assert [(r.attempt, r.question, r.completed) for r in seen] == [
        (1, "hello", True),
        (2, "hello", True),
    ]
    assert isinstance(seen[0], Received)
