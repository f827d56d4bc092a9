"""The real server answers as the fault-injecting one pretends to."""

import re
from pathlib import Path

import httpx
import pytest

from tests.servers.behaviour import Behaviour
from tests.servers.faulty import serve

pytestmark = pytest.mark.slow

QUESTION = "What is 3+4?"


def ask(url: str, question: str = QUESTION, **more: object) -> httpx.Response:
    body = {"model": "teacher", "messages": [{"role": "user", "content": question}], **more}
    return httpx.post(f"{url}/chat/completions", json=body, timeout=120)


def test_it_thinks_and_answers(vllm: str):
    choice = ask(vllm, seed=1, temperature=0.2, max_tokens=200).json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert "3+4=7" in choice["message"]["reasoning"]
    assert "\\boxed{7}" in choice["message"]["content"]


def test_a_seed_decides_the_answer_and_a_hot_teacher_errs(vllm: str):
    def answers() -> list[str]:
        told = [ask(vllm, seed=s, temperature=1.3, max_tokens=200).json() for s in range(8)]
        return [str(t["choices"][0]["message"]["content"]) for t in told]

    first = answers()
    assert first == answers()
    assert 0 < sum("\\boxed{7}" in answer for answer in first) < 8


def test_a_thought_that_is_cut_has_no_content(vllm: str):
    choice = ask(vllm, seed=1, temperature=0.2, max_tokens=8).json()["choices"][0]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["content"] is None and choice["message"]["reasoning"]


def test_a_cut_text_goes_on_from_its_tokens(vllm: str):
    root = vllm.removesuffix("/v1")
    chat = {"model": "teacher", "messages": [{"role": "user", "content": QUESTION}]}
    prompt = httpx.post(f"{root}/tokenize", json=chat).json()["tokens"]
    cut = "<think>\n3+4="
    begun = httpx.post(f"{root}/tokenize", json={"model": "teacher", "prompt": cut}).json()
    body = {"model": "teacher", "prompt": prompt + begun["tokens"], "max_tokens": 200}
    told = httpx.post(f"{vllm}/completions", json={**body, "temperature": 0.2}, timeout=120).json()
    assert re.match(r"7\. Wait, .*</think>.*boxed", told["choices"][0]["text"], re.S)


def test_the_pretended_server_is_shaped_like_it(vllm: str):
    with serve(Behaviour(context=1024)) as server:
        urls = (vllm, server.url)
        real, own = (ask(url, seed=1, temperature=0.2, max_tokens=200).json() for url in urls)
        assert own.keys() <= real.keys()
        assert own["choices"][0].keys() <= real["choices"][0].keys()
        assert own["choices"][0]["message"].keys() <= real["choices"][0]["message"].keys()
        assert own["usage"].keys() <= real["usage"].keys()

        long = [ask(url, "9 " * 2000) for url in urls]
        assert [r.status_code for r in long] == [400, 400]
        real, own = (r.json()["error"] for r in long)
        assert own.keys() == real.keys()
        pattern = r"maximum context length is 1024 tokens\. However, your prompt contains"
        assert re.search(pattern, real["message"]) and re.search(pattern, own["message"])

        wrong = [ask(url, model="other") for url in urls]
        assert [r.status_code for r in wrong] == [404, 404]
        assert len({r.json()["error"]["message"] for r in wrong}) == 1

        texts = [httpx.get(f"{url.removesuffix('/v1')}/metrics").text for url in urls]
        real, own = (set(re.findall(r"^vllm:\w+", text, re.M)) for text in texts)
        assert own <= real


def test_the_teacher_is_small_and_trained_once(tiny_teacher: Path):
    assert sum(file.stat().st_size for file in tiny_teacher.iterdir()) < 2**20
    assert not tiny_teacher.with_suffix(".half").exists()
