from pathlib import Path

import polars as pl
import pytest

from flows.prepare import declared
from flows.recipe_file import load_recipe
from schemas.errors import RecipeError
from schemas.parts.signal import STANDARD
from schemas.recipe.views import View
from tasks.steps.measure import Measure
from tasks.views.check import check_views


def measured(*texts: tuple[str | None, str | None]) -> list[dict[str, object]]:
    columns = ["trace_id", "reasoning", "response"]
    rows = [(str(n), *text) for n, text in enumerate(texts)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    output = Measure().rows(frame)
    assert output.counts == {"in": len(texts), "out": len(texts)}
    assert output.tables["signals"].column_names == ["trace_id", *STANDARD]
    found: list[dict[str, object]] = output.tables["signals"].to_pylist()
    return found


def test_lengths_and_share_of_a_small_trace() -> None:
    (row,) = measured(("abcdef", "gé"))
    assert (row["reasoning_chars"], row["response_chars"]) == (6, 2)
    assert row["reasoning_share"] == 0.75
    assert (row["tokens"], row["tokenizer"]) == (3, "characters/4")


def test_a_trace_without_reasoning_has_a_share_of_zero() -> None:
    (row,) = measured((None, "abcd"))
    assert (row["reasoning_chars"], row["reasoning_share"], row["tokens"]) == (0, 0.0, 1)
    assert row["answers_agree"] is None


@pytest.mark.parametrize("text", [(None, None), (None, ""), ("", None), ("", "")])
def test_an_empty_trace_measures_as_nothing(text: tuple[str | None, str | None]) -> None:
    (row,) = measured(text)
    assert [row[c] for c in ("tokens", "tail_repeats", "reasoning_chars")] == [0, 0, 0]
    assert [row[c] for c in ("compression", "repeated_lines", "reasoning_share")] == [None] * 3


def test_a_loop_shows_in_every_signal() -> None:
    line = "Wait, let me check this once more from the beginning, carefully now.\n"
    ((loop), (plain)) = measured((line * 200, "7"), ("One line.\nAnother line.", "7"))
    assert loop["compression"] < 0.1 < plain["compression"]  # type: ignore[operator]
    assert loop["repeated_lines"] > 0.9  # type: ignore[operator]
    assert plain["repeated_lines"] == 0


def test_the_answer_of_the_reasoning_is_compared_with_the_final_one() -> None:
    agree, differ = measured((r"So \boxed{7}", r"\boxed{7}"), (r"So \boxed{8}", r"\boxed{7}"))
    assert (agree["answers_agree"], differ["answers_agree"]) == (True, False)


def test_rows_keep_their_order() -> None:
    assert [row["trace_id"] for row in measured(*[("a", "b")] * 12)] == [str(n) for n in range(12)]


def test_no_traces_have_no_signals() -> None:
    assert measured() == []


def test_a_signal_that_there_is_not_is_told_with_the_nearest(tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "name: r\nsources: [{path: p.jsonl}]\nteachers: [{name: t, recorded: t.jsonl}]\n"
        "steps: [generate, {measure: {signals: [compresion]}}]\n"
    )
    complaint = r"r\.yaml:4: .*there is no signal `compresion`; did you mean `compression`\?"
    with pytest.raises(RecipeError, match=complaint):
        load_recipe(recipe)


def test_a_view_that_selects_by_what_is_not_measured_is_refused() -> None:
    view = View(where="tail_repeats < 5 and compression > 0.1")
    check_views({"sft": view}, declared([Measure(signals=["compression", "tail_repeats"])]))
    with pytest.raises(RecipeError, match=r"does not measure `tail_repeats`; add it to `signals`"):
        check_views({"sft": view}, declared([Measure(signals=["compression"])]))


def test_a_recipe_that_names_no_signals_is_known_as_before() -> None:
    assert Measure().model_dump(mode="json", exclude={"name"}) == {"tokenizer": None}
    assert Measure().options() == {"tokenizer": None}
