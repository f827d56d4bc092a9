"""The final answer of a response: the last claim that is asserted, and what stands beside it.

1. What follows the thought (`reasoning`). 2. The last box or tag whose sentence asserts it
(`boxes`, `roles`); what "and" or "or" joins to it belongs to it. 3. A final answer that is stated
after it. 4. Without either the last statement behind a marker (`statements`), else the conclusion
(`sentences`). Every scanner is linear in the text; 3 and 4 look at its last `NEAR` characters.

A claim that a later one contradicts, and does not take back, is contested: the two are compared
with the gold, and where it tells them apart nothing is decided (`judged`).
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from verifiers.extract.boxes import MOST, Box, boxes
from verifiers.extract.lexicon import Lexicon, lexicon
from verifiers.extract.parts import as_point, is_itemized, of_one_name, told
from verifiers.extract.reasoning import take_apart
from verifiers.extract.roles import Role, role
from verifiers.extract.sentences import conclusion
from verifiers.extract.statements import Statement, statement, statements
from verifiers.text.json_text import last_json, read_json
from verifiers.text.normalize import undelimited
from verifiers.text.rows import in_steps

NEAR = 3000  # a statement further from the end is not what the text ends with
_LINE = 200  # characters of a response that may be nothing but its answer
_GAP = 60  # characters between two boxes of one statement
_SIGNED_OFF = re.compile(
    r"<(?:\|(?:im_start|im_end|endoftext|end_of_text|eot_id|return|END_RESPONSE)\|>|/s>|eos>|end_of_turn>)"
)
_QED = re.compile(  # `$\blacksquare$`, "∎", "Q.E.D." where a proof ends
    r"(?:\$*\\(?:blacksquare|square|Box|qed|qedsymbol)\$*|[∎□■]|\bQ\.?E\.?D\.?)\Z"
)
_QED_LENGTH = 20  # characters of the end that may be one
_RUN_ON = re.compile(  # what a base model writes on its own after the answer: "Question: Tom has"
    r"\n\s*(?:Question|Problem|Human|User|Q|问题|Input)(?: \d+)?\s*[:：]"
)
_ANSWERED = re.compile(r"\banswer\b|####|\\boxed|答", re.IGNORECASE)
_JOINT = re.compile(
    r"[\s$.,;(){}\[\]\\]*"
    r"(?:\\text|\\quad|\\qquad|and|or|,|;|&|、|和|或|[\s$(){}\[\]\\]|[a-z]+ and |[a-z]+ or )+"
    r"[\s$(){}\[\]\\]*\Z"
)
_RIVAL = re.compile(  # "or maybe", ", or, if overlaps count,"; not "or equivalently", which is one
    r"[\s$,;)\]\\}/]*(?:\bor\b|\bou\b|\boder\b|\bили\b|\batau\b|或|または|또는|أو|\bo\b(?!\w))"
    r"(?!,? (?:equivalently|simply|in (?:simplest|lowest|decimal|other))\b)[^.!?。\n]{0,60}\Z"
)
_MORE = re.compile(  # `\boxed{42} and 43`
    r"[\s$)\]\\}]*(and|or)\s+[$\\(\[]*\s*(-?\d[\d.,/]*\d|-?\d)(?![\w^])"
)
_OPTION = re.compile(  # `(B) 12`, `\\textbf{(B)}\\ 12`, `\\text{Answer: } 10`
    r"(?:\\(?:text(?:bf)?|mathrm|mathbf)\s*\{\s*)?(?:\((?-i:[A-Z])\)|(?-i:[A-Z])[.)]"
    r"|(?:the )?(?:final )?answer(?: is\b|\s*:))\s*\}?(?:[\s~:]|\\[ ,;q]u?a?d?)*(?=\S)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"[\s$)\]]*\\?(?:%|per ?cent\b|pct\b)")  # `\boxed{28} pct`
_OR = re.compile(r"(?:\\text\{ or \}|\s\(?\bor\b\s)")
_NAMED = re.compile(r"(\band\b[\s$\\()]*)[A-Za-z](?:_\{?\w\}?)?\s*=\s*\Z")
_NAME = re.compile(r"([A-Za-z](?:_\{?\w\}?)?)\s*=\s*[$\\(\[]*\s*\Z")  # `y = ` before a box


class Extraction(NamedTuple):
    """What a response says, and where.

    `text[start:end]` of the response is the answer; both are -1 where it was put together from
    several places. `rule` is box, tag, statement, conclusion or json. `rivals` are other values
    that were boxed. `parts` are all values that are claimed, for a problem that asked for several.
    `contested` is a later claim that says something else. `beside` are other readings of the
    sentence that holds the answer. `bare` is the whole response where it is one line without a
    mark, which may be nothing but the answer. Without an answer `reason` says why.
    """

    answer: str | None
    rule: str = ""
    start: int = -1
    end: int = -1
    rivals: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    contested: str | None = None
    beside: tuple[str, ...] = ()
    bare: str | None = None
    reason: str = ""


def final_answer(text: str, kind: str = "math") -> str | None:
    """The final answer that `text` states, as it is written; None when it states none.

    `kind` is "math", "choice", "text" or "json": only mathematics takes a formula or a number out
    of a sentence. Linear time, whatever the text.
    """
    return read_answer(text, kind).answer


def read_answer(text: str, kind: str = "math") -> Extraction:
    """`final_answer` with what stands beside it."""
    thought = take_apart(text)
    if not thought.closed:
        return Extraction(None, reason="no_answer.unclosed")
    body = in_steps(spoken(thought.response))
    found = _claimed(body, kind)
    answer = undelimited(found.answer.strip()) if found.answer else None
    return found._replace(answer=answer or None, reason="" if answer else "no_answer.not_found")


def unboxed(answer: str) -> str:
    """The boxed part, or parts, of an answer that is a whole closing sentence; else the answer."""
    found = list(islice(boxes(answer), MOST)) if "\\" in answer else []
    found = [box for box in found if box.rule == "box"]
    return _joined(answer, found, found[0]).content if found else answer


def extract(text: str, kind: str = "math") -> Extraction | None:
    """`read_answer` with its place in the text; None without an answer."""
    found = read_answer(text, kind)
    if found.answer is None:
        return None
    start = text.rfind(found.answer)
    rivals = dict.fromkeys(part for part in found.rivals if part not in found.answer)
    end = start + len(found.answer) if start >= 0 else -1
    return found._replace(start=start, end=end, rivals=tuple(rivals))


def judged(found: Extraction, compare: Callable[[str], str]) -> str:
    """The reason of a verdict on what was read; `compare` gives the reason for one answer."""
    if found.bare and _equal(said := compare(found.bare)):
        return said
    if found.answer is None:
        return found.reason
    reason = _of_one(found.answer, compare)
    right = _equal(reason)
    if not right and len(found.parts) > 1:
        named = compare(", ".join(found.parts))
        told = compare(point) if (point := as_point(found.parts)) else named
        if _equal(named) or _equal(told):
            return named if _equal(named) else told
        if named.startswith("differ.") and reason.startswith("undecided."):
            return named
    if found.contested and _equal(compare(found.contested)) != right:
        return "undecided.ambiguous"
    others = (*found.beside, *(found.parts if found.rule == "conclusion" else ()))
    if reason.startswith("differ.") and any(_equal(compare(other)) for other in others):
        return "undecided.ambiguous"
    return reason


def _of_one(answer: str, compare: Callable[[str], str]) -> str:
    """The reason for an answer, for what stands behind its label, or for rivals that are the
    same value.
    """
    reason = compare(answer)
    if _equal(reason):
        return reason
    label = _OPTION.match(answer)
    if label and _equal(inner := compare(answer[label.end() :])):
        return inner
    sides = _OR.split(answer)
    if len(sides) > 1 and all(_equal(inner := compare(side.strip(" ()"))) for side in sides):
        return inner
    return reason


def spoken(response: str) -> str:
    """A response without the marks of its end and the questions that run on behind it."""
    text = response.lstrip()
    signed = _SIGNED_OFF.search(text, 1)
    text = (text[: signed.start()] if signed else text).rstrip()
    ended = _QED.search(text, max(0, len(text) - _QED_LENGTH))
    text = text[: ended.start()] if ended else text
    for match in _RUN_ON.finditer(text):
        if _ANSWERED.search(text, 0, match.start()):
            return text[: match.start()]
    return text


def _equal(reason: str) -> bool:
    return reason.startswith("equal.")


def _claimed(text: str, kind: str) -> Extraction:
    """What a response claims: JSON where it is asked for, else its last asserted box or tag, else
    its last statement behind a marker, else its conclusion.
    """
    words = lexicon(text)
    delimited = list(islice(boxes(text), MOST))
    found = _delimited(text, delimited, words)
    if kind == "json":
        if found and read_json(found[0].content) is not None:
            return Extraction(found[0].content, found[0].rule)
        return Extraction(last_json(text), "json")
    if delimited and not any(box.content for box in delimited):
        return Extraction(None)
    if found:
        return _boxed(text, kind, found, delimited, words)
    for box in delimited:  # what stands in a box that is denied is denied, too
        text = text[: box.start] + " " * (box.end - box.start) + text[box.end :]
    tail = text[-NEAR:]
    said = statement(tail, kind, words)
    if said:
        if words.renounces.search(tail, said.at):
            return Extraction(None)
        parts = [s.value for s in statements(tail, kind, words) if s.part] if said.part else []
        return Extraction(said.value, "statement", parts=tuple(reversed(parts)), beside=said.beside)
    ending = conclusion(tail, kind, words)
    line = text.strip()
    bare = line if len(line) <= _LINE and "\n" not in line else None
    several = told(tail, words) if kind == "math" and ending.text else ()
    beside = ending.beside
    if of_one_name(several) and not is_itemized(tail):
        several, beside = (), (*beside, ", ".join(several))
    return Extraction(ending.text, "conclusion", parts=several, beside=beside, bare=bare)


def _delimited(text: str, delimited: list[Box], words: Lexicon) -> list[Box] | None:
    """The last box that is asserted, and before it those that are asserted, too."""
    asserted = [
        box
        for box in delimited
        if box.content and role(text, box.start, box.end, words) in (Role.ASSERTED, Role.COMPARED)
    ]
    return asserted or None


def _boxed(
    text: str, kind: str, found: list[Box], delimited: list[Box], words: Lexicon
) -> Extraction:
    box = _joined(text, delimited, found[0])
    percent = _PERCENT.match(text, box.end) and box.content[-1:].isdigit()
    content = box.content + (r"\%" if percent else "")
    if found[0].rule == "tag" and not content.startswith("\\") and _ANSWERED.search(content):
        said = statement(content, kind, words)
        content = said.value if said else content
    parts = tuple(_part(text, each) for each in reversed(found)) if len(found) > 1 else ()
    rivals = tuple(each.content for each in delimited)
    after = text[found[0].end :][-NEAR:]
    later = _later(after, kind, words)
    if not later and words.renounces.search(after):
        return Extraction(None, rivals=rivals)
    answer, rule, contested = content, found[0].rule, None
    if later and later.value.strip("$ ") != content:
        if later.final or words.corrects.search(after, 0, later.at):
            answer, rule = later.value, "statement"
        else:
            contested = later.value
    return Extraction(
        answer, rule, rivals=rivals, parts=tuple(dict.fromkeys(parts)), contested=contested
    )


def _later(after: str, kind: str, words: Lexicon) -> Statement | None:
    """What is stated after a box: behind a marker, or in a sentence that corrects."""
    if len(after) < 3:
        return None
    said = statement(after, kind, words)
    if said and (kind != "math" or any(c.isdigit() or c in "\\$∞π" for c in said.value)):
        return said
    correction = words.corrects.search(after)
    if correction and kind == "math":
        ending = conclusion(after[correction.start() :], kind, words).text
        if ending and any(map(str.isdigit, ending)):
            return Statement(ending, 0, False, False)
    return None


def _part(text: str, box: Box) -> str:
    """A box with the name that stands before it: `x = \\boxed{1}`."""
    named = _NAME.search(text, max(0, box.start - 20), box.start)
    return f"{named[1]}={box.content}" if named and "=" not in box.content else box.content


def _joined(text: str, delimited: list[Box], last: Box) -> Box:
    """The box with those just before it that "and", "or" or a comma joins to it; so a number
    that follows it in the same way.
    """
    more = _MORE.match(text, last.end, last.end + _GAP)
    content = f"{last.content} {_joint(more[1])} {more[2]}" if more else last.content
    start = last.start
    for before in delimited[delimited.index(last) + 1 :]:
        gap = text[before.end : start] if start - before.end <= _GAP else "."
        gap = _NAMED.sub(r"\1", gap)
        rival = bool(_RIVAL.match(gap))
        if "=" in gap or "\n\n" in gap or not (rival or not gap or _JOINT.match(gap)):
            break
        content = f"{before.content} {_joint('or' if rival else ',')} {content}"
        start = before.start
    return Box(content, start, last.end, last.rule)


def _joint(word: str) -> str:
    return "," if word in (",", "and") else rf"\text{{ {word} }}"
