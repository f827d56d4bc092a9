"""A raw text becomes reasoning, response and state.

How models mark their thoughts is one table, which the verifiers share:
[verifiers/extract/reasoning.py](../../verifiers/extract/reasoning.py).
"""

import re
from typing import NamedTuple

from schemas.finish_reasons import ending
from schemas.vocabulary import State
from verifiers.extract.reasoning import take_apart

# A cut or a tokenizer sometimes costs the last character of a tag.
SOLUTION = re.compile(
    r"<\|(?:begin|end)_of_solution\|?>?|<\|(?:START|END)_(?:RESPONSE|TEXT)\|>|<\|(?:return|end)\|>\s*\Z"
)
"""The marks of an answer, which go: those of Sky-T1, Command A and harmony."""


class Parts(NamedTuple):
    """A trace taken apart. `reasoning` is None where nothing marks it."""

    reasoning: str | None
    response: str
    state: State
    dialect: str


def split(text: str, finish_reason: str | None = None) -> Parts:
    """Take a raw text apart. The tags go, everything else stays (ends stripped).

    The response begins after the last closing tag: models sometimes quote or repeat a tag inside
    their reasoning, and only the last one ends it.
    """
    thought, response, closed, dialect = take_apart(text)
    if closed:
        return join(thought, SOLUTION.sub("", response), finish_reason, dialect)
    opened = (thought or "").strip()
    return Parts(opened, "", _ended(State.UNCLOSED, opened, finish_reason), dialect)


def fields(
    reasoning: str | None, response: str, finish_reason: str | None, dialect: str = "none"
) -> Parts:
    """A trace whose reasoning and response came apart, and each perhaps with its tags.

    Some servers leave the tags in the field, some put the thought there and into the response
    too. A thought that stands in both is one thought; two different ones are both kept.
    """
    thought = split(reasoning or "")
    if thought.dialect != "none":
        told = "\n\n".join(part for part in (thought.reasoning, thought.response) if part)
    else:
        told = reasoning or ""
    again = split(response)
    if again.reasoning is None:
        said = "" if told.strip() and response.strip() == told.strip() else response
        return join(told or None, said, finish_reason, dialect)
    if again.reasoning in ("", told.strip()):
        both = told
    else:
        both = "\n\n".join(part for part in (told.strip(), again.reasoning) if part)
    named = again.dialect if dialect == "none" else dialect
    return join(both, again.response, finish_reason, named)


def join(
    reasoning: str | None, response: str, finish_reason: str | None, dialect: str = "none"
) -> Parts:
    """Name the state of a trace whose reasoning and response are known apart."""
    thought, answer = reasoning and reasoning.strip(), response.strip()
    state = State.COMPLETE if answer else State.UNCLOSED if thought else State.EMPTY
    if not answer and thought and dialect != "none":
        state = State.EMPTY  # the thought was closed and nothing came after it
    return Parts(thought, answer, _ended(state, (thought or "") + answer, finish_reason), dialect)


def _ended(state: State, text: str, finish_reason: str | None) -> State:
    ended = ending(finish_reason)
    if ended == State.COMPLETE or (ended == State.TRUNCATED and not text):
        return state if text else State.EMPTY
    return ended


REASONING, RESPONSE = "\ue000", "\ue001"


def frame(raw: str, parts: Parts) -> str:
    """The raw text around the parts, so that nothing is lost and the long text stands once.

    Most traces of a model share one frame. A raw text that the parts cannot rebuild (a tag in the
    middle of them, say) is its own frame.
    """
    thought = parts.reasoning or ""
    start, answer = raw.find(thought), raw.rfind(parts.response)
    end = start + len(thought)
    if start < 0 or answer < end:
        return raw
    tail = raw[answer + len(parts.response) :]
    made = raw[:start] + REASONING + raw[end:answer] + RESPONSE + tail
    return made if unframe(made, parts.reasoning, parts.response) == raw else raw


def unframe(framed: str, reasoning: str | None, response: str) -> str:
    """The raw text of a trace from its columns `frame`, `reasoning` and `response`."""
    before, hole, rest = framed.partition(REASONING)
    if not hole:
        return framed
    between, _, after = rest.partition(RESPONSE)
    return before + (reasoning or "") + between + response + after
