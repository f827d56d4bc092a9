"""Yes and no, said by repeating the question: "not differentiable" where "Is it differentiable?".

    question  ->  (Is | Does | Can | ... | whether) ... predicate ... "?"
    claim     ->  words of the question, denied or not, with its predicate or the opposite of it

A claim counts only if all of its words are the question's or say nothing, and if it leaves out no
adverb of the question: "it converges" does not answer "Does it converge absolutely?".
"""

import re
from typing import NamedTuple

_QUESTION = re.compile(
    r"(?:\A|[.?!:,]\s+|\bwhether\s+|\bif\s+|\bthen\s+)"
    r"(?P<asks>(?<=whether )|(?<=if )"
    r"|(?:is|are|was|were|does|do|did|can|could|will|has|have|must)\b)"
    r"(?P<said>[^?]*?)(?:\?|\.?\s*\Z)",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<![\\\w$])[A-Za-z]{2,}(?:['’]t)?(?![\w$])")
_DENIAL = re.compile(
    r"\b(?:not|no|cannot|never|neither|nor|fails? to|impossible|\w+n['’]t)\b", re.IGNORECASE
)
_SILENT = frozenset(
    "it is are was were be being been the an this that they there such which indeed so hence "
    "therefore thus does do did can could will would has have a and also must then we see conclude "
    "find follows any exists exist existing one possible of on in at to for by its not no cannot "
    "never neither nor fails fail impossible isn't doesn't can't aren't don't isn doesn "
    "function series sequence integral graph group ring field matrix set number relation map "
    "statement system triangle tiling space".split()
)
"""Words that say nothing beside those of the question, or how it is answered."""
_LIMITS = frozenset("only unless except if but almost nearly some sometimes always or".split())
_PREDICATE = re.compile(
    r"\w+(?:able|ible|ive|al|ic|ous|ent|ant|ular|ical|ete|ite|ime|onal|ed|ing)\Z|(?:converg|diverg|exist|commut|hold|intersect|terminat|halt"
    r"|increas|decreas|symmetric|complete|finite|odd|even|prime|open|true|linear|regular"
    r"|abelian|flat)\w*\Z"
)
_PREPOSITION = re.compile(r"\s(?:with|on|at|in|over|under|for|as|by|when|where)\s")
_ENDINGS = re.compile(r"(?:ations?|ings?|ence|ency|ent|ed|es|e|s|ly|ity)\Z")
_OPPOSITES = (("converg", "diverg"), ("even", "odd"))
"""What is one or the other; beside these a prefix makes the opposite: rational, irrational."""
_PREFIX = re.compile(r"(?:in|im|ir|il|un|non|dis)-?(?=\w{4})")
_OFFER = frozenset(("can", "could"))
_LONGEST = 16  # words of a claim
_NEAR = 600  # characters of a problem, at its end, that hold its question


class Question(NamedTuple):
    """The stems of a question's words, its predicate, its adverbs, and whether it asks "can"."""

    stems: frozenset[str]
    predicate: str
    adverbs: frozenset[str]
    of_possibility: bool


def repeated(answer: str, problem: str) -> str | None:
    """ "yes" or "no" where `answer` repeats the yes-no question of `problem`; else None."""
    question = read_question(problem)
    if not question:
        return None
    clause = re.split(r"[,;:]\s", answer.strip(" .!*$"))[-1]
    words = _spoken(clause)
    spoken = [word for word in words if word not in _SILENT]
    if not words or len(words) > _LONGEST or _LIMITS & set(words):
        return None
    denied = len(_DENIAL.findall(clause)) % 2 == 1
    found = [sign for word in spoken if (sign := _sign(word, question))]
    last = [word for word in spoken if word not in question.adverbs][-1:]
    if found and not _sign(last[0], question):
        return None  # "every convergent sequence is bounded" says it of something else
    known = all(_sign(word, question) or _stem(word) in question.stems for word in spoken)
    if not known or not question.adverbs <= {*words}:
        return None
    if not found and question.of_possibility and {"impossible", "possible", "exists"} & {*words}:
        found = [1]
    if not found and question.predicate == "exist" and re.search(r"\bexist", clause):
        found = [1]
    if len(found) != 1:
        return None
    return "no" if (found[0] < 0) != denied else "yes"


def _predicates(words: list[str]) -> list[str]:
    return [word for word in words if _PREDICATE.match(word) and word not in _SILENT]


def _spoken(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def read_question(problem: str) -> Question | None:
    """The yes-no question that a problem ends with; None where it asks something else."""
    asked = list(_QUESTION.finditer(problem.strip()[-_NEAR:]))
    if not asked:
        return None
    said = asked[-1]["said"]
    words = _spoken(said)
    if _LIMITS & set(words) - {"if", "some", "always", "only"} or not words:
        return None
    exists = re.match(r"\s*(?:there|(?:a|an|any)\b.*\bexist)", said, re.IGNORECASE)
    core = _spoken(_PREPOSITION.split(said, maxsplit=1)[0])
    predicates = _predicates(core) or _predicates(words)
    predicate = "exist" if exists else _stem(predicates[-1]) if predicates else ""
    adverbs = frozenset(word for word in words if word.endswith("ly") and len(word) > 4)
    possible = asked[-1]["asks"].lower() in _OFFER or "possible" in words
    if not predicate and not possible:
        return None
    return Question(frozenset(map(_stem, words)), predicate, adverbs, possible)


def _sign(word: str, question: Question) -> int:
    """1 for the predicate of a question, -1 for its opposite, 0 for another word."""
    stem = _stem(word)
    if not question.predicate or question.predicate == "exist":
        return 0
    if stem == question.predicate:
        return 1
    pair = {stem, question.predicate}
    opposite = any(set(both) == pair for both in _OPPOSITES)
    if (
        opposite
        or question.predicate == _PREFIX.sub("", stem)
        or stem == _PREFIX.sub("", question.predicate)
    ):
        return -1
    return 0


def _stem(word: str) -> str:
    """A word without its ending: "converg" for converges and convergent."""
    return _ENDINGS.sub("", word.lower()) if len(word) > 4 else word.lower()
