"""The record of a sample in the journal: what was asked, what came, and whether it goes on."""

from dataclasses import dataclass
from typing import Any

from schemas.finish_reasons import INTERRUPTED, ending
from schemas.vocabulary import State
from tasks.llm.http.replies import INT32

Usage = tuple[int | None, int | None, int | None]
"""Tokens of the prompt, of the completion, and of its reasoning."""


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """One sample as it stands after a round.

    reasoning, content: the text as received; reasoning is None where it stands in the content
    finish: the server's word; started: Unix seconds; seconds: of all rounds together
    failure: why there is no answer; stuck: why a continuation failed; detail: the server's words
    open: whether another round is to come
    """

    id: str
    problem: str
    sample: int
    prompt: str
    hinted: bool
    params: str
    seed: int | None
    rounds: int
    reasoning: str | None
    content: str
    finish: str | None
    usage: Usage
    started: float
    seconds: float
    failure: str | None
    stuck: str | None
    detail: str | None
    open: bool

    @property
    def cut(self) -> bool:
        """Whether it met its token limit, and nothing has said that it cannot be gone on with."""
        whole = self.failure is not None or self.stuck is not None
        return not whole and ending(self.finish) == State.TRUNCATED

    @property
    def broken_off(self) -> bool:
        """Whether its stream was broken off; what had come is its text."""
        return self.failure is None and self.stuck is None and self.finish == INTERRUPTED


FIELDS = tuple(SampleRecord.__dataclass_fields__)


def record_of(line: dict[str, Any]) -> SampleRecord:
    """A line of the journal as a record. Raises KeyError, TypeError where it is none.

    Counts that no table holds are None: an earlier longcot wrote them down as they came.
    """
    told = {name: line[name] for name in FIELDS}
    prompt, completion, reasoning = map(_count, told["usage"])
    finish = told["finish"]
    told["finish"] = finish if isinstance(finish, str) else None
    return SampleRecord(**{**told, "usage": (prompt, completion, reasoning)})


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value <= INT32 else None
