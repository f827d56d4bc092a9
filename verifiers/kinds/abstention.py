"""Problems without an answer: premises are missing or contradict, and to say so is right.

The gold is not an answer, but what is wrong with the problem ("the price is missing"); it is kept
and not compared. Right is a response that says, where it concludes, that there is no answer; one
that names an answer is wrong, also where it doubts the problem on its way ("assuming 5 a day, 10").
"""

import re

from schemas.abstention import ABSTENTION
from verifiers.base.kinds import Kind, declare
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import Extraction, read_answer
from verifiers.extract.reasoning import take_apart

_NEAR = 500  # characters of a response, at its end, that conclude it
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


SILENT = "no answer is named"
"""What stands before a response that asks for what is missing, and names no answer."""


def abstains(text: str) -> bool:
    """Whether a text says that there is no answer."""
    return _where(_DENIED.sub(" ", text)) is not None


def _where(text: str) -> re.Match[str] | None:
    return re.search(ABSTENTION, text) or _OTHERWISE.search(text)


def read(problem: Problem, response: str) -> Extraction:
    """The answer that a response names, or what it says in the place of one."""
    found = read_answer(response, "math")
    if found.reason == "no_answer.unclosed":
        return found
    if found.rule in ("box", "tag", "statement") and found.answer:
        return found._replace(beside=(), parts=(), contested=None, bare=None)
    body = take_apart(response).response
    if abstains(body[-_NEAR:]):
        return Extraction(body[-_NEAR:].strip(), "conclusion")
    if found.answer:
        return Extraction(found.answer, "conclusion")
    ending = body[-_LONG:].strip()  # it names no answer, so it says why, or it says nothing
    told = abstains(ending) or _ASKS.search(ending)
    said = f"({SILENT}) {ending}" if told else None
    return Extraction(said, "conclusion", reason="" if said else "no_answer.not_found")


def compare(problem: Problem, answer: str) -> str:
    """`equal.abstention` where what stands for the answer says that there is none."""
    told = answer.startswith(f"({SILENT})") or abstains(answer)
    return "equal.abstention" if told else "differ.abstention"


def audit(problem: Problem) -> str:
    """Every problem of this kind can be judged: what is wrong with it is not compared."""
    return "equal.abstention"


def _shown(problem: Problem, answer: str) -> str:
    match = _where(answer)
    return answer[max(0, match.start() - 60) : match.end() + 60] if match else answer


declare(Kind("abstention", read=read, compare=compare, audit=audit, evidence=_shown, goldless=True))
