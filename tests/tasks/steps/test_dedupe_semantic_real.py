"""Embeddings of a real model that a managed vLLM serves."""

from pathlib import Path

import pytest

from tasks.dedupe.meaning import semantic as dedupe_semantic
from tasks.dedupe.meaning.embeddings import embeddings
from tasks.pool.store import Pool
from tasks.steps.dedupe_semantic import DedupeSemantic
from tests.servers.vllm import ARGS, ENVIRONMENT
from tests.tasks.steps.test_dedupe_semantic import LESS, ONE, SAID, found, of, prepared

pytestmark = pytest.mark.slow


def test_other_words_are_found_and_other_numbers_kept(
    pool: Pool, vllm_command: str, small_model: Path
) -> None:
    """The model is a chat model, and calls nearly everything alike: what guards is the numbers."""
    plain = {key: value for key, value in ARGS.items() if key != "reasoning_parser"}
    args = {**plain, "runner": "pooling", "convert": "embed"}
    managed = {"command": vllm_command, "path": str(small_model), "args": args, "env": ENVIRONMENT}
    asked = DedupeSemantic.model_validate({"model": "smollm2", "vllm": managed, "threshold": 0.8})
    done = prepared(pool, [{"text": text} for text in (ONE, SAID, LESS)])
    done.tables["embeddings"] = embeddings(done, asked, lambda meter, share: None)
    (job,) = dedupe_semantic.plan(
        done, asked.called, asked.threshold, done.of("embeddings"), ["s", "t"]
    )
    (row,) = found(pool, job.run(done.pool))
    assert {row["row_id"], row["duplicate_of"]} == {of(ONE), of(SAID)}
    assert 0.8 < row["cosine"] <= 1
