"""A question to the real vLLM: the form holds for what follows the thought."""

import json
from pathlib import Path

import polars as pl
import pytest
from pydantic import BaseModel, ConfigDict, Field

from schemas.recipe.teachers import Asked
from tasks.llm.asking.ask import Part
from tasks.llm.asking.question import Question
from tasks.llm.prompts import load
from tasks.pool.store import Pool
from tests.tasks.asked import answered, rows

pytestmark = pytest.mark.slow


class Sum(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sum: int = Field(ge=0, le=18)


def test_vllm_holds_a_model_to_the_form_that_never_saw_json(
    pool: Pool, tmp_path: Path, vllm: str
) -> None:
    sums = {"row_id": [str(n) for n in range(10)], "thing": [f"{n}+{9 - n}" for n in range(10)]}
    prompt = "description: d\nmessages:\n  - {role: user, content: 'What is {{ thing }}?'}\n"
    (tmp_path / "sum.yaml").write_text(prompt)
    template = load("sum.yaml", tmp_path, frozenset(["thing"]))
    asked = Asked(name="tiny", model="teacher", endpoint=[vllm], max_tokens=200, temperature=0.0)
    question = Question("sum", asked, template, Sum, 2)
    found = rows(pool, answered(pool, question, [Part("sums", lambda: pl.DataFrame(sums))]))
    assert len(found) == 20
    # A small model may think until its budget is spent.
    cut = [row for row in found if row["failure"]]
    assert all(row["detail"] == "cut at max_tokens (200)" for row in cut)
    fits = [row for row in found if not row["failure"]]
    assert fits
    assert {row["replies"] for row in found} == {1}
    assert all(0 <= json.loads(row["answer"])["sum"] <= 18 for row in fits)
    assert all(row["completion_tokens"] > 20 for row in fits)  # it thought first
