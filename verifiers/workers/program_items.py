"""The items of a batch that run a program: they go to a sandbox and not to a worker."""

from typing import Any

from schemas.vocabulary import Verification
from verifiers.base.outcome import outcome
from verifiers.kinds.programs.code.sandboxes import Bench
from verifiers.kinds.programs.code.verify import audit_code, verify_code
from verifiers.kinds.programs.rationale.program import run_program


def is_program(call: str, item: tuple[Any, ...]) -> bool:
    """Whether an item asks for a program to be run."""
    kind = item[0].answer_kind
    return kind == "code" or (kind == "program" and call == "verify")


def run_item(call: str, item: tuple[Any, ...], bench: Bench) -> Verification | str:
    """The word on a code problem; of a rationale, what it printed, for a worker to compare."""
    if item[0].answer_kind == "code":
        if call == "audit":
            return audit_code(item[0], bench)
        return verify_code(item[0], item[1], bench)
    if not (item[0].answer or "").strip():
        return outcome("undecided.no_gold", None, "program")
    answer, reason = run_program(item[1], bench)
    return outcome(reason, answer or None, "program") if reason else answer
