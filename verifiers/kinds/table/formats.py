"""A table in any of its spellings, as a header and rows of cell texts.

Markdown, CSV, TSV, JSON (records, lists, or `header` and `rows`), LaTeX, HTML, and records in
prose ("name: a, n: 1; name: b, n: 2").
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from verifiers.math.parsing.tree import TooBigError

LONGEST = 200_000  # characters of one table
_RULE = re.compile(r"[\s|:+=-]*-[\s|:+=-]*\Z")
_FENCE = re.compile(r"```[\w+-]*[ \t]*\n(.*?)```", re.DOTALL)
_TABULAR = re.compile(
    r"\\begin\{(?:tabular|array|longtable)[xy*]?\}(?:\{[^\n]*?\})?(.*?)\\end\{", re.S
)
_LATEX_RULE = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|cline\{[^}]*\}|centering)")
_ROW, _CELL = (
    re.compile(r"<tr\b[^>]*>(.*?)(?:</tr>|\Z)", re.S | re.I),
    re.compile(r"<t[hd]\b[^>]*>(.*?)(?:</t[hd]>|(?=<t[hd]\b)|\Z)", re.S | re.I),
)
_PAIR = re.compile(r"\s*([^:=,;]{1,60}?)\s*[:=]\s*([^,;]*)")


class Table(NamedTuple):
    """Column names and rows of cells, all as text without surrounding white space."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def fenced(text: str) -> str | None:
    """The content of the last fenced block, or None."""
    blocks = _FENCE.findall(text)
    return blocks[-1].strip() if blocks else None


def read_table(text: str) -> Table | None:
    """The table that `text` is; None for a text without one. TooBigError beyond `LONGEST`."""
    if len(text) > LONGEST:
        raise TooBigError("table")
    text = (fenced(text) or text).strip()
    for read in (_json, _html, _latex, _markdown, _separated, _prose):
        found = read(text)
        if found:
            return found
    return None


def parse_json(text: str) -> Any:
    """The JSON value that `text` is or holds between its outer brackets; None for none."""
    text = (fenced(text) or text).strip()
    starts = [index for index in (text.find("{"), text.find("[")) if index >= 0]
    end = max(text.rfind("}"), text.rfind("]"))
    if not starts or end < 0:
        return None
    try:
        return json.loads(text[min(starts) : end + 1])
    except (ValueError, RecursionError):
        return None


def cell_text(value: Any) -> str:
    """A JSON value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _table(rows: Sequence[Sequence[Any]]) -> Table | None:
    """Rows with the header first; None where their lengths differ."""
    texts = [tuple(cell_text(cell) for cell in row) for row in rows]
    if not texts or not texts[0] or any(len(row) != len(texts[0]) for row in texts):
        return None
    return Table(texts[0], tuple(texts[1:]))


def _json(text: str) -> Table | None:
    """A table from JSON: header and rows, a list per column, records, or a list per row."""
    if text[:1] not in "[{":
        return None
    value = parse_json(text)
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    if isinstance(value, dict):
        names = {key.lower(): key for key in value}
        header = names.get("header") or names.get("columns") or names.get("headers")
        rows = names.get("rows") or names.get("data")
        if header and rows and isinstance(value[header], list) and isinstance(value[rows], list):
            return _table([value[header], *value[rows]]) if _lists(value[rows]) else None
        if value and _lists(list(value.values())):  # a list per column
            columns = list(value.values())
            if len({len(column) for column in columns}) == 1:
                return _table([list(value), *zip(*columns, strict=True)])
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        header = list(dict.fromkeys(key for row in value for key in row))
        return _table([header, *([row.get(key) for key in header] for row in value)])
    if isinstance(value, list) and len(value) > 1 and _lists(value):
        return _table(value)
    return None


def _lists(values: list[Any]) -> bool:
    return all(isinstance(value, list) for value in values)


def _html(text: str) -> Table | None:
    if "<tr" not in text.lower():
        return None
    rows = [
        [re.sub(r"<[^<>]*>", "", cell).strip() for cell in _CELL.findall(row)]
        for row in _ROW.findall(text)
    ]
    return _table(rows)


def _latex(text: str) -> Table | None:
    match = _TABULAR.search(text)
    if not match:
        return None
    body = _LATEX_RULE.sub("", match[1])
    lines = [line.strip() for line in body.split("\\\\")]
    cells = [[_plain(cell) for cell in re.split(r"(?<!\\)&", line)] for line in lines if line]
    return _table(cells)


def _plain(cell: str) -> str:
    cell = re.sub(r"\\text(?:bf|it|rm)?\{([^{}]*)\}", r"\1", cell)
    return re.sub(r"\\([%&$#_])", r"\1", cell).strip(" $\n")


def _markdown(text: str) -> Table | None:
    lines = [line.strip() for line in text.split("\n")]
    block = [line for line in lines if line.count("|") >= (2 if line.startswith("|") else 1)]
    if not block or not any(_RULE.match(line) for line in block):
        return None
    rows = [_cells(line) for line in block if not _RULE.match(line)]
    return _table(rows)


def _cells(line: str) -> list[str]:
    line = line.strip()
    line = line.removeprefix("|")
    line = line[:-1] if line.endswith("|") and not line.endswith("\\|") else line
    parts = re.split(r"(?<!\\)\|", line)
    return [re.sub(r"\*\*|`", "", part).replace("\\|", "|").strip() for part in parts]


def _separated(text: str) -> Table | None:
    lines = [line for line in text.split("\n") if line.strip()]
    for mark in ("\t", ",", ";", "|"):
        if len(lines) < 2 or not all(mark in line for line in lines):
            continue
        try:
            rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=mark, strict=True))
        except csv.Error:
            continue
        found = _table([[cell.strip() for cell in row] for row in rows])
        if found and not (mark in ",;" and _PAIR.match(lines[0]) and ":" in lines[0]):
            return found
    if len(lines) > 1 and all(re.fullmatch(r"[^\s,;|]+", line) for line in lines):
        return _table([[line] for line in lines])  # one column
    return None


def _prose(text: str) -> Table | None:
    records = []
    for part in re.split(r";|\n", text):
        pairs = _PAIR.findall(part.strip(" .-*"))
        if pairs:
            records.append({key.strip("*_ "): value.strip(" .") for key, value in pairs})
    if not records or any(record.keys() != records[0].keys() for record in records):
        return None
    return _table([list(records[0]), *(list(record.values()) for record in records)])
