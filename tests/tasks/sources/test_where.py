from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from schemas.errors import RecipeError
from tasks.sources.where import Where


def test_null_and_a_missing_key_do_not_hold() -> None:
    where = Where("level > 2", "s")
    assert where([{"level": 3}, {"level": 1}, {"level": None}, {}]) == [True, False, False, False]


def test_no_rows_hold_nothing() -> None:
    assert Where("nonsense", "s")([]) == []


def test_a_column_may_be_missing_from_a_later_batch() -> None:
    where = Where("domain = 'math'", "s")
    assert where([{"domain": "math"}]) == [True]
    assert where([{"other": 1}]) == [False]
    assert where([{"domain": None}, {"domain": "math"}]) == [False, True]


def test_an_unknown_column_is_told_with_the_nearest_of_the_source() -> None:
    with pytest.raises(RecipeError) as caught:
        Where("domian = 'math'", "mine")([{"domain": "math", "problem": "q"}])
    said = str(caught.value)
    assert said == "where: source mine: there is no column `domian`; did you mean `domain`?"


def test_bad_sql_is_a_recipe_error() -> None:
    with pytest.raises(RecipeError, match="no SQL: something is wrong at `=`"):
        Where("a = = 1", "s")([{"a": 1}])


def test_names_ignore_case_as_sql_does() -> None:
    assert Where("DOMAIN = 'x'", "s")([{"domain": "x"}]) == [True]


def test_of_names_that_differ_in_case_the_exact_one_counts() -> None:
    row = {"Answer": "1", "answer": "2"}
    assert Where("answer = '2'", "s")([row]) == [True]
    assert Where("Answer = '1'", "s")([row]) == [True]


def test_a_quoted_name_may_have_blanks() -> None:
    assert Where("\"my level\" = 'x'", "s")([{"my level": "x", "": 0}]) == [True]


def test_columns_of_mixed_types_do_not_stop_the_run() -> None:
    assert Where("a = '1'", "s")([{"a": 1}, {"a": "x"}, {"a": None}]) == [True, False, False]
    assert Where("a > 1.2", "s")([{"a": 1}, {"a": 1.5}, {"a": 10**400}]) == [False, True, True]


def test_text_that_is_not_unicode_does_not_stop_the_run() -> None:
    assert Where("a = 'x'", "s")([{"a": "\ud800"}, {"a": "x"}]) == [False, True]


ROW = {
    "tags": ["hard", "new"],
    "meta": {"level": 3},
    "price": Decimal("2.50"),
    "day": datetime(2026, 1, 2, tzinfo=UTC),
    "raw": b"x",
    "problem": "q",
}


@pytest.mark.parametrize(
    "condition",
    [
        "len(tags) = 2",
        "list_contains(tags, 'hard')",
        "meta.level = 3",
        "price > 2",
        "day > '2026-01-01'",
        "raw = 'x'",
        "raw = 'x'::BLOB -- a comment",
    ],
)
def test_a_condition_sees_the_types_of_the_source(condition: str) -> None:
    where = Where(condition, "s")
    assert where([ROW, dict.fromkeys(ROW)]) == [True, False]
    assert where([dict.fromkeys(ROW)]) == [False]  # a batch of nulls has the types as well


def test_a_list_is_no_text() -> None:
    with pytest.raises(RecipeError, match=r"^where: source s: `~~` cannot be computed of: VARCHAR"):
        Where("tags LIKE '%hard%'", "s")([ROW])


@pytest.mark.parametrize(
    "condition",
    [
        "true; COPY (SELECT 1) TO '{file}'",
        "true) FROM rows_of_source; COPY (SELECT 1) TO '{file}'; SELECT (true",
        "true FROM read_text('/etc/passwd')",
        "(SELECT count(*) FROM read_text('/etc/passwd')) = 1",
        "(SELECT count(*) FROM secret) = 1",
        "(SELECT count(*) FROM glob('/*')) > 1",
        "true, false",
        "",
    ],
)
def test_a_condition_is_one_expression_and_sees_nothing_else(
    condition: str, tmp_path: Path
) -> None:
    secret = pa.table({"a": [1]})
    with pytest.raises(RecipeError, match="where: source s: "):
        Where(condition.format(file=tmp_path / "x"), "s")([{"a": 1}])
    assert secret and not list(tmp_path.iterdir())
