"""Rollouts that other tools saved are recordings: their text, tokens, ends and labels come over."""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.flows.inline import Place
from tests.flows.problems import gold, problems, recipe, statement


@pytest.fixture
def site(tmp_path: Path) -> Place:
    return Place(tmp_path)


def said(i: int, right: bool = True) -> str:
    return f"The answer is \\boxed{{{gold(i) + (not right)}}}."


def message(i: int, right: bool = True) -> dict[str, str]:
    return {"role": "assistant", "content": said(i, right), "reasoning_content": f"Hm, {i}."}


def asked(i: int) -> list[dict[str, str]]:
    return [{"role": "system", "content": "Think."}, {"role": "user", "content": statement(i)}]


def build(site: Place, name: str, lines: list[Any] | bytes, **more: Any) -> Any:
    site.jsonl("p.jsonl", problems(4))
    if isinstance(lines, bytes):
        site.path(name).write_bytes(lines)
    else:
        site.jsonl(name, lines)
    teachers = [{"name": "t", "recorded": name, **more}]
    site.recipe(recipe(steps=["generate", "verify"], teachers=teachers, views={}))
    return site.built()


def check(built: Any, count: int, thought: bool = True) -> None:
    traces = built.table("traces")
    assert len(traces) == count
    assert set(traces["state"]) == {"complete"}
    if thought:
        assert all(text.startswith("Hm, ") for text in traces["reasoning"])
    words = built.table("verdicts").join(traces, on="trace_id")
    told = [row for row in words.iter_rows(named=True) if row["label"] is not None]
    assert all((row["verdict"] == "correct") == row["label"] for row in told)
    assert len(told) in (0, count)


def batch(i: int, **more: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": 9, "completion_tokens": 90}
    choices = [{"message": message(i), "finish_reason": "stop"}]
    body = {"model": "big", "choices": choices, "usage": usage}
    return {"custom_id": f"r{i}", "response": {"status_code": 200, "body": body}, **more}


def test_openai_batch(site: Place) -> None:
    requests = [{"custom_id": f"r{i}", "body": {"messages": asked(i)}} for i in range(4)]
    site.jsonl("in.jsonl", requests)
    failed = {"custom_id": "r3", "response": None, "error": {"message": "expired"}}
    rows = [*(batch(i) for i in range(3)), failed, batch(9)]
    built = build(site, "out.jsonl", rows, format="openai_batch", requests="in.jsonl")
    check(built, 3)
    traces = built.table("traces")
    assert set(traces["teacher"]) == {"big"}
    assert set(traces["completion_tokens"]) == {90}
    assert built.line("generate", "t")["aside"] == {"malformed": 1, "unknown_problem": 1}


def test_requests_that_change_are_seen_and_bad_ones_told(site: Place) -> None:
    requests = [{"custom_id": f"r{i}", "body": {"messages": asked(i)}} for i in range(4)]
    site.jsonl("in.jsonl", requests[:2])
    more = {"format": "openai_batch", "requests": "in.jsonl"}
    check(build(site, "out.jsonl", [batch(i) for i in range(3)], **more), 2)
    site.jsonl("in.jsonl", requests)
    check(site.built(), 3)
    site.jsonl("in.jsonl", [*requests, {"custom_id": "r1", "body": {"messages": asked(2)}}])
    assert "`r1` stands there twice" in site.complaint()
    site.jsonl("in.jsonl", [*requests, {"custom_id": "r9", "body": "x"}])
    told = site.complaint()
    assert "in.jsonl:5: no request of a batch" in told


def node(of: dict[str, Any], sampled: bool) -> dict[str, Any]:
    return {"message": of, "sampled": sampled}


def episode(i: int, right: bool) -> dict[str, Any]:
    nodes = [*(node(one, False) for one in asked(i)), node(message(i, right), True)]
    usage = {"prompt_tokens": 9, "completion_tokens": 90}
    trace = {
        "task": {"type": "Sum", "data": {"prompt": statement(i)}},
        "nodes": nodes,
        "calls": [{"model": "big", "finish_reason": "stop", "usage": usage}],
        "rewards": {"exact": {"score": float(right), "weight": 1.0}},
    }
    return {"traces": [trace]}


def test_verifiers_of_today_and_before(site: Place) -> None:
    tool = episode(3, True)
    tool["traces"][0]["nodes"].append(node({"role": "assistant", "content": "x"}, True))
    built = build(
        site, "traces.jsonl", [{"traces": tool["traces"] + episode(0, True)["traces"]}]
        + [episode(i, i % 2 == 0) for i in range(1, 3)],
        format="verifiers",
    )  # fmt: skip
    check(built, 3)
    assert built.line("generate", "t")["aside"] == {"wrong_type": 1}
    old = [
        {"prompt": asked(i), "completion": [message(i)], "reward": 1.0, "answer": str(gold(i))}
        for i in range(4)
    ]
    check(build(site, "results.jsonl", old, format="verifiers"), 4)


def test_nemo_gym(site: Place) -> None:
    rows = [
        {
            "responses_create_params": {"input": asked(i)},
            "reward": float(i % 2),
            "response": {
                "model": "big",
                "output": [
                    {"type": "reasoning", "summary": [{"type": "text", "text": f"Hm, {i}."}]},
                    {"type": "message", "role": "assistant",
                     "content": [{"type": "output_text", "text": said(i, bool(i % 2))}]},
                ],
                "usage": {"input_tokens": 9, "output_tokens": 90},
            },
        }
        for i in range(4)
    ]  # fmt: skip
    rows.append({**rows[0], "response": {"output": [{"type": "function_call", "name": "x"}]}})
    built = build(site, "rollouts.jsonl", rows, format="nemo_gym")
    check(built, 4)
    assert built.line("generate", "t")["aside"] == {"wrong_type": 1}


def sample(i: int, epoch: int, right: bool = True) -> dict[str, Any]:
    content = [
        {"type": "reasoning", "reasoning": f"Hm, {i}."},
        {"type": "text", "text": said(i, right)},
    ]
    told = {"role": "assistant", "content": content}
    return {
        "id": str(i), "epoch": epoch, "input": statement(i), "target": str(gold(i)),
        "messages": [{"role": "user", "content": statement(i)}, told],
        "output": {
            "model": "big", "choices": [{"message": told, "stop_reason": "stop"}],
            "usage": {"input_tokens": 9, "output_tokens": 90},
        },
        "scores": {"match": {"value": "C" if right else "I"}},
    }  # fmt: skip


def zipped(samples: list[dict[str, Any]]) -> bytes:
    """A zip whose files are compressed by zstd (93), as inspect_ai writes it."""
    out, central = io.BytesIO(), []
    for one in samples:
        name = f"samples/{one['id']}_epoch_{one['epoch']}.json".encode()
        plain = json.dumps(one).encode()
        packed = zstandard.ZstdCompressor().compress(plain)
        fields = (zlib.crc32(plain), len(packed), len(plain), len(name), 0)
        at = out.tell()
        out.write(struct.pack("<4s5H3L2H", b"PK\3\4", 63, 0, 93, 0, 0, *fields) + name + packed)
        central.append(
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 63, 63, 0, 93, 0, 0, *fields, 0, 0, 0, 0, at)
            + name
        )
    at, listed = out.tell(), b"".join(central)
    out.write(listed)
    count = len(samples)
    out.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), at, 0))
    return out.getvalue()


def test_inspect_logs_of_both_sorts(site: Place) -> None:
    samples = [sample(i, epoch, i != 1) for i in range(3) for epoch in (1, 2)]
    broken = {**sample(3, 1), "error": {"message": "died"}}
    log = json.dumps({"status": "success", "samples": [broken, *samples]}).encode()
    assert zipfile.ZipFile(io.BytesIO(zipped(samples))).namelist()
    for name, data in (("log.json", log), ("log.eval", zipped(samples))):
        built = build(site, name, data, format="inspect")
        check(built, 6)
        traces = built.table("traces")
        assert sorted(traces["sample"].unique()) == [0, 1]
        assert set(traces["prompt_tokens"]) == {9}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"format": "openai_batch"}, "`requests` goes with `format: openai_batch`"),
        ({"format": "chatgpt"}, "Input should be 'openai_batch', 'verifiers', 'inspect'"),
        ({"format": "inspect"}, "cannot be read as a log of inspect_ai"),
    ],
)
def test_what_is_none_is_told(site: Place, more: dict[str, Any], told: str) -> None:
    site.jsonl("p.jsonl", problems(4))
    Path(site.path("log.eval")).write_bytes(b"no zip")
    teachers = [{"name": "t", "recorded": "log.eval", **more}]
    site.recipe(recipe(steps=["generate", "verify"], teachers=teachers, views={}))
    assert told in site.complaint()
