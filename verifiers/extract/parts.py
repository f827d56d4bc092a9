r"""Values that are told one after the other, where a text ends: a list, or a sentence for each.

    parts     ->  item item+ comment?  |  sentence sentence+  |  solved solved+  |  {"name": value}
    item      ->  ("-" | "1." | "(a)" | "（1）") (words ":")? claim        one a line
    sentence  ->  ... name "=" value  |  "The" words "is" ... value  |  words ":" ... value
    solved    ->  ("(a)" | "Part (a)") sentence+ with a value last        one after the other

A problem that asks for several values is answered by all of them, one that asks for a single value
by the last. So these stand beside the answer as its parts: they are right together or not at all.
Two values of one name may be two roots, or a value and what it was before: nobody can tell, unless
they are the points of a list.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from verifiers.extract.lexicon import Lexicon
from verifiers.extract.roles import Role, role
from verifiers.extract.sentences import is_comment, sentences
from verifiers.extract.values import FORMULA, Value, trimmed, value
from verifiers.text.json_text import read_json

MOST = 12
_ITEM = re.compile(  # "- x = 2", "1. x = 2", "(a) 4", "（1）4", "① 4"
    r"[ \t]*(?:[-*•]\s+|\(?(?:\d{1,2}|[a-hivx]{1,3})[.)]\s*|[（(]\s*(?:\d{1,2}|[a-h])\s*[）)]\s*"
    r"|[①-⑨]\s*)"
)
_POINT = re.compile(r"[ \t]*(?:[-*•]\s|\([a-hivx]{1,3}\))")
_NAMED = re.compile(  # "x = 2", "x_1=2", "f(1) = 3", and nothing behind it
    r"(?<![\w^\\)}=+*/-])(?<![-+*/=^] )"
    r"(?P<name>\\?[^\W\d_]{1,8}[\u0300-\u036f]?(?:_\{?\w\}?|[₀-₉'])*(?:\(\w\))?)\s*=\s*"
    r"(?P<value>[^=<>\n]+)\Z"
)
_CALLED = re.compile(r"\*{0,2}(?P<name>[^\W\d_][^\n:：=$\\]{1,30}?)\*{0,2}\s*[:：]\*{0,2}\s*(?=\S)")
_THE = re.compile(  # "The area is", "Its perimeter equals"
    r"\s*(?:So |Thus |Hence |Therefore,? )?(?:the|its|their|this gives the)\s+"
    r"(?P<name>[a-z]+(?: [a-z]+){0,2}?) (?:is|equals|=|are)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(  # "(a) The slope is", "Part (a).", "**（1）** "
    r"(?:^|(?<=[.!?。]\s)|(?<=。))[ \t]*\**(?:part\s+)?"
    r"[（(](?P<label>[a-h]|[1-9]|iv|v|i{1,3})[)）][.:]?\**\s*",
    re.IGNORECASE | re.MULTILINE,
)
_LABELS = tuple(
    tuple(row.split()) for row in ("a b c d e f g h", "1 2 3 4 5 6 7 8 9", "i ii iii iv v")
)
_LETTER = 2  # characters: x, and x with a bar that combines
_CLAUSE = re.compile(r"[；;]\s*(?=\S)")
_END = " \t\n.,;:。，；*_$"


def told(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The values that the last lines, or the last sentences, of a text tell; none where only one
    does.
    """
    return _fields(text) or _items(text, lexicon) or _solved(text, lexicon) or _named(text, lexicon)


def of_one_name(parts: tuple[str, ...]) -> bool:
    """Whether two of the parts have the same name: "x = 1", "x = 3"."""
    names = [part.partition(" = ")[0] for part in parts if " = " in part]
    return len(set(names)) < len(names)


def as_point(parts: tuple[str, ...]) -> str | None:
    """The parts as a tuple: `(1, 2)` for "x = 1", "y = 2". None where their names are words, or
    letters in another order, whose places in a tuple nobody tells.
    """
    names, values = zip(*((part.rpartition(" = ")[::2]) for part in parts), strict=True)
    letters = [unicodedata.normalize("NFD", name)[:1] for name in names]
    bare = not any(names)
    ordered = all(len(name) <= _LETTER for name in names) and letters == sorted({*letters})
    return f"({', '.join(values)})" if bare or ordered else None


def is_itemized(text: str) -> bool:
    """Whether a text ends with an item that is no numbered step: "- x = 2", "(ii) x = 3"."""
    return bool(_POINT.match(text.rstrip().rpartition("\n")[2]))


def _fields(text: str) -> tuple[str, ...]:
    """The values of a response that is one JSON object."""
    whole = read_json(text) if text.lstrip().startswith("{") else None
    if not isinstance(whole, dict) or not 1 < len(whole) <= MOST:
        return ()
    if not all(isinstance(value, str | int | float) for value in whole.values()):
        return ()
    return tuple(f"{name} = {value}" for name, value in whole.items())


def _items(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The values of the list that a text ends with."""
    found: list[str] = []
    commented = False  # one line without a value may stand behind the list
    end = len(text.rstrip())
    while end > 0 and len(found) < MOST:
        start = text.rfind("\n", 0, end) + 1
        item = _ITEM.match(text, start, end)
        if not item:
            line = text[start:end].strip()
            if line and (found or commented or any(map(str.isdigit, line))):
                break
            commented = commented or bool(line)
        else:
            said = _claim(text, item.end(), end, lexicon)
            if not said:
                return ()
            found.append(said)
        end = start - 1
    return tuple(reversed(found)) if len(found) > 1 else ()


def _solved(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The value that each labelled part of a solution ends with."""
    labels = list(_LABEL.finditer(text))
    first = max(
        (n for n, m in enumerate(labels) if m["label"].lower() in ("a", "1", "i")), default=0
    )
    labels = labels[first:]
    said = tuple(match["label"].lower() for match in labels)
    if len(said) < 2 or not any(said == row[: len(said)] for row in _LABELS):
        return ()
    ends = [match.start() for match in labels[1:]] + [len(text)]
    found = [_last_value(text, m.end(), end, lexicon) for m, end in zip(labels, ends, strict=True)]
    return tuple(one for one in found if one) if all(found) else ()


def _last_value(text: str, start: int, end: int, lexicon: Lexicon) -> str | None:
    for begin, stop in reversed(sentences(text, *trimmed(text, start, end, " \t\n"))):
        found = None if is_comment(text[begin:stop]) else value(text, begin, stop, lexicon)
        if found and found.text:
            return None if found.beside else found.text
    return None


def _claim(text: str, start: int, end: int, lexicon: Lexicon) -> str | None:
    """What an item claims, with its name where it has one; None where it claims no single value."""
    called = _CALLED.match(text, start, end)
    if called:
        told = _claim(text, called.end(), end, lexicon)
        return f"{called['name'].strip()} = {told.rpartition(' = ')[2]}" if told else None
    if named := _equation(text, *trimmed(text, start, end, _END), lexicon):
        return named
    found: Value = value(text, *trimmed(text, start, end, " \t\n"), lexicon)
    return found.text if found.text and not found.beside else None


def _equation(text: str, start: int, end: int, lexicon: Lexicon) -> str | None:
    """The equation that asserts a value of a name where `text[start:end]` ends."""
    formulas = list(FORMULA.finditer(text, start, end + 2))
    if formulas and formulas[-1].end() >= end:
        start, end = trimmed(text, *formulas[-1].span(), "$\\()[] \n.,;")
    named = _NAMED.search(text[start:end])
    if not named or role(text, start + named.start(), end, lexicon) is not Role.ASSERTED:
        return None
    return f"{named['name']} = {named['value'].strip(_END)}"


def _predicate(text: str, start: int, end: int, lexicon: Lexicon) -> str | None:
    """What a sentence says of what it names: "The area is 4·9 = 36" is `area = 36`."""
    subject = _THE.match(text, start, end)
    found = value(text, start, end, lexicon).text if subject else None
    return f"{subject['name']} = {found}" if subject and found else None


def _from_the_end(text: str) -> Iterator[tuple[int, int]]:
    """The last sentences, as spans, the last one first."""
    end = len(text)
    while end > 0:
        start = text.rfind("\n", 0, end) + 1
        if text[start:end].strip():
            yield from reversed(sentences(text, start, end))
        end = start - 1


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start, *(m.end() for m in _CLAUSE.finditer(text, start, end)), end]
    return list(pairwise(cuts))


def _told_by(text: str, start: int, end: int, lexicon: Lexicon) -> str | None:
    """The name and the value of a clause: "x = 2", "The area is 36", "**Radius**: r = 2"."""
    named = _equation(text, *trimmed(text, start, end, _END), lexicon)
    named = named or _predicate(text, start, end, lexicon)
    called = _CALLED.match(text, *trimmed(text, start, end, " \t\n"))
    claimed = _claim(text, called.end(), end, lexicon) if called else None
    if not called or not claimed:
        return named
    said = claimed.rpartition(" = ")[2]
    noun = not called["name"].isascii() or called[0].startswith("*")
    if noun or text[called.end() : end].lstrip(" $*(\\").startswith(said):  # not "Wait: it is 5"
        return f"{called['name'].strip()} = {said}"
    return named


def _named(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The named values of the last sentences."""
    found: list[str] = []
    for start, stop in _from_the_end(text):
        if is_comment(text[start:stop]):
            continue
        clauses = _clauses(text, start, stop)
        told = [_told_by(text, *clause, lexicon) for clause in clauses]
        if not all(told) or len(found) == MOST:
            break
        found += [named for named in reversed(told) if named]
    return tuple(reversed(found)) if len(found) > 1 else ()
