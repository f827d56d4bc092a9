"""A question small enough for tests, and its answers from a server on loopback."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from schemas.identity import digest
from schemas.recipe.teachers import Asked
from tasks.llm.asking.ask import Part, ask
from tasks.llm.asking.question import FENCE, Question
from tasks.llm.prompts import load
from tasks.pool.store import Pool, Receipt

PROMPT = """
description: a colour for a thing
messages:
  - {role: system, content: "You name colours."}
  - {role: user, content: "What colour is {{ thing }}?"}
"""


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid")

    colour: str


def question(
    folder: Path, url: str | None, n: int = 1, prompt: str = PROMPT, **more: Any
) -> Question:
    """Asks for the colour of each row's `thing`."""
    name = f"colour-{digest(prompt)[:6]}.yaml"
    (folder / name).write_text(prompt)
    template = load(name, folder, frozenset(["thing", FENCE]))
    place = {"endpoint": [url]} if url else {}
    asked = Asked(name="painter", model="teacher", max_tokens=200, **place, **more)
    return Question("colour", asked, template, Colour, n)


def part(*things: str) -> Part:
    """Rows named by their place: `0-plum`."""
    rows = {"row_id": [f"{n}-{t}" for n, t in enumerate(things)], "thing": list(things)}
    return Part(digest(rows), lambda: pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)))


def answered(
    pool: Pool, asked: Question, parts: Iterable[Part], retry_failed: bool = False
) -> list[Receipt]:
    """Ask about the parts."""
    return ask(pool, asked, parts, "recipe", retry_failed, lambda meter, share: None)


def rows(pool: Pool, receipts: list[Receipt]) -> list[dict[str, Any]]:
    """The live rows of `answers`."""
    shards = [shard for receipt in receipts if (shard := receipt.shard("answers"))]
    return [row for shard in shards for row in pool.read(shard).to_pylist()]
