"""Zebra grids: which value stands in which house.

The gold is a grid: JSON with `header` and `rows`, or any table whose first column numbers the
houses. Answers are read from tables, JSON, or lines such as "House 1: Eric, April". The audit also
reads the puzzle, solves it, and asks that the gold is its only solution.
"""

import re
from itertools import zip_longest
from typing import Any

from verifiers.base.kinds import Kind, declare
from verifiers.base.protocol import Problem
from verifiers.extract.boxes import last_box
from verifiers.extract.final_answer import final_answer
from verifiers.kinds.puzzles.only_solution import only_solution
from verifiers.kinds.puzzles.zebra.clues import attribute_of, mentions, read_grid
from verifiers.kinds.puzzles.zebra.solver import solutions
from verifiers.kinds.table.formats import Table, cell_text, fenced, parse_json, read_table
from verifiers.math.parsing.tree import TooBigError

_HOUSE = re.compile(
    r"\bhouse\s*(?:no\.?|number|#)?\s*(?P<n>\d{1,2})\b|\b(?P<w>first|second|third|fourth|fifth|sixth"
    r"|seventh)\s+house\b",
    re.IGNORECASE,
)
_WORDS = "first second third fourth fifth sixth seventh".split()
_TAIL = 6000  # characters at the end in which an unmarked grid is looked for

Houses = dict[int, dict[str, str]]  # per house: a column's name ("" for a line of text), its text


def extract(response: str) -> str | None:
    """A box or a tag, the last fenced block, the last JSON, else the end of the response."""
    if last_box(response) or "<answer" in response.lower():
        return final_answer(response, "text")
    block = fenced(response)
    tail = response[-_TAIL:].strip()
    return block if block and read_houses(block) else tail or None


def compare(problem: Problem, answer: str) -> str:
    """`equal.assignment`, `differ.assignment`, `differ.missing` or `differ.type`."""
    try:
        gold, found = read_houses(problem.answer or ""), read_houses(answer)
    except TooBigError:
        return "undecided.limit"
    if not gold or any("" in row for row in gold.values()):
        return "undecided.parse_gold"
    if not found:
        return "differ.type"
    if not gold.keys() <= found.keys():
        return "differ.missing"
    if found.keys() - gold.keys():
        return "differ.assignment"
    domains = _domains(gold)
    reasons = {_compare_house(gold[house], found[house], domains) for house in gold}
    for reason in ("differ.assignment", "differ.missing"):
        if reason in reasons:
            return reason
    return "equal.assignment"


def audit(problem: Problem) -> str:
    """Whether the gold can be read and is the only solution of the puzzle."""
    reason = compare(problem, problem.answer or "")
    if not reason.startswith("equal."):
        return "undecided.parse_gold"
    gold = read_houses(problem.answer or "") or {}
    stated = {house: sorted(row.values()) for house, row in gold.items()}

    def is_gold(places: dict[tuple[str, str], int]) -> bool:
        standing = {
            house: sorted(value for (_, value), at in places.items() if at == house)
            for house in gold
        }
        return stated == standing

    return only_solution(reason, lambda: solutions(read_grid(problem.problem)), is_gold)


def _domains(gold: Houses) -> dict[str, list[str]]:
    """Per attribute all of its values."""
    names = list(next(iter(gold.values())))
    return {name: [row[name] for row in gold.values() if name in row] for name in names}


def _compare_house(
    gold: dict[str, str], found: dict[str, str], domains: dict[str, list[str]]
) -> str:
    """One house: every attribute has the gold's value, and no other value of that attribute.

    In text without names of columns, a value may also belong to another attribute of the house.
    """
    columns: dict[str, str] = {}
    loose = []
    for label, text in found.items():
        name = attribute_of(label, domains) if label else None
        if name:
            columns[name] = text
        else:
            loose.append(text)
    for name, value in gold.items():
        text = columns[name] if name in columns else " ; ".join(loose)
        stated = {v for _, v in mentions(text, domains[name])}
        if not stated:
            return "differ.missing"
        others = set() if name in columns else {v for n, v in gold.items() if n != name}
        if value not in stated or stated - {value} - others:
            return "differ.assignment"
    return "equal.assignment"


def read_houses(text: str) -> Houses | None:
    """The houses that a text describes; None where it describes none."""
    value = parse_json(text)
    if value is not None and (found := _from_json(value)):
        return found
    table = read_table(text) if "|" in text or "," in text or "\t" in text else None
    block = re.search(r"(?:^[^\n]*\|[^\n]*(?:\n|\Z)){3,}", text, re.MULTILINE)
    if block:
        blocks = re.findall(r"(?:^[^\n]*\|[^\n]*(?:\n|\Z)){3,}", text, re.MULTILINE)
        table = read_table(blocks[-1])
    if table and (found := _from_table(table)):
        return found
    return _from_lines(text)


def _from_json(value: Any) -> Houses | None:
    """Houses by number from JSON: header and rows, an object per house, or a list of houses."""
    while isinstance(value, dict) and len(value) == 1 and not _number(next(iter(value))):
        value = next(iter(value.values()))
    if isinstance(value, dict):
        low = {str(key).lower(): inner for key, inner in value.items()}
        header, rows = low.get("header"), low.get("rows")
        if isinstance(header, list) and isinstance(rows, list):
            if not all(isinstance(row, list) and len(row) == len(header) for row in rows):
                return None
            texts = [tuple(map(cell_text, row)) for row in rows]
            return _from_table(Table(tuple(map(cell_text, header)), tuple(texts)))
        if isinstance(low.get("solution"), (dict, list)):
            return _from_json(low["solution"])
        numbered = {_number(str(key)): inner for key, inner in value.items()}
        if None in numbered:
            return None
        return {int(n or 0): _row(inner) for n, inner in numbered.items()}
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        rows = [_row(row) for row in value]
        keys = [next((key for key in row if "house" in key.lower()), None) for row in rows]
        found = {}
        for index, (row, key) in enumerate(zip(rows, keys, strict=True), 1):
            number = _number(row.pop(key)) if key and _number(row.get(key, "")) else index
            found[number or index] = row
        return found
    return None


def _row(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(key): cell_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return {"": " ; ".join(map(cell_text, value))}
    return {"": cell_text(value)}


def _from_table(table: Table) -> Houses | None:
    """One row per house, or one column per house."""
    numbers = [_number(row[0]) for row in table.rows]
    if numbers and all(numbers) and len(set(numbers)) == len(numbers):
        return {
            int(n or 0): dict(zip(table.header[1:], row[1:], strict=True))
            for n, row in zip(numbers, table.rows, strict=True)
        }
    across = [_number(name) for name in table.header[1:]]
    if across and all(across) and len(set(across)) == len(across):
        return {
            int(n or 0): {row[0]: row[index] for row in table.rows}
            for index, n in enumerate(across, 1)
        }
    return None


def _from_lines(text: str) -> Houses | None:
    """Text after each "House 1": `name: value` pairs under their names, the rest as it is."""
    found: Houses = {}
    marks = list(_HOUSE.finditer(text))
    for match, following in zip_longest(marks, marks[1:]):
        number = int(match["n"]) if match["n"] else _WORDS.index(match["w"].lower()) + 1
        part = text[match.end() : following.start() if following else len(text)]
        part = (
            part.split("\n\n")[0] if part.strip(" :*\n").count("\n\n") and not following else part
        )
        found[number] = {"": part.strip(" :*-\n")}  # the last mention counts
    return found or None


def _number(text: str) -> int | None:
    match = re.fullmatch(r"\W*(?:house)?\W*(?:no\.?|number|#)?\s*(\d{1,2})\W*", text.strip(), re.I)
    return int(match[1]) if match else None


declare(Kind("zebra", extract, compare, audit))
