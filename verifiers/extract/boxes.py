r"""The last `\boxed{...}` of a text, with the boxes that belong to the same statement."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 20_000  # characters of one box that are looked at
MOST_JOINED = 20  # boxes of one statement
_COMMANDS = ("\\boxed", "\\fbox", "\\framebox")
_GAP = 60  # characters between two boxes of one statement
_JOINT = re.compile(
    r"[\s$.,;(){}\[\]\\]*"
    r"(?:\\text|\\quad|\\qquad|and|or|,|;|&|[\s$(){}\[\]\\]|[a-z]+ and |[a-z]+ or )+"
    r"[\s$(){}\[\]\\]*\Z"
)
_MORE = re.compile(r"[\s$)\]\\}]*(and|or)\s+[$\\(\[]*\s*(-?\d[\d.,/]*\d|-?\d)(?![\w^])")
_NAMED = re.compile(r"(\band\b[\s$\\()]*)[A-Za-z](?:_\{?\w\}?)?\s*=\s*\Z")
_NEGATED = re.compile(r"(?:cannot|can't|not|n't|never)(?: \w+){0,2}[\s$\\(\[:]*\Z", re.IGNORECASE)


class Box(NamedTuple):
    """The content of a box and where it stands: `text[start:end]` is the whole command."""

    content: str
    start: int
    end: int


def last_boxes(text: str) -> Box | None:
    r"""The last box that is not denied ("it cannot be \boxed{12}").

    Boxes just before it that "and", "or" or a comma joins to it come back as one answer; so does
    a bare number that follows it in the same way.
    """
    at = len(text)
    box = None
    while box is None or _NEGATED.search(text[max(0, box.start - _GAP) : box.start]):
        found = _previous(text, at)
        if found is None:
            return None
        box, at = found, found.start
    more = _MORE.match(text, box.end, box.end + _GAP)
    content = f"{box.content} {_joined(more[1])} {more[2]}" if more else box.content
    start = box.start
    joined = 0
    while joined < MOST_JOINED and (before := _previous(text, start)) is not None:
        joined += 1
        gap = text[before.end : start] if start - before.end <= _GAP else "."
        gap = _NAMED.sub(r"\1", gap)
        if "=" in gap or "\n\n" in gap or (gap and not _JOINT.match(gap)):
            break
        word = "or" if re.search(r"\bor\b", gap) else ","
        content = f"{before.content} {_joined(word)} {content}"
        start = before.start
    return Box(content, start, box.end)


def boxes(text: str) -> Iterator[str]:
    """The contents of up to `MOST_JOINED` boxes, the last one first."""
    at = len(text)
    for _ in range(MOST_JOINED):
        box = _previous(text, at)
        if box is None:
            return
        yield box.content
        at = box.start


def unboxed(answer: str) -> str:
    """The boxed part of an answer that is a whole closing sentence; the answer itself without."""
    box = last_boxes(answer) if "\\" in answer else None
    return box.content if box else answer


def denied_until(text: str) -> int:
    """The end of the last box, for a text whose boxes are all denied; 0 when it has none."""
    box = _previous(text, len(text))
    return box.end if box else 0


def _joined(word: str) -> str:
    return "," if word in (",", "and") else rf"\text{{ {word} }}"


def _previous(text: str, end: int) -> Box | None:
    """The last readable box that starts before `end`."""
    while True:
        start = max(text.rfind(command, 0, end) for command in _COMMANDS)
        if start < 0:
            return None
        box = _read(text, start)
        if box:
            return box
        end = start


def _read(text: str, start: int) -> Box | None:
    at = start + 1
    while at < len(text) and text[at].isalpha():
        at += 1
    while at < len(text) and text[at] == " ":
        at += 1
    if at >= len(text):
        return None
    if text[at] != "{":
        return _bare(text, start, at)
    end = balanced(text, at)
    if end is not None:
        return Box(text[at + 1 : end].strip(), start, end + 1)
    stop = text.find("\n", at)
    if stop < 0 and len(text) - at < 200:  # the closing brace was forgotten at the very end
        return Box(text[at + 1 :].strip().rstrip("$"), start, len(text))
    return None


def _bare(text: str, start: int, at: int) -> Box | None:
    r"""`\boxed 5`: the next word."""
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in "$}":
        end += 1
    return Box(text[at:end].rstrip(".,"), start, end) if end > at else None


def balanced(text: str, at: int) -> int | None:
    """The index of the brace that closes the one at `at`; None if none does within `LONGEST`."""
    depth = 0
    index = at
    stop = min(len(text), at + LONGEST)
    while index < stop:
        character = text[index]
        if character == "\\":
            index += 1
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return index
        index += 1
    return None
