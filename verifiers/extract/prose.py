r"""Formulas that stand in a sentence without delimiters: "the line is 3x - y + 2 = 0".

    formula  ->  sign* operand ((operator sign* | nothing) operand)*
    operand  ->  number | symbol | \command{...} | function operand | root operand | group, and
                 what is raised, lowered or put behind it
    group    ->  bracket formula (("," | ";" | "|") formula)* bracket

A formula is read to where it ends, so that its last number is never taken for the whole. What is
words is no operand, but for the names of functions.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifiers.extract.boxes import balanced
from verifiers.text.math_names import FUNCTIONS


class Span(NamedTuple):
    """A value `text` that a sentence states at `start` to `end`."""

    text: str
    start: int
    end: int


NUMBER = re.compile(  # 1,234.5, $3, 2e5, .5; not x_2, GPT-4, 3rd
    r"(?<![A-Za-z0-9.,^_\\])(?<![A-Za-z]-)(?:\\?[$€£]\s?)?-?"
    r"(?:\d{1,3}(?:,\d{3})++(?!,?\d)|\d++)?(?:\.\d++|(?<=\d))"
    r"(?:[eE][+-]?\d+)?(?!(?:st|nd|rd|th)\b)"
)
_VULGAR = re.compile(r"\d*[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]")  # ½, 2¾
_DIGITS = re.compile(r"\d++(?:\.\d++)?")  # 2 in x_2 and x^2
_MIXED = re.compile(r"(?<=\d)\s\d++/\d++(?![\d.])")  # 1/3 in 2 1/3
_FUNCTION = re.compile(  # sin, log_2
    rf"(?:{'|'.join(sorted(FUNCTIONS, key=len, reverse=True))})(?![A-Za-z])"
)
_SCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉"
_SYMBOL = re.compile(r"[A-Za-zͰ-Ͽ∞](?![A-Za-zÀ-ɏͰ-ӿ])")  # x, π, ∞
_PRODUCT = re.compile(r"[b-df-hj-np-tv-zB-DF-HJ-NP-TV-Z]{2,4}(?=\s?[\^√θ(]| (?:sin|cos|tan)\b)")
_ELEMENTS = "H|He|Li|B|C|N|O|F|Na|Mg|Al|Si|P|S|Cl|K|Ca|Cr|Mn|Fe|Co|Ni|Cu|Zn|Br|Ag|Sn|I|Ba|Hg|Pb"
_COMPOUND = re.compile(rf"(?=\w*[A-Za-z][\d₀-₉])(?:(?:{_ELEMENTS})[\d₀-₉]*)+(?![A-Za-z\d])")  # CO₂
_FACTORS = re.compile(r"[a-zA-Zα-ωΑ-Ω]{1,3}(?![A-Za-zÀ-ɏͰ-ӿ])")  # xy in 2xy
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?")
_ARROW = re.compile(  # `\Rightarrow`
    r"\\(?:\w*arrow|to|implies|iff|therefore|because|quad|text\w*)\Z"
)  # \Rightarrow
_NEEDY = re.compile(r"\\(?:[dt]?frac|sqrt|binom|math\w+)\Z")  # nothing without an argument
_OPTION = re.compile(r"\[\w+\]")  # [3] in \sqrt[3]{2}
_SIGN = re.compile(r"(?:[-+−±∓]|\\[pm]{2}(?![a-z]))\s?")  # ±5, - 5
_OPERATOR = re.compile(
    r"\s*(?:\*\*|[<>!=]=|[-+−*×·⋅∙/÷^=<>≤≥≠≈±∓∈∪∩∖≡∝]|(?<=\d)x(?=\s?\d)|(?<=\d )x(?= \d)"
    r"|(?<=\d):(?=\d)|(?<=\w) : (?=\w)"
    r"|\\(?:cdot|times|div|pm|mp|leq?|geq?|neq?|approx|in|cup|cap|setminus|equiv|lt|gt)(?![a-z]))\s*"
)
_BEHIND = re.compile(  # !, %, °, x'
    rf"!+(?!=)(?=\s*[.,;)]|\s+[a-z]|\s*[-+*/=^])|\s?%|\s?°|['′″]+|[{_SCRIPTS}]+"
)
_RAISED = re.compile(r"\s?\^\s?|_")
_MODULUS = re.compile(r"\s*\(\s*mod\s+\d+\s*\)|\s+mod\s+\d+")  # (mod 6)
_HOUR = re.compile(r"\s?(?:[AaPp]\.m\.|[AaPp][Mm]\b)")  # 10:30 AM
_SEPARATOR = re.compile(r"\s*(?:[,;|:]|\\mid(?![a-z]))\s*(?:(?:\.{3}|…|\\[lc]?dots)\s*,?\s*)?")
_BRACKETS = {"(": ")]", "[": ")]", "{": "}", "⟨": "⟩", "|": "|"}
_DASH = re.compile(r"[A-Za-z:]\s[-−]\s\Z")  # "Answer - 15", "miles - 5 of them"
_PLAIN_WORD = re.compile(r"\s*([A-Za-z][a-zÀ-ɏ]{2,})(?=[\s,.;:?!])")  # passed over at once
_SPELLED = re.compile(r"[\wÀ-ӿ\\](?<![⺀-鿿가-힣])")  # in front of what is no formula's start
_VALUED = re.compile(r"[\d₀-₉²³½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞Ͱ-Ͽ∞π^√=<>≤≥≡∈]|\\(?!text|word)")
_WORDS = frozenset("the two six ten one any all not and or is in of to for set sum odd".split())
_ARTICLES = frozenset("aAI")
_DEEPEST = 6
_LONGEST = 300  # characters


def prose_formulas(text: str, start: int, end: int) -> Iterator[Span]:
    """The formulas of `text[start:end]` from left to right, each as long as it is."""
    at = start
    while at < end:
        word = _PLAIN_WORD.match(text, at, end)
        if word and word[1] not in FUNCTIONS:
            at = word.end()
            continue
        if not _begins(text, at):
            at += 1
            continue
        stop = _formula(text, at, min(end, at + _LONGEST), 0)
        if stop > at and _VALUED.search(text, at, stop) and not _lone_group(text, at, stop):
            yield Span(text[at:stop].strip(), at, stop)
            at = stop
        else:
            at += 1


def formula_end(text: str, at: int, end: int) -> int:
    """Where the formula that begins at `at` ends; `at` where none does."""
    return _formula(text, at, min(end, at + _LONGEST), 0)


def _begins(text: str, at: int) -> bool:
    """Whether a formula may begin here: not within a word or a number."""
    one = text[at]
    spelled = _SPELLED.match(text, at - 1) if at else None
    if one.isspace() or (spelled and one.isalnum()):
        return False
    if one == "+":
        return not spelled and text[at + 1 : at + 2] in "∞"
    if one in "-−":
        return not spelled and not _DASH.search(text, max(0, at - 2), at + 2)
    return one not in "*/="


def _lone_group(text: str, at: int, stop: int) -> bool:
    """Whether it is an aside, "(30 - 10)", whose content is looked at by itself."""
    return text[at] == "(" and "," not in text[at:stop] and _group(text, at, stop, 0) == stop


def _formula(text: str, at: int, end: int, depth: int) -> int:
    """Where the formula that begins at `at` ends; `at` where none does."""
    stop = _operand(text, at, end, depth)
    while at < stop < end:
        operator = _OPERATOR.match(text, stop, end)
        beyond = _factor(text, operator.end(), end, depth) if operator else stop
        if operator and beyond > operator.end():
            stop = beyond
            continue
        beyond = _juxtaposed(text, stop, end, depth)
        if beyond == stop:
            break
        stop = beyond
    for tail in (_MODULUS, _HOUR):
        more = tail.match(text, stop, end) if stop > at else None
        stop = more.end() if more else stop
    return stop


def _factor(text: str, at: int, end: int, depth: int) -> int:
    """An operand, or behind an operator a product of letters that is no word: `ma` in `F = ma`."""
    stop = _operand(text, at, end, depth)
    letters = _FACTORS.match(text, at, end) if stop == at else None
    return letters.end() if letters and letters[0] not in _WORDS else stop


def _operand(text: str, at: int, end: int, depth: int) -> int:
    begun = at
    while sign := _SIGN.match(text, at, end):
        at = sign.end()
    stop = _bare_operand(text, at, end, depth)
    return _dressed(text, stop, end, depth) if stop > at else begun


def _dressed(text: str, stop: int, end: int, depth: int) -> int:
    """The end of an operand with its exponents, indices, primes and factorials."""
    while stop < end:
        behind = _BEHIND.match(text, stop, end)
        if behind:
            stop = behind.end()
            continue
        raised = _RAISED.match(text, stop, end)
        beyond = _exponent(text, raised.end(), end, depth) if raised else stop
        if not raised or beyond == raised.end():
            break
        stop = beyond
    return stop


def _bare_operand(text: str, at: int, end: int, depth: int) -> int:
    """Where an operand without exponents ends: the first kind that begins at `at` decides.

    Fractions and numbers, roots, brackets, functions, commands, compounds, products, symbols.
    """
    if at >= end or depth > _DEEPEST:
        return at
    number = NUMBER.match(text, at, end)
    vulgar = _VULGAR.match(text, at, end)
    if vulgar:
        return vulgar.end()
    if number and any(map(str.isdigit, number[0])):
        mixed = _MIXED.match(text, number.end(), end)
        return mixed.end() if mixed else number.end()
    if text[at] in "√∛":
        beyond = _operand(text, at + 1, end, depth + 1)
        return beyond if beyond > at + 1 else at
    if text[at] in _BRACKETS:
        return _group(text, at, end, depth)
    function = _FUNCTION.match(text, at, end)
    if function:
        return _applied(text, at, function.end(), end, depth)
    if text[at] == "\\":
        return _commanded(text, at, end)
    compound = _COMPOUND.match(text, at, end)
    if compound:
        return compound.end()
    product = _PRODUCT.match(text, at, end)
    if product:
        return product.end()
    symbol = _SYMBOL.match(text, at, end)
    if symbol and symbol[0] in _ARTICLES and not _OPERATOR.match(text, symbol.end(), end):
        return at
    return symbol.end() if symbol else at


def _applied(text: str, at: int, name: int, end: int, depth: int) -> int:
    """`sin^2 x`, `log_2(5)`; the name alone is none."""
    raised = _RAISED.match(text, name, end)
    name = _exponent(text, raised.end(), end, depth) if raised else name
    spaced = name + (text[name : name + 1] == " ")
    stop = _operand(text, spaced, end, depth + 1)
    return stop if stop > spaced else at


def _commanded(text: str, at: int, end: int) -> int:
    r"""`\frac{1}{2}`: a command with its arguments, but not a sign or a relation."""
    command = _COMMAND.match(text, at, end)
    if not command or _ARROW.match(command[0]) or _OPERATOR.match(text, at, end):
        return at
    stop = command.end()
    option = _OPTION.match(text, stop, end)
    stop = option.end() if option else stop
    if _NEEDY.match(command[0]) and text[stop : stop + 1] != "{":
        return at
    while stop < end and text[stop] == "{":
        closing = balanced(text, stop)
        if closing is None or closing >= end:
            break
        stop = closing + 1
    return stop


def _exponent(text: str, at: int, end: int, depth: int) -> int:
    if text[at : at + 1] == "{":
        closing = balanced(text, at)
        return closing + 1 if closing is not None and closing < end else at
    sign = _SIGN.match(text, at, end)
    start = sign.end() if sign else at
    digits = _DIGITS.match(text, start, end)
    stop = digits.end() if digits else _bare_operand(text, start, end, depth + 1)
    return stop if stop > start else at


def _juxtaposed(text: str, at: int, end: int, depth: int) -> int:
    """The end of a factor without a sign before it: `2x`, `3(x+1)`, `2 cos x`."""
    spaced = at + (text[at : at + 1] == " ")
    if spaced >= end:
        return at
    if spaced == at:
        factors = _FACTORS.match(text, at, end) if text[at - 1] in "0123456789)" else None
        if factors:
            return _dressed(text, factors.end(), end, depth)
        return _operand_unsigned(text, at, end, depth)
    named = _FUNCTION.match(text, spaced, end) or text[spaced] in "√πθ\\"
    stop = _operand_unsigned(text, spaced, end, depth) if named else spaced
    return stop if stop > spaced else at


def _operand_unsigned(text: str, at: int, end: int, depth: int) -> int:
    return at if _SIGN.match(text, at, end) else _operand(text, at, end, depth)


def _group(text: str, at: int, end: int, depth: int) -> int:
    """Where a bracket closes that holds nothing but formulas; `at` where it does not."""
    closers = _BRACKETS[text[at]]
    inner = at + 1
    while inner < end:
        inner += text[inner : inner + 1] == " "
        stop = _formula(text, inner, end, depth + 1)
        if stop == inner:
            return at
        stop += text[stop : stop + 1] == " "
        if text[stop : stop + 1] and text[stop] in closers:
            return stop + 1
        separator = _SEPARATOR.match(text, stop, end)
        if not separator:
            return at
        inner = separator.end()
    return at
