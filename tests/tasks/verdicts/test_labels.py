import duckdb
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import HUMAN, Verdict
from tasks.query.machine_sql import JUDGE, MACHINE
from tasks.verdicts.labels import machine
from tests.tasks.rows import table

WORDS = st.sampled_from([str(verdict) for verdict in Verdict])
CASES = st.lists(st.tuples(WORDS, st.none() | WORDS))
"""Per trace: what the rules say, and what the judge says where it was asked."""


def rows(cases: list[tuple[str, str | None]], who: int) -> list[tuple[str, str]]:
    return [(str(n), said) for n, case in enumerate(cases) if (said := case[who])]


def frame(rows: list[tuple[str, str]]) -> pl.DataFrame:
    schema = dict.fromkeys(["trace_id", "verdict"], pl.String)
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.with_columns(score=pl.lit(None, pl.Float32))


@given(CASES)
def test_a_model_settles_what_the_rules_left_and_nothing_else(
    cases: list[tuple[str, str | None]],
) -> None:
    found = machine(frame(rows(cases, 0)), frame(rows(cases, 1)))
    assert found["trace_id"].to_list() == [str(n) for n in range(len(cases))]
    for (rule, judge), verdict in zip(cases, found["verdict"], strict=True):
        assert verdict == (rule if rule != "undecided" else judge or "undecided")


@given(CASES)
def test_duckdb_and_polars_say_the_same(cases: list[tuple[str, str | None]]) -> None:
    verifiers = ("math", JUDGE + "m")
    verdicts = [
        {
            "trace_id": trace,
            "verifier": verifier,
            "version": "1",
            "verdict": said,
            "reason": verifier,
        }
        for who, verifier in enumerate(verifiers)
        for trace, said in rows(cases, who)
    ]
    people = [{**row, "verifier": HUMAN, "verdict": "correct"} for row in verdicts[:1]]
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("verdicts", table("verdicts", verdicts + people))
        connection.execute(MACHINE)
        told = connection.sql("SELECT trace_id, verdict, verifier, reason FROM machine").fetchall()
    expected = machine(frame(rows(cases, 0)), frame(rows(cases, 1)))
    assert sorted(row[:2] for row in told) == sorted(expected.drop("score").rows())
    # What stands beside the verdict is of whoever gave it.
    assert all(verifier == reason for _, _, verifier, reason in told)
