"""The pool as SQL: every table by its name, and `pool`, one row per trace with all that is known.

DuckDB reads the shards where they lie, only the columns that a query names, and spills to disk
beyond its memory limit (tasks/query/resources.py).
"""

import re
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa

from schemas.errors import QueryError
from schemas.parts.signal import STANDARD
from schemas.tables import KEYS, TABLES
from schemas.vocabulary import HUMAN, PEERS
from tasks.pool.integrity import check
from tasks.pool.parquet import nothing
from tasks.pool.release_files import check_shown
from tasks.pool.store import Pool, Shard
from tasks.query.filters import macros
from tasks.query.machine_sql import MACHINE
from tasks.query.resources import memory, threads

if TYPE_CHECKING:
    import duckdb

# DuckDB is imported where it is used: Prefect keeps modules alive to the very end of the process,
# and DuckDB's bindings print pages about whatever still refers to them then.

CLEANED = r"""
t.frame IS NOT NULL AND NOT suffix(
  rtrim(t.frame, E' \t\r\n'),
  CASE WHEN contains(t.frame, chr(57345)) THEN chr(57345) ELSE t.response END
)
""".strip()
"""Whether something after the response was cut: tokens that end a turn, or further turns. U+E001
stands for the response in a frame (tasks/llm/reasoning_parser.py).
"""

GOLD_ORIGIN = (
    "coalesce(e.origin, CASE WHEN p.answer IS NOT NULL OR p.tests IS NOT NULL THEN 'source' END)"
)
"""Where a gold answer comes from: its source, or the step that elected it."""

DESCENT = """
CREATE TEMP VIEW descent AS
SELECT child, min(parent) AS parent, min_by(how, parent) AS how FROM lineage GROUP BY child
"""
"""How each derived row came about, and a parent of it; one row a child."""

JOINED = f"""
CREATE TEMP VIEW pool AS SELECT
  t.* EXCLUDE (started_at, seconds, content),
  {CLEANED} AS cleaned,
  v.verdict, v.reason, v.extracted, v.verifier,
  s.* EXCLUDE (trace_id),
  p.* EXCLUDE (problem_id, parent_id, content, shard, row)
    REPLACE (coalesce(p.answer, e.gold) AS answer), {GOLD_ORIGIN} AS gold_origin,
  l.how, l.parent, of_problem.how AS problem_how, of_problem.parent AS problem_parent,
  g.n, g.correct AS n_correct, g.undecided AS n_undecided, g.pass_rate, g.low, g.high, g.cv,
  g.difficulty, own.pass_rate AS teacher_pass_rate,
  r.rating, r.sd AS rating_sd, d.duplicate_of,
  coalesce(a.set_aside, own_aside.set_aside) AS set_aside
FROM traces t
LEFT JOIN published v USING (trace_id)
LEFT JOIN signals s USING (trace_id)
LEFT JOIN problems p USING (problem_id)
LEFT JOIN golds e ON e.problem_id = t.problem_id
LEFT JOIN (FROM grades WHERE solver = 'all') g USING (problem_id)
LEFT JOIN grades own ON own.problem_id = t.problem_id AND own.solver = t.teacher
LEFT JOIN (FROM trace_duplicates SELECT row_id AS trace_id, duplicate_of) d USING (trace_id)
LEFT JOIN ratings r ON r.problem_id = t.problem_id
LEFT JOIN descent l ON l.child = t.trace_id
LEFT JOIN descent of_problem ON of_problem.child = t.problem_id
LEFT JOIN decided a ON a.row_id = t.problem_id
LEFT JOIN decided own_aside ON own_aside.row_id = t.trace_id
"""

BY_VERIFIER = f"""
CREATE TEMP VIEW peers AS FROM verdicts WHERE verifier IN {(*PEERS, "")};
CREATE TEMP VIEW humans AS FROM verdicts WHERE verifier = '{HUMAN}';
"""
"""`verdicts` has a row per (trace, verifier); these are not of the machine."""

PUBLISHED = """
CREATE TEMP VIEW published AS SELECT m.trace_id, coalesce(h.verdict, m.verdict) AS verdict,
  coalesce(h.reason, m.reason) AS reason, m.extracted, coalesce(h.verifier, m.verifier) AS verifier
FROM machine m LEFT JOIN humans h USING (trace_id)
"""
"""The label of each trace: what a person decided, else the machine's verdict; one row a trace."""

DECIDED = """
CREATE TEMP VIEW decided AS
SELECT row_id, min(step || '.' || reason) AS set_aside
FROM set_aside WHERE list_contains({deciding}::VARCHAR[], step) GROUP BY row_id
"""
"""The rows that have left the pipeline, by the steps that decide so."""

DECISIONS = """
CREATE TEMP VIEW decisions AS
SELECT row_id, step, reason, detail, source FROM set_aside
UNION ALL SELECT row_id, stage AS step, reason, detail, source FROM rejects
"""
"""Why a row is not where one looks for it, whether it came into the pool or not."""

GRADED = f"""
CREATE TEMP VIEW graded AS SELECT
  p.* REPLACE (coalesce(p.answer, e.gold) AS answer), {GOLD_ORIGIN} AS gold_origin, l.how, l.parent,
  g.n, g.correct AS n_correct, g.undecided AS n_undecided, g.pass_rate, g.low, g.high, g.cv,
  g.difficulty, r.rating, r.sd AS rating_sd, a.set_aside
FROM problems p
LEFT JOIN golds e USING (problem_id)
LEFT JOIN (FROM grades WHERE solver = 'all') g USING (problem_id)
LEFT JOIN ratings r USING (problem_id)
LEFT JOIN descent l ON l.child = p.problem_id
LEFT JOIN decided a ON a.row_id = p.problem_id
"""


def connect(
    pool: Pool,
    tables: dict[str, list[Shard]],
    deciding: Sequence[str] = (),
    views: dict[str, list[Shard]] | None = None,
    files: bool = False,
    declared: Mapping[str, pa.Schema] = MappingProxyType({}),
) -> "duckdb.DuckDBPyConnection":
    """An in-memory connection with a view per table (empty where the pool has none yet).

    deciding: the steps whose rows in `set_aside` have left the pipeline, as the manifest says
    The long tables also have `shard` (position of the file) and `row` (position in it, from 0).
    `declared` are tables that have other columns than `TABLES` says, or that steps bring along.
    `views` are releases, as `view_<name>`. Nothing else can be read or written, and no setting
    changed, unless `files` is true. Raises PoolError if a shard is damaged: DuckDB would not tell.
    """
    names = [*TABLES, *(name for name in {**tables, **declared} if name not in TABLES)]
    shards = [shard for name in names for shard in tables.get(name, [])]
    check(pool, [s for s in shards if pool.local or s.table not in POSITIONED])
    released = views or {}
    check_shown(pool, [shard for shown in released.values() for shard in shown])

    connection = bare()
    if not pool.local:
        connection.register_filesystem(pool.fs)
    for name in names:
        if own := tables.get(name, []):
            connection.execute(_over(pool, name, own))
        else:
            schema = declared[name] if name in declared else TABLES[name]
            connection.register(f"{name}_empty", nothing(_as_read(schema)))
            extra = ", 0 AS shard, 0::BIGINT AS row" if name in POSITIONED else ""
            connection.execute(
                f"CREATE TEMP VIEW {quoted(name)} AS SELECT *{extra} FROM {quoted(f'{name}_empty')}"
            )
    decided = DECIDED.format(deciding=list(deciding))
    added = [name for name in names if TABLES.is_added(name)]
    keys = {name: connection.execute(f"DESCRIBE {quoted(name)}").fetchall()[0][0] for name in added}
    if tables.get("signals"):
        _add_standard(connection, parquet_scan(pool, tables["signals"]))
    for view in (MACHINE, BY_VERIFIER, PUBLISHED, decided, DECISIONS, DESCENT, JOINED, GRADED):
        connection.execute(_widened(view, keys))
    for name, shown in released.items():
        if shown:
            scan = parquet_scan(pool, shown)
            connection.execute(f"CREATE TEMP VIEW {quoted(f'view_{name}')} AS SELECT * FROM {scan}")
            shards += shown
    if not files:
        lock(connection, paths_of(pool, shards))
    return connection


def bare() -> "duckdb.DuckDBPyConnection":
    """An empty connection with the named filters and this machine's limits; not locked yet."""
    import duckdb

    # DuckDB makes this folder when it spills and removes it when the connection closes.
    spill = str(Path(tempfile.gettempdir()) / f"longcot-spill-{uuid.uuid4().hex}")
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory(),
        "temp_directory": spill,
        "threads": threads(),
        "python_enable_replacements": False,
        # In the order that is written: the text stands left, where it streams. DuckDB's own order
        # hashes it, and a column of 800 MB does not fit any limit.
        "disabled_optimizers": "join_order,build_side_probe_side",
    }
    connection = duckdb.connect(config=settings)
    for macro in macros():
        connection.execute(macro)
    return connection


def lock(connection: "duckdb.DuckDBPyConnection", paths: list[str]) -> None:
    """From now on the connection reads these files and nothing else, and writes nothing."""
    connection.execute(f"SET allowed_paths = {listed(paths)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _widened(view: str, keys: dict[str, str]) -> str:
    """The SQL of a view with the columns that steps' own tables add to its rows."""
    for name, row in (("pool", KEYS), ("graded", KEYS[:1])):
        joins = [f'LEFT JOIN "{table}" USING ({key})' for table, key in keys.items() if key in row]
        head = f"CREATE TEMP VIEW {name} AS"
        if joins and head in view:
            narrow = view.replace(head, f"CREATE TEMP VIEW {name}_narrow AS")
            return f"{narrow}; {head} FROM {name}_narrow {' '.join(joins)}"
    return view


def _add_standard(connection: "duckdb.DuckDBPyConnection", scan: str) -> None:
    """Signals that every pool had before a recipe could choose are columns of each pool; null
    where they were not measured.
    """
    names = [row[0] for row in connection.execute("DESCRIBE signals").fetchall()]
    if absent := [name for name in STANDARD if name not in names]:
        connection.register("signals_absent", nothing(TABLES["signals"]).select(absent))
        both = f"SELECT * FROM {scan} UNION ALL BY NAME SELECT * FROM signals_absent"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW signals AS {both}")


def _as_read(schema: pa.Schema) -> pa.Schema:
    """The schema as DuckDB reads it from Parquet; it takes no float16 from Arrow."""
    half, single = pa.list_(pa.float16()), pa.list_(pa.float32())
    return pa.schema([f.with_type(single) if f.type == half else f for f in schema])


POSITIONED = ("problems", "traces")


def _over(pool: Pool, name: str, shards: list[Shard]) -> str:
    if name == "set_aside":
        return f"CREATE TEMP VIEW {name} AS {_set_aside(pool, shards)}"
    if name not in POSITIONED:
        return f'CREATE TEMP VIEW "{name}" AS SELECT * FROM {parquet_scan(pool, shards)}'
    positioned = parquet_scan(pool, shards, "filename = true, file_row_number = true")
    return (
        f"CREATE TEMP VIEW {name} AS SELECT * EXCLUDE (filename, file_row_number), "
        f"list_position({_files(pool, shards)}, filename) - 1 AS shard, file_row_number AS row "
        f"FROM {positioned}"
    )


def _set_aside(pool: Pool, shards: list[Shard]) -> str:
    """The rows set aside; in pools of format 1 they stand among the rejects."""
    older = [shard for shard in shards if shard.path.startswith("rejects/")]
    newer = [shard for shard in shards if shard not in older]
    parts = [f"SELECT * FROM {parquet_scan(pool, newer)}"] if newer else []
    if older:
        scan = parquet_scan(pool, older)
        parts.append(f"SELECT row_id, stage AS step, reason, detail, source FROM {scan}")
    return " UNION ALL BY NAME ".join(parts)


def parquet_scan(pool: Pool, shards: list[Shard], options: str = "") -> str:
    """The SQL that reads these shards, in order."""
    return f"read_parquet({_files(pool, shards)}{', ' + options if options else ''})"


def paths_of(pool: Pool, shards: list[Shard]) -> list[str]:
    """The shards as DuckDB finds them."""
    paths = [pool.path(shard.path) for shard in shards]
    return paths if pool.local else [pool.fs.unstrip_protocol(path) for path in paths]


def _files(pool: Pool, shards: list[Shard]) -> str:
    return listed(paths_of(pool, shards))


def listed(paths: list[str]) -> str:
    """Paths as a list of SQL."""
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"


TOO_LARGE = (
    ". Join to the right what is short (FROM traces JOIN verdicts; the right side is held), name "
    "fewer of `reasoning`, `response` and `frame`, or give more with --memory or LONGCOT_MEMORY"
)
"""What helps where a query needs more than its memory: joins are done as they are written."""


def query(connection: "duckdb.DuckDBPyConnection", sql: str, what: str) -> pa.Table:
    """The result of a SELECT. Raises QueryError in one paragraph, with what the pool has."""
    import duckdb

    try:
        kinds = [statement.type for statement in connection.extract_statements(sql)]
        if kinds != [duckdb.StatementType.SELECT]:  # COPY would write files, SET undo the limits
            raise QueryError(f"{what}: one query, please: SELECT ... or FROM ...")
        table: pa.Table = connection.sql(sql).to_arrow_table()
    except duckdb.Error as error:
        message = str(error).split("\n\n", 1)[0].replace("\n", " ")
        if isinstance(error, duckdb.OutOfMemoryException):
            message += TOO_LARGE
    else:
        return table
    # Outside the `except`, so that the complaint does not carry DuckDB's error along.
    raise QueryError(f"{what}: {message}{_known(connection, message)}")


def _known(connection: "duckdb.DuckDBPyConnection", message: str) -> str:
    if not re.search(r"column|not found", message, re.IGNORECASE):
        return ""
    columns = [row[0] for row in connection.execute("DESCRIBE pool").fetchall()]
    return f". Columns of the pool: {', '.join(columns)}"
