"""The real vLLM on CPU with a teacher trained on the spot: endpoint, managed, continued."""

import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.recipe.teachers import Live
from tasks.pool.store import Pool, Receipt
from tests.servers.vllm import ARGS, ENVIRONMENT
from tests.tasks.llm.site import ask, rows
from tests.tasks.rows import problem, put

pytestmark = pytest.mark.slow


def digits(pool: Pool, count: int) -> list[Receipt]:
    """Sums of two digits, which the teacher was trained on."""
    pairs = [(a, b) for a in range(10) for b in range(10)][:count]
    made = [problem(f"What is {a}+{b}?", answer=str(a + b), answer_kind="math") for a, b in pairs]
    return [put(pool, "ingest", {"problems": made})]


def teacher(**more: Any) -> Live:
    plain = {"name": "tiny", "model": "teacher", "prompt": "plain", "max_tokens": 256}
    return Live.model_validate({**plain, **more})


def test_an_endpoint_gives_reasoning_and_right_answers(pool: Pool, vllm: str) -> None:
    asked = teacher(endpoint=vllm, samples=4, temperature=0.7)
    problems = digits(pool, 25)
    found = rows(pool, ask(pool, problems, asked))
    assert len(found) == 100
    finished = found.filter(found["state"] == "complete")
    assert len(finished) > 80
    assert finished["reasoning"].str.len_chars().min() > 0  # type: ignore[operator]
    assert found["seed"].n_unique() == 100
    assert found["completion_tokens"].min() > 0  # type: ignore[operator]
    again = rows(pool, ask(pool, problems, asked))
    assert again.equals(found)


def test_a_seed_gives_the_same_text_again(pool: Pool, tmp_path: Path, vllm: str) -> None:
    asked = teacher(endpoint=vllm, samples=2, temperature=1.0)
    texts = []
    for where in (pool, Pool(tmp_path / "again")):
        found = rows(where, ask(where, digits(where, 10), asked))
        texts.append(found.sort("trace_id").select("trace_id", "reasoning", "response"))
    assert texts[0].equals(texts[1])


def test_a_cut_trace_is_gone_on_with_by_its_tokens(pool: Pool, tmp_path: Path, vllm: str) -> None:
    """At temperature 0 the continued trace is the one that was never cut."""
    whole_pool = Pool(tmp_path / "whole")
    asked = teacher(endpoint=vllm, temperature=0.0)
    whole = rows(whole_pool, ask(whole_pool, digits(whole_pool, 20), asked))
    cut = teacher(endpoint=vllm, temperature=0.0, max_tokens=12, **{"continue": {"rounds": 40}})
    found = rows(pool, ask(pool, digits(pool, 20), cut))
    assert found["rounds"].min() > 1  # type: ignore[operator]
    both = whole.join(found, on="problem_id", suffix="_cut").filter(pl.col("state") == "complete")
    assert len(both) > 10
    assert both["reasoning"].to_list() == both["reasoning_cut"].to_list()
    assert both["response"].to_list() == both["response_cut"].to_list()


def test_a_managed_server_is_started_asked_and_stopped(
    pool: Pool, vllm_command: str, tiny_teacher: Path
) -> None:
    managed = {"command": vllm_command, "path": str(tiny_teacher), "args": ARGS, "env": ENVIRONMENT}
    began = time.monotonic()
    found = rows(pool, ask(pool, digits(pool, 20), teacher(vllm=managed, samples=2)))
    assert len(found) == 40
    assert (found["state"] == "complete").mean() > 0.8  # type: ignore[operator]
    log = Path(pool.root, "logs", "tiny.log").read_text("utf-8", "replace")
    assert "--served-model-name teacher" in log
    assert time.monotonic() - began < 600


def test_a_real_small_model_writes_and_is_continued(
    pool: Pool, vllm_command: str, small_model: Path
) -> None:
    texts = ["What is 12*3?", "A pen costs 2 dollars. What do 7 pens cost?", "Solve x+5=9."]
    made = [problem(text, answer="36", answer_kind="math") for text in texts]
    problems = [put(pool, "ingest", {"problems": made})]
    args = {key: value for key, value in ARGS.items() if key != "reasoning_parser"}  # no think tags
    managed = {"command": vllm_command, "path": str(small_model), "args": args, "env": ENVIRONMENT}
    how = {"model": "smollm2", "vllm": managed, "samples": 2, "temperature": 0.7, "prompt": "boxed"}
    cut = teacher(**how, max_tokens=16, **{"continue": {"rounds": 1, "max_tokens": 24}})
    found = rows(pool, ask(pool, problems, cut))
    assert len(found) == 6
    assert set(found["state"]) <= {"truncated", "complete"}
    assert found["rounds"].max() == 2
    gone_on = found.filter(pl.col("rounds") == 2)
    assert (gone_on["completion_tokens"] > 16).all()
    words = " ".join(found["response"]).lower().split()
    assert len({"the", "is", "we", "to"} & set(words)) >= 2, "it writes English"
    assert found["dialect"].unique().to_list() == ["none"]
