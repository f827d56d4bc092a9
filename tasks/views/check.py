"""Views and steps against the schema: their SQL is bound to empty tables before any work."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from schemas.errors import LongcotError, Mistake, MistakesError, mistakes_of
from schemas.parts.signal import SIGNALS
from schemas.parts.step import Step
from schemas.recipe.views import View, format_of
from tasks.pool.store import Pool
from tasks.query.expression import Kind, Over, columns_of, unnameable, wrong
from tasks.query.sql import connect, quoted
from tasks.views.join import nothing_joined, walks_of
from tasks.views.release import formed
from tasks.views.statement import candidates, statement

if TYPE_CHECKING:
    import duckdb


NOTHING: Mapping[str, pa.Schema] = MappingProxyType({})
MEASURED = "`signals` of its step `measure`"


def wrong_step(step: Step, ready: Any, declared: Mapping[str, pa.Schema]) -> Iterator[Mistake]:
    """What is wrong with what a step chooses and with the names that it brings, by its options.

    ready: what `prepare` returned; declared: tables that are as the steps before it say
    """
    named = "given" if "given" in type(step).model_fields else "prompt"
    try:
        choice = step.choice(ready)
    except LongcotError as error:
        yield from mistakes_of(error, named)
        return
    if not choice and not step.adds():
        return
    with connect(Pool("."), {}, declared=declared) as connection:
        yield from _taken(connection, step)
        if choice:
            over = _over(connection, choice.relation)
            if choice.where and (why := wrong(connection, choice.where, over, "condition")):
                yield Mistake(("where",), why)
            for column in choice.columns:
                if why := wrong(connection, quoted(column), over):
                    yield Mistake((named,), why)


def _taken(connection: "duckdb.DuckDBPyConnection", step: Step) -> Iterator[Mistake]:
    """Which names of what a step adds cannot be had."""
    tables = [row[0] for row in connection.execute("SELECT name FROM (SHOW ALL TABLES)").fetchall()]
    there = {*tables, *(name for r in ("pool", "graded") for name in columns_of(connection, r))}
    for name in step.adds():
        if unnameable(connection, name):
            yield Mistake(("name",), f"`{name}` is a word of SQL; choose another name")
        elif name in there or name in SIGNALS:
            yield Mistake(("name",), f"the pool has the name `{name}`; choose another")


def check_views(views: Mapping[str, View], declared: Mapping[str, pa.Schema] = NOTHING) -> None:
    """Bind every condition of every view. Raises MistakesError with all that is wrong.

    declared: tables that are as the recipe's steps say
    """
    mistakes: list[Mistake] = []
    forms: dict[str, pl.Schema] = {}
    with connect(Pool("."), {}, declared=declared) as connection:
        for key, kind in (("trace_id", "diverse"), ("problem_id", "unlike")):
            empty = pl.DataFrame(schema={key: pl.String, "rank": pl.Int64})
            connection.register(kind, empty.to_arrow())
        for name, view in views.items():
            if view.mix:
                continue
            found = [*_wrong_sql(connection, name, view)]
            mistakes += [Mistake(("views", name, *one.place), one.told) for one in found]
            if not found:
                try:
                    forms[name] = _form(connection, name, view)
                except MistakesError as error:
                    mistakes += error.mistakes
                except LongcotError as error:
                    mistakes += mistakes_of(error, "views", name)
    for name, view in views.items():
        mistakes.extend(_unlike(name, view, forms))
    if mistakes:
        raise MistakesError(mistakes)


Part = tuple[tuple[str | int, ...], str | None, Kind]
"""An expression of a view: its place, the SQL (None: there is none), and what it has to be."""


def _wrong_sql(connection: "duckdb.DuckDBPyConnection", name: str, view: View) -> Iterator[Mistake]:
    """What is wrong with the expressions of a view, by their keys."""
    relation = _relation(name, view)
    one = _over(connection, relation)
    both = one
    if view.matched():  # what compares roles names them
        roles = tuple(view.sides())
        both = one._replace(relations=[f"pool {quoted(role)}" for role in roles], roles=roles)
    parts = [(one, part) for part in _conditions(view)]
    parts += [(both, part) for part in _expressions(view)]
    for over, (place, sql, kind) in parts:
        if sql is not None and (why := wrong(connection, sql, over, kind)):
            yield Mistake(place, _of_word(connection, sql, over.roles) or why)


def _of_word(connection: "duckdb.DuckDBPyConnection", sql: str, roles: Sequence[str]) -> str | None:
    """What is wrong where SQL names a role that is called as one of its own words."""
    for role in roles:
        if re.search(rf'(?<!")\b{role}\.', sql) and unnameable(connection, role):
            return f'`{role}` is a word of SQL: write `"{role}".`, or call the role otherwise'
    return None


def _conditions(view: View) -> Iterator[Part]:
    """What looks at one trace or problem."""
    for key in ("where", "chosen", "rejected"):
        yield (key,), getattr(view, key), "condition"
    for role, condition in view.roles.items():
        yield ("roles", role), condition, "condition"
    if view.sample and view.sample.by not in ("random", "diverse"):
        yield ("sample", "by"), view.sample.by, "value"


def _expressions(view: View) -> Iterator[Part]:
    """What looks at a row: where roles were matched, at all of its traces."""
    keep, sample = view.per_problem, view.sample
    for column, sql in view.columns.items():
        yield ("columns", column), sql, "value"
    for column in view.caps:
        yield ("caps", column), column, "value"
    for column, match in view.matches().items():
        yield ("match", column) if column else ("match",), match, "condition"
    yield ("order",), view.order, "value"
    if keep and keep.by not in ("random", "diverse"):
        yield ("per_problem", "by"), keep.by, "value"
    yield ("per_problem", "weight"), keep.weight if keep else None, "weight"
    yield ("sample", "weight"), sample.weight if sample else None, "weight"


def _form(connection: "duckdb.DuckDBPyConnection", name: str, view: View) -> pl.Schema:
    """The columns of a view's rows: they are made of a selection without a row. Raises
    LongcotError.
    """
    import duckdb

    try:
        if view.matched():
            connection.execute(f"CREATE OR REPLACE TEMP VIEW matched AS {candidates(name, view)}")
        selection = connection.sql(statement(name, view)).pl().with_columns(split=pl.lit(""))
    except duckdb.Error as error:
        why = str(error).split("\n", 1)[0]
    else:
        walks = walks_of(format_of(name, view).per, view.partners())
        return formed(name, nothing_joined(selection, walks), view).schema
    raise MistakesError([Mistake(("views", name), why)])


def _unlike(name: str, view: View, forms: Mapping[str, pl.Schema]) -> Iterator[Mistake]:
    """Which views of a mix have other columns than its first: one file holds the rows of all."""
    first, *others = [other for other in (view.mix.of if view.mix else {}) if other in forms] or [
        ""
    ]
    for other in others:
        for column in forms[first].keys() | forms[other].keys():
            types = [forms[one].get(column, "none") for one in (first, other)]
            if types[0] != types[1]:
                told = (
                    f"rows of `{first}` and `{other}` do not fit together: `{column}` is "
                    f"{types[0]} and {types[1]}; give both views the same `format` and `columns`"
                )
                yield Mistake(("views", name, "mix", "of", other), told)


def _relation(name: str, view: View) -> str:
    return "graded" if format_of(name, view).per == "problem" else "pool"


def _over(connection: "duckdb.DuckDBPyConnection", relation: str) -> Over:
    """The joined traces or problems, with what to say of names that are not theirs."""
    here, traces = columns_of(connection, relation), columns_of(connection, "pool")
    if relation == "pool":
        why = f"the recipe does not measure `{{}}`; add it to {MEASURED}"
    else:
        why = "`{}` is a column of traces, and this looks at problems"
    others = ({*traces} | {*SIGNALS}) - {*here}
    whose = "the pool" if relation == "pool" else "the problems"
    return Over([relation], whose, {name: why.format(name) for name in others})
