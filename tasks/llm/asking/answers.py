"""Answers that the pool holds, by their ids, wherever they stand."""

from collections.abc import Iterator
from pathlib import PurePath
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.errors import PoolError
from schemas.identity import digest
from schemas.tables import ANSWERS
from tasks.llm.asking.question import Question
from tasks.llm.asking.retry import Answer
from tasks.llm.ending.budget import FAILURE
from tasks.llm.journal import Journal
from tasks.pool.id_set import keys_of
from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool, Receipt, Shard

STAGE = "ask"
"""The receipts of answers stand under this name."""


class AnswerRow(NamedTuple):
    """A row of `answers`, which is also the record of the journal: who asked what, and `Answer`."""

    answer_id: str
    row_id: str
    what: str
    n: int
    model: str
    prompt: str
    answer: str | None
    failure: str | None
    detail: str | None
    replies: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float


def row_of(question: Question, row_id: str, n: int, answer_id: str, answer: Answer) -> AnswerRow:
    """The row of an answer. Pure."""
    model, prompt = question.asked.model, question.template.label
    return AnswerRow(answer_id, row_id, question.what, n, model, prompt, *answer)


def answer_row_of(line: dict[str, Any]) -> AnswerRow:
    """A line of the journal as a row. Raises KeyError, TypeError where it is none."""
    return AnswerRow(*(line[name] for name in AnswerRow._fields))


def journal_of(pool: Pool, what: str) -> Journal[AnswerRow]:
    """The journal of a question; its closed files stay, compressed."""
    return Journal(pool, digest("ask", what), answer_row_of, AnswerRow._asdict)


class Store:
    """The answers to one question. 12 bytes each; the rows are read when they are asked for.

    What no shard holds is looked for in the journal's kept files. `damaged` says which files cannot
    be read although there are no kept files to stand for them.
    """

    def __init__(self, pool: Pool, what: str, recipe: str, retry_failed: bool) -> None:
        self.pool, self.what, self.recipe, self.retry = pool, what, recipe, retry_failed
        self.receipts: list[Receipt] = []
        self.damaged: list[str] = []
        self.lock = Lock()
        self.keys, self.owners = np.empty(0, np.uint64), np.empty(0, np.int32)
        self.kept: dict[str, Answer] | None = None
        for receipt in self._held():
            try:
                self.add(receipt)
            except PoolError as error:
                self._damage(receipt, str(error))

    def _damage(self, receipt: Receipt, why: str) -> None:
        """Set a damaged shard aside where the kept files have what it held."""
        if not journal_of(self.pool, self.what).keeps():
            self.damaged.append(why)
            return
        for relative in (
            *(shard.path for shard in receipt.outputs),
            f"receipts/{STAGE}/{receipt.key}.json",
        ):
            if self.pool.exists(relative):
                self.pool.fs.mv(self.pool.path(relative), self.pool.path(f"{relative}.damaged"))

    def _held(self) -> Iterator[Receipt]:
        """The shards of this question, with or without a receipt that can be read."""
        for path in sorted(self.pool.fs.glob(self.pool.path(f"answers/{STAGE}-*.parquet"))):
            key = PurePath(path).stem.removeprefix(f"{STAGE}-")
            try:
                receipt = self.pool.receipt(STAGE, key)
            except PoolError:
                receipt = None
            shard = Shard("answers", f"answers/{STAGE}-{key}.parquet", 0, 0, "")
            yield receipt or Receipt(STAGE, key, self.what, [shard])
        for key in self._gone():
            why = f"{self.pool.path(f'receipts/{STAGE}/{key}.json')}: its shard is gone"
            self._damage(Receipt(STAGE, key, self.what), why)

    def _gone(self) -> Iterator[str]:
        folder = self.pool.path(f"receipts/{STAGE}")
        for path in sorted(self.pool.fs.glob(f"{folder}/*.json")):
            key = PurePath(path).stem
            try:
                told = self.pool.get_json(f"receipts/{STAGE}/{key}.json")
                lacks = [s for s in told["outputs"] if not self.pool.exists(s["path"])]
                if lacks and told["facts"]["what"] == self.what:
                    yield key
            except (PoolError, KeyError, TypeError):
                continue  # its shard, if it had one, is found by its own name

    def add(self, receipt: Receipt) -> None:
        """Learn what a shard holds; failures do not count where they are to be asked again."""
        shard = receipt.shard("answers")
        if shard is None:
            return
        rows = frame_of(self.pool.read(shard, ["answer_id", "failure", "what"]))
        rows = rows.filter(pl.col("what") == self.what, pl.col("failure").ne_missing(FAILURE))
        if self.retry:
            rows = rows.filter(pl.col("failure").is_null())
        keys = np.unique(keys_of(rows["answer_id"].to_list()))
        with self.lock:
            owners = np.full(len(keys), len(self.receipts), np.int32)
            self.receipts.append(receipt)
            self.keys = np.concatenate([self.keys, keys])
            self.owners = np.concatenate([self.owners, owners])
            order = np.argsort(self.keys, kind="stable")
            self.keys, self.owners = self.keys[order], self.owners[order]

    def find(self, ids: list[str]) -> dict[str, Answer]:
        """The answers that are held among these ids; an answer counts before a failure."""
        wanted = keys_of(ids)
        with self.lock:  # another thread may add meanwhile
            at = [np.searchsorted(self.keys, wanted, side) for side in ("left", "right")]
            owners = {o for a, b in zip(*at, strict=True) for o in self.owners[a:b].tolist()}
        found: dict[str, Answer] = {}
        for owner in sorted(owners):
            shard = self.receipts[owner].shard("answers")
            assert shard is not None
            try:
                rows = frame_of(self.pool.read(shard, ["answer_id", *Answer._fields]))
            except PoolError as error:
                self._damage(self.receipts[owner], str(error))
                continue
            mine = rows.filter(pl.col("answer_id").is_in(pl.Series(ids).implode()))
            for answer_id, *fields in mine.iter_rows():
                self._better(found, answer_id, Answer(*fields))
        lacking = [answer_id for answer_id in ids if answer_id not in found]
        kept = self._kept() if lacking else {}
        for answer_id in lacking:
            if answer_id in kept:
                self._better(found, answer_id, kept[answer_id])
        return found

    def _better(self, found: dict[str, Answer], answer_id: str, held: Answer) -> None:
        if held.failure == FAILURE:
            return  # it was never asked for
        if held.failure is None or (answer_id not in found and not self.retry):
            found[answer_id] = held

    def _kept(self) -> dict[str, Answer]:
        """The answers of the journal's kept files; read once, before anything is asked."""
        if self.kept is None:
            self.kept = {}
            for row in journal_of(self.pool, self.what).kept():
                self._better(self.kept, row.answer_id, Answer(*row[6:]))
        return self.kept

    def compact(self, journal: Journal[AnswerRow], number: int, rebuy: bool) -> None:
        """Make a shard of a closed journal file, and keep the file compressed."""
        best: dict[str, AnswerRow] = {}
        for record in journal.read(number, rebuy):
            if record.answer_id not in best or record.failure is None:
                best[record.answer_id] = record
        if best:
            rows = [best[answer_id]._asdict() for answer_id in sorted(best)]
            key = digest("ask-journal", self.what, rows)[:16]
            receipt = Receipt(STAGE, key, self.what, facts={"what": self.what})
            table = pa.Table.from_pylist(rows, ANSWERS)
            self.add(self.pool.commit(receipt, {"answers": table}, self.recipe))
        journal.put_by(number)
