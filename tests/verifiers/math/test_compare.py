"""Pairs of gold and answer with the reason that each must give, both ways round."""

import pytest

from verifiers import Problem, Verifier, audit, compare
from verifiers.base.outcome import verdict_of

NUMBERS = [
    ("1,000", "1000", "equal.exact"),
    ("1000", "1 000", "equal.exact"),
    ("11,\\! 111", "11111", "equal.exact"),
    ("10{,}000", "10000", "equal.exact"),
    ("3.0", "3", "equal.exact"),
    (".5", "0.50", "equal.exact"),
    ("1/2", "\\frac12", "equal.exact"),
    ("\\frac{1}{2}", "\\dfrac 1 2", "equal.exact"),
    ("1\\frac12", "3/2", "equal.exact"),
    ("3 1/7", "\\frac{22}{7}", "equal.exact"),
    ("7/4", "1¾", "equal.exact"),
    ("-1\\frac{1}{2}", "-0.5", "differ.value"),
    ("3.21\\times10^{13}", "3.21e13", "equal.exact"),
    ("1e-12", "1\\times10^{-12}", "equal.exact"),
    ("1e-12", "2e-12", "differ.value"),
    ("10^6", "1000000", "equal.exact"),
    ("0.\\overline{3}", "1/3", "equal.exact"),
    ("0.1\\overline{6}", "1/6", "equal.exact"),
    ("2^{100}", "1267650600228229401496703205376", "equal.exact"),
    ("2^{100}", "1267650600228229401496703205377", "differ.value"),
    ("100!", "99! \\cdot 100", "equal.exact"),
    ("10^{30}", "10^{30}+1", "differ.value"),
    ("99999999999", "100000000000", "differ.value"),
    ("12", "1.2", "differ.value"),
    ("42", "4 2", "differ.value"),
    ("1234", "1,2,3,4", "differ.value"),
    ("-3", "\u22123", "equal.string"),
    ("17", "\u0661\u0667", "equal.string"),
    ("42", "\u202e24\u202c", "differ.value"),
    ("\\infty", "-\\infty", "differ.value"),
]

ROUNDING = [
    ("2/3", "0.6667", "equal.rounded"),
    ("2/3", "0.66", "differ.value"),  # too few digits, and cut instead of rounded
    ("2/3", "0.6666", "differ.value"),
    ("\\sqrt2", "1.414", "equal.rounded"),
    ("\\sqrt2", "17/12", "differ.value"),
    ("\\pi", "3.141592653589793", "equal.rounded"),
    ("3.14159", "3.142", "equal.rounded"),
    ("3.14159", "3.15", "differ.value"),
    ("50.0", "49.99", "differ.value"),  # a whole number that went through a float
    ("5", "5.001", "differ.value"),
    ("0.00000012", "0.00000034", "differ.value"),
    ("1000000.0000001", "1000000.0000004", "differ.value"),
    ("\\frac{1}{2^{99}}", "\\frac{1}{2^{98}}", "differ.value"),
    ("\\$18.90", "18.901", "differ.value"),  # money is exact
]

QUANTITIES = [
    ("18", "18 dollars", "equal.exact"),
    ("5", "5\\text{ cm}", "equal.exact"),
    ("\\$0.50", "50 cents", "equal.exact"),
    ("10 \\text{ cm}", "0.1 m", "equal.exact"),
    ("10 cm", "10 kg", "differ.value"),
    ("10 cm", "10 m", "differ.value"),
    ("15 cm^2", "0.15 m^2", "differ.value"),
    ("15\\mbox{ cm}^2", "0.0015 m^2", "equal.exact"),
    ("90^\\circ", "90°", "equal.string"),
    ("90^\\circ", "90\\text{ degrees}", "equal.exact"),
    ("90^\\circ", "90 rad", "differ.value"),
    ("300 K", "26.85 °C", "equal.exact"),
    ("300 K", "300 °C", "differ.value"),
    ("60 \\text{ km/h}", "60 km per hour", "equal.exact"),
    ("60 \\text{ km/h}", "60 mph", "differ.value"),
    ("60 \\text{ km/h}", "16.6667 m/s", "equal.rounded"),
    ("9.8 \\text{ m/s}^2", "9.8 m s^{-2}", "equal.exact"),
    ("5 N", "5 kg m / s^2", "equal.exact"),
    ("5\\,\\mu\\text{m}", "5e-6 m", "equal.exact"),
    ("5 mA", "5 A", "differ.value"),
    ("1.5 \\text{ h}", "1 h 30 min", "equal.exact"),
    ("6\\sqrt{2}", "6\\sqrt{2} \\text{ cm}", "equal.exact"),
    ("33 apples", "33 eggs", "differ.value"),
    ("50\\%", "0.5", "equal.exact"),
    ("50\\%", "50", "undecided.ambiguous"),
    ("50\\%", "5\\%", "differ.value"),
    ("\\frac12\\%", "0.005", "equal.exact"),
    ("\\frac12\\%", "0.5", "differ.value"),
    ("09:45", "9:45", "equal.exact"),
    ("09:45", "10:45", "differ.value"),
    ("4:30 p.m.", "4:30 a.m.", "differ.value"),
    ("52_8", "(52)_8", "equal.exact"),
    ("52_8", "52_{\\text{eight}}", "equal.exact"),
    ("52_8", "52_9", "differ.value"),
    ("52_8", "52", "undecided.ambiguous"),
]

EXPRESSIONS = [
    ("x^2+2x+1", "(x+1)^2", "equal.symbolic"),
    ("x^2+2x+1", "x**2 + 2*x + 1", "equal.symbolic"),
    ("3R^2", "3r^2", "differ.value"),
    ("2k+2", "2n+2", "differ.value"),
    ("x_1+x_2", "x_2+x_1", "equal.symbolic"),
    ("x_1+x_2", "x_1+x_3", "differ.value"),
    ("2\\sqrt{2}", "\\sqrt8", "equal.numeric"),
    ("3*sqrt(2)", "3\\sqrt{2}", "equal.exact"),
    ("\\sqrt{x^2}", "x", "differ.value"),
    ("|x-2|", "x-2", "differ.value"),
    ("\\cot x", "\\frac{1}{\\tan x}", "equal.numeric"),
    ("\\sin^{-1} x", "\\frac{1}{\\sin x}", "differ.value"),
    ("\\cos 60^\\circ", "1/2", "equal.numeric"),
    ("\\ln(e^2)", "2", "equal.numeric"),
    ("e^{i\\pi}", "-1", "equal.numeric"),
    ("6+9i", "3(2+3i)", "equal.numeric"),
    ("6-5i", "5-6i", "differ.value"),
    ("1-\\frac{1}{\\mathrm{e}}", "1+\\frac1{\\mathrm e}", "differ.value"),
    ("\\frac{n(n+1)}{2}", "\\binom{n+1}{2}", "equal.numeric"),
    ("\\lfloor n/2\\rfloor", "\\lfloor (2n-1)/5\\rfloor", "differ.value"),
    ("\\frac{n(n+1)}{2}", "\\sum_{k=1}^{n} k", "equal.numeric"),
    ("\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}", "-2", "equal.exact"),
    ("I(0)", "0", "differ.value"),
    ("ab", "ba", "equal.symbolic"),
]

STRUCTURES = [
    ("x=5", "5", "equal.exact"),
    ("5", "5=x", "equal.exact"),
    ("f(x)=x^2", "x^2", "equal.symbolic"),
    ("8", "x+3=8", "differ.type"),
    ("8", "7=8", "differ.type"),
    ("x=5", "x=3=5", "differ.type"),
    ("7", "3+4=7", "equal.exact"),
    ("2x-y=5", "y=2x-5", "equal.symbolic"),
    ("y=2x+3", "x=2y+3", "differ.value"),
    ("xy=1", "y=\\frac{1}{x}", "equal.numeric"),
    ("x^2+1=0", "x^4+7=0", "differ.value"),
    ("e^x=0", "e^{2x}=0", "differ.value"),
    ("(1,2)", "(2,1)", "differ.value"),
    ("(1,2)", "[1,2]", "differ.value"),
    ("(1,2)", "\\{1,2\\}", "differ.value"),
    ("(8,-2)", "(8,-1)", "differ.value"),
    ("(2,5]", "]2,5]", "equal.exact"),
    ("\\{1,2\\}", "\\{2,1\\}", "equal.exact"),
    ("\\{1,2,3\\}", "1,2,3", "equal.exact"),
    ("3, 5, 7", "7,5 \\text{ and } 3", "equal.exact"),
    ("27,54,108,135", "27, 54, 108, 135", "equal.exact"),
    ("108,135,189", "108, 135, 189", "equal.exact"),
    ("\\pm 3", "3,-3", "equal.exact"),
    ("\\pm 3", "3", "differ.type"),
    ("1\\pm\\sqrt5", "1+\\sqrt5, 1-\\sqrt5", "equal.exact"),
    ("8 \\text{ and } 27", "27", "differ.value"),
    ("7", "7 \\pm 1", "differ.type"),
    ("x \\in [-2,7]", "-2\\le x\\le 7", "equal.numeric"),
    ("x>5", "(5,\\infty)", "equal.numeric"),
    ("x>5", "x\\ge 5", "differ.value"),
    ("x^2<4", "-2<x<2", "equal.numeric"),
    ("x\\ne 3", "(-\\infty,3)\\cup(3,\\infty)", "equal.numeric"),
    ("(0,9) \\cup (9,36)", "(0,36)\\setminus\\{9\\}", "equal.numeric"),
    ("(0,9) \\cup (9,36)", "(0,36)", "differ.value"),
    ("\\mathbb{R}", "\\text{all real numbers}", "equal.numeric"),
    ("7", "x\\in\\mathbb{R}", "differ.type"),
    ("7", "6.5<x<7.5", "differ.type"),
    ("\\emptyset", "0", "differ.type"),
    ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{bmatrix}1\\\\2\\end{bmatrix}", "equal.exact"),
    ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "[[1,2],[3,4]]", "equal.exact"),
    ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "[[1,3],[2,4]]", "differ.value"),
    ("1:2:3", "2:4:6", "equal.exact"),
    ("3:4", "4:3", "differ.value"),
]

WORDS = [
    ("prime $p$", "composite $p$", "differ.text"),
    ("1,3,5", "\\text{all odd numbers}", "differ.value"),
    ("1,2,\\ldots,n", "1,3,5,\\ldots,2n-1", "differ.value"),
]


@pytest.mark.parametrize(
    ("gold", "answer", "reason"),
    NUMBERS + ROUNDING + QUANTITIES + EXPRESSIONS + STRUCTURES + WORDS,
)
def test_a_pair_gives_its_reason(gold, answer, reason):
    found = compare(gold, answer, "math")
    assert found.reason == reason
    back = compare(answer, gold, "math")
    assert back.verdict == verdict_of(reason), back.reason


@pytest.mark.parametrize(
    ("gold", "answer", "reason"),
    [
        ("42", "41 \\text{ or } 42", "no_answer.hedged"),
        ("42", "40 \\text{ or } 41", "differ.value"),
        ("42", "", "no_answer.not_found"),
        ("42", "8^{8^{8^{8}}}", "undecided.limit"),
        ("42", "(((10!)!)!)!", "undecided.limit"),
        ("42", "9" * 5000, "undecided.limit"),
        ("42", "\\foo{]", "undecided.unread"),
        ("\\foo{]", "42", "undecided.unread"),
        ("nan", "nan", "undecided.no_gold"),
        ("", "42", "undecided.no_gold"),
    ],
)
def test_one_sided_reasons(gold, answer, reason):
    assert compare(gold, answer, "math").reason == reason


@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        ("\\frac{3}{4}", "equal.string"),
        (None, "undecided.no_gold"),
        ("  ", "undecided.no_gold"),
        ('{"header": ["Name"], "rows": [["Ann"]]}', "equal.exact"),
        ("x" * 5000, "undecided.unsupported"),
    ],
)
def test_audit_says_whether_a_gold_can_be_judged(gold, reason):
    assert audit(Problem("p", "", gold, None)).reason == reason


def test_the_protocol_is_what_the_suite_offers():
    assert {"name", "version", "verify"} <= set(Verifier.__annotations__) | set(vars(Verifier))
