"""Tables and what is read from them: a whole table, a list of cells, one cell.

The gold's own form decides. Cells compare by type: numbers by value whatever their format, text
without regard to case; an empty cell may be written as a dash or as null. Rows count in their
order unless the problem's `tests` say `{"rows": "unordered"}`; columns are found by their names.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from verifiers.base.kinds import Kind, declare
from verifiers.base.problem_tests import read_tests
from verifiers.base.protocol import Problem
from verifiers.extract.boxes import last_box
from verifiers.extract.final_answer import final_answer
from verifiers.kinds.table.formats import LONGEST, Table, cell_text, fenced, parse_json, read_table
from verifiers.math.parsing.tree import TooBigError, UnreadableError
from verifiers.math.rounding import compare_numbers
from verifiers.text.normalize import clean
from verifiers.text.numbers import read_number
from verifiers.text.short_text import compare_text

_EMPTY = frozenset(("", "-", "–", "—", "n/a", "na", "nan", "null", "none", "nil"))
_BLOCK = re.compile(r"(?:^[^\n]*\|[^\n]*\n?){2,}", re.MULTILINE)
_BULLET = re.compile(r"^\s*(?:[-*•]|\(?\d{1,3}[.)])\s+", re.MULTILINE)
_LIST = re.compile(
    r"(?:^[ \t]*(?:[-*•]|\(?\d{1,3}[.)])[ \t]+\S[^\n]*(?:\n|\Z)){2,}\s*\Z", re.MULTILINE
)
_CURRENCY = re.compile(r"^\s*(?:[$€£¥]|\\usd|usd|eur)\s*|\s*(?:usd|eur|dollars?|euros?)\s*$", re.I)
_LEAD = re.compile(r"^(?:the )?(?:final )?answers? (?:is|are)\s*:?\s*|^answers?\s*:\s*", re.I)
_JOINT = re.compile(r"\s*(?:;|,\s+and\b|,(?!\d{3}(?!\d))|\|)\s*|\s+and\s+")
_MOST = 1_000_000  # cells

T = TypeVar("T")


def extract(response: str) -> str | None:
    """A box or a tag, the last fenced block, the last table, else the final statement."""
    stated = final_answer(response, "text")
    if last_box(response) or "<answer" in response.lower():
        return stated
    block = fenced(response)
    if block:
        return block
    tables = _BLOCK.findall(response)
    if tables:
        return tables[-1].strip()
    listed = _LIST.search(response)
    if listed:
        return listed[0].strip()
    whole = "\n" in response.strip() and len(response) <= LONGEST and read_table(response)
    return response if whole else stated


def compare(problem: Problem, answer: str) -> str:
    """`equal.table`, `differ.table`, `differ.columns`, `differ.missing`, `differ.order`..."""
    try:
        tests = read_tests(problem.tests)
    except UnreadableError:
        return "undecided.tests"
    try:
        gold = read_table(problem.answer or "")
        if gold is None:
            return _compare_lists(problem.answer or "", answer)
        found = read_table(answer)
    except TooBigError:
        return "undecided.limit"
    if found is None:
        return "differ.type"
    return _compare_tables(gold, found, ordered=tests.get("rows") != "unordered")


def audit(problem: Problem) -> str:
    """Whether the gold is a table, a list or a cell, and equal to itself."""
    return compare(problem, problem.answer or "")


def _compare_tables(gold: Table, found: Table, ordered: bool) -> str:
    order = _columns(gold.header, found.header)
    if order is None:
        return "differ.columns"
    rows = [[row[index] for index in order] for row in found.rows]
    if len(rows) != len(gold.rows):
        return "differ.missing"
    if len(rows) * len(order) > _MOST:
        return "undecided.limit"
    if all(map(_same_row, gold.rows, rows)):
        return "equal.table"
    if not _same_bag(gold.rows, rows, _same_row):
        return "differ.table"
    return "differ.order" if ordered else "equal.table"


def _columns(gold: Sequence[str], found: Sequence[str]) -> list[int] | None:
    """Where each of the gold's columns stands in the other table; None without a counterpart."""
    ours, theirs = [_key(name) for name in gold], [_key(name) for name in found]
    if ours == theirs:
        return list(range(len(gold)))
    if sorted(ours) != sorted(theirs) or len(set(ours)) != len(ours):
        return None
    return [theirs.index(name) for name in ours]


def _key(name: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split()) or name


def _same_row(first: Sequence[str], second: Sequence[str]) -> bool:
    return all(map(same_cell, first, second))


def _same_bag(first: Sequence[T], second: Sequence[T], same: Callable[[T, T], bool]) -> bool:
    """Whether two sequences of one length hold the same items, however ordered."""
    left = list(second)
    for item in first:
        for index, other in enumerate(left):
            if same(item, other):
                del left[index]
                break
        else:
            return False
    return not left


def same_cell(first: str, second: str) -> bool:
    """Whether two cells say the same: numbers by value, words without case, nothing as nothing."""
    first, second = first.strip(), second.strip()
    if first.casefold() == second.casefold():
        return True
    if first.casefold() in _EMPTY or second.casefold() in _EMPTY:
        return first.casefold() in _EMPTY and second.casefold() in _EMPTY
    ours, theirs = (read_number(clean(_CURRENCY.sub("", text))) for text in (first, second))
    if ours and theirs:
        return compare_numbers(ours, theirs) == "equal.exact" and ours.percent == theirs.percent
    if ours or theirs:
        return False
    return compare_text(first, second).startswith("equal.")


def _compare_lists(gold: str, answer: str) -> str:
    """One cell or several, in any order; each has to be there as often as the gold has it."""
    answer = _LEAD.sub("", answer.strip())
    if same_cell(gold, answer):
        return "equal.table"
    ours, theirs = read_cells(gold), read_cells(answer)
    if not ours:
        return "undecided.parse_gold"
    if len(ours) == 1 and re.search(r"\bor\b", answer):
        return "no_answer.hedged"
    if len(ours) != len(theirs):
        return "differ.missing"
    return "equal.table" if _same_bag(ours, theirs, same_cell) else "differ.table"


def read_cells(text: str) -> list[str]:
    """The cells of a list: JSON, one per line, or separated by commas, semicolons, bars, "and"."""
    value = parse_json(text) if text.strip()[:1] in ("[", "{", "`") else None
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    if isinstance(value, list):
        return [cell_text(cell) for cell in value]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, str):
        return [value]
    lines = [line for line in _BULLET.sub("", text).split("\n") if line.strip()]
    parts = lines if len(lines) > 1 else _JOINT.split(text)
    return [part.strip(" .*\"'`") for part in parts if part.strip(" .*\"'`")]


declare(Kind("table", extract, compare, audit))
