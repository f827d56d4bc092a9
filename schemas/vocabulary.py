"""The closed vocabularies: trace states, verdicts and the reasons behind them.

A word that is not listed here is not written to any table. Reasons are dotted, the family first,
so that `reason LIKE 'differ.%'` selects a family in SQL.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a trace ended."""

    COMPLETE = "complete"  # reasoning closed (or none of its own) and a response after it
    TRUNCATED = "truncated"  # the server stopped it at the token limit
    UNCLOSED = "unclosed"  # reasoning was opened and never closed
    EMPTY = "empty"  # nothing but white space
    REPETITION = "repetition"  # the server stopped it because it repeated itself
    FILTERED = "filtered"  # a content filter ended it, or the model refused
    INTERRUPTED = "interrupted"  # cancelled, timed out, or the server gave up in the middle
    UNKNOWN = "unknown"  # ended for a reason that nobody knows; `finish_reason` keeps the word
    FURTHER_TURN = "further_turn"  # more turns follow the answer; they are cut
    FAILED = "failed"  # the request failed; `finish_reason` names the error


class Verdict(StrEnum):
    """What a verifier says of a trace."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNDECIDED = "undecided"  # the verifier could not decide; never counted as wrong


HUMAN = "human"
"""The verifier that stands for what a person decided; its verdict is the label."""

PEERS = ("math-verify",)
"""Graders whose word is recorded beside the verdict and is never the label."""

REASONS: dict[str, str] = {
    "equal.string": "the same text after normalisation",
    "equal.exact": "the same exact number",
    "equal.rounded": "the same number at the precision that was written",
    "equal.symbolic": "equal by computer algebra",
    "equal.numeric": "the same value to 60 digits at every point tried",
    "equal.choice": "the same option",
    "equal.text": "the same words",
    "equal.human": "a person judged it right",
    "equal.molecule": "the same molecule",
    "equal.abstention": "the response says that there is no answer, and there is none",
    "equal.own": "a verifier of one's own calls it right",
    "differ.molecule": "another molecule",
    "differ.abstention": "the response names an answer where there is none",
    "differ.own": "a verifier of one's own calls it wrong",
    "undecided.own": "a verifier of one's own cannot tell",
    "differ.human": "a person judged it wrong",
    "undecided.human": "a person could not tell",
    "equal.judge": "a model that judges calls it the same answer",
    "equal.truth": "the same truth value",
    "equal.logic": "logically equivalent",
    "equal.assignment": "the same assignment of a puzzle",
    "equal.rows": "the same rows on every state of the database",
    "equal.table": "the same cells",
    "equal.quotes": "every statement names its source and every quote stands in it",
    "equal.constraints": "every constraint holds",
    "equal.score": "the task's own scorer gives at least the threshold",
    "differ.value": "another value",
    "differ.type": "another kind of thing (words where a number was asked, say)",
    "differ.choice": "another option",
    "differ.text": "other words",
    "differ.judge": "a model that judges calls it another answer",
    "differ.truth": "another truth value",
    "differ.logic": "not equivalent: some interpretation tells the two apart",
    "differ.assignment": "another assignment of a puzzle",
    "differ.missing": "a part of the answer is missing, or there is one too many",
    "differ.rows": "other rows on a given state of the database",
    "differ.derived": "other rows on a state derived from the given one",
    "differ.order": "the same rows in another order, where the gold orders them",
    "differ.columns": "another number of columns, or other headers",
    "differ.failed": "the query does not run",
    "differ.budget": "the query takes more steps, or gives more rows, than it may",
    "differ.refused": "the query does more than read the database",
    "differ.table": "another cell",
    "differ.quote": "a quote does not stand in the source that it names",
    "differ.reference": "a statement names no source, or one that is not there",
    "differ.constraint": "a constraint does not hold",
    "differ.score": "the task's own scorer gives less than the threshold",
    "pass.tests": "the program passed every test",
    "fail.wrong_output": "a test got another output or value",
    "fail.exception": "the program raised, crashed, or ended with an exit status other than 0",
    "fail.time_limit": "a test took longer than its limit",
    "fail.memory_limit": "a test needed more memory than its limit",
    "fail.output_limit": "the program printed or wrote more than any test asks for",
    "fail.syntax": "the program cannot be compiled",
    "fail.refused": "the program does what a solution may not, such as printing its own verdict",
    "fail.no_function": "the program does not define the function that the tests call",
    "fail.equations": "the equations have no solution, or do not determine the answer",
    "no_answer.no_program": "the response holds no program (or no equations) of the kind asked for",
    "no_answer.not_found": "the response states no final answer",
    "no_answer.hedged": "several different final answers where one was asked",
    "no_answer.no_quote": "nothing is quoted where quotes were asked",
    "no_answer.judge": "a model that judges finds no final answer",
    "no_answer.truncated": "the trace was cut at the token limit before it answered",
    "no_answer.repetition": "the model repeated itself and was stopped before it answered",
    "no_answer.unclosed": "the reasoning never ended, so nothing was answered",
    "no_answer.empty": "the trace is empty",
    "undecided.ambiguous": "the response claims different answers and takes none of them back",
    "undecided.timeout": "the comparison was killed at its deadline",
    "undecided.memory": "the comparison was stopped at its memory limit",
    "undecided.worker_lost": "the comparison killed its worker process",
    "undecided.error": "the verifier raised an error",
    "undecided.limit": "the answer is longer or deeper than the verifier accepts",
    "undecided.parse_gold": "the gold answer cannot be read",
    "undecided.parse_answer": "the answer cannot be read",
    "undecided.unread": "a part of the gold or of the answer is not understood",
    "undecided.no_gold": "there is no gold answer",
    "undecided.unsupported": "no verifier for this kind of answer",
    "undecided.budget": "the solver's budget ran out",
    "undecided.tests": "the problem's `tests` are missing or cannot be read",
    "undecided.no_evidence": "the queries find nothing on any state of the database",
    "undecided.extra": "an optional package that this kind needs is not installed",
    "undecided.no_tests": "the problem has no tests, or none that can be read",
    "undecided.broken_tests": "the code of a test, or its checker, does not work",
    "undecided.border": "the test fails by a value that cannot leave the program's sandbox",
    "undecided.gold_failed": "the problem's own solution fails its tests",
    "undecided.no_solution": "the problem has no solution of its own to run",
    "undecided.no_toolchain": "the compiler or interpreter of the program is not installed",
    "undecided.sandbox": "no sandbox, or one that failed",
    "undecided.failed": "the request for the trace failed, so there is nothing to judge",
    "undecided.filtered": "a content filter ended the trace",
    "undecided.interrupted": "the trace was broken off by something else than the model",
    "undecided.unknown_finish": "the trace ended for a reason that nobody knows",
    "undecided.further_turn": "more turns follow the answer; not to be trained on",
    "undecided.judge": "a model that judges cannot tell, or quotes an answer that nobody gave",
    "undecided.not_asked": "the rules had decided and no longer do; no model was asked unallowed",
    "undecided.judge_failed": "the request to the model that judges failed",
    "gold.no_solution": "the problem contradicts itself",
    "gold.several_solutions": "the problem has more than one solution",
    "gold.differs": "the gold answer is not the problem's solution",
}

FAILURES: dict[str, str] = {
    "timeout": "no answer within the deadline of the request",
    "connection": "the connection broke before the answer was whole",
    "rate_limited": "the server asked to slow down or to come later (409, 423, 425, 429)",
    "server_error": "the server failed (5xx)",
    "malformed": "the answer is no JSON, or not of the form that the API promises",
    "context_overflow": "prompt and max_tokens exceed the model's context",
    "content_filter": "the server's content filter refused",
    "forbidden": "the server does not allow this request (403)",
    "not_found": "the server has nothing under this address (404)",
    "bad_request": "the server refused this request (4xx)",
    "budget": "it was not asked for: the budget was spent",
    "invalid": "the answer does not fit the schema that was asked for",
}
"""Why a request failed for good; stands in `finish_reason` of a trace whose state is `failed`."""

HEALS = ("timeout", "connection", "rate_limited", "server_error", "malformed")
"""The failures that another attempt may heal."""


@dataclass(frozen=True, slots=True)
class Verification:
    """One verifier's word on one response.

    `extracted` is the final answer as the response states it (None where there is none), `reason`
    a key of `REASONS`, `seconds` the wall time of the comparison; `score` the share of tests, parts
    or constraints that hold, from 0 to 1 (None where the verdict is all that there is).
    """

    verdict: Verdict
    extracted: str | None
    reason: str
    verifier: str
    version: str
    seconds: float = 0.0
    score: float | None = None
