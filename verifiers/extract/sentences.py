"""The value that a sentence states, and the conclusion of a text that marks no answer.

Everything is read in place, as a span of the whole text, since what a sentence does with a value
is told by what stands around it (`roles`).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifiers.extract.lexicon import Lexicon
from verifiers.extract.roles import Role, role
from verifiers.math.quantities.units import read_unit
from verifiers.text.math_names import FUNCTIONS

# `$` opens and closes a formula as in pandoc: "costs $5 and $6" holds none.
FORMULA = re.compile(
    r"\$\$(?P<a>.{1,2000}?)\$\$|\\\[(?P<b>.{1,2000}?)\\\]|\\\((?P<c>.{1,2000}?)\\\)"
    r"|(?<![\\$])\$(?P<d>[^\s$](?:[^$\n]{0,2000}[^\s$\\])?|\s[^$\n]{1,2000}\s)\$(?!\d)",
    re.DOTALL,
)
_BOLD = re.compile(r"\*\*(?P<bold>[^*\n]{1,200})\*\*")  # **42 apples**
_NUMBER = re.compile(  # -1,234.5, $3, 3/4, 2e5, 35 %; not x_2, GPT-4, 3rd
    r"(?<![A-Za-z0-9.,^_\\])(?<![A-Za-z]-)(?:(?<!\d)(?<!\d\s)-\s?)?(?:\\?[$€£]\s?)?-?"
    r"(?:\d{1,3}(?:,\d{3})++(?!,?\d)|\d++)?(?:\.\d++|(?<=\d))"
    r"(?:\s*/\s*\d++(?!\.\d))?(?:[eE][+-]?\d+)?\s?%?(?![A-Za-z_]*\d)"
)
_SIGN = re.compile(r"(?:±|∓|\\pm|\+/-)\s*\Z")  # "c = ±" before 5
_FACTORIAL = re.compile(r"!(?=\s*[.,;)]|\s+[a-z])")  # "is 6!." and "6! ways", not "is 42!"
_UNIT = re.compile(  # "20 km/h.", "9.8 m/s²"
    r"\s?(?P<unit>[^\W\d_]{1,12}(?:[/·^][\w²³]+|[²³])*)(?=\s*(?:[.,;:)]|\*\*|\Z))"
)
_RESULT = re.compile(r"=\s*\\?\$?\s*(-?[\d,]*\.?\d+)")  # = $50
_STATED = re.compile(r"\b(?:is|are|be|equals?)\b[^.]*\d")  # "is 4" behind "the units digit of $x$"
_LEADING = re.compile(
    r"[\"“](?P<quoted>[^\"“”\n]{1,80})[\"”]|(?P<number>\\?[$€£]?-?\d[\d,]*(?:\.\d+)?%?)"
    r"(?:,? (?:is|as|because|since|calculated|which|when|in|if|but|out|for)\b"  # 42 because
    r"|, (?=[a-z]{2})(?!and\b|or\b)"  # 35%, as
    r"|\s+\(| [a-z]+ \((?=which\b|because\b|since\b))"  # 3 hours (which
)
_SAID_AGAIN = re.compile(  # "256+37, that is 293"
    r",?\s+(?:that is|i\.e\.|namely|in other words|which (?:is|equals)),?\s+(?=[$\\(]*-?\d)"
)
_RIVAL = re.compile(r"\s*\(\s*or\s+([^()\n]+)\)\Z")  # "82.5 (or 83)"
_CLOSING = re.compile(  # "is 50 **", "= 50"
    r"(?:\b(?:is|are|equals)|=)\s+(?:\w+\s+)?\\?\$?-?[\d,.]+[\s.*%]*\Z"
)
_SEVERAL = re.compile(  # "are 3, 5 and 7."
    r"\b(?:are|be|is):? (-?\d+(?:\.\d+)?(?:, -?\d+(?:\.\d+)?)*,? and -?\d+(?:\.\d+)?)[.*\s]*\Z"
)
_SENTENCE = re.compile(  # between "it is $5.$" and "So"; not behind "Mr."
    r"(?<=[.!?]\$\$)\s+(?=[A-Z])|(?<=[.!?]\\\])\s+(?=[A-Z])"
    r"|(?<=[.!?。！？])(?<!\\!)(?<!Mr\.)(?<!Mrs\.)(?<!Ms\.)(?<!Dr\.)"
    r"(?<!St\.)(?<! [A-Z]\.)(?<!i\.e\.)(?:\s+|(?<=[。！？]))(?=\S)"
)
_WORD = re.compile(r"(?<![\\\w])[^\W\d_]{2,}")
_COMMAND = re.compile(r"\\text\s*\{[^{}]*\}|\\[a-zA-Z]+|\\.")  # \text{cm}, \frac, \,
_CALCULATION = re.compile(r"[\d\s.,+*/()^-]+=[^=]+\Z")  # 28 + 32 = 60
_COMMENT = re.compile(  # "Note: the answer is ...", "I hope it is correct"
    r"[\s*#>(_-]*(?:i hope|hope this|let me know|please|feel free|note\b|notes?:|remark\b|hint\b"
    r"|this (?:solves|is correct|completes)|nota:|remarque|hinweis|anmerkung|примечание|catatan"
    r"|ملاحظة|참고|注意|注[:：]|備考|备注)",
    re.IGNORECASE,
)
_ABSTAINS = re.compile(  # "It cannot be determined", "I don't know"
    r"\b(?:cannot|can['’]t|could not|couldn['’]t|unable to|impossible to|not possible to)"
    r" (?:be )?(?:accurately |uniquely )?(?:answer|determine|solve|finish)"
    r"|\b(?:not enough|insufficient) information\b"
    r"|\bI (?:do not|don['’]t|did not|didn['’]t) (?:know|finish)\b|\bI am not sure\.?\Z"
    r"|\bdon['’]t know\b"
    r"|无法确定|不知道|わかりません|分かりません|알 수 없",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()\n]*\)")  # "20 minutes (30 - 10)"
_BASE = re.compile(  # "12 of the 20", "more than the 20"
    r"\b(?:of (?:the|its|his|her|their|these|those|all)|than(?: the)?)\s+\Z", re.IGNORECASE
)
_LONGEST = 240  # characters of a statement that is an answer by itself
_WORDY = 60
_LOOK_BACK = 6  # lines above the end that are searched for a conclusion
_MOST_WORDS = 4
_SHORT_LINE = 80
_OPENING = re.compile(r"\s[\"'`]\Z")
_ENDS = ".!?。！？)]}$*\"'`%>”"
_CONTEXT = 3000


class Value(NamedTuple):
    """A value that was found, or None with the role in which the sentence mentions values."""

    text: str | None
    role: Role | None


def conclusion(text: str, kind: str, lexicon: Lexicon) -> str | None:
    """The value in the last sentence of `text` that states one, or None.

    None also where the text comes to say that there is no telling.
    """
    lines = list(_lines(text))[::-1]
    if not lines:
        return None
    start, end = lines[-1]
    last = text[start:end]
    if kind != "math":
        return last.strip() if len(last.strip()) <= _LONGEST else None
    whole = is_answer(last)
    valued = whole and (len(lines) == 1 or value(text, start, end, lexicon).text)
    if not ended(last) and not valued:
        return None
    if len(lines) == 1 and whole and not abstains(last) and _alone(text, start, end, lexicon):
        line = lexicon.predicate.sub("", last.strip())
        return _last_side(line) if _CALCULATION.match(line) else line
    block = _last_display(text, lexicon)
    for first, stop in reversed(lines[-_LOOK_BACK:]):
        for begin, until in reversed(sentences(text, first, stop)):
            sentence = text[begin:until]
            if is_comment(sentence):
                continue
            if abstains(sentence):
                return None
            found = value(text, begin, until, lexicon)
            if found.text:
                return block if block and _holds(block, found.text) else found.text
            if found.role in (Role.DENIED, Role.COMPARED, Role.QUOTED, Role.HEDGED):
                return None  # the last sentence with values states none
    return block


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The last lines with text, as spans, the last one first."""
    end = len(text)
    left = _LOOK_BACK + 1
    while end >= 0 and left:
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end]
        if line.strip().strip("*`}{\\] ") and not line.startswith("<|"):
            left -= 1
            yield start, end
        end = start - 1


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]`, as spans."""
    found = []
    for match in _SENTENCE.finditer(text, start, end):
        found.append((start, match.start()))
        start = match.end()
    return [*found, (start, end)]


def ended(line: str) -> bool:
    """Whether a last line reads like an end and not like a text that was cut in mid-sentence."""
    line = line.rstrip()
    return (line[-1] in _ENDS and not _OPENING.search(line)) or (
        line.count("(") <= line.count(")")
        and (line[-1].isdigit() or (len(line) <= _SHORT_LINE and any(map(str.isdigit, line))))
    )


def abstains(sentence: str) -> bool:
    """Whether a sentence says that there is no telling."""
    return bool(_ABSTAINS.search(sentence))


def is_comment(sentence: str) -> bool:
    """Whether a sentence speaks about the answer and states none: "Note that", "I hope"."""
    return bool(_COMMENT.match(sentence))


def is_value(found: str) -> bool:
    """Whether what was found behind a marker is a value and not the rest of a sentence."""
    return (
        any(map(str.isdigit, found))
        or "\\" in found
        or "$" in found
        or len(found.split()) <= _MOST_WORDS
    )


def stated(text: str, start: int, end: int, kind: str, lexicon: Lexicon) -> str:
    """The answer in a statement: the whole of it if it is one, else its formula or number.

    "" where the statement denies, doubts or asks what it mentions. What stands beside a value as
    one side of a comparison stays with it: "less than 42".
    """
    start, end = _trimmed(text, start, end, "` \t\n")
    begin, until = sentences(text, start, end)[0]
    first = text[begin:until]
    if kind != "math":
        return first.strip(" *_")
    if abstains(first):
        return ""
    again = _SAID_AGAIN.search(first)
    if again:
        begin += again.end()
        first = text[begin:until]
    bare = _RIVAL.sub(r" or \1", lexicon.predicate.sub("", _bare(first)))
    leading = _LEADING.match(bare)
    if leading and not FORMULA.search(first):
        said = (leading["quoted"] or leading["number"]).strip()
        at = text.find(said, begin)
        return said if role(text, at, at + len(said), lexicon) is Role.ASSERTED else ""
    if is_answer(bare):
        return bare if _alone(text, begin, until, lexicon) else ""
    if lexicon.limit.match(bare) and len(bare) <= _WORDY:
        return bare
    found = value(text, begin, until, lexicon)
    if found.text is None and found.role is None and until < end:
        found = value(text, begin, end, lexicon)
    if found.text:
        return found.text
    if found.role is Role.COMPARED and bare.isascii():
        return bare  # comparing knows the English words
    return "" if found.role or len(bare) > _WORDY else bare


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


def value(text: str, start: int, end: int, lexicon: Lexicon) -> Value:
    """The last asserted formula, bold answer or number of `text[start:end]`."""
    formulas = [
        match for match in FORMULA.finditer(text, start, end) if any(c.isalnum() for c in match[0])
    ]
    asserted, why = _asserted(text, formulas, lexicon)
    if asserted:
        if _STATED.search(text, asserted[-1].end(), end):
            return _number(text, start, end, lexicon)
        return Value(_listed(asserted), Role.ASSERTED)
    if formulas:
        return Value(None, why)
    bold = [m for m in _BOLD.finditer(text, start, end) if any(map(str.isdigit, m["bold"]))]
    if bold:
        asserted, why = _asserted(text, bold, lexicon)
        if not asserted:
            return Value(None, why)
        inner = _bare(asserted[-1]["bold"])
        if is_answer(inner):
            return Value(_last_side(lexicon.predicate.sub("", inner)), Role.ASSERTED)
        return _number(text, *asserted[-1].span("bold"), lexicon)
    return _number(text, start, end, lexicon)


def _asserted(
    text: str, found: list[re.Match[str]], lexicon: Lexicon
) -> tuple[list[re.Match[str]], Role | None]:
    """The matches up to the last one that is asserted, and the role of the last of all."""
    why = None
    for n in range(len(found) - 1, -1, -1):
        what = role(text, found[n].start(), found[n].end(), lexicon)
        why = why or what
        if what is Role.ASSERTED:
            return found[: n + 1], what
    return [], why


def _alone(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a sentence that is nothing but a value and its unit asserts it."""
    digits = _NUMBER.search(text, start, end)
    if digits and digits[0]:
        return role(text, digits.start(), digits.end(), lexicon) in (Role.ASSERTED, Role.COMPARED)
    start, end = _trimmed(text, start, end, " .*_\n?？")
    return start >= end or role(text, start, end, lexicon) in (Role.ASSERTED, Role.COMPARED)


def _trimmed(text: str, start: int, end: int, characters: str) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip(characters))
    return start, start + len(piece.strip(characters))


def _bare(text: str) -> str:
    return text.strip().rstrip(".。").replace("**", "").strip(" _")


def _listed(formulas: list[re.Match[str]]) -> str:
    """The last formula, or all of `$a$, $b$ and $c$` when only joints stand between them."""
    chosen = [_content(formulas[-1])]
    at = formulas[-1].start()
    text = formulas[-1].string
    for formula in reversed(formulas[:-1]):
        gap = text[formula.end() : at].strip("$\\() ") if at - formula.end() < _WORDY else "."
        if gap not in (",", "and", "or", ", and", ", or", ";"):
            break
        chosen.insert(0, _content(formula))
        if gap.endswith("or"):
            chosen[1] = r"\text{ or } " + chosen[1]
        at = formula.start()
    if len(chosen) == 1:
        return _last_side(chosen[0])
    return ", ".join(chosen).replace(r", \text{ or }", r" \text{ or }")


def _content(formula: re.Match[str]) -> str:
    return next(group for group in formula.groups() if group is not None).strip()


def _last_side(formula: str) -> str:
    """The right side of a calculation such as `28 + 32 = 60`, else the formula."""
    if "\\begin" in formula:
        return formula
    if "\n" in formula or "&" in formula:
        formula = formula.replace("&", " ").strip().split("\n")[-1]
    head, sign, last = formula.rpartition("=")
    if not sign or not last.strip() or head.rstrip().endswith(("<", ">", "!", "\\")):
        return formula
    return last.strip()


def _number(text: str, start: int, end: int, lexicon: Lexicon) -> Value:
    """The last number of a sentence, or the one that the last calculation before it gave.

    "Rosie can run 50 miles in 7 hours" after "30 + 20 = 50" states 50.
    """
    sentence = text[start:end]
    several = _SEVERAL.search(sentence)
    if several:  # "The primes are 3 and 5."
        return Value(several[1], Role.ASSERTED)
    found, why = _asserted(text, _numbers(text, start, end), lexicon)
    if not found:
        return Value(None, why)
    said = [_whole(match) for match in found]
    if len(set(said)) > 1 and not _CLOSING.search(sentence):
        sides = _RESULT.findall(text, max(0, end - _CONTEXT), end)
        for side in reversed(sides[-3:]):
            for number in said:
                if _digits(number) == _digits(side):
                    return Value(number, Role.ASSERTED)
        money = [number for number in said if "$" in number]
        if len(money) == 1:
            return Value(money[0], Role.ASSERTED)
    return Value(said[-1], Role.ASSERTED)


def _whole(number: re.Match[str]) -> str:
    """A number with what stands at it and makes another value of it: `±`, `!`, a unit."""
    text, start, end = number.string, number.start(), number.end()
    sign = _SIGN.search(text, max(0, start - 6), start)
    after = _FACTORIAL.match(text, end) or _UNIT.match(text, end)
    if after and (after[0] == "!" or read_unit(after["unit"])):
        end = after.end()
    return text[sign.start() if sign else start : end].strip()


def _numbers(text: str, start: int, end: int) -> list[re.Match[str]]:
    """The numbers of a sentence; not those of asides or what others are counted from, if it has
    more.
    """
    found = [m for m in _NUMBER.finditer(text, start, end) if any(map(str.isdigit, m[0]))]
    if len(found) < 2:
        return found
    asides = [match.span() for match in _ASIDE.finditer(text, start, end)]
    stated = [
        match
        for match in found
        if not any(a < match.start() < b for a, b in asides)
        and not _BASE.search(text, max(start, match.start() - 20), match.start())
    ]
    return stated or found


def _holds(block: str, found: str) -> bool:
    """Whether a formula states the value `found` and not just its digits, or a question."""
    return not block.endswith("=") and bool(
        re.search(rf"(?<![\d.,]){re.escape(found)}(?![\d]|[.,]\d)", block)
    )


def _digits(text: str) -> str:
    text = re.sub(r"[^\d.]", "", text)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _last_display(text: str, lexicon: Lexicon) -> str | None:
    last = None
    for match in FORMULA.finditer(text, max(0, len(text) - 4000)):
        last = match
    if last is None or role(text, last.start(), last.end(), lexicon) is not Role.ASSERTED:
        return None
    return _last_side(_content(last))
