"""One expression of a recipe against the schema, before there is a row."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from schemas.recipe.sql import NOTHING, NUMBER, told, unreadable

if TYPE_CHECKING:
    import duckdb

Kind = Literal["condition", "weight", "value"]

ROW = '(SELECT 1 AS "a row")'
"""Joined with relations without a row it is one row of NULLs, over which SQL is computed: so a
constant that cannot be read (`tokens > 'many'`) is found, which binding alone lets pass.
"""


class Over(NamedTuple):
    """What an expression is over.

    relations: relations as FROM has them; whose: what a complaint calls them; elsewhere: as in
    `told`; roles: names before a dot, where the relations are roles
    """

    relations: Sequence[str]
    whose: str
    elsewhere: Mapping[str, str] = NOTHING
    roles: tuple[str, ...] = ()


def wrong(
    connection: "duckdb.DuckDBPyConnection", sql: str, over: Over, kind: Kind = "value"
) -> str | None:
    """What is wrong with an expression; None if it is well."""
    import duckdb

    if why := unreadable(sql):
        return why
    first = over.relations[0].split(" ")[-1]
    joined = f"{ROW} {' '.join(f'LEFT JOIN {relation} ON true' for relation in over.relations)}"
    try:
        computed = connection.execute(f"SELECT ({sql}) FROM {joined}")
        type_of = str(computed.description[0][1])
        computed.fetchall()
        if kind == "condition":
            connection.execute(f"EXPLAIN SELECT 1 FROM {joined} WHERE ({sql})::BOOLEAN")
        else:
            connection.execute(f"EXPLAIN SELECT {first}.problem_id, ({sql}) FROM {joined}")
    except duckdb.Error as error:
        columns = columns_of(connection, over.relations[0].split(" ")[0])
        return told(str(error), sql, columns, over.whose, over.elsewhere, over.roles)
    if kind != "value" and not NUMBER.match(type_of):
        what = "a condition is true or false" if kind == "condition" else "a weight is a number"
        comma = type_of.startswith("TUPLE")
        return f"{what}; this is {'two, by its comma' if comma else f'of type {type_of}'}"
    return None


def columns_of(connection: "duckdb.DuckDBPyConnection", relation: str) -> dict[str, str]:
    """The columns of a relation with their types."""
    return dict(row[:2] for row in connection.execute(f"DESCRIBE {relation}").fetchall())


def unnameable(connection: "duckdb.DuckDBPyConnection", name: str) -> bool:
    """Whether SQL keeps a word to itself, so that a condition could not name what is called so."""
    import duckdb

    try:
        connection.execute(f"SELECT {name}, {name}.x FROM (SELECT {{'x': 1}} AS \"{name}\")")
    except duckdb.Error:
        return True
    return False
