"""What holds for every pair and every text, whatever it is."""

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.vocabulary import REASONS, Verdict
from verifiers import Problem, compare, final_answer, verify
from verifiers.extract.reasoning import take_apart

LEAVES = st.one_of(
    st.integers(-999, 999).map(str),
    st.decimals(-99, 99, places=2, allow_nan=False).map(str),
    st.sampled_from(
        ["x", "y", "n", "\\pi", "e", "\\frac{1}{2}", "\\sqrt{3}", "\\frac13", "\\infty"]
    ),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        inner.map(lambda t: f"\\sqrt{{{t}}}"),
        inner.map(lambda t: f"({t})^2"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]}, {t[1]})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda t: "\\{" + ", ".join(t) + "\\}"),
        st.tuples(inner, st.sampled_from(["=", "<", "\\le"]), inner).map(" ".join),
    ),
    max_leaves=5,
)
SAYABLE = EXPRESSIONS.filter(
    lambda text: (
        not re.search(r"[({][^(){}]*(?:=|<|\\le)", text)
        and ("=" not in text or any(map(str.isalpha, text.partition("=")[0])))
    )
)
"""Without relations inside of brackets and roots, which nobody writes: `\\sqrt{0 = 0}`; and without
equations of numbers alone, which in a response are a calculation and its result: `28 + 32 = 61`."""
JUNK = st.text(alphabet="0123456789xy+-*/^_!'()[]{}|,;:=<>&%$\\ .abcdefrsqt\n√½²", max_size=40)
PAIRS = st.tuples(st.one_of(EXPRESSIONS, JUNK), st.one_of(EXPRESSIONS, JUNK))


@settings(max_examples=300, deadline=None)
@given(PAIRS)
def test_the_verdict_is_the_same_both_ways_round(pair):
    there, back = compare(*pair, "math"), compare(*pair[::-1], "math")
    assert (there.verdict == Verdict.CORRECT) == (back.verdict == Verdict.CORRECT)


@settings(max_examples=300, deadline=None)
@given(st.tuples(EXPRESSIONS, SAYABLE) | SAYABLE.map(lambda text: (text, text)))
def test_a_bare_answer_is_judged_as_it_is_compared(pair):
    """A response that is nothing but its answer, with or without dollar signs."""
    compared = compare(*pair).verdict
    for response in (pair[1], f"${pair[1]}$"):
        judged = verify(Problem("p", "", pair[0], None), response).verdict
        assert judged == compared


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
def test_a_gold_equals_itself(gold):
    assert compare(gold, gold, "math").verdict == Verdict.CORRECT
    assert compare(gold, f"$ {gold} $", "math").verdict == Verdict.CORRECT


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_fractions_are_equal_to_their_multiples_and_to_nothing_near(top, factor):
    gold = f"\\frac{{{top}}}{{7}}"
    assert compare(gold, f"{top * factor}/{7 * factor}", "math").verdict == Verdict.CORRECT
    assert compare(gold, f"{top + 1}/7", "math").reason == "differ.value"


@settings(max_examples=200, deadline=None)
@given(st.one_of(JUNK, st.text(max_size=200)), st.sampled_from(["math", "choice", "text"]))
def test_any_response_gets_a_verdict_with_a_known_reason(response, kind):
    gold = {"math": "\\frac{3}{4}", "choice": "B", "text": "east"}[kind]
    found = verify(Problem("p", "(A) one (B) two", gold, kind), response)
    assert found.reason in REASONS


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.integers(0, 10**6))
def test_a_box_at_the_end_is_found_behind_any_text(text, number):
    noise = text.replace("\\", "").replace("<", "")
    assume(take_apart(noise).closed)  # a thought that is opened swallows the box
    assert final_answer(f"{noise}\n\nSo it is \\boxed{{{number}}}.") == str(number)
