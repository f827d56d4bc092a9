"""Answers that the pool holds, by their ids, wherever they stand."""

from threading import Lock
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.identity import digest
from schemas.tables import ANSWERS
from tasks.llm.asking.question import Question
from tasks.llm.asking.retry import Answer
from tasks.llm.journal import Journal, Record
from tasks.pool.id_set import keys_of
from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool, Receipt

STAGE = "ask"
"""The receipts of answers stand under this name."""


class Store:
    """The answers to one question. 12 bytes each; the rows are read when they are asked for."""

    def __init__(self, pool: Pool, what: str, recipe: str, retry_failed: bool) -> None:
        self.pool, self.what, self.recipe, self.retry = pool, what, recipe, retry_failed
        self.receipts: list[Receipt] = []
        self.lock = Lock()
        self.keys, self.owners = np.empty(0, np.uint64), np.empty(0, np.int32)
        for receipt in pool.receipts(STAGE):
            if receipt.facts["what"] == what:
                self.add(receipt)

    def add(self, receipt: Receipt) -> None:
        """Learn what a shard holds; failures do not count where they are to be asked again."""
        shard = receipt.shard("answers")
        if shard is None:
            return
        rows = frame_of(self.pool.read(shard, ["answer_id", "failure"]))
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
            rows = frame_of(self.pool.read(shard, ["answer_id", *Answer._fields]))
            mine = rows.filter(pl.col("answer_id").is_in(pl.Series(ids).implode()))
            for answer_id, *fields in mine.iter_rows():
                held = Answer(*fields)
                if held.failure is None or (answer_id not in found and not self.retry):
                    found[answer_id] = held
        return found

    def compact(self, journal: Journal, number: int) -> None:
        """Make a shard of a closed journal file, and forget the file."""
        best: dict[str, Record] = {}
        for record in journal.read(number):
            if record["answer_id"] not in best or record["failure"] is None:
                best[record["answer_id"]] = record
        if best:
            rows = [best[answer_id] for answer_id in sorted(best)]
            key = digest("ask-journal", self.what, rows)[:16]
            receipt = Receipt(STAGE, key, self.what, facts={"what": self.what})
            table = pa.Table.from_pylist(rows, ANSWERS)
            self.add(self.pool.commit(receipt, {"answers": table}, self.recipe))
        journal.drop(number)


def row_of(question: Question, row_id: str, n: int, answer_id: str, answer: Answer) -> Record:
    """The row of `answers`, which is also the record of the journal. Pure."""
    names: dict[str, Any] = {
        "answer_id": answer_id,
        "row_id": row_id,
        "what": question.what,
        "n": n,
        "model": question.asked.model,
        "prompt": question.template.label,
    }
    return {**names, **answer._asdict()}
