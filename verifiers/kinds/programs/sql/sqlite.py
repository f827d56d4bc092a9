"""Queries on throw-away SQLite databases, by text that nobody vouches for.

Every database lives in memory. An authorizer lets a query read tables and call functions and
nothing else; a step counter ends it, the same on every machine; lengths and rows are limited.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import count
from random import Random
from typing import Any, NamedTuple

from verifiers.math.parsing.tree import UnreadableError

STEPS = 20_000_000
"""Virtual-machine steps of one query, about a second."""
TIE = "mirrored_tie"
"""A function of mirrored runs for the end of an ORDER BY, where it turns ties round."""
MOST_ROWS = 100_000
LONGEST = 10_000_000  # bytes of one value
_EVERY = 10_000  # steps between two looks at the counter
_DERIVED = 4  # states made out of one
_DIGITS = 10  # significant digits of a float: sums depend on the order of their terms
_FORBIDDEN = frozenset(("load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"))
_ALLOWED = frozenset(
    (
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    )
)


class QueryError(ValueError):
    """The query does not run: a syntax error, a column that is not there."""


class RefusedError(ValueError):
    """The query does more than read."""


class BudgetError(ValueError):
    """The query took too many steps or gave too many rows."""


class State(NamedTuple):
    """A database as the bytes of its file."""

    content: bytes


class Result(NamedTuple):
    """The number of columns, and the rows with numbers made comparable."""

    columns: int
    rows: list[tuple[Any, ...]]


def load(schema: str, inserts: str | Sequence[str]) -> State:
    """The database that a schema and its rows make; UnreadableError where they do not run."""
    script = inserts if isinstance(inserts, str) else ";".join(inserts)
    with closing(_memory()) as database:
        database.set_authorizer(_build)
        database.set_progress_handler(_counter(STEPS), _EVERY)
        try:
            database.executescript(schema)
            database.executescript(script)
            database.set_authorizer(None)
            return State(database.serialize())
        except (sqlite3.Error, ValueError) as error:
            raise UnreadableError(f"database: {error}") from None


def run(state: State, query: str, mirrored: bool = False) -> Result:
    """The rows of one query on a copy of `state`.

    `mirrored`: rows whose order the query leaves open come the other way round, and `TIE()` counts
    down. Raises QueryError, RefusedError or BudgetError.
    """
    refused: list[int] = []

    def authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
        if action in _ALLOWED and (second or "").lower() not in _FORBIDDEN:
            return sqlite3.SQLITE_OK
        refused.append(action)
        return sqlite3.SQLITE_DENY

    with closing(_memory()) as database:
        database.deserialize(state.content)
        if mirrored:
            database.execute("PRAGMA reverse_unordered_selects = ON")
            database.create_function(TIE, 0, partial(next, count(0, -1)))
        database.set_authorizer(authorize)
        database.set_progress_handler(_counter(STEPS), _EVERY)
        try:
            cursor = database.execute(query)
            rows = cursor.fetchmany(MOST_ROWS + 1)
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise BudgetError(str(error)) from None
            raise (RefusedError if refused else QueryError)(str(error)) from None
        except sqlite3.ProgrammingError as error:  # a second statement, a bound parameter
            kind = RefusedError if "one statement" in str(error) else QueryError
            raise kind(str(error)) from None
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
            raise (RefusedError if refused else QueryError)(str(error)) from None
        if cursor.description is None:
            raise QueryError("not a query")
        if len(rows) > MOST_ROWS:
            raise BudgetError("rows")
        return Result(len(cursor.description), [tuple(map(_comparable, row)) for row in rows])


def derived(state: State) -> list[State]:
    """States that the given one makes likely: some of its rows gone, seeded, references kept."""
    return list(_thinned(state))


def _thinned(state: State) -> Iterator[State]:
    for seed in range(_DERIVED):
        rng = Random(seed)
        with closing(_memory()) as database:
            database.deserialize(state.content)
            database.execute("PRAGMA foreign_keys = OFF")
            names = [
                row[0]
                for row in database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                    " AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE '%WITHOUT ROWID%' ORDER BY name"
                )
            ]
            for name in names:
                table = '"' + name.replace('"', '""') + '"'
                ids = [row[0] for row in database.execute(f"SELECT rowid FROM {table}")]
                gone = [(rowid,) for rowid in ids if rng.random() < 0.3]
                database.executemany(f"DELETE FROM {table} WHERE rowid = ?", gone)
            _drop_orphans(database)
            database.commit()
            yield State(database.serialize())


def _drop_orphans(database: sqlite3.Connection) -> None:
    """Delete rows whose declared foreign key points nowhere, until there are none."""
    while True:
        orphans = database.execute("PRAGMA foreign_key_check").fetchall()
        orphans = [(table, rowid) for table, rowid, *_ in orphans if rowid is not None]
        if not orphans:
            return
        for table, rowid in orphans:
            name = '"' + table.replace('"', '""') + '"'
            database.execute(f"DELETE FROM {name} WHERE rowid = ?", (rowid,))


def _memory() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    database.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    return database


def _build(action: int, first: str | None, second: str | None, *_: object) -> int:
    """What a schema may do: everything inside of its own database."""
    outside = action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_PRAGMA)
    bad = outside or (second or "").lower() in _FORBIDDEN
    return sqlite3.SQLITE_DENY if bad else sqlite3.SQLITE_OK


def _counter(steps: int) -> Any:
    left = [steps // _EVERY]

    def tick() -> int:
        left[0] -= 1
        return int(left[0] < 0)

    return tick


def _comparable(value: Any) -> Any:
    """Floats at ten digits, whole ones as integers; text and bytes as they are."""
    if not isinstance(value, float):
        return value
    rounded = float(f"{value:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded
