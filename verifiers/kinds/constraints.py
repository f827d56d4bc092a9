"""Constraints on the form of a response, as IFEval states them: every one has to hold.

The problem's `tests` are `{"constraints": [{"id": "length_constraints:number_words", "relation":
"at least", "num_words": 300}, ...]}` with the ids and arguments of IFEval (Zhou et al. 2023,
arXiv:2311.07911). No gold answer is needed.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from verifiers.base.kinds import Kind, declare
from verifiers.base.problem_tests import read_tests
from verifiers.base.protocol import Problem
from verifiers.math.parsing.tree import UnreadableError

_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|cf|Fig|No|Inc|Ltd|[A-Z])\.(?=\s)"
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)\]*_]*\s+|(?<=[。！？])|\n+")  # between two sentences
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_BULLET = re.compile(r"^\s*(?:\*(?!\*)|[-•])\s*\S", re.MULTILINE)
_HIGHLIGHT = re.compile(r"\*\*[^\n*]+\*\*|\*[^\n*]+\*")
_FENCE = re.compile(r"\A\s*```(?:json|JSON)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\]")
_CHOICES = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_SHORTEST = 20  # letters, below which a language cannot be told

Arguments = Mapping[str, Any]
Check = Callable[[str, Arguments], bool]


def extract(response: str) -> str | None:
    """The whole response behind its reasoning."""
    return response.strip() or None


def compare(problem: Problem, answer: str) -> str:
    """`equal.constraints`, `differ.constraint`, `undecided.tests` or `undecided.parse_answer`."""
    try:
        found = report(problem.tests, answer)
    except UnreadableError:
        return "undecided.tests"
    if any(held is False for _, held in found):
        return "differ.constraint"
    if any(held is None for _, held in found):
        return "undecided.parse_answer"
    return "equal.constraints"


def evidence(problem: Problem, answer: str) -> str | None:
    """Which constraints hold, as JSON: pairs of an id and true, false or null (undecided)."""
    try:
        return json.dumps(report(problem.tests, answer))
    except UnreadableError:
        return None


def audit(problem: Problem) -> str:
    """Whether the constraints can be read; a gold answer, where there is one, has to keep them."""
    if (problem.answer or "").strip():
        return compare(problem, problem.answer or "")
    reason = compare(problem, "?")
    return reason if reason == "undecided.tests" else "equal.constraints"


def report(tests: str | None, response: str) -> list[tuple[str, bool | None]]:
    """Every constraint's id and whether it holds; None where that cannot be told.

    Raises UnreadableError for constraints that are not known or lack an argument.
    """
    declared = read_tests(tests, ("constraints",))["constraints"]
    if not isinstance(declared, list) or not declared:
        raise UnreadableError("no constraints")
    found: list[tuple[str, bool | None]] = []
    for constraint in declared:
        if not isinstance(constraint, dict) or constraint.get("id") not in CHECKS:
            raise UnreadableError(f"unknown constraint: {constraint!r:.80}")
        name = constraint["id"]
        arguments = {key: value for key, value in constraint.items() if value is not None}
        try:
            found.append((name, CHECKS[name](response, arguments)))
        except LookupError:
            raise UnreadableError(f"{name} lacks an argument") from None
        except (TypeError, ValueError, AttributeError) as error:
            raise UnreadableError(f"{name}: {error}") from None
        except UndecidedError:
            found.append((name, None))
    return found


class UndecidedError(Exception):
    """Whether a constraint holds cannot be told."""


def _related(count: int, relation: str, wanted: int) -> bool:
    wanted = int(wanted)
    results = {
        "at least": count >= wanted,
        "less than": count < wanted,
        "at most": count <= wanted,
        "more than": count > wanted,
        "exactly": count == wanted,
    }
    return results[relation]


def _count(text: str, phrase: str) -> int:
    """How often a word or phrase stands in a text, whole words only, without case."""
    return len(re.findall(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE))


def words(text: str) -> list[str]:
    """Words: runs of letters and digits, `don't` and `well-known` as one."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Sentences: up to a full stop, question or exclamation mark, or the end of a line."""
    text = _ABBREVIATION.sub(lambda match: match[0].replace(".", "\u2024"), text)
    return [part.strip() for part in _SENTENCE.split(text) if _WORD.search(part)]


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _starred_paragraphs(text: str, wanted: Arguments) -> bool:
    """Paragraphs that `***` separates."""
    parts = re.split(r"\s?\*\*\*\s?", text)
    inner = parts[1 if not parts[0].strip() else 0 : -1 if not parts[-1].strip() else None]
    return all(part.strip() for part in inner) and len(inner) == int(wanted["num_paragraphs"])


def _first_word(text: str, wanted: Arguments) -> bool:
    parts = _paragraphs(text)
    at = int(wanted["nth_paragraph"])
    if len(parts) != int(wanted["num_paragraphs"]) or not 1 <= at <= len(parts):
        return False
    first = words(parts[at - 1])[:1]
    return bool(first) and first[0].lower() == wanted["first_word"].lower()


def _is_json(text: str, _: Arguments) -> bool:
    fence = _FENCE.match(text)
    try:
        json.loads(fence[1] if fence else text)
    except (ValueError, RecursionError):
        return False
    return True


def _sections(text: str, wanted: Arguments) -> bool:
    mark = re.escape(wanted["section_spliter"].strip())
    found = re.findall(rf"(?:^|\s|[*#]){mark}\s*\d+\b", text)
    return len(found) >= int(wanted["num_sections"])


def _two_responses(text: str, _: Arguments) -> bool:
    parts = [part.strip() for part in text.split("******")]
    inner = parts[1 if not parts[0] else 0 : -1 if not parts[-1] else None]
    return len(inner) == 2 and all(inner) and inner[0] != inner[1]


def _postscript(text: str, wanted: Arguments) -> bool:
    mark = wanted["postscript_marker"]
    pattern = r"\s*".join(re.escape(c) for c in mark.replace(" ", ""))
    return bool(re.search(rf"^\s*{pattern}.*\w", text, re.IGNORECASE | re.MULTILINE))


def _language(text: str, wanted: Arguments) -> bool:
    """The response's main language; undecided for a few letters."""
    import langdetect
    from langdetect.lang_detect_exception import LangDetectException

    if sum(map(str.isalpha, text)) < _SHORTEST and text.isascii():
        raise UndecidedError
    langdetect.DetectorFactory.seed = 0  # else it draws at random
    try:
        found = langdetect.detect(text)
    except LangDetectException:
        raise UndecidedError from None
    return bool(found.split("-")[0] == wanted["language"].lower().split("-")[0])


def _cased(text: str, _: Arguments, *, upper: bool) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and not any(c.islower() if upper else c.isupper() for c in letters)


def _quoted(text: str, _: Arguments) -> bool:
    text = text.strip()
    return len(text) > 1 and text[0] in '"“' and text[-1] in '"”'


def _title(text: str, _: Arguments) -> bool:
    return any(title.strip("<> ") for title in re.findall(r"<<[^\n]+?>>", text))


CHECKS: dict[str, Check] = {
    "keywords:existence": lambda t, w: all(_count(t, word) for word in w["keywords"]),
    "keywords:frequency": lambda t, w: _related(
        _count(t, w["keyword"]), w["relation"], w["frequency"]
    ),
    "keywords:forbidden_words": lambda t, w: not any(_count(t, x) for x in w["forbidden_words"]),
    "keywords:letter_frequency": lambda t, w: _related(
        t.lower().count(w["letter"].lower()), w["let_relation"], w["let_frequency"]
    ),
    "language:response_language": _language,
    "length_constraints:number_words": lambda t, w: _related(
        len(words(t)), w["relation"], w["num_words"]
    ),
    "length_constraints:number_sentences": lambda t, w: _related(
        len(sentences(t)), w["relation"], w["num_sentences"]
    ),
    "length_constraints:number_paragraphs": _starred_paragraphs,
    "length_constraints:nth_paragraph_first_word": _first_word,
    "detectable_content:number_placeholders": lambda t, w: _related(
        len(_PLACEHOLDER.findall(t)), "at least", w["num_placeholders"]
    ),
    "detectable_content:postscript": _postscript,
    "detectable_format:number_bullet_lists": lambda t, w: _related(
        len(_BULLET.findall(t)), "exactly", w["num_bullets"]
    ),
    "detectable_format:number_highlighted_sections": lambda t, w: _related(
        len(_HIGHLIGHT.findall(t)), "at least", w["num_highlights"]
    ),
    "detectable_format:constrained_response": lambda t, _: any(c in t for c in _CHOICES),
    "detectable_format:multiple_sections": _sections,
    "detectable_format:json_format": _is_json,
    "detectable_format:title": _title,
    "combination:two_responses": _two_responses,
    "combination:repeat_prompt": lambda t, w: (
        t.strip().lower().startswith(w["prompt_to_repeat"].strip().lower())
    ),
    "startend:end_checker": lambda t, w: (
        t.strip().strip('"').lower().endswith(w["end_phrase"].strip().lower())
    ),
    "startend:quotation": _quoted,
    "change_case:capital_word_frequency": lambda t, w: _related(
        sum(word.isupper() for word in words(t)), w["capital_relation"], w["capital_frequency"]
    ),
    "change_case:english_capital": lambda t, w: _cased(t, w, upper=True),
    "change_case:english_lowercase": lambda t, w: _cased(t, w, upper=False),
    "punctuation:no_comma": lambda t, _: "," not in t,
}
"""Every constraint by its IFEval id: a response and the arguments, to whether it holds."""


declare(Kind("constraints", extract, compare, audit, evidence, goldless=True))
