from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.contamination.hits import agree
from tests import real
from tests.tasks.contamination.items import FRIENDS, TRAINS, against, found, verdicts

EXAM = against([TRAINS, *FRIENDS], ["540", None, "7", None])


@pytest.mark.parametrize(
    "text",
    [
        TRAINS,
        f"Return your final answer in a box. {TRAINS}",
        f"While the tea was getting cold, Nadia read this to her brother: {TRAINS} He smiled.",
        TRAINS.replace("Two", "two").replace("How", "HOW"),
        TRAINS.replace("60", "$60$").replace("75", r"\(75\)"),
    ],
)
def test_a_copy_is_dropped_wherever_it_stands(text: str) -> None:
    hit = found([text], EXAM)
    assert verdicts(hit) == [("0", "i0", "ngram", "drop")]
    assert hit["coverage"][0] > 0.9 and hit["numbers"][0] == 1


def test_the_evidence_shows_both_texts_and_the_span() -> None:
    text = f"Näive question — 数学: {TRAINS} Thank you."
    hit = found([text], EXAM).row(0, named=True)
    assert hit["text"] == text and hit["item"] == TRAINS
    assert hit["overlap"] == TRAINS.rstrip("?")
    assert text[hit["start"] :].startswith(hit["overlap"])
    assert hit["decided_by"] == "thresholds" and hit["benchmark"] == "exam"


def test_a_long_text_is_shown_around_the_overlap() -> None:
    text = "so it goes on, " * 2000 + TRAINS
    hit = found([text], EXAM, "reasoning").row(0, named=True)
    assert len(hit["text"]) == 2000 and TRAINS in hit["text"]
    assert text[hit["start"] :].startswith(hit["overlap"])


def test_other_numbers_are_a_variant_with_a_decision_of_its_own() -> None:
    text = TRAINS.replace("60", "80").replace("75", "95").replace("4", "7")
    assert verdicts(found([text], EXAM)) == [("0", "i0", "variant", "drop")]
    assert verdicts(found([text], EXAM, variant="review")) == [("0", "i0", "variant", "review")]
    kept = found([text], EXAM, variant="keep")
    assert verdicts(kept) == [("0", "i0", "variant", "keep")] and kept["numbers"][0] == 0.25


PARAPHRASE = (
    "A station is left at noon by two trains. North goes one at 60 km/h, going south is the other "
    "at 75 km/h. At 4 pm, how far are they from each other?"
)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("540", [("0", "i0", "paraphrase", "drop")]),
        (r"$540$", [("0", "i0", "paraphrase", "drop")]),
        (None, [("0", "i0", "paraphrase", "review")]),
        ("60", []),
    ],
)
def test_a_paraphrase_needs_the_same_numbers_and_the_answer_decides(
    answer: str | None, expected: list[tuple[str, ...]]
) -> None:
    hit = found([PARAPHRASE], EXAM, answers=[answer])
    assert verdicts(hit) == expected
    assert hit["coverage"].fill_null(0).lt(0.5).all()


def test_the_same_numbers_in_other_words_are_nothing() -> None:
    assert (
        verdicts(found(["A box holds 60 pens, 75 caps and 4 cups. How many things?"], EXAM)) == []
    )


def test_misspelt_copies_are_found_by_sketches_and_edits() -> None:
    # Every fourth word: no five tokens in a row are left.
    words = TRAINS.split()
    for k in range(2, len(words), 4):
        words[k] = (
            words[k][:-1] + "x" if len(words[k]) > 3 and words[k].isalpha() else words[k] + "x"
        )
    hit = found([" ".join(words)], EXAM)
    assert verdicts(hit) == [("0", "i0", "fuzzy", "drop")]
    assert hit["coverage"][0] is None or hit["coverage"][0] < 0.5
    assert hit["similarity"][0] >= 0.92


def test_a_phrase_of_the_trade_weighs_nothing() -> None:
    text = "Let x be the number of ducks on the pond. What is x, if x is even and prime?"
    assert verdicts(found([text], EXAM)) == []
    # The same phrase covers more of an item that shares it with no other.
    rare = against([FRIENDS[0], TRAINS])
    phrase = found(
        ["Let x be the number of apples in the basket."], rare, ngram={"drop": 0.2, "review": 0.2}
    )
    common = found(
        ["Let x be the number of apples in the basket."], EXAM, ngram={"drop": 0.2, "review": 0.2}
    )
    assert phrase["coverage"][0] > common["coverage"][0]


def test_a_quotation_in_a_trace_counts_by_its_words_only() -> None:
    assert verdicts(found([f"Hmm. {TRAINS} So 540."], EXAM, "reasoning")) == [
        ("0", "i0", "ngram", "drop")
    ]
    assert verdicts(found([PARAPHRASE], EXAM, "response")) == []


def test_a_part_of_an_item_is_for_a_person() -> None:
    part = "One going north at 60 km/h and one going south at 75 km/h"
    assert verdicts(found([part], EXAM)) == [("0", "i0", "ngram", "review")]


NOTHING: list[str | None] = [
    "", None, "word", "?", "spam " * 5000, "\u0000", "🙂" * 50, "7", "数" * 1000, "ا" * 100,
]  # fmt: skip


def test_texts_that_say_nothing_hit_nothing() -> None:
    assert verdicts(found(NOTHING, EXAM)) == []


def test_items_that_say_nothing_are_hit_by_equal_texts_only() -> None:
    exam = against(["", "?", "word", "spam spam", TRAINS])
    assert verdicts(found(["", None, "?", "words", "spam", TRAINS], exam)) == [
        ("5", "i4", "ngram", "drop")
    ]
    assert verdicts(found(["Word!", "spam spam"], exam)) == [
        ("0", "i2", "ngram", "drop"),
        ("1", "i3", "ngram", "drop"),
    ]


@pytest.mark.slow
def test_a_text_of_50_megabytes_is_scanned() -> None:
    text = "so it goes on and on, 12 times, " * (50 * 2**20 // 32) + TRAINS
    assert verdicts(found([text], EXAM, "reasoning")) == [("0", "i0", "ngram", "drop")]


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_texts_are_scanned(texts: list[str]) -> None:
    found([t.encode("utf-8", "replace").decode() for t in texts], EXAM)


@given(st.permutations(range(5)))
def test_hits_do_not_depend_on_the_neighbours(order: list[int]) -> None:
    texts = [TRAINS, PARAPHRASE, "", FRIENDS[1], TRAINS.replace("60", "61")]
    alone = {k: found([texts[k]], EXAM).drop("problem_id").rows() for k in range(5)}
    together = found([texts[k] for k in order], EXAM)
    for place, k in enumerate(order):
        own = together.filter(pl.col("problem_id") == str(place))
        assert own.drop("problem_id").rows() == alone[k]


def test_answers_agree_whatever_their_markup() -> None:
    one = pl.Series(["7", "$7$", "7", None, "", r"\frac{1}{2}"])
    other = pl.Series(["7", "7", "8", "7", "", r"\dfrac{1}{2}"])
    assert agree(one, other).to_list() == [True, True, False, None, None, True]


def test_every_script_is_read(real_data: Path) -> None:
    by: dict[str, list[str]] = {}
    for row in real.rows(real_data / "problems_mathmist_multilingual.jsonl.zst"):
        if len(row["problem"]) > 40:
            by.setdefault(row["language"], []).append(row["problem"])
    assert len(by) == 7
    for language, texts in by.items():
        known = against(texts[:40])
        story = [f"{texts[200]} {text}" for text in texts[:40]]
        hit = found([*story, *texts[300:340]], known)
        dropped = set(hit.filter(pl.col("decision") == "drop")["problem_id"])
        assert len(dropped & {str(k) for k in range(40)}) >= 38, language
        assert len(dropped - {str(k) for k in range(40)}) <= 3, language


INSTRUCTION = (
    "You are given a question from a general knowledge exam. Think step by step, explain your "
    "reasoning in full sentences, consider every option with care, and then write the letter of "
    "the correct answer on the last line of your response, without any comment. Question: "
)
QUESTIONS = [
    "Which river flows through Cairo?", "Who painted the Night Watch in Amsterdam?",
    "What metal is liquid at room temperature?", "Which planet has the largest moon?",
    "Who wrote Middlemarch under another name?", "What gas do plants take in by day?",
    "Which city saw the summer games of 2000?", "Who discovered penicillin by accident?",
    "What is the capital of Mongolia today?", "Which bird can fly backwards for hours?",
    "Who first reached the South Pole on skis?", "Which sea lies between Italy and Croatia?",
    "What unit measures electrical resistance?", "Which king signed the Great Charter?",
]  # fmt: skip


def test_an_instruction_that_many_items_share_makes_no_copy_of_another_question() -> None:
    exam = against([INSTRUCTION + question for question in QUESTIONS])
    others = ["Which animal sleeps the longest?", "What do people breathe at night?"]
    hit = found([INSTRUCTION + other for other in others], exam)
    assert hit.filter(pl.col("decision") == "drop").is_empty()
    assert hit.filter(pl.col("test") == "fuzzy").is_empty()
    misspelt = INSTRUCTION + QUESTIONS[3].replace("planet", "plannet")
    copies = found([INSTRUCTION + QUESTIONS[0], misspelt], exam)
    dropped = copies.filter(pl.col("decision") == "drop")
    assert dropped.select("problem_id", "item_id").rows() == [("0", "i0"), ("1", "i3")]
