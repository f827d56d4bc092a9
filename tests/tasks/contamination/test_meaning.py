"""Items that are near by meaning: proposed by rank, confirmed by numbers, decided by a model."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.contamination.benchmark_index import Against
from tasks.contamination.hits import Said, hits, open_pairs, weighed
from tests import real
from tests.tasks.contamination.items import FRIENDS, TRAINS, against, asked, comparison, verdicts

pytestmark = pytest.mark.skipif(
    not find_spec("wordllama"), reason="wordllama is not installed: pip install 'longcot[semantic]'"
)

PRIMES = "For how many two-digit primes is the sum of the digits equal to 8?"
TRIANGLE = (
    "In a certain isosceles right triangle, the altitude to the hypotenuse has length "
    r"$4\sqrt{2}$.  What is the area of the triangle?"
)
EXAM = against([TRAINS, PRIMES, TRIANGLE, *FRIENDS], ["540", "5", "32", None, "7", None])

TOLD_ANEW = (
    r"The hypotenuse of an isosceles right triangle is $4\sqrt{2}$ units. "
    "How many square units are in the area of the triangle?"
)
TRAINS_ANEW = (
    "At midday, one train heads north and another heads south from the same platform; the speeds "
    "are 60 and 75 kilometres in an hour. What distance lies between them four hours later?"
)
STRICT: dict[str, Any] = {"words": 0.7}
"""Of so few items each word is rare; among 500 the two share less than half by weight."""
OTHER = "Name the capital of France and describe the river that runs through it."


def found(texts: list[str], said: Said | None = None, **how: Any) -> pl.DataFrame:
    frame = asked(texts, how.pop("answers", None))
    return hits(frame, EXAM, comparison(EXAM, **how), said)


def said(**relations: list[int]) -> Said:
    """A model's word about the first text."""
    answer = json.dumps({"same": [], "variant": [], **relations})
    return Said(pl.DataFrame({"row_id": ["0"], "answer": [answer]}), "m")


def test_the_same_numbers_in_what_is_nearest_are_the_same_problem() -> None:
    assert found([TOLD_ANEW], **STRICT).is_empty()
    hit = found([TOLD_ANEW], **STRICT, meaning={})
    assert verdicts(hit) == [("0", "i2", "meaning", "drop")]
    assert hit["score"][0] >= 0.75 and hit["decided_by"][0] == "thresholds"


def test_another_answer_is_another_problem_and_another_spelling_is_not() -> None:
    assert found([TOLD_ANEW], answers=["16"], **STRICT, meaning={}).is_empty()
    (hit,) = verdicts(found([TOLD_ANEW], answers=[r"\frac{64}{2}"], **STRICT, meaning={}))
    assert hit == ("0", "i2", "meaning", "drop")


def test_what_is_for_review_is_dropped_where_it_is_nearest_and_near() -> None:
    text = "For how many two-digit prime numbers is the sum of its digits 8?"
    assert verdicts(found([text])) == [("0", "i1", "paraphrase", "review")]
    assert verdicts(found([text], meaning={})) == [("0", "i1", "paraphrase", "drop")]
    assert verdicts(found([text], meaning={"near": 0.99})) == [("0", "i1", "paraphrase", "review")]


def test_a_text_of_something_else_is_a_candidate_of_nothing() -> None:
    pairs = weighed(asked([OTHER]), EXAM, comparison(EXAM, meaning={"least": 0.5}))
    assert pairs.is_empty()


def test_a_model_is_asked_about_what_is_open_the_nearest_first() -> None:
    how = comparison(EXAM, meaning={})
    pairs = open_pairs(weighed(asked([TRAINS_ANEW, TRAINS]), EXAM, how), how)
    mine = pairs.filter(pl.col("row_id") == "0")
    assert mine["number"].to_list() == list(range(1, len(mine) + 1))
    assert mine["other"][0] == TRAINS
    copy = pairs.filter(pl.col("row_id") == "1")
    assert TRAINS not in copy["other"]  # settled: nothing is paid for it


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ({"same": [1]}, [("0", "i0", "paraphrase", "drop")]),
        ({"variant": [1]}, [("0", "i0", "variant", "drop")]),
        ({"same": [1], "variant": [1]}, [("0", "i0", "paraphrase", "drop")]),
        ({}, []),
        ({"same": [99]}, []),
    ],
)
def test_the_models_word_decides(word: dict[str, list[int]], verdict: list[Any]) -> None:
    hit = found([TRAINS_ANEW], said(**word), meaning={})
    assert verdicts(hit) == verdict
    assert set(hit["decided_by"]) <= {"judge m"}


def test_it_keeps_what_the_thresholds_would_drop_for_review_and_the_recipe_bounds_it() -> None:
    kept = found([TOLD_ANEW], said(), **STRICT, meaning={})
    assert verdicts(kept) == [("0", "i2", "meaning", "keep")]
    bounded = found([TRAINS_ANEW], said(variant=[1]), meaning={}, variant="review")
    assert verdicts(bounded) == [("0", "i0", "variant", "review")]


def test_a_copy_is_dropped_whatever_the_model_says() -> None:
    assert verdicts(found([TRAINS], said(), meaning={}))[0] == ("0", "i0", "ngram", "drop")


def test_another_benchmark_takes_no_items_place() -> None:
    both = Against([*EXAM.benchmarks, *against([TOLD_ANEW] * 3 + FRIENDS).benchmarks], EXAM.n)
    both.benchmarks[1] = both.benchmarks[1]._replace(name="other")
    how, named = comparison(EXAM, meaning={"top": 1}), ["item_id", "rank", "cosine"]
    near = weighed(asked([TOLD_ANEW]), both, how).filter(pl.col("rank").is_not_null())
    mine = near.filter(pl.col("benchmark") == "exam").select(named)
    alone = weighed(asked([TOLD_ANEW]), EXAM, how).drop_nulls("rank").select(named)
    assert mine.equals(alone) and alone["item_id"].to_list() == ["i2"]
    other = near.filter(pl.col("benchmark") == "other")
    assert other["rank"].to_list() == [1, 1, 1]  # items of one text share a rank


TEXTS = st.lists(
    st.sampled_from([TRAINS, PRIMES, TOLD_ANEW, TRAINS_ANEW, OTHER, *FRIENDS, "", "  "]),
    min_size=1,
    max_size=8,
)


@given(TEXTS, st.data())
@settings(max_examples=25, deadline=None)
def test_a_decision_depends_on_no_other_text(texts: list[str], data: st.DataObject) -> None:
    alone = data.draw(st.integers(0, len(texts) - 1))
    together = found(texts, meaning={}).filter(pl.col("problem_id") == str(alone))
    mine = found([texts[alone]], meaning={})
    assert together.drop("problem_id").equals(mine.drop("problem_id"))


def test_what_people_call_contaminated_is_found(real_data: Path) -> None:
    """Of 32 pairs of a problem and an item of MATH-500: alone at least 12, shown to a judge 30."""
    problems = real.rows(real_data / "problems_math.jsonl.zst")
    items = [row["problem"] for row in problems if "math500" in row["source"]]
    exam, how = against(items), {"meaning": {}}
    told: dict[tuple[str, str], bool] = {}
    people = list(real.rows(real_data / "decontam_human_labels.jsonl.zst"))
    for row in sorted(people, key=lambda row: "Is it contaminated?" not in row):
        said = row.get("human_label") or row.get("Is it contaminated?") or row.get("human_verdict")
        if said:
            item = f"i{int(row['math500_id'].removeprefix('math500_'))}"
            told.setdefault((item, row["train_problem"]), said in ("CONTAMINATED", "Y"))
    frame = asked([text for _, text in told])
    pairs = [(str(at), item) for at, (item, _) in enumerate(told)]
    right = [pair for pair, same in zip(pairs, told.values(), strict=True) if same]
    hit = hits(frame, exam, comparison(exam, **how)).filter(pl.col("decision") == "drop")
    dropped = {*hit.select("problem_id", "item_id").rows()} & {*pairs}
    open_ = open_pairs(weighed(frame, exam, comparison(exam, **how)), comparison(exam, **how))
    shown = {(row, f"i{place}") for row, place in open_.select("row_id", "place_of_item").rows()}
    assert len(right) == 32
    assert len(dropped & {*right}) >= 12
    assert len(dropped - {*right}) <= 2  # two copies with other numbers, which people let pass
    assert len((dropped | shown) & {*right}) >= 30
