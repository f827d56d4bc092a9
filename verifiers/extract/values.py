r"""The value that a sentence states: its last asserted formula, bold answer or plain formula.

A value is never a part of what stands there: `$x = 2$` and `$y = -1$` joined by "and" are one
answer, and an equation that defines no name is kept whole. Where a sentence holds more than one
value and no word says which is the answer, the others stand `beside` the one that is taken.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from verifiers.extract.circumstances import is_circumstance, is_condition, restricting
from verifiers.extract.lexicon import Lexicon
from verifiers.extract.prose import Span, formula_end, prose_formulas
from verifiers.extract.roles import Role, role
from verifiers.math.comparing.relations import unwrap
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import TooBigError, UnreadableError, symbols, walk
from verifiers.math.quantities.quantities import read_quantity
from verifiers.math.quantities.units import read_unit
from verifiers.math.quantities.words import DIRECTION
from verifiers.text.math_names import FUNCTIONS
from verifiers.text.normalize import clean
from verifiers.text.number_words import NUMERAL
from verifiers.text.words_or_math import NAMED_SETS

# `$` opens and closes a formula as in pandoc: "costs $5 and $6" holds none.
FORMULA = re.compile(
    r"\$\$(?P<a>.{1,2000}?)\$\$|\\\[(?P<b>.{1,2000}?)\\\]|\\\((?P<c>.{1,2000}?)\\\)"
    r"|(?<![\\$])\$(?P<d>[^\s$](?:[^$\n]{0,2000}[^\s$\\])?|\s[^$\n]{1,2000}\s)\$(?!\d)",
    re.DOTALL,
)
_BOLD = re.compile(r"\*\*(?P<bold>[^*\n]{1,200})\*\*")  # **42 apples**
_UNIT = re.compile(  # "20 km/h.", "9.8 m/s²", "5 N directed downward"
    r"\s?(?P<unit>[^\W\d_]{1,12}(?:[/·^][\w²³]+|[²³])*)"
    rf"(?:{DIRECTION})?(?=\s*(?:[.,;:)]|\*\*|\Z))"
)
_UNIT_WITHIN = re.compile(  # "6.4 km before"; not "15 in total"
    r"\s?(?P<unit>(?!(?:in|at|are|as|to)\b)[^\W\d_]{2,12}(?:[/·^][\w²³]+|[²³])*)(?=\s+[a-z])"
)
I_THINK = re.compile(r",?\s+I (?:think|believe|guess|suppose)\.?\Z")  # "5, I think"
_SCALE = re.compile(r"\s(?:hundred|thousand|million|billion|trillion)s?\b")  # 2.5 thousand
_RESULT = re.compile(r"=\s*\\?\$?\s*(-?[\d,]*\.?\d+)")  # = $50
_STATED = re.compile(  # "is 4" behind "the units digit of $x$", "that's six rolls"
    rf"\b(?:is|are|be|equals?|(?:that|it)['’]s)\b[^.]*(?:\d|\b{NUMERAL}\b(?<!one))"
)
_CLOSING = re.compile(  # "is 50 **", "= 50"
    r"(?:\b(?:is|are|equals)|=)\s+(?:\w+\s+)?\\?\$?-?[\d,.]+[\s.*%]*\Z"
)
_SEVERAL = re.compile(  # "are 3, 5 and 7.", "Possible values: 6, −6."
    r"(?:\b(?:are|be|is):? (?P<told>[-−]?\d+(?:\.\d+)?(?:, [-−]?\d+(?:\.\d+)?)*,?"
    r" and [-−]?\d+(?:\.\d+)?)"
    r"|\b(?:values?|solutions?|roots?|numbers?|answers?)[^:.,\d]{0,20}: "
    r"(?P<listed>[-−]?\d+(?:\.\d+)?(?:, [-−]?\d+(?:\.\d+)?)+))[.*\s]*\Z"
)
_JOINT = re.compile(  # `$x$, and $y$`, "x = 2 或 x = 3"
    r"[\s$\\()*]*[,;，、；]?\s*(?:(?P<or>or|oder|ou|或者?)|and|und|et|和|(?<=[,;，、；]))[\s$\\()*]*\Z"
)
_TO = re.compile(r"\s+to\s+\Z")  # "5 to 3"
_IN = re.compile(r"\s+(?:in|out of)\s+\Z")  # "3 in 8"
_CHANCE = re.compile(r"\b(?:probability|chances?|likelihood)\b", re.IGNORECASE)
_RATIO = re.compile(r"\bratio\b", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()\n]*\)")  # "20 minutes (30 - 10)"
_NAMED = re.compile(  # x = 2, n ≡ 1, f(0) = 1
    r"\\?[^\W\d_]{1,8}(?:_\{?\w\}?|[₀-₉'])*(?:\(\w\))?\s*(?:[=<>≤≥≡∈]|\\(?:[lg]eq?|equiv|in)\b)"
)
_PARTS = re.compile(  # `x = 2,\quad y = -1`
    r"\s*[,;](?:\s|\\[,;: ]|\\q?quad\b|\\text\s*\{\s*and\s*\})*(?=[^\d\s])"
)
_WORDED = re.compile(  # "equals zero.", "is one half."; "two" in "there are two such numbers"
    r"(?:\b(?:it|that)['’]s|\b(?:is|are|be|equals?|exactly|only|needs?|has|have|gets?|(?:simplifies|reduces|comes|amounts)"
    r" (?:out )?to))\s+"
    rf"(?:(?:exactly|only|just|equal to)\s+)*(?P<number>{NUMERAL})(?=\s*[.,;!]|\s+[a-z]|\s*\Z)"
    r"(?<!one)(?!\s+(?:of(?! (?:them|these|those)\b)|way|more|less|greater)\b)"
    r"|\b(?:is|equals) (?:exactly )?(?P<one>one)(?=\s*[.,;!])",
    re.IGNORECASE,
)
_IS = re.compile(r".*\b(?:is|are|equals?|be)\s+", re.DOTALL)  # "the limit is" before e
_END = re.compile(r"[\s.!*]*")  # the end of a sentence
_NAMED_SET = re.compile(  # no solution; "all real numbers except 2" to its end
    rf"\b(?P<name>(?:{'|'.join(NAMED_SETS)})"
    r"(?:,? (?:except|excluding|other than|but|apart|that|which|greater|less|between|with|where"
    r"|such|from|in)\b[^.;\n]*)?)(?!\w)",
    re.IGNORECASE,
)
_MORE_UNITS = re.compile(  # "4 hours and 30 minutes"
    r"\s?([^\W\d_]{1,12}),?\s+(?:and\s+)?\d[\d.]*\s?([^\W\d_]{1,12})"
)
_NEEDED = re.compile(  # "must score at least 9" names the least that is enough
    r"\b(?:must|needs?|needed|ha[sd] to|have to|should|requires?|required)\b", re.IGNORECASE
)
_UNITS = re.compile(r"(?<=\d)\s?([A-Za-z]{2,6})\b|/\s?([A-Za-z]{3,})\b")  # 750kg, $18/day
_TIMES = re.compile(r"(?<=\d)\s*x\s*(?=[\d$])")  # 9 x 60
_RESUMED = re.compile(r",\s+(?:is|are|equals?|we|there|the|it)\b")  # ", when n = 2, is 3"
_FUNCTION_OF = re.compile(r"\s*\\?[A-Za-z]\w{0,3}\((?P<letter>[a-zA-Z])\)\s*=")  # f(t) =
_RESULT_UNIT = re.compile(  # "2.5 h × 3600 s/h = 9,000 s", "3.2 km = 3.2 × 10³ m", "68 square feet"
    r"[=≈]\s*(?P<value>[-+]?\d[\d.,]*(?:\s?[×x*·]\s?10[^\s\d]{1,4})?\s?[^\W\d][^\s=<>;:.]{0,11}"
    r"(?:\s[^\s\d=<>;:.]{1,8}){0,2}?)\s*[.*]*\s*\Z"
)
_BRACKETS = "([{⟨"
_WORD = re.compile(r"(?<![\\\w])[^\W\d_]{2,}")
_COMMAND = re.compile(r"\\text\s*\{[^{}]*\}|\\[a-zA-Z]+|\\.")  # \text{cm}, \frac, \,
_LONGEST = 240  # characters of a statement that is an answer by itself
_WORDY = 60
_MOST_WORDS = 4
_CONTEXT = 3000
_MOST_BESIDE = 6


class Value(NamedTuple):
    """A value that was found, or None with the role in which the sentence mentions values.

    `beside` are other readings of the sentence: what is right by one of them alone is neither
    right nor wrong.
    """

    text: str | None
    role: Role | None
    beside: tuple[str, ...] = ()


def value(text: str, start: int, end: int, lexicon: Lexicon) -> Value:
    """The value of `text[start:end]`; what is said to give a reason or a condition states none."""
    reason = lexicon.because.search(text, start, end)
    if reason and reason.start() > start and not _RESUMED.search(text, reason.end(), end):
        found = _value(text, start, reason.start(), lexicon)
        if found.text:
            only = restricting(text, found.text, reason.start(), end)
            return found._replace(text=f"{found.text}, {only}") if only else found
    return _value(text, start, end, lexicon)


def _value(text: str, start: int, end: int, lexicon: Lexicon) -> Value:
    """The last asserted formula, else bold answer, else formula without delimiters."""
    formulas = [
        Span(content(match), match.start(), match.end())
        for match in FORMULA.finditer(text, start, end)
        if any(c.isalnum() for c in match[0])
    ]
    stating = [span for span in formulas if not is_condition(text, start, span)]
    asserted, why = _asserted(text, stating or formulas, lexicon)
    marked = [
        Span(match["bold"], match.start(), match.end())
        for match in _BOLD.finditer(text, start, end)
        if any(map(str.isdigit, match["bold"]))
    ]
    if asserted and not (marked and marked[-1].start >= asserted[-1].end):
        if _STATED.search(text, asserted[-1].end, end):
            said = _plain(text, asserted[-1].end, end, lexicon)
            return said if said.text else _plain(text, start, end, lexicon)
        return _joined(text, asserted, lambda *_: True)
    if formulas and not asserted:
        return Value(None, why)
    if marked:
        asserted, why = _asserted(text, marked, lexicon)
        if not asserted:
            return Value(None, why)
        inner = [Span(bare(span.text), span.start, span.end) for span in asserted]
        if is_answer(inner[-1].text):
            named = [s._replace(text=lexicon.predicate.sub("", s.text)) for s in inner]
            return _joined(text, named, _of_one_kind)
        return _plain(text, inner[-1].start, inner[-1].end, lexicon)
    return _plain(text, start, end, lexicon)


def content(formula: re.Match[str]) -> str:
    """What stands between the delimiters of a `FORMULA`."""
    return next(group for group in formula.groups() if group is not None).strip()


def bare(text: str) -> str:
    """A statement without its full stop, bold marks and "I think"."""
    text = text.strip().rstrip(".。").replace("**", "").strip(" _")
    return I_THINK.sub("", text)


def is_answer(text: str) -> bool:
    """Whether a statement has no prose before its value, so that all of it is the answer.

    A few words behind the value are its unit; a few words and nothing else are a text answer.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return False
    words = [
        match
        for match in _WORD.finditer(_COMMAND.sub(lambda m: " " * len(m[0]), text))
        if match[0] not in FUNCTIONS
        and match[0] not in ("pi", "and", "or")
        # Letters at TeX's braces and marks are factors: `\frac{mM}{r^2}`, `Ke^{x^2}`.
        and match.string[: match.start()][-1:] not in ("{", "_", "^")
        and match.string[match.end() : match.end() + 1] not in ("}", "_", "^")
    ]
    if FORMULA.search(text):
        return not words
    digit = re.search(r"\d", text)
    if digit and any(match.start() < digit.start() for match in words):
        first = words[0]
        return first.start() == 0 and first[0].isupper() and len(first[0]) <= 3 and "=" in text
    return len(words) <= _MOST_WORDS


def alone(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a sentence that is nothing but a value and its unit asserts it."""
    first = next(prose_formulas(text, start, end), None)
    if first:
        return role(text, first.start, first.end, lexicon) in (Role.ASSERTED, Role.COMPARED)
    start, end = trimmed(text, start, end, " .*_\n?？")
    return start >= end or role(text, start, end, lexicon) in (Role.ASSERTED, Role.COMPARED)


def trimmed(text: str, start: int, end: int, characters: str) -> tuple[int, int]:
    """A span without these characters at its ends."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip(characters))
    return start, start + len(piece.strip(characters))


def last_side(formula: str) -> Value:
    """The right side of a calculation or of an assignment, else the whole formula.

    `28 + 32 = 60` and `x = 60` are 60. An equation that defines no name, `3x - y + 2 = 0`, is kept
    whole, and its right side stands beside it.
    """
    if "\\begin" in formula or _NAMED_SET.match(formula):
        return Value(formula, Role.ASSERTED)
    if "\n" in formula or "&" in formula:
        formula = formula.replace("&", " ").strip().split("\n")[-1]
    if len(parts := _PARTS.split(formula)) > 1 and all(map(_NAMED.match, parts)):
        sides = tuple(part.rpartition("=")[2].strip() for part in parts)
        return Value(formula, Role.ASSERTED, sides)
    head, sign, last = formula.rpartition("=")
    inside = any(head.count(opened) > head.count(closed) for opened, closed in ("()", "{}"))
    if not sign or not last.strip() or inside or head.rstrip().endswith(("<", ">", "!", "\\")):
        return Value(formula, Role.ASSERTED)
    function = _FUNCTION_OF.match(formula)
    if function and re.search(rf"(?<![A-Za-z\\]){function['letter']}(?![A-Za-z])", last):
        return Value(f"{function[0]}{last.strip()}", Role.ASSERTED)  # of which letter: `y(t) = e^t`
    if "=" not in head and _is_unsolved(formula):
        return Value(formula, Role.ASSERTED, (last.strip(),))
    return Value(last.strip(), Role.ASSERTED)


def is_read(formula: str) -> bool:
    """Whether the grammar of mathematics reads all of a formula."""
    try:
        parse(clean(formula))
    except (UnreadableError, TooBigError):
        return False
    return True


def _is_unsolved(formula: str) -> bool:
    """Whether an equation is one that says nothing of a single name: `x^2 + y^2 = 25`."""
    try:
        bare = _UNITS.sub(lambda m: "" if m[2] or read_unit(m[1]) else m[0], formula)
        node = unwrap(parse(clean(_TIMES.sub(r"\\times ", bare))))
    except (UnreadableError, TooBigError):
        return False
    if node.kind != "rel" or node.args[0] != ("=",):
        return False
    left = node.args[1][0]
    return bool(symbols(left)) and all(
        part.kind in ("add", "neg", "mul", "div", "pow", "num", "sym") for part in walk(left)
    )


def _asserted(text: str, found: list[Span], lexicon: Lexicon) -> tuple[list[Span], Role | None]:
    """The values up to the last one that is asserted, and the role of the last of all."""
    why = None
    for n in range(len(found) - 1, -1, -1):
        what = role(text, found[n].start, found[n].end, lexicon)
        why = why or what
        if what is Role.ASSERTED:
            return found[: n + 1], what
    return [], why


def _joined(text: str, spans: list[Span], joins: Callable[[str, str], bool]) -> Value:
    """The last value, or with it those before it that "and", "or" or a comma joins to it."""
    chosen, at = [spans[-1].text], spans[-1].start
    for span in reversed(spans[:-1]):
        joint = _JOINT.match(text, span.end, at) if at - span.end < _WORDY else None
        if not joint or not joins(span.text, chosen[0]):
            break
        if joint["or"]:
            chosen[0] = rf"\text{{ or }} {chosen[0]}"
        chosen.insert(0, span.text)
        at = span.start
    if len(chosen) == 1:
        return last_side(chosen[0])
    whole = ", ".join(chosen).replace(r", \text{ or }", r" \text{ or }")
    return Value(whole, Role.ASSERTED, tuple(part.rpartition("=")[2].strip() for part in chosen))


def _of_one_kind(first: str, second: str) -> bool:
    """Whether two values are parts of one: "x = 2 and y = -1", "n ≡ 1 or 5", "(1, 2), (3, 4)"."""
    named = _NAMED.match(first) and (_NAMED.match(second) or "=" not in second)
    return bool(named) or (first[0] in _BRACKETS and second[0] in _BRACKETS)


def _plain(text: str, start: int, end: int, lexicon: Lexicon) -> Value:
    """The last formula without delimiters, or the one that the last calculation before it gave.

    "Rosie can run 50 miles in 7 hours" after "30 + 20 = 50" states 50.
    """
    sentence = text[start:end]
    several = _SEVERAL.search(sentence)
    if several:  # "The primes are 3 and 5."
        return Value(several["told"] or several["listed"], Role.ASSERTED)
    result = _RESULT_UNIT.search(sentence)
    if result and (quantity := read_quantity(clean(result["value"]))) and quantity.unit:
        at = start + result.start("value")
        if role(text, at, at + len(result["value"]), lexicon) is Role.ASSERTED:
            return Value(result["value"], Role.ASSERTED)
    found, why = _asserted(text, _outside_asides(text, start, end), lexicon)
    if not found:
        return Value(None, why) if why else _symbolic(text, start, end, lexicon)
    found = _with_units(text, found, end)
    taken = _joined(text, found, _of_one_kind)
    if taken.text != found[-1].text and len(taken.beside) > 1:
        return taken
    if len({span.text for span in found}) > 1 and not _CLOSING.search(sentence):
        calculated = _calculated(text, end, found)
        if calculated:
            return last_side(calculated)
    ratio = _RATIO.search(sentence) and len(found) > 1
    if ratio and _TO.fullmatch(text, found[-2].end, found[-1].start):
        return Value(f"{found[-2].text}:{found[-1].text}", Role.ASSERTED)
    chance = _CHANCE.search(sentence) and len(found) > 1
    if chance and _IN.fullmatch(text, found[-2].end, found[-1].start):
        return Value(f"{found[-2].text}/{found[-1].text}", Role.ASSERTED)
    stated = [span for span in found if not is_circumstance(text, start, span)]
    taken = _joined(text, stated or found, _of_one_kind)
    others = dict.fromkeys(
        span.text.rpartition("=")[2].strip()
        for span in found[-_MOST_BESIDE:-1]
        if role(text, span.start, span.end, lexicon) is Role.ASSERTED
    )
    beside = (*taken.beside, *(other for other in others if other != taken.text))
    limit = lexicon.limited.search(text, max(start, found[-1].start - 30), found[-1].start)
    needed = limit and _NEEDED.search(text, start, limit.start())
    if limit and not needed and taken.text and stated[-1:] == found[-1:]:
        return Value(f"{limit[0].strip()} {taken.text}", Role.COMPARED, (*beside, taken.text))
    return taken._replace(beside=beside)


def _symbolic(text: str, start: int, end: int, lexicon: Lexicon) -> Value:
    """What a sentence says that its subject is, where it is letters alone: "the limit is e"."""
    match = _IS.match(text, start, end)
    stop = formula_end(text, match.end(), end) if match else start
    if not match or not _END.fullmatch(text, stop, end) or stop == match.end():
        return Value(None, None)
    asserted = role(text, match.end(), stop, lexicon) is Role.ASSERTED
    return Value(text[match.end() : stop], Role.ASSERTED) if asserted else Value(None, None)


def _calculated(text: str, end: int, found: list[Span]) -> str | None:
    """The value among several that a calculation came to, or the only amount of money."""
    sides = _RESULT.findall(text, max(0, end - _CONTEXT), end)
    for side in reversed(sides[-3:]):
        for span in found:
            if _digits(span.text.rpartition("=")[2]) == _digits(side):
                return span.text
    money = [span.text for span in found if "$" in span.text]
    return money[0] if len(money) == 1 else None


def _outside_asides(text: str, start: int, end: int) -> list[Span]:
    """The formulas of a sentence; not those of asides, if it has more."""
    worded = [
        Span(m[m.lastgroup], *m.span(m.lastgroup))
        for pattern in (_WORDED, _NAMED_SET)
        for m in pattern.finditer(text, start, end)
        if m.lastgroup
    ]
    found = sorted([*prose_formulas(text, start, end), *worded], key=lambda span: span.start)
    asides = [match.span() for match in _ASIDE.finditer(text, start, end)]
    asides += [(span.start, span.end) for span in worded]  # "except 2" in "all reals except 2"
    return [s for s in found if not any(a < s.start < b for a, b in asides)] or found


def _with_units(text: str, found: list[Span], end: int) -> list[Span]:
    """Values with what stands at them; "4 hours and 30 minutes" is one."""
    whole: list[Span] = []
    for span in found:
        if not whole or span.start >= whole[-1].end:
            whole.append(_with_unit(text, span, end))
    return whole


def _with_unit(text: str, span: Span, end: int) -> Span:
    """A value with the unit and the direction that stand at it."""
    more = _MORE_UNITS.match(text, span.end, end)
    if more:
        first, second = read_unit(more[1]), read_unit(more[2])
        if first and second and first.dimension == second.dimension != ():
            return Span(text[span.start : more.end()], span.start, more.end())
    scale = _SCALE.match(text, span.end, end)
    at = scale.end() if scale else span.end
    unit = _UNIT.match(text, at, end) or _UNIT_WITHIN.match(text, at, end)
    stop = unit.end() if unit and read_unit(unit["unit"]) else at
    return Span(text[span.start : stop].strip(), span.start, stop)


def _digits(text: str) -> str:
    text = re.sub(r"[^\d.]", "", text)
    return text.rstrip("0").rstrip(".") if "." in text else text
