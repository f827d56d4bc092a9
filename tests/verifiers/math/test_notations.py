"""The readers of single notations: dates, times, numerals, formulas, selections, JSON, units."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import Problem, answer_kind, compare, verify
from verifiers.kinds.literals.chemistry import read_formula
from verifiers.kinds.literals.dates import Date, read_date
from verifiers.kinds.literals.times import compare_times
from verifiers.math.quantities.units import _UNITS, read_unit
from verifiers.text.json_text import last_json, read_json
from verifiers.text.number_words import digits_for_words, read_numeral


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("July 4, 1776", Date(1776, 7, 4, None)),
        ("the 4th of July 1776", Date(1776, 7, 4, None)),
        (r"4\text{th} of July", Date(None, 7, 4, None)),
        ("1/2/2024", Date(2024, 1, 2, None)),
        ("13/2/2024", Date(2024, 2, 13, None)),
        ("Sat, March 3", Date(None, 3, 3, 5)),
        ("Friday", Date(None, None, None, 4)),
        ("13/13/2024", None),
        ("3/4", None),
        ("1776", None),
        ("Maybe 3", None),
    ],
)
def test_dates(text, date):
    assert read_date(text) == date


@pytest.mark.parametrize(
    ("gold", "answer", "reason"),
    [
        ("9:45", "09:45", "equal.exact"),
        ("9:45 p.m.", "21:45", "equal.exact"),
        ("12:30 am", "0:30", "equal.exact"),
        ("12:00", "1:00", "differ.value"),
        ("9:45 am", "21:45", "differ.value"),
        ("7:32", "14:64", None),  # 64 minutes: a ratio
        ("25:10", "5:02", None),
    ],
)
def test_times_of_day(gold, answer, reason):
    assert compare_times(gold, answer) == compare_times(answer, gold) == reason


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("one hundred and five", 105),
        ("two million three hundred thousand", 2_300_000),
        ("three and a half", Fraction(7, 2)),
        ("two thirds", Fraction(2, 3)),
        ("a quarter", Fraction(1, 4)),
        ("two dozen", 24),
        ("third", None),
        ("one two", None),
        ("half-life", None),
        ("", None),
    ],
)
def test_numerals(words, value):
    assert read_numeral(words) == value


def test_only_a_number_at_the_beginning_becomes_digits():
    assert digits_for_words("Five apples") == "5 apples"
    assert digits_for_words("The five") == "The five"
    assert digits_for_words("Oneida") == "Oneida"


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz -", max_size=40))
def test_no_words_break_the_numerals(text):
    value = read_numeral(text)
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        (r"\ce{H2O}", "H2O"),
        ("H_{2}O", "H2O"),
        ("Ca(OH)_2", "Ca(OH)2"),
        ("SO_4^{2-}", "SO4^2-"),
        ("Fe3+", "Fe^3+"),
        (r"CuSO_4\cdot 5H_2O", "CuSO4.5H2O"),
        ("CO", None),  # may be a segment
        ("ABBA", None),
        ("Hello", None),
        ("x_2", None),
    ],
)
def test_formulas(text, formula):
    assert read_formula(text) == formula


OPTIONS = "Which of these? (A) red (B) blue (C) green (D) pink"


@pytest.mark.parametrize(
    ("gold", "answer", "reason"),
    [
        ("A, C", "C and A", "equal.choice"),
        ("AC", "(A), (C)", "equal.choice"),
        ("A, C", "AC", "equal.choice"),
        ("A, C", "(A) red, (C) green", "equal.choice"),
        ("A, C", "red and green", "equal.choice"),
        ("A, C", "The answers are A and C", "equal.choice"),
        ("A, C", "A", "differ.choice"),
        ("A, C", "A, B, C", "differ.choice"),
        ("AC", "AD", "differ.choice"),
        ("A, C", "A or C", "no_answer.hedged"),
    ],
)
def test_several_options(gold, answer, reason):
    assert answer_kind(gold, OPTIONS) == "choice"
    assert verify(Problem("", OPTIONS, gold), rf"\boxed{{{answer}}}").reason == reason


@pytest.mark.parametrize(
    ("gold", "answer", "reason"),
    [
        ('{"a": 1, "b": [1, 2]}', '{"b":[1,2.0],"a":"1"}', "equal.exact"),
        ('{"name": "Ann"}', '{"name": "ann "}', "equal.exact"),
        ('{"a": 1}', '{"a": 2}', "differ.value"),
        ('{"a": true}', '{"a": 1}', "differ.value"),
        ('{"a": 1}', '{"a": 1, "b": 2}', "differ.value"),
        ('["x", "y"]', '["y", "x"]', "differ.value"),
        ('{"a": 1}', "a is 1", "differ.type"),
        ('{"a": NaN}', '{"a": 1}', "undecided.parse_gold"),
    ],
)
def test_json(gold, answer, reason):
    assert compare(gold, answer, "json").reason == reason


def test_json_is_taken_out_of_a_response():
    problem = Problem("", "", '{"a": [1]}')
    for text in (
        'Here:\n```json\n{"a": [1]}\n```',
        'It is {"a": [1]}.',
        '<answer>{"a":[1]}</answer>',
    ):
        assert verify(problem, f"<think>{{}}</think>{text}").reason == "equal.exact"
    assert verify(problem, "none").reason == "no_answer.not_found"
    assert last_json("[" * 100_000) is None
    assert read_json("[" * 61 + "]" * 61) is None


def test_lists_of_numbers_stay_mathematics():
    assert answer_kind("[1, 2, 3]") == "math"
    assert compare("[1, 2, 3]", "1, 2, 3").verdict == "correct"


OURS = {
    *"gm Ohm \\Omega kmh Torr dozen dozens percentage rads".split(),  # names that pint lacks
    *"degree degrees deg \\deg rad radian radians".split(),  # angles have a dimension here
    *"month months year years yr yrs".split(),  # a year is twelve months, not 365.25 days
    *"ton tons".split(),  # metric
    *"acre acres".split(),  # international, pint has the survey acre
    "mmHg",  # 1/760 atm
    *"amps pct".split(),  # pint reads a plural of attometres, and a pico-carat
    *"Nm unit units".split(),  # newton metres, and the units of no name
}


@pytest.mark.parametrize("name", sorted(set(_UNITS) - OURS))
def test_the_table_says_what_pint_says(name):
    pint = pytest.importorskip("pint")
    registry = _registry(pint)
    unit = _UNITS[name]
    if unit.dimension and unit.dimension[0][0] in ("usd", "eur", "gbp", "yen", "inr"):
        pytest.skip("pint knows no money")
    theirs = registry.Quantity(Fraction(1), name).to_base_units()
    assert Fraction(theirs.magnitude) == unit.factor
    bases = {"meter": "m", "kilogram": "kg", "second": "s", "ampere": "A", "kelvin": "K",
             "mole": "mol", "bit": "bit"}  # fmt: skip
    assert unit.dimension == tuple(
        sorted((bases[base], int(power)) for base, power in theirs.unit_items())
    )


_REGISTRIES = []


def _registry(pint):
    if not _REGISTRIES:
        _REGISTRIES.append(pint.UnitRegistry(non_int_type=Fraction))
    return _REGISTRIES[0]


def test_rare_units_come_from_pint_and_plain_words_do_not():
    assert read_unit("quarts").factor * 2 == read_unit("quart").factor * 2
    assert read_unit("furlong").dimension == (("m", 1),)
    for word in ("cats", "points", "boxes", "pi", "eggs", "c"):
        assert read_unit(word) is None, word
