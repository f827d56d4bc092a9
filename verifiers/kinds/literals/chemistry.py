r"""Chemical formulas: `H2O`, `H_2O`, `\ce{H2O}`, `Ca(OH)_2`, `SO_4^{2-}`, `CuSO4·5H2O`.

A formula is what is written: `HO2` and `NaHO` are other formulas, and case counts.
"""

import re
from functools import lru_cache

from verifiers.text.unicode import plain

_ELEMENTS = frozenset(
    (
        "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As "
        "Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu "
        "Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np "
        "Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
    ).split()
)
_WRAPPER = re.compile(r"\\(?:ce|text|textrm|mathrm|mathsf|rm|word|mbox)(?![a-z])\s*")
_PART = r"(?:[A-Z][a-z]?|[()\[\]])\d*"
_FORMULA = re.compile(
    rf"(?P<body>(?:{_PART})+(?:\.\d*(?:{_PART})+)*)(?P<charge>\^?\d?[+-]|\^[+-]\d)?\Z"
)
_ARROW = re.compile(
    r"\\(?:to|(?:long)?rightarrow|xrightarrow\s*\{[^{}]*\}|rightleftharpoons)(?![a-z])"
    r"|<?[-=]+>|⇌|⟶"
)
_ARROWS = ("->", "=>", "\\", "→", "⇌", "⟶")
_PLUS = re.compile(r"\s\+\s|(?<=[\w})])\+(?=\s*\d*\s*[A-Z])")
_TERM = re.compile(r"(\d*)\s*([A-Z].*)\Z", re.DOTALL)
_STATE = re.compile(r"\((?:s|l|g|aq)\)|[↑↓]|\\(?:up|down)arrow")
_LONGEST = 80  # characters


def compare_formulas(gold: str, answer: str) -> str | None:
    """The reason for two chemical formulas or two reactions; None unless both are."""
    for read in (read_formula, read_reaction):
        ours = read(gold)
        theirs = read(answer) if ours else None
        if ours and theirs:
            return "equal.text" if ours == theirs else "differ.text"
    bare, formula = (gold, answer) if _symbols(gold) else (answer, gold)
    return "differ.text" if _symbols(bare) and read_formula(formula) else None


def _symbols(text: str) -> bool:
    """Whether a text is symbols of elements without what tells a formula, as `CO` is."""
    found = re.findall(r"[A-Z][a-z]?", text) if text.isalpha() and len(text) < _LONGEST else []
    return bool(found) and "".join(found) == text and _ELEMENTS.issuperset(found)


def read_reaction(text: str) -> tuple[tuple[tuple[int, str], ...], ...] | None:
    """Both sides of `2H_2 + O_2 -> 2H_2O` as sorted (coefficient, formula); None for the rest."""
    if len(text) > 3 * _LONGEST or not any(mark in text for mark in _ARROWS):
        return None
    sides = _ARROW.split(_WRAPPER.sub(" ", plain(text)))
    found = []
    for side in sides:
        terms = [_term(term) for term in _PLUS.split(side.strip(" ${}.") + " ")]
        if None in terms:
            return None
        found.append(tuple(sorted(term for term in terms if term)))
    return tuple(found) if len(found) == 2 else None


def _term(text: str) -> tuple[int, str] | None:
    match = _TERM.match(_STATE.sub("", text).strip())
    if not match or not _ELEMENTS.issuperset(re.findall(r"[A-Z][a-z]?", match[2])):
        return None
    body = re.sub(r"[\s_{}^$]|\\[,;! ]", "", match[2])
    return (int(match[1] or 1), body) if re.fullmatch(r"[A-Za-z0-9()+-]+", body) else None


@lru_cache(maxsize=4096)
def read_formula(text: str) -> str | None:
    """One spelling of a formula; None for anything else, and for what may be points, as `CO`.

    Only what has a digit, a charge or a two-letter element is told from a product of letters.
    """
    if len(text) > _LONGEST or not any(c.isupper() for c in text):
        return None
    bare = _WRAPPER.sub("", plain(text)).replace("\\cdot", ".").replace("*", ".")
    bare = re.sub(r"[\s$_{}]|\\[,;! ]", "", bare).strip(".")
    match = _FORMULA.match(bare)
    if not match or match["body"].count("(") != match["body"].count(")"):
        return None
    symbols = re.findall(r"[A-Z][a-z]?", match["body"])
    charge = (match["charge"] or "").replace("^", "")
    telling = charge or re.search(r"\d", bare)
    if not telling and (len(symbols) < 2 or all(len(symbol) == 1 for symbol in symbols)):
        return None
    if not symbols or not _ELEMENTS.issuperset(symbols):
        return None
    body = match["body"]
    if charge in ("+", "-") and len(symbols) == 1 and body[-1].isdigit():
        body, charge = body[:-1], body[-1] + charge  # `Fe3+`
    charge = charge[::-1] if charge[:1] in ("+", "-") else charge
    return f"{body}^{charge}" if charge else body
