"""A pool as the viewer reads it: the index for filters, the shards for the text of one page."""

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from flows.viewer.filters import NONE, Filter, condition
from flows.viewer.index import FACETS, FLAGS, Index, cached, limited, make, state_of
from schemas.errors import PoolError, QueryError
from schemas.tables import TABLES
from schemas.vocabulary import Verdict
from tasks.pool.store import Pool
from tasks.query.history import added, history, prices_of
from tasks.query.locate import open_any
from tasks.verdicts.adjudication import FILE, decide, decisions

AT_ONCE = 20_000
"""Traces of a pool that is indexed before its first page; a larger one shows a sample meanwhile."""
SAMPLE = 2_000
MOST = 100_000
"""Rows that a condition over the text may select."""
PAGE = 25
VALUES = 12
"""Values of a column that are offered for a click, the most frequent ones."""


class Source:
    """What a pool holds now. Every method may be called by several threads."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._lock, self._reading, self._writing = (threading.Lock() for _ in range(3))
        self._state, self.indexing, self.trouble = "", False, ""
        self.index: Index
        self.pool = Pool(place)
        self.total = 0
        self.refresh()

    def refresh(self) -> None:
        """Follow the pool: when a build has written another manifest, another index is made."""
        pool = Pool(self.place)
        with self._lock:
            if (state := state_of(pool)) == self._state:
                return
            first, self._state = not self._state, state
            path, rows = cached(pool), sum(shard.rows for shard in pool.live("traces"))
            if not path.exists() and rows <= AT_ONCE:
                make(pool, path)
            if path.exists():
                self._take(pool, path, rows)
                return
            if first:
                sample = path.with_suffix(".sample.duckdb")
                if not sample.exists():
                    make(pool, sample, SAMPLE)
                self._take(pool, sample, rows)
            self.indexing = True
        threading.Thread(target=self._make, args=(pool, path, rows), daemon=True).start()

    def _make(self, pool: Pool, path: Path, rows: int) -> None:
        try:
            make(pool, path)
        except Exception as error:  # told on every page: nobody sees this thread
            self.trouble, self.indexing = f"the index could not be made: {error}", False
            return
        with self._lock:
            self._take(pool, path, rows)

    def _take(self, pool: Pool, path: Path, rows: int) -> None:
        self.pool, self.index, self.total = pool, Index(path), rows
        self.indexing, self.trouble = False, ""
        self.facets = lru_cache(256)(self._facets)
        self._selected = lru_cache(32)(self._select)
        self._file = lru_cache(64)(self._open)

    # Rows by filter.

    def _where(self, chosen: Filter) -> tuple[str, dict[str, Any]]:
        ids = self._selected(chosen.sql) if chosen.sql else None
        return chosen.where(self.decided, ids)

    def _select(self, sql: str) -> list[str] | None:
        """The ids that a condition selects, where the index lacks a column of it; else None."""
        condition(sql)
        try:
            self.index.ask(f"SELECT 1 FROM rows WHERE ({sql}\n) LIMIT 0")
        except QueryError as error:
            # A column of its own, `pass_at_k`, or a field of one, `majority.share`.
            if not any(told in str(error) for told in ("not found in FROM", "Referenced table")):
                raise
        else:
            return None
        with open_any(self.place) as connection:
            asked = f"SELECT trace_id FROM pool WHERE ({sql}\n) LIMIT {MOST + 1}"
            rows = limited(connection, lambda: connection.sql(asked).fetchall())
        if len(rows) > MOST:
            raise QueryError(f"more than {MOST:,} rows; ask for less, or for columns of the index")
        return [row[0] for row in rows]

    def page(self, chosen: Filter, number: int) -> list[dict[str, Any]]:
        """A page of rows (from 1) with the head of their problems."""
        where, parameters = self._where(chosen)
        # By the position first: the other columns are read for these few rows alone.
        return self.index.ask(
            "SELECT r.*, p.head, p.answer AS gold "
            "FROM rows r LEFT JOIN problems p USING (problem_id) "
            f"WHERE r.rowid IN (SELECT rowid FROM rows WHERE {where} "
            f"LIMIT {PAGE} OFFSET {PAGE * (number - 1)}) ORDER BY r.rowid",
            parameters,
        )

    def _facets(self, chosen: Filter, decided: tuple[str, ...]) -> dict[str, Any]:
        """How many rows there are, and how many with each value of each facet and each flag."""
        where, parameters = self._where(chosen)
        names, flags = ", ".join(FACETS), ", ".join(FLAGS)
        # What was clicked is counted in the cube of a few thousand rows; the rest in all rows.
        cube = f"SELECT * FROM cube WHERE {where}"
        rows = f"SELECT {names}, {flags}, count(*) AS n FROM rows WHERE {where} GROUP BY ALL"
        clicked = not (chosen.sql or chosen.view or chosen.judged)
        held = ", ".join(f"coalesce(sum(n) FILTER ({name}), 0)::BIGINT AS {name}" for name in FLAGS)
        sets = ", ".join(["()", *(f"({name})" for name in FACETS)])
        groups = self.index.ask(
            f"SELECT {names}, grouping_id({names}) AS id, coalesce(sum(n), 0)::BIGINT AS total, "
            f"{held} FROM ({cube if clicked else rows}) GROUP BY GROUPING SETS ({sets}) "
            f"ORDER BY total DESC, {names}",
            parameters,
        )
        values: dict[str, list[tuple[str, int]]] = {}
        full = 2 ** len(FACETS) - 1
        for at, name in enumerate(FACETS):
            own = full - 2 ** (len(FACETS) - 1 - at)
            found = [(row[name] or NONE, row["total"]) for row in groups if row["id"] == own]
            if found and found != [(NONE, found[0][1])]:
                values[name] = found[:VALUES]
        views = self.index.ask(
            "SELECT view, count(*) AS n FROM released GROUP BY ALL ORDER BY view"
        )
        whole = next(row for row in groups if row["id"] == full)
        return {
            "total": whole["total"],
            "flags": {name: whole[name] for name in FLAGS},
            "values": values,
            "views": [(row["view"], row["n"]) for row in views],
        }

    def around(self, chosen: Filter, trace: str) -> dict[str, str | None]:
        """The ids before and after a trace among the rows of a filter."""
        where, parameters = self._where(chosen)
        parameters = {**parameters, "at": trace}
        found = {}
        for name, sign, order in (("previous", "<", "DESC"), ("next", ">", "ASC")):
            rows = self.index.ask(
                f"SELECT trace_id FROM rows WHERE {where} AND trace_id {sign} $at "
                f"ORDER BY trace_id {order} LIMIT 1", parameters)  # fmt: skip
            found[name] = rows[0]["trace_id"] if rows else None
        return found

    def problems(self, number: int) -> list[dict[str, Any]]:
        """A page of problems."""
        return self.index.ask(
            f"FROM problems ORDER BY problem_id LIMIT {PAGE} OFFSET {PAGE * (number - 1)}"
        )

    # One row, with its text.

    def row(self, trace: str) -> dict[str, Any]:
        """All of a trace. Raises QueryError where the pool has none of that id."""
        rows = self.index.ask("FROM rows WHERE trace_id = $id", {"id": trace})
        if not rows:
            raise QueryError(f"{trace}: no trace of this pool has that id")
        views = self.index.ask(
            "SELECT view FROM released WHERE trace_id = $id ORDER BY view", {"id": trace}
        )
        text = self.text("traces", rows[0])
        own = {"views": [row["view"] for row in views], "added": self._added(trace)}
        return {**text, **rows[0], **own}

    def _added(self, trace: str) -> dict[str, Any]:
        """The columns that steps of the recipe added to a trace and its problem, field by field."""
        if not any(table not in TABLES for table in self.pool.manifest["tables"]):
            return {}
        with open_any(self.place) as connection:
            found = added(connection, trace)
        return {
            name if field == name else f"{name}.{field}": value
            for name, fields in found.items()
            for field, value in fields.items()
        }

    def problem(self, problem: str) -> dict[str, Any]:
        """All of a problem. Raises QueryError where the pool has none of that id."""
        rows = self.index.ask("FROM problems WHERE problem_id = $id", {"id": problem})
        if not rows:
            raise QueryError(f"{problem}: no problem of this pool has that id")
        return {**rows[0], **self.text("problems", rows[0])}

    def samples(self, problem: str, limit: int) -> list[dict[str, Any]]:
        """The traces of a problem with their text."""
        rows = self.index.ask(
            "FROM rows WHERE problem_id = $id ORDER BY teacher, sample, trace_id LIMIT $n",
            {"id": problem, "n": limit},
        )
        return [{**self.text("traces", row), **row} for row in rows]

    def text(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        """A row of a long table from its place: the row group that holds it is read, no more."""
        shard = self.pool.live(table)[row["shard"]]
        at = row["row"]
        try:
            with self._reading:  # an open file has one position
                file = self._file(shard.path)
                for group in range(file.num_row_groups):
                    rows = file.metadata.row_group(group).num_rows
                    if at < rows:
                        return dict(file.read_row_group(group).slice(at, 1).to_pylist()[0])
                    at -= rows
        except OSError as error:
            raise PoolError(f"{shard.path}: cannot be read ({error}); reload the page") from None
        raise PoolError(f"{shard.path}: has no row {row['row']}; build again")

    def _open(self, path: str) -> pq.ParquetFile:
        return pq.ParquetFile(self.pool.fs.open(self.pool.path(path), "rb"), pre_buffer=False)

    def history(self, row: str) -> dict[str, list[dict[str, Any]]]:
        """All that the pool knows of a row."""
        with open_any(self.place) as connection:
            return history(connection, row, prices_of(self.place))

    # What people decide.

    @property
    def decided(self) -> dict[str, Verdict]:
        """The decisions of people, those that no build has taken in yet too."""
        return decisions(self.pool) if self.pool.exists(FILE) else {}

    def decide(self, trace: str, verdict: Verdict, note: str | None) -> None:
        """Store a decision where `adjudicate` stores it."""
        with self._writing:
            decide(self.pool, trace, verdict, note)
