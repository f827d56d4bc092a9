r"""Values that are told one after the other, where a text ends: a list, or a sentence for each.

    parts     ->  item item+ comment?  |  sentence sentence+  |  {"name": value, ...}
    item      ->  ("-" | "1." | "(a)" | "（1）") (words ":")? claim        one a line
    sentence  ->  ... name "=" value  |  "The" words "is" ... value

A problem that asks for several values is answered by all of them, one that asks for a single value
by the last. So these stand beside the answer as its parts: they are right together or not at all.
Two values of one name may be two roots, or a value and what it was before: nobody can tell.
"""

import re
from collections.abc import Iterator

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
_NAMED = re.compile(  # "x = 2", "x_1=2", "f(1) = 3", and nothing behind it
    r"(?<![\w^\\)}=+*/-])(?<![-+*/=^] )"
    r"(?P<name>\\?[^\W\d_]{1,8}(?:_\{?\w\}?|[₀-₉'])*(?:\(\w\))?)\s*=\s*"
    r"(?P<value>[^=<>\n]+)\Z"
)
_CALLED = re.compile(r"\*{0,2}(?P<name>[^\W\d_][^\n:：=$\\]{1,30}?)\*{0,2}\s*[:：]\*{0,2}\s*(?=\S)")
_THE = re.compile(  # "The area is", "Its perimeter equals"
    r"\s*(?:So |Thus |Hence |Therefore,? )?(?:the|its|their|this gives the)\s+"
    r"(?P<name>[a-z]+(?: [a-z]+){0,2}?) (?:is|equals|=|are)\b",
    re.IGNORECASE,
)
_END = " \t\n.,;:。，；*_$"


def told(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The values that the last lines, or the last sentences, of a text tell; none where only one
    does.
    """
    return _fields(text) or _items(text, lexicon) or _named(text, lexicon)


def of_one_name(parts: tuple[str, ...]) -> bool:
    """Whether two of the parts have the same name: "x = 1", "x = 3"."""
    names = [part.partition(" = ")[0] for part in parts if " = " in part]
    return len(set(names)) < len(names)


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


def _claim(text: str, start: int, end: int, lexicon: Lexicon) -> str | None:
    """What an item claims, with its name where it has one; None where it claims no single value."""
    called = _CALLED.match(text, start, end)
    if called:
        told = _claim(text, called.end(), end, lexicon)
        return f"{called['name'].strip()} = {told.rpartition(' = ')[2]}" if told else None
    start, end = trimmed(text, start, end, _END)
    if named := _equation(text, start, end, lexicon):
        return named
    found: Value = value(text, start, end, lexicon)
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


def _named(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The named values of the last sentences."""
    found: list[str] = []
    for start, stop in _from_the_end(text):
        if is_comment(text[start:stop]):
            continue
        named = _equation(text, *trimmed(text, start, stop, _END), lexicon)
        named = named or _predicate(text, start, stop, lexicon)
        if not named or len(found) == MOST:
            break
        found.append(named)
    return tuple(reversed(found)) if len(found) > 1 else ()
