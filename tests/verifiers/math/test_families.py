r"""Families, definitions, cases, curves with signs and orders of growth, both ways round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.math.compare import compare_math

EQUAL = [
    ("y=Ce^x", "Ae^{x}"),
    (r"f(x)=cx,\ c\in\mathbb R", "f(t)=kt, where k is an arbitrary real constant"),
    ("y=C_1e^x+C_2e^{2x}", "y(t)=Ae^{2t}+Be^{t}"),
    ("f(x)=x", "f(t)=t for every real t"),
    (r"\psi_n(x)=\sin\frac{n\pi x}{L},\ n=1,2,\dots",
     r"\psi_k(x)=\sin(k\pi x/L),\ k\in\mathbb{N}^+"),
    ("f^{-1}(x)=2x+3", "y=3+2x"),
    ("K_c=\\frac{a^2}{b}", "K=a^2/b"),
    (r"x=(-1)^{n}\frac{\pi}{6}+\pi n, n\in\mathbb{Z}",
     r"x=\frac{\pi}{6}+2k\pi \text{ or } x=\frac{5\pi}{6}+2k\pi,\ k\in\mathbb{Z}"),
    (r"x=\frac{\pi k}{2}, k\in\mathbb Z", r"x=\pi k, x=\frac{\pi}{2}+\pi k, k\in\mathbb Z"),
    (r"1+e^{-\epsilon/k_BT}", r"1+\exp(-\beta\epsilon),\quad \beta=1/(k_B T)"),
    (r"P(V_2-V_1)", r"P\Delta V,\ \Delta V=V_2-V_1"),
    (r"i\hbar", r"\frac{ih}{2\pi}"),
    (r"\frac{h}{p}", r"\frac{2\pi\hbar}{p}"),
    (r"e^{-\frac{t}{RC}}", "e^{-t/RC}"),
    (r"y=\pm\frac32x", r"3x\pm 2y=0"),
    (r"1.4<\sqrt2<\frac32", r"1.4, \sqrt2, 1.5"),
    ("(m,n)=(1,1),(2,3)", r"m=n=1;\ m=2,\ n=3"),
    ("(1,1),(-1,-1)", r"x=y=\pm1"),
    ("[1, 3]", r"\lambda_1=1,\ \lambda_2=3"),
    (r"45^\circ,60^\circ,75^\circ", r"\frac{\pi}{4}, \frac{\pi}{3}, \frac{5\pi}{12}"),
    (r"\begin{cases}x-2,&x\ge2\\2-x,&x<2\end{cases}", r"2-x for x\le 2, and x-2 for x>2"),
    (r"O(n\log n)", r"\mathcal{O}(n\,\log_2 n)"),
    ("O(n^2)", "O(n^2+n)"),
    ("y=2x (x>0)", "y=2x (0<x)"),
    ("y=2x (0<x<5)", "y=2x (x>0, x<5)"),
]  # fmt: skip
DIFFERENT = [
    ("f(x)=cx", "f(x)=kx+1"),
    ("y=kx", "y=mx"),
    ("K_a=5", "K_b=5"),
    ("x=2", "y=2"),
    (r"x=(-1)^{n}\frac{\pi}{6}+\pi n, n\in\mathbb{Z}", r"x=\frac{\pi}{6}+2k\pi,\ k\in\mathbb{Z}"),
    (r"x=\frac{\pi k}{2}, k\in\mathbb Z", r"x=\pi k, x=\frac{\pi}{4}+\pi k, k\in\mathbb Z"),
    ("0,1", "x=1, x=2"),
    ("x=6,y=4", "x=2y, y=3"),
    (r"y=\pm\frac32x", r"2x\pm 3y=0"),
    (r"1.4<\sqrt2<\frac32", r"\sqrt2, 1.4, 1.5"),
    ("(1,-1)", "x=y=1"),
    ("[1, 3]", "1, 3"),
    (r"0,\frac\pi3,\pi", "0°, 60°, 120°"),
    (r"\begin{cases}x-2,&x\ge2\\2-x,&x<2\end{cases}",
     r"\begin{cases}x-2,&x\ge0\\2-x,&x<0\end{cases}"),
    ("y=2x (x>0)", "y=2x (x<0)"),
    ("y=2x, x>0", "y=2x, x>1"),
    ("O(n)", r"O(n\log n)"),
    ("O(2^n)", "O(3^n)"),
]  # fmt: skip
UNDECIDED = [
    ("f(x)=ax+b", r"f(t)=c_0+c_1t, where $c_0,c_1$ are constants"),
    ("(46.08, 53.92)", r"50\pm3.92"),
    (r"\Theta(n)", "O(n)"),
    (r"x>2 \text{ if } a>0; x<2 \text{ if } a<0", r"x>2 \text{ if } a<0; x<2 \text{ if } a>0"),
]


@pytest.mark.parametrize(("gold", "answer"), EQUAL)
def test_the_same_by_other_names_is_equal(gold: str, answer: str) -> None:
    assert compare_math(gold, answer).startswith("equal.")
    assert compare_math(answer, gold).startswith("equal.")


@pytest.mark.parametrize(("gold", "answer"), DIFFERENT)
def test_another_value_differs(gold: str, answer: str) -> None:
    assert compare_math(gold, answer).startswith("differ.")
    assert compare_math(answer, gold).startswith("differ.")


@pytest.mark.parametrize(("gold", "answer"), UNDECIDED)
def test_what_a_question_would_settle_is_undecided(gold: str, answer: str) -> None:
    assert compare_math(gold, answer).startswith("undecided.")
    assert compare_math(answer, gold).startswith("undecided.")


def test_the_question_settles_intervals_and_remainders() -> None:
    assert compare_math("(46.08, 53.92)", r"50\pm3.92", "Give a 95% confidence interval.") == (
        "equal.exact"
    )
    asked = r"Evaluate $7^{2023} \bmod 10$."
    assert compare_math("3", r"3 \pmod{10}", asked) == "equal.exact"
    assert compare_math("3", r"7 \pmod{10}", asked) == "differ.value"
    assert compare_math("3", r"3 \pmod{10}") == "undecided.unread"


@given(
    start=st.integers(0, 5),
    steps=st.integers(2, 6),
    split=st.integers(2, 4),
    off=st.integers(1, 11),
)
def test_a_family_is_the_union_of_the_families_it_is_split_into(
    start: int, steps: int, split: int, off: int
) -> None:
    """`a + n s` is `a + j s + k (m s)` for all j below m; with one of them moved it is not."""
    whole = rf"x=\frac{{{start}\pi}}{{12}}+\frac{{n\pi}}{{{steps}}}, n\in\mathbb Z"
    period = rf"\frac{{{split}k\pi}}{{{steps}}}"
    pieces = [
        rf"x=\frac{{{start}\pi}}{{12}}+\frac{{{m}\pi}}{{{steps}}}+{period}" for m in range(split)
    ]
    assert compare_math(whole, ", ".join(pieces) + r", k\in\mathbb Z").startswith("equal.")
    moved = [*pieces[:-1], pieces[-1] + rf"+\frac{{{off}\pi}}{{97}}"]
    assert not compare_math(whole, ", ".join(moved) + r", k\in\mathbb Z").startswith("equal.")
