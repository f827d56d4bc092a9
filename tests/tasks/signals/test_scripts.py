import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.signals.readings.scripts import FIELDS, SCRIPTS, _table, script_counts
from tests.tasks.signals.measured import measured


def scripts(thought: str) -> list[float | int | None]:
    names = ["latin_share", "han_share", "scripts", "script_switches"]
    return [measured(*names, thought=thought)[name] for name in names]


def test_a_language_that_slips_in_shows() -> None:
    assert scripts("We add 所以 and so on.")[2:] == [2, 2]


def test_letters_of_formulas_are_no_script() -> None:
    assert scripts("Let α ≤ π and x ∈ ℝ.") == [1, 0, 1, 0]
    assert scripts("已知 x = 3，求 y 的值")[3] == 0


def test_japanese_is_one_language_in_two_scripts() -> None:
    assert scripts("答えは二つあります")[2:] == [2, 0]


def test_nothing_has_no_share() -> None:
    assert scripts("1 + 1 = 2") == [None, None, 0, 0]


def counted(text: str) -> dict[str, int]:
    """What the compiled pass comes to, in Python, a character at a time."""
    found = dict.fromkeys(FIELDS, 0)
    before, run = "", 0
    for letter in text:
        script = SCRIPTS[_table()[ord(letter)]] if letter < "\U00010000" else "none"
        if script == "none":
            run = 0
            continue
        run += 1
        found[script] += 1
        if script in ("latin", "greek") and run < 3:
            continue
        together = before == script or {before, script} == {"han", "kana"}
        found["switches"] += bool(before) and not together
        before = script
    return found


MIXED = st.text(st.sampled_from("abZ éπλ1.\n@[`{所以の한дع𝒙"))


@given(MIXED | st.text())
def test_letters_are_counted_as_python_does(text: str) -> None:
    frame = pl.DataFrame({"thought": [text, "a" + text]})
    assert script_counts(frame).to_list() == [counted(text), counted("a" + text)]
