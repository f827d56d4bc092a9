"""A request to a model, how it ended, and what a run counts of all of them."""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from schemas.finish_reasons import ending
from schemas.vocabulary import State
from tasks.llm.http.replies import Reply


class Request(NamedTuple):
    """One request. `expected`: tokens it will hold in the server's cache, prompt and answer;
    `begun`: it goes on with what was paid for, so it is sent also where the budget is spent.
    """

    path: str
    body: dict[str, Any]
    expected: float
    begun: bool = False


class Answered(Protocol):
    """What every answer tells, whatever was asked."""

    @property
    def finish_reason(self) -> str | None:
        """Why it ended; None where the server did not say."""

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens read; None where the server did not say."""

    @property
    def completion_tokens(self) -> int | None:
        """Tokens written; None where the server did not say, or wrote none."""

    @property
    def unread(self) -> tuple[str, ...]:
        """Metadata that was there and could not be read."""


R = TypeVar("R", bound=Answered)


class Ended(NamedTuple, Generic[R]):
    """How a request ended: `reply`, or the kind of failure with its detail."""

    reply: R | None
    failure: str | None
    detail: str | None
    attempts: int
    started_at: float
    seconds: float


Completion = Ended[Reply]


@dataclass
class Meter:
    """What the run did so far; read by the progress line and the report."""

    began: float = field(default_factory=time.monotonic)
    done: int = 0
    in_flight: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    truncated: int = 0
    accepted: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    retries: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    def count(self, reply: Answered) -> None:
        """Count an answer."""
        self.done += 1
        self.prompt_tokens += reply.prompt_tokens or 0
        self.completion_tokens += reply.completion_tokens or 0
        self.truncated += ending(reply.finish_reason) == State.TRUNCATED
        self.unread.update(reply.unread)

    def tell_unread(self, name: str) -> None:
        """Say which metadata of a teacher's answers could not be read."""
        for what, count in sorted(self.unread.items()):
            print(
                f"longcot: {name}: {count:,} answers whose {what} cannot be read; it is null there",
                file=sys.stderr,
            )
