"""Knights and Knaves: who always tells the truth, who always lies.

The gold is an assignment in words ("Ann is a knight, Bob is a knave"). The audit reads the puzzle
too, solves it and asks that the gold is its only solution; a puzzle whose words are not understood
is taken as it is.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from verifiers.base.kinds import Kind, declare
from verifiers.base.protocol import Problem
from verifiers.extract.boxes import last_box
from verifiers.extract.final_answer import final_answer
from verifiers.kinds.puzzles.knights.statements import KNAVE, KNIGHT, solutions
from verifiers.kinds.puzzles.only_solution import only_solution

_ROLE = rf"(?:{KNIGHT}|{KNAVE})"
_JOINT = r"\s*(?:,\s*and\b|,|&|\band\b|\+|[\"']\s*,\s*[\"'])\s*"
_MARKS = r"[\s*_\"'`|:=~(){}\[\]\\→>–—-]*"
_HEDGE = re.compile(rf"{_ROLE}s?\s+or\s+(?:an?\s+)?{_ROLE}|either\s+an?\s+{_ROLE}", re.IGNORECASE)
_SUPPOSED = re.compile(
    r"\b(?:if|suppose|supposing|assum\w+|would|says?|said|claim\w*|stat\w+|case|whether)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n|\\\\")
_MARKER = re.compile(
    r"\b(?:final answer|answer|conclusion|therefore|thus|hence|solution|in summary|summary)\b",
    re.IGNORECASE,
)
_TAIL = 1500  # characters at the end in which an unmarked assignment is looked for
_NAMED = r"[A-Z][\w'-]*"


def extract(response: str) -> str | None:
    """The text that states the assignment: a box or a tag, else the end of the response."""
    found = final_answer(response, "text")
    if found and re.search(_ROLE, found, re.IGNORECASE):
        marked = last_box(response) or "<answer" in response.lower()
        if marked or len(found) > 40:
            return found
    tail = response[-_TAIL:]
    markers = [
        m.end() for m in _MARKER.finditer(tail) if re.search(_ROLE, tail[m.end() :], re.IGNORECASE)
    ]
    tail = tail[markers[-1] :] if markers else tail
    return tail.strip() if re.search(_ROLE, tail, re.IGNORECASE) else None


def compare(problem: Problem, answer: str) -> str:
    """`equal.assignment`, `differ.assignment`, `differ.missing` or `no_answer.hedged`."""
    gold = read_assignment(problem.answer or "")
    if not gold:
        return "undecided.parse_gold"
    if _HEDGE.search(answer):
        return "no_answer.hedged"
    found = read_assignment(answer, tuple(gold))
    if not found:
        return "differ.type"
    if found.keys() != gold.keys():
        return "differ.missing"
    return "equal.assignment" if found == gold else "differ.assignment"


def audit(problem: Problem) -> str:
    """Whether the gold can be read and is the only solution of the puzzle."""
    reason = compare(problem, problem.answer or "")
    if not reason.startswith("equal."):
        return "undecided.parse_gold"
    gold = read_assignment(problem.answer or "")
    return only_solution(
        reason, lambda: solutions(problem.problem, tuple(gold)), lambda found: found == gold
    )


def read_assignment(text: str, names: Sequence[str] = ()) -> dict[str, bool]:
    """Who is a knight (True) and who is a knave, as far as `text` says.

    Sentences, lists, JSON and tables are understood, by person or by role. Only `names` are looked
    for, or every capitalised word where there are none. What stands later counts.
    """
    patterns = _patterns(tuple(names))
    found: dict[str, bool] = {}
    text = re.sub(r"\\(?:text\w*|mathrm|mathbf)\s*\{|[{}$]", " ", text)
    for sentence in _SENTENCE.split(text):
        if _SUPPOSED.search(sentence):
            continue
        rest = sentence
        for pattern in patterns:
            for match in pattern.finditer(rest):
                knight = re.match(KNIGHT, match["role"], re.IGNORECASE) is not None
                value = knight != bool(match.groupdict().get("not"))
                found.update(dict.fromkeys(_names(match["names"], names), value))
            rest = pattern.sub(" ; ", rest)
    return found


@lru_cache(maxsize=1024)
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """ "The knave is Ann", "Ann and Bob are knights", "Knights: Ann, Bob", in this order."""
    one = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or _NAMED
    listed = rf"(?P<names>\b(?:{one})\b(?:{_JOINT}(?:{one})\b)*)"
    verb = (
        r"(?:\b(?:is|are|was|must be|has to be|have to be|as|being|(?:is|are) indeed"
        r"|(?:is|are) (?:both|all|therefore|thus|also|actually|definitely|then))\b)?"
    )
    article = r"(?:\b(?:an?|the|both|all)\b)?(?: only\b)?"
    role = rf"(?P<role>{_ROLE})s?\b"
    person = re.compile(
        rf"{listed}{_MARKS}{verb}{_MARKS}(?P<not>\bnot\b)?\s*{article}{_MARKS}{role}",
        re.IGNORECASE if names else 0,
    )
    one_by_role = re.compile(
        rf"\b{role} is (?:only )?(?P<names>(?:{one})\b)", re.IGNORECASE if names else 0
    )
    by_role = re.compile(
        rf"\b{role}[\s*_\"'`)]*(?:\bis\b|\bare\b|:|=|→|->)[\s*_\"'`\[({{]*(?:\bonly\b)?\s*{listed}",
        re.IGNORECASE if names else 0,
    )
    return one_by_role, person, by_role


def _names(listed: str, known: Sequence[str]) -> list[str]:
    found = re.findall(_NAMED if not known else r"[\w'-]+(?: [\w'-]+)*?(?=\W|$)", listed)
    if not known:
        return [name for name in found if name != "And"]
    low = listed.lower()
    return [name for name in known if re.search(rf"\b{re.escape(name.lower())}\b", low)]


declare(Kind("knights", extract, compare, audit))
