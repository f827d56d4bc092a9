"""ask: a question put to a model about every row of a table, through the teachers' engine.

Judging, rating, and whatever else a model is asked about rows, is this one operator: rows in,
answers out, in one shard of `answers` for each part of the rows. What the pool holds is not asked
for, rows that ask the same are asked about once, and every answer is journalled as it comes.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from schemas.errors import PoolError
from schemas.identity import digest
from schemas.tables import ANSWERS
from tasks.llm.asking.answers import STAGE, Store, journal_of, row_of
from tasks.llm.asking.question import Draw, Question
from tasks.llm.asking.retry import Answer, Asker
from tasks.llm.ending.budget import FAILURE, NotBought, reached
from tasks.llm.requests import Meter
from tasks.llm.task_group import together
from tasks.llm.vllm.server import served
from tasks.pool.integrity import check
from tasks.pool.jobs import frame_of
from tasks.pool.parquet import nothing
from tasks.pool.store import Pool, Receipt

VERSION = "1"

Show = Callable[[Meter, float], None]
"""Told once a second of the meter and the share of the answers that is in hand, 0 to 1."""


class Part(NamedTuple):
    """Some of the rows: `read` gives them (`row_id` and the template's columns), all at once.

    `stamp` is a digest of what decides which rows these are and what they say.
    """

    stamp: str
    read: Callable[[], pl.DataFrame]


def ask(
    pool: Pool,
    question: Question,
    parts: Iterable[Part],
    recipe: str,
    retry_failed: bool,
    show: Show,
    rebuy: bool = False,
) -> list[Receipt]:
    """The answers to a question about every part, one receipt for each, in order.

    A part whose rows are all answered is not read. `retry_failed`: ask again where the request had
    failed. `rebuy`: ask again for what was paid for and is lost. Raises TeacherError, PoolError,
    StoppedError; whatever was received until then is kept.
    """
    listed = list(parts)
    found = [_latest(pool, question, part, retry_failed) for part in listed]
    waiting = [n for n, (receipt, _) in enumerate(found) if receipt is None]
    if waiting:
        pool.writing()
        run = _Run(pool, question, recipe, retry_failed, show, rebuy)
        opened = [_Open(listed[n], found[n][1]) for n in waiting]
        asyncio.run(run.answer(opened))
        for number, part in zip(waiting, opened, strict=True):
            found[number] = (part.receipt, "")
    return [receipt for receipt, _ in found if receipt]


def answers_of(pool: Pool, receipt: Receipt) -> pl.DataFrame:
    """The answers that a receipt of `ask` stands for: row_id, n, answer, failure, seconds."""
    columns = ["row_id", "n", "answer", "failure", "seconds"]
    shard = receipt.shard("answers")
    return frame_of(pool.read(shard, columns) if shard else nothing(ANSWERS).select(columns))


def _latest(
    pool: Pool, question: Question, part: Part, retry_failed: bool
) -> tuple[Receipt | None, str]:
    """The receipt that stands for a part, or None and the key that is to be written.

    Each asking again for failures is another receipt: shards are never written over.
    """
    turn, found = 0, None
    while True:
        key = digest(STAGE, VERSION, question.spec, part.stamp, turn)[:16]
        try:
            receipt = pool.receipt(STAGE, key)
            if receipt and pool.local:
                check(pool, receipt.outputs)
        except PoolError:
            receipt = None  # it is written again, from what the store holds
        if receipt is None:
            break
        turn, found = turn + 1, receipt
    again = (retry_failed and found.facts["failed"]) if found else 0
    unbought = found.facts.get("unbought") and not reached() if found else False
    if found and not again and not unbought:
        return found, ""
    return None, key


@dataclass(eq=False)
class _Open:
    """A part on its way. `draws`: (row_id, n, answer_id), in order; `missing`: answer ids."""

    part: Part
    key: str
    draws: list[tuple[str, int, str]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    closed: bool = False
    receipt: Receipt | None = None


class _Run:
    """One question's run."""

    def __init__(
        self,
        pool: Pool,
        question: Question,
        recipe: str,
        retry_failed: bool,
        show: Show,
        rebuy: bool,
    ) -> None:
        self.pool, self.question, self.recipe, self.show = pool, question, recipe, show
        journal = journal_of(pool, question.what)
        self.rebuy = rebuy
        self.store = Store(pool, question.what, recipe, retry_failed)
        for number in journal.files():  # what an interrupted run left
            self.store.compact(journal, number, rebuy)
        self.journal = journal_of(pool, question.what)
        self.asking: dict[str, list[_Open]] = {}
        self.opened: list[_Open] = []
        self.asked = self.answered = 0
        self.rotating = asyncio.Lock()

    async def answer(self, parts: list[_Open]) -> None:
        """Bring every part to its receipt. The server is started when a row needs it."""
        for number, part in enumerate(parts):
            draws = await self._open(part)
            if draws:
                await self._serve(parts, number, draws)
                return
            await self._commit(part)

    async def _serve(self, parts: list[_Open], number: int, draws: list[Draw]) -> None:
        """Ask about the parts from this one on; `draws` are what it lacks."""
        if self.store.damaged and not self.rebuy:
            raise PoolError(
                f"{'; '.join(self.store.damaged[:5])}. Answers to `{self.question.what}` were paid "
                "for and are lost. Bring the file back from a backup, or build with --rebuy to ask "
                f"again for what is missing ({len(draws):,} answers or more). Nothing was asked"
            )
        place = Path(self.pool.root if self.pool.local else ".") / "logs"
        async with served(self.question.asked, place / f"{self.question.asked.name}.log") as engine:
            asker = Asker(engine, self.question)
            telling = asyncio.create_task(self._tell(engine.meter, parts))
            try:
                async with together() as group:
                    while True:
                        for draw in draws:
                            await engine.admission.shallow.wait()
                            group.create_task(self._ask(asker, draw))
                            await asyncio.sleep(0)
                        number += 1
                        if number == len(parts):
                            break
                        draws = await self._open(parts[number])
                        await self._commit(parts[number])
            finally:
                telling.cancel()
                await self.journal.flush()
        await self.journal.rotate()
        for file in self.journal.files():  # every record stands in the shard of its part
            self.journal.put_by(file)

    async def _open(self, part: _Open) -> list[Draw]:
        """Read a part; returns the draws that nobody has asked for yet."""
        draws = await asyncio.to_thread(self._draws, part)
        part.draws = [(draw.row_id, draw.n, draw.answer_id) for draw in draws]
        new = {draw.answer_id: draw for draw in draws}
        part.missing = set(new)
        for answer_id in part.missing & self.asking.keys():
            self.asking[answer_id].append(part)
            del new[answer_id]
        for other in self.opened:  # answered, but not in a shard yet
            for answer_id in new.keys() & other.answers.keys():
                part.answers[answer_id] = other.answers[answer_id]
                part.missing.discard(answer_id)
                del new[answer_id]
        self.opened.append(part)
        held = await asyncio.to_thread(self.store.find, list(new))
        part.answers.update(held)
        part.missing -= held.keys()
        asked = [draw for answer_id, draw in new.items() if answer_id not in held]
        self.asking.update((draw.answer_id, [part]) for draw in asked)
        self.asked += len(asked)
        return asked

    def _draws(self, part: _Open) -> list[Draw]:
        rows = part.part.read().iter_rows(named=True)
        return [draw for row in rows for draw in self.question.draws(row)]

    async def _ask(self, asker: Asker, draw: Draw) -> None:
        try:
            answer = await asker.answer(draw)
        except NotBought:
            answer = Answer(None, FAILURE, "the budget was spent", 0, 0, 0, 0.0)
        else:
            self.journal.write(row_of(self.question, draw.row_id, draw.n, draw.answer_id, answer))
        self.answered += 1
        for part in self.asking.pop(draw.answer_id):
            part.answers[draw.answer_id] = answer
            part.missing.discard(draw.answer_id)
            await self._commit(part)
        async with self.rotating:
            if self.journal.full():
                number = await self.journal.rotate()
                await asyncio.to_thread(self.store.compact, self.journal, number, self.rebuy)

    async def _commit(self, part: _Open) -> None:
        """Write the shard and the receipt of a part whose answers are all in hand, once."""
        if part.closed or part.missing:
            return
        part.closed = True
        rows = [
            row_of(self.question, row_id, n, answer_id, part.answers[answer_id])
            for row_id, n, answer_id in part.draws
        ]
        unbought = sum(row.failure == FAILURE for row in rows)
        told = [(row.answer_id, row.row_id, row.answer, row.failure) for row in rows]
        facts = {
            "what": self.question.what,
            "rows": len({row.row_id for row in rows}),
            "failed": sum(row.failure is not None for row in rows),
            **({"unbought": unbought} if unbought else {}),
            "content": digest(told),
        }
        receipt = Receipt(STAGE, part.key, self.question.what, facts=facts)
        listed = [row._asdict() for row in rows]
        tables = {"answers": pa.Table.from_pylist(listed, ANSWERS)} if rows else {}
        part.receipt = await asyncio.to_thread(self.pool.commit, receipt, tables, self.recipe)
        await asyncio.to_thread(self.store.add, part.receipt)
        self.opened.remove(part)
        part.draws, part.answers = [], {}

    async def _tell(self, meter: Meter, parts: list[_Open]) -> None:
        while True:
            await asyncio.sleep(1)
            opened = sum(part.closed or bool(part.draws) for part in parts) / len(parts)
            self.show(meter, opened * self.answered / max(1, self.asked))
