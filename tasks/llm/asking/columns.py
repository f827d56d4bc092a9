"""Answers become columns: one struct for each row asked about, under the name of the question."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import orjson
import polars as pl
import pyarrow as pa

from schemas.answer_types import arrow
from schemas.tables import ID, field


def schema_of(key: str, name: str, types: Mapping[str, Any], draws: int) -> pa.Schema:
    """The table of a question: `key` of the row, and the struct `name` of its fields.

    Of several draws numbers and booleans are means, and `n` says how many answers there were.
    """
    told = pa.struct([pa.field(one, arrow(kind)) for one, kind in types.items()])
    if draws > 1:
        means = [pa.field(f.name, pa.float64()) if _is_mean(f.type) else f for f in told]
        told = pa.struct([*means, pa.field("n", pa.int32())])
    return pa.schema(
        [
            field(key, ID, "the row asked about", False),
            field(name, told, f"what the model said to the question `{name}`", False),
        ]
    )


def columns(answers: pl.DataFrame, schema: pa.Schema, draws: int) -> pa.Table:
    """The table, of answers (row_id, n, answer); rows without an answer have no row. Pure."""
    key, name = schema.names
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row_id, answer in answers.select("row_id", "answer").iter_rows():
        if answer is not None:
            said[row_id].append(orjson.loads(answer))
    told = schema.field(name).type
    rows = [
        {key: row_id, name: together(found, told) if draws > 1 else found[0]}
        for row_id, found in said.items()
    ]
    return pa.Table.from_pylist(rows, schema)


def together(found: Sequence[Mapping[str, Any]], told: pa.StructType) -> dict[str, Any]:
    """Several answers about a row as one: the mean of a number, the share of a yes, the commonest
    word, the first of what is longer. Pure.

    >>> both = pa.struct([("level", pa.float64()), ("n", pa.int32())])
    >>> together([{"level": 2}, {"level": 3}], both)
    {'level': 2.5, 'n': 2}
    """
    whole: dict[str, Any] = {"n": len(found)}
    for one in told:
        if one.name == "n":
            continue
        values = [answer[one.name] for answer in found]
        if one.type == pa.float64():
            whole[one.name] = fmean(values)
        elif pa.types.is_list(one.type):
            whole[one.name] = values[0]
        else:
            whole[one.name] = Counter(values).most_common(1)[0][0]
    return {one.name: whole[one.name] for one in told}


def _is_mean(kind: pa.DataType) -> bool:
    return bool(pa.types.is_boolean(kind) or pa.types.is_integer(kind))
