"""The final answer of a response: where it is stated, in order of how plainly it is.

1. what follows the last closed reasoning; 2. the last box or `<answer>` tag, whichever comes
later; 3. the statement after the last "answer" marker; 4. the conclusion: the last formula, bold
text or number. Every scanner is linear in the text; 3
looks at its last `NEAR` characters, 4 at the last lines.
"""

import re
from typing import NamedTuple

from verifiers.extract.answer_markers import statement
from verifiers.extract.boxes import LONGEST, Box, boxes, denied_until, last_boxes
from verifiers.extract.prose import conclusion
from verifiers.kinds.json_value import last_json, read_json
from verifiers.text.normalize import undelimited

NEAR = 3000  # a statement further from the end is not what the text ends with
CLOSED = ("</think>", "<|end_of_thought|>", "</thinking>", "</thought>", "</reasoning>")
OPENED = ("<think>", "<|begin_of_thought|>", "<thinking>", "<thought>", "<reasoning>")
TORN = 300
_SIGNED_OFF = re.compile(r"(?<=.)<\|(?:im_start|im_end|endoftext|end_of_text|eot_id)\|>", re.DOTALL)
_TORN_TAG = re.compile(r"(?:answer|ANSWER)>([^<>\n]{1,100})</(?:answer|ANSWER)>")  # no `<`
_FINAL = re.compile(r"\bfinal answer(?: is|:)[\s:*]*(?=[$\\\d-])", re.IGNORECASE)
_OPEN_TAG = ("<answer>", "<ANSWER>", "<Answer>")
_SAID = re.compile(r"\banswer\b", re.IGNORECASE)
_CLOSE_TAG = re.compile(r"\\?</?(?:answer|ANSWER|Answer)>?")


def final_answer(text: str, kind: str = "math") -> str | None:
    """The final answer that `text` states, as it is written; None when it states none.

    `kind` is "math", "choice", "text" or "json": only mathematics takes a formula or a number out
    of a sentence. Linear time, whatever the text.
    """
    return _taken(text, kind)[0]


class Extraction(NamedTuple):
    """Where an answer was found: by which rule, and what else was boxed.

    `text[start:end]` of the response is the answer; both are -1 where it was put together from
    several places. `rule` is box, tag, statement, conclusion or json.
    """

    answer: str
    rule: str
    start: int
    end: int
    rivals: tuple[str, ...]


def extract(text: str, kind: str = "math") -> Extraction | None:
    """`final_answer` with its evidence."""
    answer, rule = _taken(text, kind)
    if answer is None:
        return None
    start = text.rfind(answer)
    boxed = dict.fromkeys(box for box in boxes(after_reasoning(text)) if box not in answer)
    end = start + len(answer) if start >= 0 else -1
    return Extraction(answer, rule, start, end, tuple(boxed))


def _taken(text: str, kind: str) -> tuple[str | None, str]:
    """The answer and the rule that found it."""
    if unclosed(text):
        return None, ""
    text = _SIGNED_OFF.split(after_reasoning(text).lstrip(), maxsplit=1)[0]
    found, rule = _delimited(text, kind)
    if kind == "json":
        if found and read_json(found) is not None:
            return found, rule
        return last_json(text), "json"
    if found is None:
        tail = text[denied_until(text) :][-NEAR:]
        found, rule = statement(tail, kind), "statement"
        if found is None:
            found, rule = conclusion(tail, kind), "conclusion"
    found = undelimited(found.strip()) if found else None
    return found or None, rule


def after_reasoning(text: str) -> str:
    """What follows the last end of reasoning; the whole text when it holds none."""
    end = max((text.rfind(tag) + len(tag) for tag in CLOSED if tag in text), default=0)
    return text[end:]


def unclosed(text: str) -> bool:
    """Whether reasoning was opened at the start and never closed."""
    head = text[:200].lstrip()
    return head.startswith(OPENED) and not any(tag in text for tag in CLOSED)


def _restated(text: str, box: Box) -> tuple[str, str]:
    """The box, or the answer that "Final answer:" states after it."""
    after = text[box.end :][-NEAR:]
    found = statement(after, "math") if _FINAL.search(after) else None
    return (found, "statement") if found else (box.content, "box")


def _delimited(text: str, kind: str) -> tuple[str | None, str]:
    box = last_boxes(text)
    start = max(text.rfind(tag) for tag in _OPEN_TAG)
    torn = _TORN_TAG.search(text[-TORN:]) if start < 0 and not box else None
    if torn:
        return torn[1], "tag"
    if start < 0 or (box and box.start > start):
        return _restated(text, box) if box else (None, "")
    at = start + len("<answer>")
    close = _CLOSE_TAG.search(text, at, at + LONGEST)
    content = text[at : close.start() if close else at + LONGEST].strip()
    if box and not content:
        return box.content, "box"
    inner = last_boxes(content)
    said = None if inner or not _SAID.search(content) else statement(content, kind)
    return inner.content if inner else said or content, "tag"
