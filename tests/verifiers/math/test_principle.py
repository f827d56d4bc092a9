"""Every verdict is earned: what is not read is not `correct`, and names do not matter."""

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Verdict
from verifiers import Problem, audit, compare, verify
from verifiers.math.parsing.lexer import tokenize
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import TooBigError, UnreadableError
from verifiers.text.normalize import clean

ANSWERS = [
    "3", r"3\sqrt{2}", r"\frac{1}{2}", "2x+1", r"\{1,2\}", "(1,2]", r"\pi r^2", "x=5",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"5\text{ cm}", r"a_n=2^{n-1}",
    r"k\pi, k\in\mathbb{Z}", r"\vec{a}\times\vec{b}", r"\int_0^1 x\,dx", r"\lfloor x\rfloor",
    "y=Ce^{x}", r"C_{10}^{3}",
    "5 million", r"x\equiv 3\pmod{7}", r"-\frac{\sqrt{3}}{2}+\frac{i}{2}", r"\ln|x|+C", "1:2:3",
]  # fmt: skip
INSERTED = ["+", "-", "2", "^", "_", "{", "}", "(", ")", r"\sqrt", r"\frac", r"\oplus ", "=", "!",
            r"\uparrow ", r"\text{not}", "x", r"\cdot ", "<", "或", "万", r"\cancel{5}", "&",
]  # fmt: skip
PIECES = re.compile(r"\\[a-zA-Z]+|\\.|\d+|[a-zA-Z]+|\S")


def value_of(text):
    """The tree of a text, or None where it is no value that the grammar reads."""
    try:
        return parse(clean(text))
    except (UnreadableError, TooBigError):
        return None


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ANSWERS), st.data())
def test_what_is_cut_doubled_or_inserted_is_never_silently_dropped(gold, data):
    pieces = PIECES.findall(gold)
    at = data.draw(st.integers(0, len(pieces) - 1))
    change = data.draw(st.sampled_from(["cut", "double", "insert", "end"]))
    other = {
        "cut": [*pieces[:at], *pieces[at + 1 :]],
        "double": [*pieces[: at + 1], *pieces[at:]],
        "insert": [*pieces[:at], data.draw(st.sampled_from(INSERTED)), *pieces[at:]],
        "end": pieces[:at],
    }[change]
    changed = " ".join(other)
    found = compare(gold, changed, "math")
    if found.verdict == Verdict.CORRECT:  # then both sides were read, and say the same
        assert (
            value_of(gold) is not None or clean(gold) == clean(changed) or _same_by_reading(found)
        )
        back = compare(changed, gold, "math")
        assert back.verdict == Verdict.CORRECT


def _same_by_reading(found):
    return found.reason in ("equal.exact", "equal.symbolic", "equal.numeric", "equal.text")


BROKEN = [r"3\sqrt{}", r"3\sqrt{2", "3+", r"3\uparrow\uparrow 3", r"3\frac{}{}", r"3\cdot", "3^",
          r"3\sum", r"3\sin", r"3\text{ or", r"3\cancel{5}", r"3\oplus 4", "3 或", "3 不是",
          r"3\circ 5", "3 &", r"3\begin{matrix}", "3万", "3 dozen", r"3\sim 5"]  # fmt: skip


@given(st.sampled_from(BROKEN))
def test_a_number_with_a_tail_is_not_the_number(text):
    assert compare("3", text).verdict != Verdict.CORRECT
    assert compare(text, "3").verdict != Verdict.CORRECT


LETTERS = ["u", "v", "w", "p", "q", "z"]
WITH_LETTERS = [
    ("ab+c", "c+ba"), ("ab+c", "ac+b"), (r"\frac{a}{b}", r"ab^{-1}"), ("(a+b)^2", "a^2+2ab+b^2"),
    ("(a+b)^2", "a^2+b^2"), (r"a\oplus b", r"b\oplus a"), (r"\lfloor a\rfloor", "a"),
    (r"\sin a\cos b", r"\cos b\sin a"), ("a>b", "b<a"), ("a=2b", "b=a/2"), (r"\{a,b\}", r"\{b,a\}"),
    ("(a,b)", "(b,a)"), (r"\nabla a", r"\nabla b"), (r"\max(a,b)", r"\max(b,a)"),
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(WITH_LETTERS), st.permutations(LETTERS))
def test_renaming_every_symbol_the_same_way_changes_no_verdict(pair, letters):
    names = dict(zip("abc", letters, strict=False))

    def renamed(text):
        return re.sub(r"(?<![\\a-zA-Z])[abc](?![a-zA-Z]{2})", lambda m: names[m[0]] + " ", text)

    spaced = [re.sub(r"(?<![\\a-zA-Z])([abc])([abc])", r"\1 \2", text) for text in pair]
    assume(all("a" in text or "b" in text for text in pair))
    before = compare(*spaced, "math").verdict
    assert compare(*map(renamed, spaced), "math").verdict == before


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS + BROKEN))
def test_swapping_the_sides_changes_no_verdict(gold, answer):
    assert compare(gold, answer, "math").verdict == compare(answer, gold, "math").verdict


@given(st.sampled_from(ANSWERS))
def test_every_token_of_a_good_answer_is_read(gold):
    assert tokenize(clean(gold))
    assert audit(Problem("p", "", gold, "math")).verdict == Verdict.CORRECT


def test_a_damaged_gold_does_not_pass_the_audit():
    for gold in (r"3\sqrt{2", r"\frac{", "3+", r"\frac{}{2}", "(1,2", r"\begin{pmatrix}1"):
        assert audit(Problem("p", "", gold, "math")).reason == "undecided.parse_gold", gold


def test_words_for_no_gold_are_no_gold():
    for gold in ("notfound", "Not Found", "N/A", "NA", "None", "-", "proof", "see solution", "TBD"):
        assert audit(Problem("p", "", gold, None)).reason == "undecided.no_gold", gold


def test_what_was_asked_for_may_be_named():
    asked = Problem("p", "Let the ratio be m/n. Find $m+n$.", "293", None)
    assert verify(asked, r"\boxed{m+n=293}").verdict == Verdict.CORRECT
    assert verify(asked, r"\boxed{m+n=294}").verdict == Verdict.INCORRECT
    assert verify(asked._replace(problem="Find $x$."), r"\boxed{x+3=293}").verdict != "correct"
