"""True or false, in words: claims on a table, conclusions, yes-or-no questions.

"unknown" is a value of its own ("not enough information"), for a claim that a source leaves open.
"""

import re

from verifiers.base.kinds import Kind, declare
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import NEAR, final_answer

_WORDS = {
    "true": "true yes correct right entailed entails entailment supported supports valid holds "
    "follows affirmative consistent proved proven t y 1",
    "false": "false no incorrect wrong refuted refutes contradicted contradicts contradiction "
    "invalid negative inconsistent disproved disproven unsupported untrue f n 0",
    "unknown": "unknown uncertain undetermined neither neutral undecidable indeterminate nei",
}
_VALUE = {word: value for value, line in _WORDS.items() for word in line.split()}
_OPEN = re.compile(
    r"not enough (?:info\w*|evidence)|cannot be (?:determined|decided|verified)|can't be determined"
    r"|insufficient (?:info\w*|evidence)|neither true nor false|unverifiable",
    re.IGNORECASE,
)
_NOT = r"(?:not|n't|isn't|cannot be|never|neither|hardly)"
_WORD = re.compile(
    rf"(?P<denied>\b{_NOT}\s+(?:be\s+|necessarily\s+|fully\s+|logically\s+)?)?"
    r"\b(?P<word>" + "|".join(word for word in _VALUE if len(word) > 1) + r")\b",
    re.IGNORECASE,
)
_OPPOSITE = {"true": "false", "false": "true", "unknown": "unknown"}
_HEDGE = re.compile(r"\b(?:true|false|yes|no)\s*(?:or|/)\s*(?:true|false|yes|no)\b", re.IGNORECASE)


def extract(response: str) -> str | None:
    """What a response states last: a box, a tag, a statement, else its last line."""
    found = final_answer(response, "text")
    if found is not None and read_truth(found) is not None:
        return found
    return stated_truth(response) or found


def compare(problem: Problem, answer: str) -> str:
    """`equal.truth`, `differ.truth`, `no_answer.hedged` or `differ.type`."""
    return compare_truth(problem.answer or "", answer)


def audit(problem: Problem) -> str:
    """Whether the gold is a truth value."""
    return compare(problem, problem.answer or "")


def compare_truth(gold: str, answer: str) -> str:
    """The reason for two texts that are truth values."""
    ours, theirs = read_truth(gold), read_truth(answer)
    if ours is None:
        return "undecided.parse_gold"
    if _HEDGE.search(answer):
        return "no_answer.hedged"
    if theirs is None:
        return "differ.type"
    return "equal.truth" if ours == theirs else "differ.truth"


def read_truth(text: str) -> str | None:
    """ "true", "false" or "unknown"; None for a text that is none of them or several."""
    bare = re.sub(r"\\[a-z]+\{|[^\w\s']", " ", text).strip().lower()
    if bare in _VALUE:
        return _VALUE[bare]
    if _OPEN.search(text):
        return "unknown"
    first = re.match(
        r"(\w+)\b(?=\s*[.,;:!(\n—-]|\s+(?:because|since|as|the)\b)", text.strip(" *\"'`$(")
    )
    if first and len(first[1]) > 1 and first[1].lower() in _VALUE:
        return _VALUE[first[1].lower()]  # "False. The table says ..."
    found = {_value(match) for match in _WORD.finditer(text)}
    return found.pop() if len(found) == 1 else None


def stated_truth(text: str) -> str | None:
    """The last sentence near the end that holds a truth value, or None."""
    for line in reversed(text[-NEAR:].strip().split("\n")):
        for sentence in reversed(re.split(r"(?<=[.!?])\s+", line)):
            if read_truth(sentence) is not None:
                return sentence.strip()
    return None


def _value(match: re.Match[str]) -> str:
    value = _VALUE[match["word"].lower()]
    return _OPPOSITE[value] if match["denied"] else value


declare(Kind("boolean", extract, compare, audit))
