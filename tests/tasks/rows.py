"""Small rows of the pool's tables, and pools that hold them."""

from typing import Any

import pyarrow as pa

from schemas.identity import digest, problem_id, trace_id
from schemas.tables import TABLES
from tasks.pool.store import Pool, Receipt, Shard

Row = dict[str, Any]


def problem(text: str, **other: Any) -> Row:
    """A problem with everything that may not be null."""
    row = {"problem_id": problem_id(text), "problem": text, "source": "s", **other}
    return {"answer": "7", "answer_kind": "math", **row, "content": digest(row)}


def trace(text: str, problem: str, **other: Any) -> Row:
    """A complete trace of a problem (given by its statement)."""
    teacher = other.get("teacher", "t")
    row = {
        "trace_id": trace_id(problem_id(problem), teacher, None, None, None, text),
        "problem_id": problem_id(problem),
        "teacher": teacher,
        "reasoning": f"thinking of {text}",
        "response": text,
        "state": "complete",
        "dialect": "think",
        **other,
    }
    return {**row, "content": digest(row)}


def verdict(of: Row, word: str, reason: str = "equal.exact") -> Row:
    """A verdict on a trace."""
    names = {"trace_id": of["trace_id"], "verifier": "math", "version": "1"}
    return {**names, "verdict": word, "reason": reason}


def table(name: str, rows: list[Row]) -> pa.Table:
    """Rows as a table of the pool."""
    return pa.Table.from_pylist(rows, TABLES[name])


def put(
    pool: Pool, stage: str, content: dict[str, list[Row]], parents: list[str] | None = None
) -> Receipt:
    """Commit rows as a finished piece of work of a stage."""
    key = digest(stage, content, parents)[:16]
    receipt = Receipt(stage, key, stage, parents=parents or [])
    return pool.commit(receipt, {n: table(n, rows) for n, rows in content.items()}, "recipe")


def fill(pool: Pool, **tables: list[list[Row]]) -> dict[str, list[Shard]]:
    """Commit each table's lists of rows as its shards, in order."""
    return {
        name: [put(pool, "test", {name: rows}).outputs[0] for rows in shards]
        for name, shards in tables.items()
    }
