"""The index that makes filters quick: a row per trace with what people filter by, and no text.

It is made once per state of the pool, from the narrow tables, and kept in the user's cache folder:
a DuckDB file, sorted by id. Ids are hashes, so to read from the top is to read a random sample.
Its connection is read-only, sees no file but its own, and cannot be told otherwise, because people
type SQL into it.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from schemas.errors import QueryError
from schemas.identity import digest
from schemas.tables import TABLES
from tasks.pool.store import Pool
from tasks.query.locate import open_any
from tasks.query.resources import memory, threads
from tasks.query.sql import connect

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")

VERSION = "1"
FACETS = ("verdict", "reason", "state", "difficulty", "teacher", "source", "domain", "set_aside")
"""Columns that are filtered by a click on a value."""

FLAGS = {
    "disputed": "another grader or the recording's label says otherwise",
    "cut": "stopped at the token limit, or the thought never closed",
    "loop": "goes round in circles",
    "thought": "has a thought",
    "duplicate": "says nearly the same as another of its problem",
}
"""Columns that hold or do not, and what they say."""

SECONDS = 30.0
"""How long a person's SQL may run."""

LOOP = "compression < 0.1 OR tail_repeats >= 4"
"""A trace that goes round in circles: it compresses to a tenth, or repeats its end four times."""

# What is read of the pool, each table once: `NARROW` as they stand, then joined in the index's own
# file, which spills. (The pool's view `pool` joins strings: four times the memory, or the time.)
NARROW = {
    "problems": """
SELECT problem_id, left(problem, 240) AS head, left(answer, 80) AS answer, source, domain, level,
  language, answer_kind, n, n_correct, n_undecided, pass_rate, difficulty, set_aside, shard, row
FROM graded""",
    "traces": """
SELECT trace_id::UUID AS id, problem_id, teacher, sample, state, finish_reason, label,
  completion_tokens, shard, row FROM traces""",
    "published": """
SELECT trace_id::UUID AS id, verdict, reason, verifier, left(extracted, 80) AS extracted
FROM published""",
    "signals": "SELECT trace_id::UUID AS id, * EXCLUDE (trace_id, tokenizer) FROM signals",
    "peers": """
SELECT trace_id::UUID AS id, verdict AS other FROM peers WHERE verdict <> 'undecided'""",
    "repeats": "SELECT row_id::UUID AS id, duplicate_of FROM trace_duplicates",
    "aside": """
SELECT try_cast(row_id AS UUID) AS id, min(step || '.' || reason) AS own_aside FROM set_aside
GROUP BY ALL""",
}
JOINS = (
    "CREATE TEMP TABLE judged AS FROM traces LEFT JOIN published USING (id)",
    "DROP TABLE traces",
    "DROP TABLE published",
    "CREATE TEMP TABLE measured AS FROM judged LEFT JOIN signals USING (id)",
    "DROP TABLE judged",
    "DROP TABLE signals",
    f"""
CREATE TABLE rows AS SELECT replace(m.id::VARCHAR, '-', '') AS trace_id, m.* EXCLUDE (id),
  r.duplicate_of, p.source, p.domain, p.level, p.language, p.answer_kind, p.n, p.n_correct,
  p.pass_rate, p.difficulty,
  coalesce(p.set_aside, a.own_aside) AS set_aside,
  coalesce(label <> (verdict = 'correct'), false) AND verdict <> 'undecided'
    OR m.id IN (SELECT id FROM peers JOIN measured USING (id)
      WHERE verdict <> 'undecided' AND other <> verdict) AS disputed,
  coalesce({LOOP}, false) AS loop, state IN ('truncated', 'unclosed') AS cut,
  coalesce(reasoning_chars, 0) > 0 AS thought, r.duplicate_of IS NOT NULL AS duplicate
FROM measured m LEFT JOIN problems p USING (problem_id) LEFT JOIN repeats r USING (id)
LEFT JOIN aside a USING (id) ORDER BY m.id""",
    "DROP TABLE measured",
    f"CREATE TABLE cube AS SELECT {', '.join((*FACETS, *FLAGS))}, count(*) AS n FROM rows "
    "GROUP BY ALL",
)


class Index:
    """What is known of a pool, at one state of it; several threads may ask."""

    def __init__(self, path: Path) -> None:
        import duckdb  # late, see tasks/query/sql.py

        self._connection = duckdb.connect(
            str(path), read_only=True, config={"memory_limit": memory(), "threads": threads()}
        )
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def ask(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Rows of a query. Raises QueryError in one paragraph; stops after SECONDS."""
        cursor = self._connection.cursor()

        def run() -> list[dict[str, Any]]:
            rows: list[dict[str, Any]] = (
                cursor.sql(sql, params=parameters).to_arrow_table().to_pylist()
            )
            return rows

        return limited(cursor, run)

    @cached_property
    def columns(self) -> list[str]:
        """What a person's SQL may name."""
        return [row["column_name"] for row in self.ask("DESCRIBE rows")]


def limited(connection: "duckdb.DuckDBPyConnection", run: Callable[[], T]) -> T:
    """Run a query, and stop it after SECONDS. Raises QueryError."""
    import duckdb

    timer = threading.Timer(SECONDS, connection.interrupt)
    timer.start()
    try:
        return run()
    except duckdb.InterruptException:
        message = f"stopped after {SECONDS:.0f} seconds; ask for less"
    except duckdb.Error as error:
        message = str(error).split("\n\n", 1)[0].split("\nLINE", 1)[0].replace("\n", " ")
    finally:
        timer.cancel()
    raise QueryError(message)


def state_of(pool: Pool) -> str:
    """A digest of what the pool holds now; another build gives another."""
    return digest(VERSION, pool.url, pool.fs.cat_file(pool.path("manifest.json")).decode())


def cached(pool: Pool) -> Path:
    """Where the index of the pool's present state stands, or will."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    name = f"{digest(pool.url)[:12]}-{state_of(pool)[:12]}.duckdb"
    return Path(home) / "longcot" / "viewer" / name


LONG = ("problems", "traces", "verdicts", "signals")


def make(pool: Pool, path: Path, most: int | None = None) -> None:
    """Make the index and put it in place as a whole; older states of the same pool go.

    `most`: of so many traces alone, out of the first shards; that takes a second or two.
    """
    import duckdb

    tables = {name: pool.live(name) for name in TABLES}
    for name in LONG if most else ():
        tables[name] = tables[name][:1]

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = connect(pool, tables) if most else open_any(pool.url)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, opened as source:
        aside = Path(folder) / "index.duckdb"
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory(), "threads": threads(), "temp_directory": f"{folder}/spill",
            "preserve_insertion_order": False,
        }  # fmt: skip
        with duckdb.connect(str(aside), config=settings) as target:
            for name, sql in (NARROW | {"released": _released(source)}).items():
                few = (
                    "SELECT trace_id::UUID FROM traces SEMI JOIN verdicts USING (trace_id) "
                    f"SEMI JOIN problems USING (problem_id) LIMIT {most}"
                )
                cut = f"SELECT * FROM ({sql}) WHERE id IN ({few})"
                wanted = cut if most and "AS id" in sql else sql
                target.register("incoming", source.sql(wanted).to_arrow_reader(20_000))
                stays = name in ("problems", "released")
                order = " ORDER BY ALL" if stays else ""
                kind = "TABLE" if stays else "TEMP TABLE"
                target.execute(f"CREATE {kind} {name} AS FROM incoming{order}")
                target.unregister("incoming")
            for join in JOINS:
                target.execute(join)
        aside.replace(path)
    for old in path.parent.glob(f"{path.name.split('-')[0]}-*.duckdb"):
        if old.name.split(".")[0] != path.name.split(".")[0]:
            old.unlink(missing_ok=True)


def _released(source: "duckdb.DuckDBPyConnection") -> str:
    """SQL of the rows (trace_id, view): which traces stand in which view."""
    parts = ["SELECT '' AS trace_id, '' AS view WHERE false"]
    names = [row[0] for row in source.execute("SELECT name FROM (SHOW TABLES)").fetchall()]
    for name in sorted(name for name in names if name.startswith("view_")):
        columns = [row[0] for row in source.execute(f'DESCRIBE "{name}"').fetchall()]
        view = name.removeprefix("view_").replace("'", "''")
        parts += [
            f"SELECT {column} AS trace_id, '{view}' AS view FROM \"{name}\""
            for column in ("trace_id", "chosen_id", "rejected_id")
            if column in columns
        ]
    return " UNION ".join(parts)
