"""What is stated behind a marker: "The answer is 5", "#### 5", `"answer": "5"`, "答案是5"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifiers.extract.lexicon import Lexicon
from verifiers.extract.sentences import is_comment, is_value, stated
from verifiers.extract.values import Value

_JSON_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"")  # "5 \"apples\""
_JSON_BARE = re.compile(r"\[[^\[\]{}\n]*\]|[^,}\n]*")  # 5 in {"answer": 5}, [3, 2]
_LEAD = re.compile(r"[\s:：*_=#>\-–—✅)】\]]*", re.DOTALL)  # ": **", "】"
_END = re.compile(r"\n|<\||</")
_RECONSIDERED = re.compile(  # "The answer is 2. But wait"
    r"\b(?:wait|hold on)\b|let me (?:double|check|think|re)|\bi think i (?:made|might)\b|i'm still",
    re.IGNORECASE,
)
_JUDGEMENTS = ("correct", "right", "wrong", "incorrect", "reasonable", "consistent", "here")
_PART = re.compile(  # "Final answer for Subproblem 2", "Answer to part (b)"
    r"[^\n]{0,12}\b(?:(?:sub)?problem|part|question)\s*\(?\w{1,3}\b", re.IGNORECASE
)
_LISTED = re.compile(  # "The answers are:" and a list
    r"answers?[^\n]{0,40}:[*_ ]*\n\s*(?=(?:[-*•]|\(?\w{1,2}[.)])\s)", re.IGNORECASE
)
_ITEM = re.compile(  # "- NH4OH: 35 g", "1. $-8$", "(a) 5"
    r"\s*(?:[-*•]|\(?\w{1,2}[.)])\s+(?:\*{0,2}[^\n:=]{1,60}[:=]\*{0,2}\s*)?(?P<item>[^\n]+)"
)
_NOTHING = Value(None, None)
_MOST = 6  # markers, the last ones, that are looked at
_CLOSERS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}


class Statement(NamedTuple):
    """What a marker at `at` states. `part` where the marker says of which part it speaks;
    `beside`: see `Value`.
    """

    value: str
    at: int
    final: bool
    part: bool
    beside: tuple[str, ...] = ()


def statement(text: str, kind: str, lexicon: Lexicon) -> Statement | None:
    """The last answer that a marker states and nothing takes back, or None.

    A statement that holds no value ("the answer is the same in every case") does not replace one
    that does.
    """
    words = None
    for found in statements(text, kind, lexicon):
        if _RECONSIDERED.search(text, found.at):
            return None  # what counts is how the text ends
        if kind != "math" or is_value(found.value):
            return found
        words = words or found
    return words


def statements(text: str, kind: str, lexicon: Lexicon) -> Iterator[Statement]:
    """The answers that are asserted behind the last markers of a text, the last one first."""
    for match in markers(text, lexicon):
        line = text.rfind("\n", 0, match.start()) + 1
        sentence = text[line : match.start()]
        if is_comment(sentence) or (match["gsm"] and sentence.strip()):
            continue
        listed = _LISTED.match(text, match.start())
        if listed:
            yield from _items(text, listed.end(), kind, lexicon)
            continue
        if match["json"]:
            found = _json(text, match.end(), kind, lexicon)
        else:
            found = _after(text, match.end(), kind, lexicon)
        if found.text and found.text.lower().strip(" .") not in _JUDGEMENTS:
            final = bool(match["gsm"]) or sentence.rstrip().lower().endswith(("final", "actual"))
            part = bool(_PART.match(text, match.end()))
            yield Statement(found.text, match.start(), final, part, found.beside)


def _items(text: str, at: int, kind: str, lexicon: Lexicon) -> Iterator[Statement]:
    """The values of a list behind "The final answers are:", the last one first."""
    found = []
    while item := _ITEM.match(text, at):
        value = stated(text, *item.span("item"), kind, lexicon).text
        found += [Statement(value, item.start(), True, True)] if value else []
        at = item.end()
    yield from reversed(found)


def markers(text: str, lexicon: Lexicon) -> Iterator[re.Match[str]]:
    """The last markers of a text, the last one first."""
    small = text.lower()
    if len(small) != len(text):
        small = text  # a letter that is two when it is small
    end, left = len(text), _MOST
    while left:
        anchors = ("####", *lexicon.anchors)  # one may be the end of another
        at = max(small.rfind(anchor, 0, end + len(anchor) - 1) for anchor in anchors)
        if at < 0:
            return
        match = lexicon.answer.match(text, at)
        if match and not (
            at and small[at].isascii() and small[at - 1].isalpha() and small[at - 1].isascii()
        ):
            left -= 1
            yield match
        end = at


def _json(text: str, at: int, kind: str, lexicon: Lexicon) -> Value:
    quoted = _JSON_STRING.match(text, at)
    if quoted:
        value = quoted[1].replace('\\"', '"').replace("\\\\", "\\").strip()
        return stated(value, 0, len(value), kind, lexicon) if value else _NOTHING
    bare = _JSON_BARE.match(text, at)
    return stated(text, at, bare.end(), kind, lexicon) if bare and bare[0].strip() else _NOTHING


def _after(text: str, at: int, kind: str, lexicon: Lexicon) -> Value:
    """The value of the first statement after the marker: on its line, or the next with text."""
    part = _PART.match(text, at)
    start = part.end() if part else at
    lead = _LEAD.match(text, start)
    start = lead.end() if lead else start
    copulas = lexicon.copulas.match(text, start)
    if copulas and copulas.end() > start:
        start = copulas.end()
        lead = _LEAD.match(text, start)
        start = lead.end() if lead else start
    if lead and lead[0].endswith("-") and not text[start : start + 1].isspace():
        start -= 1  # a sign, not a dash
    if (
        lead
        and lead[0].endswith("**")
        and "**" in text[start : start + 200]
        and "\n" not in lead[0]
    ):
        start -= 2  # the start of bold text
    closing = _CLOSERS.get(text[start : start + 2])
    end = text.find(closing, start + 2) if closing else -1
    if end > 0 and (
        closing != "\\)" or _END.match(text, end + 2) or len(text) - start <= end - start + 4
    ):
        stop = end + 2
    else:
        match = _END.search(text, start)
        stop = match.start() if match else len(text)
    return stated(text, start, stop, kind, lexicon) if text[start:stop].strip() else _NOTHING
