"""What goes into a verifier, and what a verifier is."""

from typing import NamedTuple, Protocol

from schemas.vocabulary import Verification


class Problem(NamedTuple):
    """A problem as a verifier sees it.

    `answer` is the gold answer (None where there is none), `answer_kind` one of "math", "choice",
    "text", "json" or a kind of `verifiers.base.kinds.KINDS`, or None to let the gold decide
    (`verifiers.answer_kind`). `problem` is the statement; choices read it for the options that it
    lists, the audit of a puzzle solves it. `tests` is what a kind needs beside the gold, as JSON
    text: the states of a database, constraints, the tests of a program, whose
    `solution` is only run to audit them.
    """

    problem_id: str
    problem: str
    answer: str | None
    answer_kind: str | None = None
    tests: str | None = None
    solution: str | None = None


class Verifier(Protocol):
    """Judges a response against a problem's gold answer; never raises for what it reads."""

    name: str
    version: str

    def verify(self, problem: Problem, response: str) -> Verification:
        """Extract the final answer of `response` and compare it with the gold answer."""
        ...
