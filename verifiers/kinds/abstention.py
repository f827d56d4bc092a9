"""Problems without an answer: premises are missing or contradict, and to say so is right.

The gold is not an answer, but what is wrong with the problem ("the price is missing"); it is kept
and not compared. Right is a response that says, where it concludes, that there is no answer; one
that names an answer is wrong, also where it doubts the problem on its way ("assuming 5 a day, 10").
"""

import re
import time

from schemas.abstention import ABSTENTION
from schemas.vocabulary import Verification
from verifiers.base.kinds import Kind, declare
from verifiers.base.outcome import outcome
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import read_answer
from verifiers.extract.reasoning import take_apart

_NEAR = 500  # characters of a response, at its end, that conclude it
_BESIDE = 60  # characters on either side of what says so, which are shown
_LONG = 2500  # characters of a response that names no answer
_OTHERWISE = re.compile(  # "is unanswerable", "the premises contradict each other", 条件不足
    r"\b(?:can(?:not|['’]t)|could not|unable to|impossible to|no way to)"
    r" (?:be )?(?:\w+ly )?(?:deduce|figure out|know|evaluate|conclude"
    r"|provide an? (?:\w+ )?answer)"
    r"|\b(?:need|require)s? (?:more|additional|further) (?:information|data|details|context)"
    r"|\b(?:unanswerable|unsolvable|indeterminate|undetermined|underdetermined|ill-defined)\b"
    r"|(?:\bnot|n['’]t) (?:\w+ )?(?:enough|sufficient) \w+ to\b"
    r"|\bno (?:valid |unique |definite |consistent )?(?:answer|solution) (?:exists|can be)"
    r"|\b(?:contradict\w*|inconsistent)\b|无法(?:确定|求解|回答|计算)|条件不足|信息不足|矛盾",
    re.IGNORECASE,
)
_ASKS = re.compile(  # "Could you please clarify?", "it doesn't say how many", "we'd need to know"
    r"\b(?:clarify|clarification|please (?:\w+ )?(?:provide|specify|share|tell|let me know)"
    r"|if you (?:can )?(?:provide|tell|give|have)|provide (?:more|the|additional))\b"
    r"|\b(?:does|do|did|is|are|was)(?: not|n['’]t) (?:\w+ )?(?:say|tell|specif|mention|include"
    r"|given?|provide|state|make sense|know|related|defined)"
    r"|\b(?:need|have) to know\b|\bno (?:mention|information|data)\b|\bmissing\b|\bincomplete\b"
    r"|\bhaven['’]t (?:provided|given|told)\b|\badditional information\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|without(?: any)?) contradict", re.IGNORECASE)
KIND = "abstention"


def verify(problem: Problem, response: str) -> Verification:
    """Whether a response concludes that there is no answer, or names one."""
    started = time.perf_counter()

    def said(reason: str, shown: str | None) -> Verification:
        return outcome(reason, shown, KIND, time.perf_counter() - started)

    found = read_answer(response, "math")
    if found.reason == "no_answer.unclosed":
        return said(found.reason, None)
    if found.rule in ("box", "tag", "statement") and found.answer:
        return said(compare(problem, found.answer), found.answer)
    body = take_apart(response).response.strip()
    if where := _where(body[-_NEAR:]):
        return said("equal.abstention", _around(body[-_NEAR:], where))
    if found.answer:
        return said("differ.abstention", found.answer)
    ending = body[-_LONG:]  # it names no answer, so it says why, or it says nothing
    if where := _where(ending) or _ASKS.search(ending):
        return said("equal.abstention", _around(ending, where))
    return said("no_answer.not_found", None)


def compare(problem: Problem, answer: str) -> str:
    """`equal.abstention` where what stands for the answer says that there is none."""
    return "equal.abstention" if _where(answer) else "differ.abstention"


def audit(problem: Problem) -> Verification:
    """Every problem of this kind can be judged: what is wrong with it is not compared."""
    return outcome("equal.abstention", problem.answer, KIND)


def _where(text: str) -> re.Match[str] | None:
    """Where a text says that there is no answer; None where it does not."""
    text = _DENIED.sub(lambda match: " " * len(match[0]), text)
    return re.search(ABSTENTION, text) or _OTHERWISE.search(text)


def _around(text: str, where: re.Match[str]) -> str:
    return text[max(0, where.start() - _BESIDE) : where.end() + _BESIDE]


declare(Kind(KIND, verify=verify, compare=compare, prove=audit, goldless=True))
