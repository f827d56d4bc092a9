r"""Residues by name ("n odd"), values on an interval, concentrations, units behind a dollar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import compare


@pytest.mark.parametrize(
    ("gold", "answer", "verdict"),
    [
        ("n odd", "2k+1", "correct"),
        ("n odd", r"n=2k,\ k=0,1,2,\dots", "incorrect"),
        ("n odd", r"n=2k+1,\ k=1,2,\dots", "undecided"),  # leaves 1 out, or not
        ("all odd integers x", r"x\equiv1,3,5,7\pmod8", "correct"),
        ("all odd integers x", r"x\equiv1,3,5\pmod8", "incorrect"),
        (r"f(x)=\frac14,\ 2\le x\le6", r"1/4, 2\le x \le 6", "correct"),
        (r"f(x)=\frac14,\ 2\le x\le6", "1/4", "undecided"),
        ("1/4 on [2,6]", r"\frac14", "undecided"),
        (r"\frac{1}{(s+1)^2}", "(s+1)^{-2}, Re s > -1", "undecided"),
        (r"\frac{1}{(s+1)^2}", "(s+2)^{-2}, Re s > -1", "incorrect"),
        ("2xy+C", "v(x,y)=2xy+K, K real constant", "correct"),
        (r"\pi^2/6", r"\pi^2/6\;(\approx1.645)", "correct"),
        ("3", "x = 3 only (x = -2 is extraneous)", "correct"),
        ("12", "12 (at x=2)", "undecided"),
        (r"K_c=\frac{[NH_3]^2}{[N_2][H_2]^3}", "K = [NH3]^2 / ([H2]^3 [N2])", "correct"),
        ("k[A]^2[B]", "k[B]^2[A]", "incorrect"),
        ("0.0347 min$^{-1}$", r"3.47\times10^{-2}\ \text{min}^{-1}", "correct"),
        ("-0.5j", r"\frac{1}{2i}", "correct"),
        ("2i+3j", r"2\mathbf{i}+3\mathbf{j}", "correct"),
        ("4", r"[\mathbb{Q}(\sqrt2,\sqrt3):\mathbb{Q}]=4", "correct"),
        (r"x\geq3", r"\mathbb L=[3;\infty)", "correct"),
        ("(2,7),(7,2)", r"(a,b)\in\{(7,2),(2,7)\}", "correct"),
        ("(2,7),(7,2)", r"(a,b)\in\{(7,2),(2,5)\}", "incorrect"),
        ("<3/5, 4/5>", r"\left\langle \frac35,\frac45\right\rangle", "correct"),
        ("<0, 0, 1>", r"\langle 0,0,-1\rangle", "incorrect"),
        ("(1,2)", "y = 1, x = 2", "incorrect"),
        ("(2,1)", "y = 1, x = 2", "correct"),
        ("2天", "两天", "correct"),
        ("2天", "三天", "incorrect"),
        ("Hydrogen gas", r"\text{H}_2", "undecided"),
        ("the first player", "First (she takes 1 stone at the start)", "undecided"),
        ("the second player", "First (she takes 1 stone at the start)", "incorrect"),
    ],
)
def test_a_pair_gets_its_verdict(gold: str, answer: str, verdict: str) -> None:
    assert compare(gold, answer).verdict == verdict


@given(st.integers(2, 40), st.integers(2, 40))
def test_multiples_are_a_residue(ours: int, theirs: int) -> None:
    said = compare(rf"n \equiv 0 \pmod{{{ours}}}", f"the multiples of {theirs}").verdict
    assert (said == "correct") == (ours == theirs)
