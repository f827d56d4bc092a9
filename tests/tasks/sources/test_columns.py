import json
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import MistakesError, SourceError
from schemas.recipe.views import Source
from tasks.sources import columns
from tasks.sources.columns import check_columns, text_of, value_of
from tasks.sources.rows import BadRow, Broken, Row


def source(**options: Any) -> Source:
    return Source(path="p.jsonl", **options)


def batch(*contents: dict[str, Any] | Broken) -> list[tuple[Row, bool]]:
    return [(Row("f:1", content), True) for content in contents]


def test_a_mapped_column_is_read_under_its_own_name() -> None:
    mapped = source(columns={"problem": "question"})
    assert value_of(mapped, {"question": "q", "problem": "other"}, "problem") == "q"
    assert value_of(mapped, {"answer": 7}, "answer") == 7
    assert value_of(mapped, {}, "answer") is None


def test_a_constant_stands_where_the_source_has_nothing() -> None:
    constant = source(constants={"domain": "math"})
    assert value_of(constant, {}, "domain") == "math"
    assert value_of(constant, {"domain": None}, "domain") == "math"
    assert value_of(constant, {"domain": "logic"}, "domain") == "logic"


def test_a_missing_column_is_told_with_what_there_is() -> None:
    with pytest.raises(SourceError) as caught:
        check_columns(source(), "mine", batch({"question": "q", "gold": 1}), ["problem"])
    assert str(caught.value) == (
        "source mine: no column `problem` (needed as `problem`); it has: gold, question. "
        "Map it in the recipe: columns: {problem: ...}"
    )


def test_a_mapping_to_nothing_is_refused() -> None:
    with pytest.raises(MistakesError, match=r"^columns\.answer: .* no column `gold`; there are"):
        check_columns(source(columns={"answer": "gold"}), "s", batch({"problem": "q"}), ["problem"])


def test_one_row_with_the_column_is_enough() -> None:
    check_columns(source(), "s", batch({"a": 1}, {"problem": "q"}), ["problem"])


def test_a_constant_needs_no_column() -> None:
    check_columns(source(constants={"problem": "q"}), "s", batch({"a": 1}), ["problem"])


def test_broken_rows_say_nothing_about_columns() -> None:
    check_columns(source(), "s", batch(Broken("malformed", "")), ["problem"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("é", "é"),
        (b"\xc3\xa9", "é"),
        (7, "7"),
        (0.5, "0.5"),
        (True, "true"),
        (["a", "é"], '["a", "é"]'),
    ],
)
def test_values_as_text(value: Any, text: str | None) -> None:
    assert text_of(value, "answer") == text


@pytest.mark.parametrize("value", [b"\xff", "\ud800", ["\udfff"]], ids=repr)
def test_text_that_is_not_unicode_is_a_bad_row(value: Any) -> None:
    with pytest.raises(BadRow, match="invalid_utf8: answer:"):
        text_of(value, "answer")


def test_a_stream_comes_in_batches_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "BATCH_ROWS", 4)
    file = tmp_path / "p.jsonl"
    file.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(10)))
    sizes = [len(part) for part in columns.stream(source(), [str(file)], "s")]
    assert sizes == [4, 4, 2]


def test_a_stream_comes_in_batches_of_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "BATCH_CHARS", 10)
    file = tmp_path / "p.jsonl"
    file.write_text("".join(json.dumps({"t": "x" * n}) + "\n" for n in (4, 4, 4, 50, 1)))
    assert [len(part) for part in columns.stream(source(), [str(file)], "s")] == [3, 1, 1]


def test_broken_rows_pass_a_condition(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text('{"n": 1}\nbroken\n{"n": 3}\n')
    parts = columns.stream(source(where="n > 2"), [str(file)], "s")
    assert [holds for part in parts for _, holds in part] == [False, True, True]
