"""Grounded responses: every statement names its source, every quote stands in it, letter by letter.

The problem's `tests` are `{"sources": {"1": "the text of a source", ...}}`. A statement cites as
`[1]` or `[1, 2]`, at its end or behind its full stop; quotes stand in double quotation marks or
in lines that begin with `>`. Headings, lead-ins that end with a colon and the final answer need
no source.
"""

import json
import re
from collections.abc import Iterator, Mapping

from verifiers.base.kinds import Kind, declare
from verifiers.base.problem_tests import read_tests
from verifiers.base.protocol import Problem
from verifiers.math.parsing.tree import UnreadableError

_CITED = re.compile(r"\[\^?([^\[\]\n]{1,80})\](?!\()")
_QUOTE = re.compile(r"\"([^\"\n]+)\"|“([^”]+)”|«([^»]+)»")
_CUT = re.compile(r"(?<=[.!?])(?P<cites>[\"”»)]*(?:\s*\[[^\[\]\n]{1,80}\])*)\s+(?=[^\s\[])|\n+")
_FREE = re.compile(
    r"\s*(?:#{1,6}\s|\*\*[^*\n]*\*\*\s*\Z|(?:the |final |so,? )*(?:final )?answer\b|```|-{3,})"
    r"|.*:\s*\Z|.*\\boxed\b|\W*\Z",
    re.IGNORECASE | re.DOTALL,
)


def extract(response: str) -> str | None:
    """The whole response behind its reasoning."""
    return response.strip() or None


def compare(problem: Problem, answer: str) -> str:
    """`equal.quotes`, `differ.quote`, `differ.reference` or `no_answer.no_quote`."""
    try:
        sources = _sources(problem)
    except UnreadableError:
        return "undecided.tests"
    found = [reason for _, reason in report(sources, answer)]
    for reason in ("differ.quote", "differ.reference"):
        if reason in found:
            return reason
    return "equal.quotes" if _quotes(answer) else "no_answer.no_quote"


def evidence(problem: Problem, answer: str) -> str | None:
    """The statements that fail, as JSON: pairs of the statement and the reason."""
    try:
        found = report(_sources(problem), answer)
    except UnreadableError:
        return None
    return json.dumps([pair for pair in found if pair[1]], ensure_ascii=False)


def audit(problem: Problem) -> str:
    """Whether there are sources to quote from."""
    try:
        _sources(problem)
    except UnreadableError:
        return "undecided.tests"
    return "equal.quotes"


def report(sources: Mapping[str, str], response: str) -> list[tuple[str, str]]:
    """Every statement with what is wrong with it ("" for nothing)."""
    found = []
    for statement in statements(response):
        cited = cited_in(statement)
        quotes = _quotes(statement)
        bare = not cited and (quotes or not _FREE.match(statement))
        if bare or any(name not in sources for name in cited):
            reason = "differ.reference"
        elif not all(any(_stands(q, sources[name]) for name in cited) for q in quotes):
            reason = "differ.quote"
        else:
            reason = ""
        found.append((statement, reason))
    return found


def statements(response: str) -> Iterator[str]:
    """Sentences and lines, each with the citations that follow its full stop."""
    at = 0
    for match in _CUT.finditer(response):
        if response.count('"', at, match.start()) % 2 or _inside(response, at, match.start()):
            continue  # a full stop within a quote
        end = match.start() + len(match["cites"] or "")
        if response[at:end].strip():
            yield response[at:end].strip()
        at = match.end()
    if response[at:].strip():
        yield response[at:].strip()


def cited_in(statement: str) -> list[str]:
    """The names of the sources that a statement cites."""
    groups = _CITED.findall(_QUOTE.sub(" ", statement))
    return [name.strip().lstrip("^") for group in groups for name in re.split(r"[,;]", group)]


def _inside(text: str, start: int, end: int) -> bool:
    part = text[start:end]
    return part.count("“") > part.count("”") or part.count("«") > part.count("»")


def _quotes(text: str) -> list[str]:
    marked = [next(group for group in match if group) for match in _QUOTE.findall(text)]
    block = [_CITED.sub("", line[1:]) for line in text.split("\n") if line.startswith(">")]
    return [quote for quote in (*marked, *block) if quote.strip()]


def _stands(quote: str, source: str) -> bool:
    """Whether a quote is a part of a source; punctuation drawn into its end is not quoted."""
    quote = quote.strip()
    return quote in source or (quote[-1] in ".,;" and bool(quote[:-1]) and quote[:-1] in source)


def _sources(problem: Problem) -> dict[str, str]:
    sources = read_tests(problem.tests, ("sources",))["sources"]
    texts = isinstance(sources, dict) and all(isinstance(text, str) for text in sources.values())
    if not texts or not sources:
        raise UnreadableError("sources: names and texts")
    return dict(sources)


declare(Kind("quotes", extract, compare, audit, evidence, goldless=True))
