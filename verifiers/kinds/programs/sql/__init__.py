"""SQL: the query and the gold give the same rows on several states of the database.

The problem's `tests` are `{"schema": "CREATE ...", "databases": [["INSERT ...", ...], ...]}`. Rows
count as often as they stand there; their order counts where the gold orders them, up to ties that
the gold leaves open; columns count in their order and not by name. A single state is joined by
states derived from it, because one state lets many a wrong query pass.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from verifiers.base.kinds import Kind, declare
from verifiers.base.problem_tests import read_tests
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import final_answer
from verifiers.kinds.programs.sql.sqlite import (
    TIE,
    BudgetError,
    QueryError,
    RefusedError,
    Result,
    State,
    derived,
    load,
    run,
)
from verifiers.kinds.table.formats import fenced
from verifiers.math.parsing.tree import UnreadableError

_START = re.compile(r"^\s*(?:SELECT|WITH|VALUES)\b", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?(?:\*/|\Z)"
    r"|(?P<mark>[();])|(?P<word>\w+)",
    re.DOTALL,
)
_ENOUGH = 2  # given states, from which none is derived

Row = tuple[Any, ...]


def extract(response: str) -> str | None:
    """The query: the last fenced block, a box or a tag, else the last text that starts like one."""
    block = fenced(response)
    if block:
        return block
    stated = final_answer(response, "text")
    if stated and _START.match(stated):
        starts = [match.start() for match in _START.finditer(response)]
        return response[starts[-1] :].strip() if starts and "<" not in stated else stated
    starts = [match.start() for match in _START.finditer(response)]
    if not starts:
        return stated
    query = response[starts[-1] :].strip()
    return query.split(";")[0].split("\n\n")[0]


def compare(problem: Problem, answer: str) -> str:
    """`equal.rows`, the difference, or why nothing can be said; see the module's docstring."""
    try:
        given = _states(problem.tests)
    except (UnreadableError, TypeError):
        return "undecided.tests"
    gold, query = _bare(problem.answer or ""), _bare(answer)
    if not given:
        return "undecided.tests"
    evidence = False
    for state, reason in [(state, "differ.rows") for state in given] + [
        (state, "differ.derived") for state in (derived(given[0]) if len(given) < _ENOUGH else [])
    ]:
        found = _on(state, gold, query, _order_end(gold) is not None)
        if found not in ("equal.rows", "empty"):
            return reason if found == "differ.rows" else found
        evidence = evidence or found != "empty"
    return "equal.rows" if evidence else "undecided.no_evidence"


def audit(problem: Problem) -> str:
    """Whether the gold runs, gives the same rows twice, and finds something."""
    return compare(problem, problem.answer or "")


@lru_cache(maxsize=8)  # the samples of one problem follow each other
def _states(tests: str | None) -> list[State]:
    found = read_tests(tests, ("schema", "databases"))
    return [load(found["schema"], inserts) for inserts in found["databases"]]


def _on(state: State, gold: str, query: str, ordered: bool) -> str:
    """The comparison on one state; "empty" where both find nothing."""
    try:
        ours = run(state, gold)
        mirrored = _mirrored(state, gold) if ordered else ours
    except (QueryError, RefusedError):
        return "undecided.parse_gold"
    except BudgetError:
        return "undecided.budget"
    try:
        theirs = run(state, query)
        again = _mirrored(state, query) if ordered else theirs
    except RefusedError:
        return "differ.refused"
    except QueryError:
        return "differ.failed"
    except BudgetError:
        return "differ.budget"
    if ours.columns != theirs.columns:
        return "differ.columns"
    if not ours.rows and not theirs.rows:
        return "empty"
    if Counter(ours.rows) != Counter(theirs.rows):
        return "differ.rows"
    if not ordered:
        return "equal.rows"
    if Counter(ours.rows) != Counter(mirrored.rows):  # a limit cuts through a tie
        same = theirs.rows == ours.rows and again.rows == mirrored.rows
    else:
        same = all(_fits(rows, ours.rows, mirrored.rows) for rows in (theirs.rows, again.rows))
    return "equal.rows" if same else "differ.order"


def _fits(rows: Sequence[Row], gold: Sequence[Row], mirrored: Sequence[Row]) -> bool:
    """Whether rows stand in the gold's order, free only within the gold's own ties.

    Where the gold and its mirrored run have had the same rows up to some place, that place is
    between two groups of ties.
    """
    start = 0
    balance: Counter[Row] = Counter()
    for index, (row, other) in enumerate(zip(gold, mirrored, strict=True), 1):
        balance[row] += 1
        balance[other] -= 1
        balance = Counter({key: count for key, count in balance.items() if count})
        if not balance:
            if Counter(rows[start:index]) != Counter(gold[start:index]):
                return False
            start = index
    return True


def _mirrored(state: State, query: str) -> Result:
    """The rows of a query with what its order leaves open turned round."""
    end = _order_end(query)
    if end is not None:
        try:
            return run(state, f"{query[:end]}, {TIE}(){query[end:]}", mirrored=True)
        except QueryError:
            pass  # a compound query sorts by its columns only
    return run(state, query, mirrored=True)


def _order_end(query: str) -> int | None:
    """Where the ORDER BY at the top level ends, outside of strings and brackets; None: no order."""
    depth = 0
    words = ["", ""]
    ordered = False
    end = 0
    for token in _TOKEN.finditer(query):
        if token[0].startswith(("--", "/*")):
            continue
        if token["mark"] in ("(", ")"):
            depth += 1 if token["mark"] == "(" else -1
        elif token["word"] and depth == 0:
            words = [words[1], token["word"].upper()]
            if ordered and words[1] in ("LIMIT", "OFFSET"):
                return end
            ordered = ordered or words == ["ORDER", "BY"]
        end = token.end()
    return end if ordered else None


def _bare(query: str) -> str:
    query = (fenced(query) or query).strip()
    return query.strip("`").strip().rstrip(";").strip()


declare(Kind("sql", extract, compare, audit))
