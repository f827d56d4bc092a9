import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import SourceError
from schemas.identity import problem_id
from schemas.recipe.views import Source
from tasks.pool.growth import Intake, Prepared
from tasks.pool.store import Pool
from tasks.sources.ingest import (
    Answers,
    ingest,
    prepare,
    problem_row,
    rows_of,
    source_name,
    statement_of,
)
from tasks.sources.rows import BadRow, Broken, Row

SOURCE = Source(path="p.jsonl")


def prepared(*contents: dict[str, Any] | Broken, known: Answers | None = None) -> Prepared:
    batch = [(Row(f"p.jsonl:{n}", content), True) for n, content in enumerate(contents, 1)]
    return prepare("s", rows_of(SOURCE, "s", batch), known or Answers())


def why(found: Prepared) -> list[tuple[str, str]]:
    columns = found.aside.select(["row_id", "reason"]).to_pydict()
    return list(zip(columns["row_id"], columns["reason"], strict=True))


def nothing(_: int) -> None: ...


def run(pool: Pool, base: Path, source: Source = SOURCE, known: Answers | None = None) -> Intake:
    return ingest(pool, source, base, known or Answers(), "recipe", nothing)


def write(path: Path, *rows: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_row_becomes_a_problem() -> None:
    row = problem_row(SOURCE, "s", {"problem": "What is 3 + 4?", "answer": 7, "id": 12, "tag": "x"})
    assert row["problem_id"] == problem_id("What is 3 + 4?")
    assert (row["answer"], row["answer_kind"], row["source"]) == ("7", "math", "s")
    assert row["source_id"] == "12"
    assert json.loads(row["meta"]) == {"id": 12, "tag": "x"}


def test_an_equal_problem_again_is_repeated() -> None:
    found = prepared({"problem": "q", "answer": "1"}, {"problem": " q\n", "answer": "1"})
    assert found.rows.num_rows == 1
    assert why(found) == [(problem_id("q"), "repeated")]


def test_an_equal_problem_with_another_answer_is_a_conflict() -> None:
    found = prepared({"problem": "q", "answer": "1"}, {"problem": "q", "answer": "2"})
    assert why(found) == [(problem_id("q"), "conflicting_gold")]
    assert json.loads(found.aside["detail"][0].as_py()) == {"answer": "2", "place": "p.jsonl:2"}


@pytest.mark.parametrize("content", [{"problem": None}, {"problem": " \n"}, {"other": 1}], ids=str)
def test_a_row_without_a_problem(content: dict[str, Any]) -> None:
    assert why(prepared(content)) == [("p.jsonl:1", "no_problem")]


def test_a_row_that_cannot_be_read_keeps_its_reason() -> None:
    assert why(prepared(Broken("malformed", "cut"))) == [("p.jsonl:1", "malformed")]


def test_text_that_is_not_unicode() -> None:
    found = prepared({"problem": "q\ud800"}, {"problem": "q", "answer": b"\xff"})
    assert [reason for _, reason in why(found)] == ["invalid_utf8"] * 2


def test_a_row_that_the_condition_excludes() -> None:
    source = Source(path="p.jsonl", where="level > 1")
    made = rows_of(source, "s", [(Row("p.jsonl:1", {"problem": "q"}), False)])
    found = prepare("s", made, Answers())
    assert found.aside.select(["reason", "detail"]).to_pylist() == [
        {"reason": "where", "detail": "level > 1"}
    ]


def test_an_empty_answer_is_no_answer() -> None:
    row = problem_row(SOURCE, "s", {"problem": "q", "answer": " "})
    assert (row["answer"], row["answer_kind"]) == (None, None)


def test_tests_make_a_code_problem() -> None:
    row = problem_row(SOURCE, "s", {"problem": "q", "tests": [{"in": 1}]})
    assert (row["answer_kind"], row["tests"]) == ("code", '[{"in": 1}]')


def test_tests_are_stored_in_one_form() -> None:
    statement = 'def f(x):\n    """Add one."""\n'
    tests = {"type": "humaneval", "check": "def check(candidate): assert candidate(1) == 2"}
    row = problem_row(SOURCE, "s", {"problem": statement, "tests": tests, "entry_point": "f"})
    assert json.loads(row["tests"]) == {
        "type": "check", "cases": [tests["check"]], "entry_point": "f", "prompt": statement,
    }  # fmt: skip
    assert row["meta"] is None


def test_options_are_lettered_and_appended_once() -> None:
    content = {"problem": "Which?", "options": ["x", "y"], "answer": "B"}
    statement = "Which?\n(A) x\n(B) y"
    assert statement_of(SOURCE, content) == statement
    assert statement_of(SOURCE, {**content, "problem": statement}) == statement
    row = problem_row(SOURCE, "s", content)
    assert (row["answer_kind"], row["options"]) == ("choice", "(A) x\n(B) y")


def test_long_columns_of_the_source_do_not_go_to_meta() -> None:
    row = problem_row(SOURCE, "s", {"problem": "q", "short": [1, 2], "long": "x" * 300, "no": None})
    assert json.loads(row["meta"]) == {"short": [1, 2]}


def test_a_column_whose_name_is_not_unicode_does_not_stop_the_run() -> None:
    assert prepared({"problem": "q", "r\udce9ponse": "x"}).rows["meta"].to_pylist() == [None]


def test_a_statement_that_is_null_says_so() -> None:
    with pytest.raises(BadRow, match="no_problem: the problem is null or empty"):
        statement_of(SOURCE, {"problem": None})


def test_another_level_is_another_content_of_the_same_problem() -> None:
    one, other = (problem_row(SOURCE, "s", {"problem": "q", "level": n}) for n in (1, 2))
    assert one["problem_id"] == other["problem_id"]
    assert one["content"] != other["content"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (Source(path="data/gsm8k.jsonl.gz"), "gsm8k"),
        (Source(path="data/gsm8k"), "gsm8k"),
        (Source(hub="openai/gsm8k"), "openai/gsm8k"),
        (Source(path="x.csv", name="mine"), "mine"),
    ],
    ids=str,
)
def test_a_source_is_named_by_what_it_is(source: Source, name: str) -> None:
    assert source_name(source) == name


CONTENT = st.builds(
    lambda q, a: {"problem": q, "answer": a}, st.sampled_from("abc "), st.sampled_from("12")
)


@given(st.lists(st.one_of(CONTENT, st.just(Broken("malformed", "")))), st.integers(1, 4))
def test_every_row_is_counted_once_whatever_the_batches(
    contents: list[dict[str, Any] | Broken], size: int
) -> None:
    known = Answers()
    parts = [
        prepared(*contents[at : at + size], known=known) for at in range(0, len(contents), size)
    ]
    whole = prepared(*contents)
    assert sum(part.rows.num_rows + part.aside.num_rows for part in parts) == len(contents)
    assert [i for part in parts for i in part.rows["problem_id"].to_pylist()] == whole.rows[
        "problem_id"
    ].to_pylist()
    reasons = Counter(reason for part in parts for _, reason in why(part))
    assert reasons == Counter(reason for _, reason in why(whole))


def test_a_source_is_ingested_and_counted(pool: Pool, tmp_path: Path) -> None:
    rows = [{"problem": f"q{n}", "answer": "1"} for n in range(5)]
    write(tmp_path / "p.jsonl", *rows, rows[0], {"problem": None}, {**rows[1], "answer": "2"})
    taken = run(pool, tmp_path)
    assert taken.counts == {
        "in": 8, "out": 5, "aside.repeated": 1, "aside.no_problem": 1, "aside.conflicting_gold": 1,
    }  # fmt: skip
    shard = taken.shards[0].shard("problems")
    assert shard is not None
    assert pool.read(shard, ["problem"])["problem"].to_pylist() == [f"q{n}" for n in range(5)]


def test_the_earlier_source_keeps_a_problem(pool: Pool, tmp_path: Path) -> None:
    for name, answer in (("a", "1"), ("b", "1"), ("c", "2")):
        write(tmp_path / f"{name}.jsonl", {"problem": "q", "answer": answer})
    known = Answers()
    counts = [run(pool, tmp_path, Source(path=f"{n}.jsonl"), known).counts for n in "abc"]
    assert counts == [
        {"in": 1, "out": 1},
        {"in": 1, "out": 0, "aside.repeated": 1},
        {"in": 1, "out": 0, "aside.conflicting_gold": 1},
    ]


def test_a_later_source_notices_a_change_of_an_earlier_one(pool: Pool, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"problem": "q"}, {"problem": "r"})
    write(tmp_path / "b.jsonl", {"problem": "q"})

    def outs() -> list[int]:
        known = Answers()
        return [run(pool, tmp_path, Source(path=f"{n}.jsonl"), known).counts["out"] for n in "ab"]

    assert outs() == [2, 0]
    write(tmp_path / "a.jsonl", {"problem": "r"})
    assert outs() == [1, 1]


def test_a_source_without_the_column_is_refused(pool: Pool, tmp_path: Path) -> None:
    write(tmp_path / "p.jsonl", {"question": "q"})
    with pytest.raises(SourceError, match=r"no column `problem`.*it has: question"):
        run(pool, tmp_path)


def test_a_source_without_rows_is_refused(pool: Pool, tmp_path: Path) -> None:
    write(tmp_path / "p.jsonl")
    with pytest.raises(SourceError, match=r"source p: p\.jsonl is empty: not one row"):
        run(pool, tmp_path)
