import random
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from schemas.errors import PartError, QueryError
from schemas.identity import problem_id
from schemas.tables import ID, TABLES, field
from tasks.pool.store import Pool, Receipt
from tasks.query.sql import connect, query
from tests.tasks.judged import Judged, many
from tests.tasks.rows import fill, problem, trace


def test_every_table_stands_by_its_name_even_when_it_is_empty(pool: Pool) -> None:
    with connect(pool, {}) as connection:
        for name in (*TABLES, "pool", "graded", "set_aside"):
            assert query(connection, f"FROM {name}", "test").num_rows == 0


def test_the_pool_is_one_row_per_trace_with_all_that_is_known(pool: Pool) -> None:
    tables = Judged().ask("a", "7", "8", domain="logic").into(pool)
    columns = "response, verdict, reason, domain, n, n_correct, pass_rate, teacher_pass_rate"
    with connect(pool, tables, ["screen", "dedupe"]) as connection:
        rows = query(
            connection, f"SELECT {columns} FROM pool ORDER BY response", "test"
        ).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("7 (0)", "correct", "equal.exact", "logic", 2, 1, 0.5, 0.5),
        ("8 (1)", "incorrect", "differ.value", "logic", 2, 1, 0.5, 0.5),
    ]


def test_long_text_streams_and_a_query_that_holds_it_is_told_how_to_go_on(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(7)
    texts = [rng.randbytes(150_000).hex() for _ in range(100)]  # 30 MB in 24 MB of memory
    rows = [{**trace(str(n), "a"), "reasoning": text} for n, text in enumerate(texts)]
    shards = [rows[n : n + 10] for n in range(0, len(rows), 10)]
    tables = fill(pool, problems=[[problem("a")]], traces=shards)
    monkeypatch.setenv("LONGCOT_MEMORY", "24MB")
    monkeypatch.setenv("LONGCOT_THREADS", "1")
    short = "(SELECT DISTINCT trace_id FROM traces) s"
    with connect(pool, tables) as connection:
        for told in ("FROM pool", f"FROM traces t JOIN {short} USING (trace_id)"):
            longest = f"SELECT reasoning {told} ORDER BY length(reasoning) LIMIT 2"
            assert query(connection, longest, "test").num_rows == 2
        with pytest.raises(QueryError, match=r"Join to the right what is short .* --memory"):
            query(connection, f"SELECT reasoning FROM {short} JOIN traces USING (trace_id)", "test")


def test_a_trace_without_a_verdict_is_in_the_pool(pool: Pool) -> None:
    tables = fill(pool, problems=[[problem("a")]], traces=[[trace("7", "a")]])
    with connect(pool, tables, ["screen", "dedupe"]) as connection:
        rows = query(connection, "SELECT problem, verdict, n FROM pool", "test").to_pylist()
    assert rows == [{"problem": "a", "verdict": None, "n": None}]


@pytest.mark.parametrize(
    ("frame", "cleaned"),
    [
        (None, False),
        ("<think>\ue000</think>\n\ue001\n", False),
        ("<think>\ue000</think>\n\ue001<|im_end|>", True),
        ("Sure. <think>a</think>7", False),  # the raw text where the parts do not rebuild it
        ("Sure. <think>a</think>7<|im_end|>", True),
        ('[{"role": "user", "text": "a"}]', True),
    ],
)
def test_a_trace_says_whether_something_after_it_was_cut(
    frame: str | None, cleaned: bool, pool: Pool
) -> None:
    rows = [{**trace("7", "a"), "response": "7", "frame": frame}]
    tables = fill(pool, problems=[[problem("a")]], traces=[rows])
    with connect(pool, tables) as connection:
        found = query(connection, "SELECT cleaned FROM pool", "test").to_pylist()
    assert found == [{"cleaned": cleaned}]


def test_a_problem_set_aside_twice_is_one_row(pool: Pool) -> None:
    judged = Judged().ask("a", "7", aside="proof")
    judged.set_aside.append({"step": "dedupe", "row_id": problem_id("a"), "reason": "duplicate"})
    with connect(pool, judged.into(pool), ["screen", "dedupe"]) as connection:
        rows = query(connection, "SELECT set_aside FROM pool", "test").to_pylist()
    assert rows == [{"set_aside": "dedupe.duplicate"}]


def test_a_trace_set_aside_does_not_set_its_problem_aside(pool: Pool) -> None:
    judged = Judged().ask("a", "7")
    judged.set_aside.append({"step": "verify", "row_id": problem_id("a"), "reason": "why"})
    with connect(pool, judged.into(pool), ["screen", "dedupe"]) as connection:
        assert query(connection, "FROM pool WHERE set_aside IS NULL", "test").num_rows == 1


@pytest.mark.parametrize("place", ["local", "memory"])
def test_a_row_knows_its_shard_and_its_place_in_it(place: str, tmp_path: Path) -> None:
    pool = Pool(tmp_path / "it's" if place == "local" else f"memory://relation{tmp_path}")
    judged = many(6)
    tables = judged.into(pool, 5)
    with connect(pool, tables, ["screen", "dedupe"]) as connection:
        rows = query(connection, "SELECT trace_id, shard, row FROM pool", "test").to_pylist()
    found = {row["trace_id"]: (row["shard"], row["row"]) for row in rows}
    assert found == {row["trace_id"]: divmod(n, 5) for n, row in enumerate(judged.traces)}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nope FROM pool", "Columns of the pool: trace_id"),
        ("FROM nowhere", "nowhere does not exist"),
        ("SELEC 1", "syntax error"),
        ("SELECT 'a'::INT", "Conversion Error"),
    ],
)
def test_a_query_that_fails_says_why_in_one_line(sql: str, said: str, pool: Pool) -> None:
    with connect(pool, {}) as connection, pytest.raises(QueryError) as caught:
        query(connection, sql, "query")
    assert str(caught.value).startswith("query: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_is_left_in_the_temporary_folder(pool: Pool) -> None:
    before = set(Path(tempfile.gettempdir()).glob("longcot-spill-*"))
    with connect(pool, {}) as connection:
        query(connection, "FROM pool", "test")
    assert set(Path(tempfile.gettempdir()).glob("longcot-spill-*")) <= before


@pytest.mark.parametrize(
    "sql", ["COPY (SELECT 1) TO 'x.csv'", "CREATE TABLE x (y INT)", "SELECT 1; SELECT 2", ""]
)
def test_only_a_query_is_run(pool: Pool, sql: str) -> None:
    with connect(pool, {}) as connection, pytest.raises(QueryError, match="one query, please"):
        query(connection, sql, "query")


@pytest.mark.parametrize("loaded", [True, False])
def test_columns_that_a_step_adds_are_columns_of_the_pool(
    loaded: bool, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TABLES, "_schemas", dict(TABLES._schemas))
    described = [
        field(n, k, "of a test", False) for n, k in (("problem_id", ID), ("e", pa.int64()))
    ]
    schema = TABLES.add("letters", *described)
    judged = Judged().ask("q", "7", "8")
    tables = judged.into(pool)
    row = pa.table([[judged.problems[0]["problem_id"]], [3]], schema=schema)
    receipt = pool.commit(Receipt("letters", "k", ""), {"letters": row}, "r")
    tables["letters"] = receipt.outputs
    if not loaded:  # the package that wrote it is not installed here
        monkeypatch.setattr(TABLES, "_schemas", {n: TABLES[n] for n in TABLES if n != "letters"})
    with connect(pool, tables) as connection:
        for view, rows in (("pool", 2), ("graded", 1)):
            found = query(connection, f"SELECT e FROM {view}", "test").to_pylist()
            assert found == [{"e": 3}] * rows


@pytest.mark.parametrize(
    ("name", "fields", "told"),
    [
        ("traces", [field("trace_id", ID, "the trace")], "declared twice"),
        ("letters", [field("row", ID, "the row")], "its first field is problem_id or trace_id"),
        ("letters", [pa.field("trace_id", ID)], "`trace_id` has no description"),
    ],
)
def test_a_table_that_readers_could_not_join_is_refused(
    name: str, fields: list[pa.Field], told: str
) -> None:
    with pytest.raises(PartError, match=told):
        TABLES.add(name, *fields)
