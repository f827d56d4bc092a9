import re
from collections import Counter

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.signals.readings.repeats import repeats
from tests.tasks.signals.measured import measured, one

START = "First we note that the sum of all the angles is a hundred and eighty degrees. "
ROUND = (
    "But then the perimeter would have to be twice the side, which cannot be since the side is "
    "longer than that, so perhaps I should try again from the start. "
)


def test_a_loop_begins_with_its_second_round() -> None:
    found = measured("loop_onset", "loop_share", thought=START + ROUND * 20)
    assert found["loop_onset"] == len(START + ROUND)
    assert found["loop_share"] > 0.85


def test_a_loop_that_counts_its_rounds_is_one() -> None:
    text = START + "".join(f"Round {n}: {ROUND}" for n in range(20))
    assert one("loop_share", text) > 0.8


def test_what_is_copied_once_is_no_loop() -> None:
    facts = " ".join(f"Person {n} is older than person {n + 1}." for n in range(60))
    found = measured("loop_onset", "loop_share", thought=f"{facts}\n{START}\n{facts}\n{ROUND}")
    assert found == {"loop_onset": None, "loop_share": 0}


def test_a_run_of_one_character_and_a_text_without_blanks_are_loops() -> None:
    assert one("loop_share", "x = 0." + "0" * 3000) > 0.9
    assert one("loop_share", "所以答案是五。" * 100) > 0.9


def test_an_onset_counts_characters_not_bytes() -> None:
    before = "Für alle größeren Größen gilt: ∀x ≤ π. "
    assert one("loop_onset", before + ROUND * 9) == len(before + ROUND)


def test_20_words_in_a_row_are_counted_wherever_they_stand() -> None:
    words = " ".join(f"w{n}" for n in range(20))
    assert one("most_repeated_20gram", " and ".join([words] * 7)) == 7
    assert one("most_repeated_20gram", "too short") == 0


def test_the_share_of_repeated_10grams_is_exact() -> None:
    words = " ".join(f"w{n}" for n in range(30))
    assert round(one("repeated_10grams", f"{words} {words}"), 6) == round(21 / 51, 6)
    assert one("repeated_10grams", "too short") is None


@given(st.lists(st.sampled_from(["a", "b" * 17, "é", "日本", "x²y", " ", "\n", "𝒙"])).map("".join))
def test_words_and_what_repeats_are_counted_as_python_does(text: str) -> None:
    words = re.findall(r"[!-\x7f]{1,16}|[^\x00-\x7f]", text)
    rows = [tuple(words[n : n + 10]) for n in range(len(words) - 9)] if len(words) > 10 else []
    long = Counter(tuple(words[n : n + 20]) for n in range(len(words) - 19))
    found = repeats(pl.DataFrame({"thought": [text]})).to_list()[0]
    assert found["words"] == len(words)
    assert found["again"] == len(rows) - len({*rows})
    assert found["most"] == max(long.values(), default=0)
