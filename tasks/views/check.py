"""Views and steps against the schema: their SQL is bound to empty tables before any work."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from schemas.errors import LongcotError, QueryError
from schemas.parts.signal import SIGNALS
from schemas.parts.step import Step
from schemas.recipe.views import View, format_of
from tasks.pool.store import Pool
from tasks.query.sql import connect, quoted
from tasks.views.join import nothing_joined, walks_of
from tasks.views.release import formed
from tasks.views.statement import candidates, statement

if TYPE_CHECKING:
    import duckdb


NOTHING: Mapping[str, pa.Schema] = MappingProxyType({})
MEASURED = "`signals` of its step `measure`"


def check_steps(steps: Sequence[Step], ready: Mapping[str, Any]) -> None:
    """Bind what steps choose to what earlier ones bring. Raises QueryError naming the step."""
    import duckdb

    declared: dict[str, pa.Schema] = {}
    for step in steps:
        try:
            choice = step.choice(ready.get(step.called))
        except QueryError as error:
            raise QueryError(f"step {step.called}: {error}") from None
        with connect(Pool("."), {}, declared=declared) as connection:
            if choice:
                try:
                    connection.execute(f"EXPLAIN {choice.sql()}")
                except duckdb.Error as error:
                    told = _told(connection, choice.relation, error)
                    raise QueryError(f"step {step.called}: {told}") from None
            for name, schema in step.adds().items():
                if name in _names(connection) or name in declared:
                    raise QueryError(f"step {name}: the pool has that name; choose another")
                declared[name] = schema


def _names(connection: "duckdb.DuckDBPyConnection") -> set[str]:
    """The tables, and the columns of the joined pool, with the words that SQL keeps to itself."""
    tables = [row[0] for row in connection.execute("SELECT name FROM (SHOW ALL TABLES)").fetchall()]
    columns = [row[0] for r in ("pool", "graded")
               for row in connection.execute(f"DESCRIBE {r}").fetchall()]  # fmt: skip
    words = connection.execute(
        "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
    ).fetchall()
    return {*tables, *columns, *(row[0] for row in words)}


def check_views(views: Mapping[str, View], declared: Mapping[str, pa.Schema] = NOTHING) -> None:
    """Bind every condition of every view. Raises QueryError, a line for each that is wrong.

    declared: tables that are as the recipe's steps say
    """

    wrong: list[str] = []
    forms: dict[str, pl.Schema] = {}
    with connect(Pool("."), {}, declared=declared) as connection:
        for key, kind in (("trace_id", "diverse"), ("problem_id", "unlike")):
            empty = pl.DataFrame(schema={key: pl.String, "rank": pl.Int64})
            connection.register(kind, empty.to_arrow())
        for name, view in views.items():
            if view.mix:
                continue
            try:
                for key, sql in _parts(name, view):
                    _bound(connection, name, view, key, sql)
                forms[name] = _form(connection, name, view)
            except LongcotError as error:
                wrong.append(str(error))
    for name, view in views.items():
        wrong.extend(_unlike(name, view, forms))
    if wrong:
        raise QueryError("\n".join(wrong))


def _parts(name: str, view: View) -> Iterator[tuple[str, str]]:
    """The expressions of a view by their keys, each as a query of its own."""
    relation = _relation(name, view)
    sides = {key: getattr(view, key) for key in ("where", "chosen", "rejected")}
    sides |= {f"roles.{role}": condition for role, condition in view.roles.items()}
    for key, condition in sides.items():
        if condition:
            yield key, f"SELECT ({condition})::BOOLEAN FROM {relation}"
    if view.sample and view.sample.by not in ("random", "diverse"):
        yield "sample.by", f"SELECT ({view.sample.by}) FROM {relation}"
    if view.matched():  # what compares roles names them
        relation = ", ".join(f"pool {quoted(role)}" for role in view.sides())
    keep, sample = view.per_problem, view.sample
    rows: dict[str, str | None] = {f"columns.{column}": sql for column, sql in view.columns.items()}
    rows |= {f"caps.{column}": column for column in view.caps}
    rows |= {
        "match": view.match,
        "order": view.order,
        "per_problem.by": keep.by if keep and keep.by not in ("random", "diverse") else None,
        "per_problem.weight": keep.weight if keep else None,
        "sample.weight": sample.weight if sample else None,
    }
    for key, sql in rows.items():
        if sql:
            yield key, f"SELECT ({sql}) FROM {relation}"


def _bound(
    connection: "duckdb.DuckDBPyConnection", name: str, view: View, key: str, sql: str
) -> None:
    """Raises QueryError where the schema does not know what a query reads."""
    import duckdb

    try:
        connection.execute(f"EXPLAIN {sql}")
    except duckdb.Error as error:
        where = f"view {name}" + (f": {key}" if key else "")
        told = _told(connection, _relation(name, view), error)
    else:
        return
    raise QueryError(f"{where}: {told}")


def _form(connection: "duckdb.DuckDBPyConnection", name: str, view: View) -> pl.Schema:
    """The columns of a view's rows: they are made of a selection without a row. Raises
    LongcotError naming the view.
    """
    if view.matched():
        _bound(connection, name, view, "", candidates(name, view))
        connection.execute(f"CREATE OR REPLACE TEMP VIEW matched AS {candidates(name, view)}")
    _bound(connection, name, view, "", statement(name, view))
    selection = connection.sql(statement(name, view)).pl().with_columns(split=pl.lit(""))
    walks = walks_of(format_of(name, view).per, view.partners())
    try:
        return formed(name, nothing_joined(selection, walks), view).schema
    except LongcotError as error:
        told = str(error)
    raise QueryError(told if told.startswith(f"view {name}: ") else f"view {name}: {told}")


def _unlike(name: str, view: View, forms: Mapping[str, pl.Schema]) -> Iterator[str]:
    """Which views of a mix have other columns than its first: one file holds the rows of all."""
    first, *others = [other for other in (view.mix.of if view.mix else {}) if other in forms] or [
        ""
    ]
    for other in others:
        for column in forms[first].keys() | forms[other].keys():
            types = [forms[one].get(column, "none") for one in (first, other)]
            if types[0] != types[1]:
                yield (
                    f"view {name}: rows of `{first}` and `{other}` do not fit together: `{column}` "
                    f"is {types[0]} and {types[1]}; give both views the same `format` and `columns`"
                )


def _relation(name: str, view: View) -> str:
    return "graded" if format_of(name, view).per == "problem" else "pool"


def _told(connection: "duckdb.DuckDBPyConnection", relation: str, error: "duckdb.Error") -> str:
    """DuckDB's first sentence, the nearest column, and all that there are."""
    message = str(error).split("\n", 1)[0]
    columns = [row[0] for row in connection.execute(f"DESCRIBE {relation}").fetchall()]
    unknown = re.search(r'column "?([^"\s]+)"? not found', message)
    if not unknown:
        return message
    if unknown[1] in SIGNALS:
        return f"{message}: the recipe does not measure `{unknown[1]}`; add it to {MEASURED}"
    near = difflib.get_close_matches(unknown[1], columns, n=1, cutoff=0.5)
    hint = f"; did you mean `{near[0]}`?" if near else "."
    return f"{message}{hint} Columns of the {relation}: {', '.join(columns)}"
