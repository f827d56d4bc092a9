r"""Where a text delimits an answer: `\boxed{...}`, `<answer>...</answer>`, a box of tokens."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 20_000  # characters of one box that are looked at
_COMMANDS = ("\\boxed", "\\fbox", "\\framebox")
_OPEN = ("<answer>", "<ANSWER>", "<Answer>", "<|begin_of_box|>")
_CLOSE = re.compile(r"\\?</?(?:answer|ANSWER|Answer)>?|<\|end_of_box\|>")  # a slash may be missing
_TORN = re.compile(r"(?:answer|ANSWER)>([^<>\n]{1,100})</(?:answer|ANSWER)>")  # no `<`
_TAIL = 300  # characters in which a torn tag is looked for
_SHORT = 200
_MISSES = 200  # boxes that are not closed, behind the one that is looked for
MOST = 20  # boxes and tags that are looked at


class Box(NamedTuple):
    """The content of a box and where it stands: `text[start:end]` is the whole of it."""

    content: str
    start: int
    end: int
    rule: str = "box"


def boxes(text: str) -> Iterator[Box]:
    """What a text delimits, the last one first; a box in a tag is the tag's
    content. A box may be empty.
    """
    box, tag = last_box(text), _tag(text, len(text))
    torn = _TORN.search(text[-_TAIL:]) if not box and not tag else None
    if torn:
        offset = max(0, len(text) - _TAIL)
        yield Box(torn[1], offset + torn.start(), offset + torn.end(), "tag")
    while box or tag:
        if box and tag and box.start < tag.start and tag.end <= box.end:
            yield box._replace(content=tag.content)  # `\\boxed{<answer>5</answer>}`
            tag = _tag(text, box.start)
            box = last_box(text, box.start)
        elif box and (not tag or box.start >= tag.end):
            yield box
            box = last_box(text, box.start)
        elif tag:
            inner = last_box(tag.content) if "\\" in tag.content else None
            yield tag._replace(content=inner.content if inner else tag.content)
            while box and box.start > tag.start:
                box = last_box(text, box.start)
            tag = _tag(text, tag.start)


def last_box(text: str, end: int | None = None) -> Box | None:
    """The last readable box that starts before `end`."""
    end = len(text) if end is None else end
    for _ in range(_MISSES):
        start = max(text.rfind(command, 0, end) for command in _COMMANDS)
        if start < 0:
            return None
        box = _read(text, start)
        if box:
            return box
        end = start
    return None


def _tag(text: str, end: int) -> Box | None:
    """The last `<answer>` that starts before `end`, with what it holds.

    One that nothing closes is the last of the text or just mentioned: "in an <answer> tag".
    """
    last = end == len(text)
    for _ in range(MOST):
        start = max(text.rfind(tag, 0, end) for tag in _OPEN)
        if start < 0:
            return None
        at = text.index(">", start) + 1
        close = _CLOSE.search(text, at, at + LONGEST)
        if close and ("/" in close[0] or "end" in close[0]):
            return Box(text[at : close.start()].strip(), start, close.end(), "tag")
        if last and not close and not last_box(text[at:]):
            return Box(text[at : at + LONGEST].strip(), start, len(text), "tag")
        end, last = start, False
    return None


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
    if stop < 0 and len(text) - at < _SHORT:  # the closing brace was forgotten at the very end
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
