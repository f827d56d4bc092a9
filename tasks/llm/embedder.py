"""embedder: directions of texts from any server with `/v1/embeddings`, journalled as they come.

One shard of texts at a time is asked about, in batches; what an interrupted run had received stands
in the journal and is not asked for again.
"""

import asyncio
import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.errors import TeacherError
from schemas.vocabulary import HEALS
from tasks.llm.engine import Engine
from tasks.llm.http.replies import Reader, whole_number
from tasks.llm.journal import Journal
from tasks.llm.lengths import CHARACTERS
from tasks.llm.requests import Request
from tasks.llm.task_group import together
from tasks.pool.store import Pool

BATCH = 32
"""Texts of one request: the default batch of sentence-transformers' `encode`."""

Direction = tuple[NDArray[np.float16] | None, str | None]
"""A vector of length 1, or None and the server's words."""

Embeddings = dict[str, Direction]
"""By the id of the text."""


class Embedded(NamedTuple):
    """What a server answered: float32 (texts, dimension), in the order of the texts."""

    vectors: NDArray[np.float32]
    prompt_tokens: int | None
    finish_reason: str | None = None
    completion_tokens: int | None = None
    unread: tuple[str, ...] = ()


def embedded_of(answer: Any, texts: int) -> Embedded:
    """The vectors of an answer. Raises ValueError where it is none, or not one a text."""
    try:
        listed = sorted(answer["data"], key=lambda item: item["index"])
        if [item["index"] for item in listed] != list(range(texts)):
            raise ValueError(f"{len(listed)} vectors for {texts} texts")
        vectors = np.array([item["embedding"] for item in listed], np.float32)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ValueError("a vector that is none")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{error!r} in {str(answer)[:200]}") from None
    reader = Reader()
    usage = answer.get("usage")
    told = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    count = reader.take("prompt_tokens", told, whole_number)
    return Embedded(vectors, count, unread=tuple(reader.unread))


async def embed(
    engine: Engine, journal: Journal[Embeddings], texts: dict[str, str], held: dict[str, Direction]
) -> dict[str, Direction]:
    """The direction of each text, by id; those of `held` and of the journal are not asked for.

    A text that the server refuses (too long, say) has none. Raises TeacherError where the server
    fails otherwise; what was received by then stands in the journal.
    """
    found = {**held, **dict(_recorded(journal))}
    missing = [row for row in texts if row not in found]

    async def ask(rows: list[str]) -> None:
        size = sum(len(texts[row]) for row in rows) / CHARACTERS
        body = {"model": engine.teacher.model, "input": [texts[row] for row in rows]}
        request = Request("embeddings", body, size)
        done = await engine.send(request, lambda answer: embedded_of(answer, len(rows)))
        if done.reply is not None:
            units = directions(done.reply.vectors)
            new: dict[str, Direction] = {
                row: (unit, None if unit.any() else "a vector without direction")
                for row, unit in zip(rows, units, strict=True)
            }
        elif done.failure in HEALS:
            raise TeacherError(
                f"{engine.teacher.name}: no embeddings after {done.attempts} attempts: "
                f"{done.detail}. What was received is kept; run again when the server is well"
            )
        elif len(rows) > 1:  # one text may spoil the batch
            half = len(rows) // 2
            await ask(rows[:half])
            await ask(rows[half:])
            return
        else:
            new = {rows[0]: (None, done.detail)}
        journal.write(new)
        found.update(new)

    try:
        async with together() as group:
            for at in range(0, len(missing), BATCH):
                await engine.admission.shallow.wait()
                group.create_task(ask(missing[at : at + BATCH]))
                await asyncio.sleep(0)
    finally:
        await journal.flush()
    return {row: found[row] for row in texts}


def directions(vectors: NDArray[np.float32]) -> NDArray[np.float16]:
    """The rows at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float16)


def _packed(new: Embeddings) -> dict[str, Any]:
    return {
        row: {
            "vector": None if unit is None else base64.b64encode(unit.tobytes()).decode(),
            "detail": why,
        }
        for row, (unit, why) in new.items()
    }


def _unpacked(line: dict[str, Any]) -> Embeddings:
    found: Embeddings = {}
    for row, told in line.items():
        packed = told["vector"]
        unit = None if packed is None else np.frombuffer(base64.b64decode(packed), "<f2")
        found[row] = (unit, told["detail"])
    return found


def journal_of(pool: Pool, name: str) -> Journal[Embeddings]:
    """The journal of one shard of texts: a record for each request."""
    return Journal(pool, name, _unpacked, _packed)


def _recorded(journal: Journal[Embeddings]) -> Iterator[tuple[str, Direction]]:
    for number in journal.files():
        for record in journal.read(number):
            yield from record.items()
