from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from schemas.errors import QueryError
from schemas.identity import problem_id
from tasks.pool.store import Pool
from tasks.query.history import history
from tasks.query.sql import connect
from tests.tasks.judged import Judged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

JUDGED = Judged().ask("a", "7", "8").ask("b", "7", aside="proof")
JUDGED.rejects.append({"stage": "generate", "row_id": "cafe" * 8, "reason": "unknown_problem"})
JUDGED.rejects.append({"stage": "ingest", "row_id": "p.jsonl:7", "reason": "malformed"})


@pytest.fixture
def connection(pool: Pool) -> "Iterator[DuckDBPyConnection]":
    with connect(pool, JUDGED.into(pool)) as open_connection:
        wanted = JUDGED.traces[0]["trace_id"]
        open_connection.execute(f"CREATE TEMP VIEW view_sft AS SELECT '{wanted}' AS trace_id")
        yield open_connection


def test_a_problem_has_its_grades_and_traces(connection: "DuckDBPyConnection") -> None:
    found = history(connection, problem_id("a"))
    assert list(found) == ["problem", "grades", "traces"]
    assert found["problem"][0]["problem"] == "a"
    assert [row["solver"] for row in found["grades"]] == ["all", "t"]
    assert {row["verdict"] for row in found["traces"]} == {"correct", "incorrect"}


def test_a_problem_set_aside_has_the_decision(connection: "DuckDBPyConnection") -> None:
    (decision,) = history(connection, problem_id("b"))["decisions"]
    assert (decision["step"], decision["reason"]) == ("screen", "proof")


def test_a_trace_has_its_verdict_problem_and_views(connection: "DuckDBPyConnection") -> None:
    found = history(connection, JUDGED.traces[0]["trace_id"][:12])
    assert found["trace"][0]["response"] == "7 (0)"
    assert found["verdicts"][0]["verdict"] == "correct"
    assert found["problem"][0]["problem"] == "a"
    assert found["in views"] == [{"view": "view_sft"}]


def test_a_trace_tells_why_its_problem_is_out(connection: "DuckDBPyConnection") -> None:
    found = history(connection, JUDGED.traces[2]["trace_id"])
    assert found["decisions on the problem"][0]["reason"] == "proof"
    assert "in views" not in found


def test_a_row_that_never_got_in_has_its_reason(connection: "DuckDBPyConnection") -> None:
    assert history(connection, "cafecafe")["decisions"][0]["reason"] == "unknown_problem"


@pytest.mark.parametrize("start", ["", "xyz", "'; DROP"])
def test_what_is_no_id_is_refused(start: str, connection: "DuckDBPyConnection") -> None:
    with pytest.raises(QueryError, match="is no id"):
        history(connection, start)


def test_an_id_that_nothing_has(connection: "DuckDBPyConnection") -> None:
    with pytest.raises(QueryError, match="no problem, trace or rejected row of this pool"):
        history(connection, "0" * 32)


def test_too_few_digits_list_what_they_begin(pool: Pool) -> None:
    judged = Judged()
    for number in range(40):
        judged.ask(str(number))
    with connect(pool, judged.into(pool)) as connection:
        digit = max("0123456789abcdef", key=[r["problem_id"][0] for r in judged.problems].count)
        with pytest.raises(QueryError, match=f"{digit} begins several ids: {digit}.*more digits"):
            history(connection, digit)
