"""What was found stands with its evidence, and only what was found."""

from typing import Any

import pyarrow as pa
import pytest

from schemas.identity import problem_id
from tasks.pool.store import Pool, Receipt
from tasks.query.sql import connect
from tasks.reports.alarms.found import CLEAR, LEAST, found
from tasks.verdicts.vote import schema_of
from tests.tasks.judged import Judged, Tables
from tests.tasks.rows import fill


def lines(pool: Pool, tables: Tables) -> dict[str, dict[str, Any]]:
    with connect(pool, tables) as connection:
        return {line["what"]: line for line in found(connection)}


def voted(pool: Pool, question: str, answer: str, count: int, votes: int, **other: Any) -> Tables:
    """The table of a vote, with one problem."""
    column = {"answer": answer, "count": count, "votes": votes, "share": count / votes,
              "groups": 2, "tied": False, "agrees": False, **other}  # fmt: skip
    rows = [{"problem_id": problem_id(question), "majority": column}]
    table = pa.Table.from_pylist(rows, schema_of("majority"))
    receipt = pool.commit(Receipt("majority", "k", "majority"), {"majority": table}, "recipe")
    return {"majority": receipt.outputs}


def test_a_pool_in_which_nothing_was_found_has_no_line(pool: Pool) -> None:
    assert lines(pool, Judged().ask("a", "7", "8").into(pool)) == {}


def test_a_gold_answer_stands_beside_what_the_samples_say(pool: Pool) -> None:
    tables = Judged().ask("How long is the fence?", "8", "8", "8", "7").into(pool)
    told = lines(pool, {**tables, **voted(pool, "How long is the fence?", "8", 3, 4)})
    (line,) = told.values()
    assert "gold answers" in line["what"] and "majority" in line["what"]
    assert line["rows"] == 1 and line["id"] == problem_id("How long is the fence?")[:12]
    assert line["example"] == "gold 7, but 3 of 4 samples say 8: How long is the fence?"


@pytest.mark.parametrize(
    "vote",
    [
        {"count": LEAST - 1, "votes": LEAST - 1},
        {"count": 3, "votes": 5},
        {"count": 4, "votes": 4, "agrees": True},
        {"count": 4, "votes": 4, "agrees": None},
        {"count": 4, "votes": 4, "tied": True},
    ],
)
def test_few_votes_a_tie_or_no_opinion_say_nothing_against_a_gold(
    pool: Pool, vote: dict[str, Any]
) -> None:
    assert CLEAR > 3 / 5
    tables = Judged().ask("a", "8", "8").into(pool)
    assert lines(pool, {**tables, **voted(pool, "a", "8", **vote)}) == {}


def test_a_label_that_is_not_the_verdict_is_counted_with_an_answer(pool: Pool) -> None:
    judged = Judged().ask("q", "7", "8", "9")
    for row, label in zip(judged.traces, (False, True, False), strict=True):
        row["label"] = label
    (line,) = lines(pool, judged.into(pool)).values()
    assert "labels of the recordings" in line["what"] and line["rows"] == 2
    assert line["example"].startswith("said to be wrong, is right (")


def test_other_graders_are_heard_where_both_decide(pool: Pool) -> None:
    judged = Judged().ask("q", "7", "8")
    other = {"verifier": "math-verify", "version": "1", "reason": "other", "verdict": "correct"}
    judged.verdicts += [{"trace_id": row["trace_id"], **other} for row in judged.traces]
    (line,) = lines(pool, judged.into(pool)).values()
    assert "other graders" in line["what"] and line["rows"] == 1
    assert line["example"].startswith("wrong (")


def test_a_duplicate_stands_beside_what_it_repeats(pool: Pool) -> None:
    tables = Judged().ask("one and two", "7").ask("one and  two!", "7").into(pool)
    row = {"row_id": problem_id("one and  two!"), "duplicate_of": problem_id("one and two"),
           "jaccard": 0.9, "cluster": problem_id("one and two"), "why": "id"}  # fmt: skip
    (line,) = lines(pool, {**tables, **fill(pool, duplicates=[[row]])}).values()
    assert line["example"] == "one and two! ~ one and two (Jaccard 0.90)" and line["rows"] == 1


def test_of_a_benchmark_s_problem_the_item_is_told_once(pool: Pool) -> None:
    asked = problem_id("q")
    row = {"problem_id": asked, "benchmark": "exam", "item_id": "3", "test": "ngram",
           "score": 0.8, "overlap": "", "place": "problem", "text": "the text", "item": "the item",
           "decision": "drop", "decided_by": "threshold"}  # fmt: skip
    rows = [row, {**row, "item_id": "4", "score": 0.7}, {**row, "decision": "review"}]
    tables = Judged().ask("q", "7").into(pool)
    (line,) = lines(pool, {**tables, **fill(pool, contamination=[rows])}).values()
    assert line["rows"] == 1
    assert line["example"] == "the text ~ the item (exam 3, by ngram 0.80)"
