"""What is wrong with SQL of a recipe, in words for whoever wrote it."""

import difflib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

NUMBERS = r"U?[A-Z]*INT|INTEGER|DOUBLE|FLOAT|DECIMAL"
NUMBER = re.compile(rf'BOOLEAN|"NULL"|{NUMBERS}')
"""Types that are a number, or true or false: those that a condition and a weight may have."""

NOTHING: Mapping[str, str] = MappingProxyType({})

PLAIN = {
    r"No function matches .* '(.+?)\((.*)\)'\. You": "`{}` cannot be computed of: {}",
    r"Ambiguous reference to column name \"(.+?)\" \(use: '(.+?)'": "every role has `{}`; say "
    "whose, as `{}`",
    r"Could not convert string ['\"](.*)['\"] to ": "`'{}'` is no number or date, and is compared "
    "with one",
    r"Cannot extract field '(.+)' from": "there is no `.{}`: what stands before it has no fields",
    r'"(.+)" must appear in the GROUP BY': "it counts over rows; here SQL says one value of a row",
    r"WHERE clause cannot contain (.+)!": "a condition looks at one row; it cannot contain {}",
}
"""What else DuckDB says of a mistake, and how it is told."""


def told(
    message: str,
    sql: str,
    columns: Mapping[str, str],
    whose: str,
    elsewhere: Mapping[str, str] = NOTHING,
    tables: tuple[str, ...] = (),
) -> str:
    """What is wrong, and the nearest right name.

    message: all that DuckDB says; columns: the names that there are, with their types; whose: what
    has them; elsewhere: names that others have, and what to do about it; tables: names before a dot
    """
    first = message.split("\n", 1)[0]
    if found := re.search(r'(?:column "([^"]+)" not found|have a column named "([^"]+)")', first):
        return _no_column(found[1] or found[2], sql, columns, whose, elsewhere)
    if found := re.search(r'table "([^"]+)" not found', first):
        if tables:
            return f"there is no role `{found[1]}`{nearest(found[1], tables)}"
        from schemas.tables import TABLES

        if found[1] in TABLES:
            return f"no table is named here: leave `{found[1]}.` out, columns stand by themselves"
        return _no_column(found[1], sql, columns, whose, elsewhere)
    if found := re.search(r'Could not find key "([^"]+)" in struct', first):
        entries = re.findall(r'"([^"]+)"', message.split("Candidate Entries", 1)[-1])
        return f"there is no field `{found[1]}`{nearest(found[1], entries)}"
    if found := re.search(r"Function with name (\S+) does not exist", first):
        near = re.search(r'Did you mean "([^"]+)"', message)
        hint = f"; did you mean `{near[1]}`?" if near else ""
        return f"there is no function `{found[1]}`{hint}"
    if "Cannot compare values of type" in first:
        return _unlike(sql, columns, first)
    for pattern, words in PLAIN.items():
        if found := re.search(pattern, first):
            return words.format(*found.groups())
    return first


def nearest(name: str, known: Sequence[str]) -> str:
    """The end of a complaint about a name: the nearest that there is, else all of them."""
    return _near(name, known) or f"; there are {', '.join(known)}"


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""


def unreadable(sql: str) -> str | None:
    """Why a text is no expression of SQL; None if it is one."""
    import duckdb  # late, see tasks/query/sql.py

    if not sql.strip():
        return "is empty"
    if re.match(r"\s*(select|from|where)\b", sql, re.IGNORECASE):
        return "an expression, please, no query: what would stand behind WHERE or SELECT"
    try:
        duckdb.extract_statements(f"SELECT ({sql}\n)")
    except duckdb.Error as error:
        return _broken(str(error).split("\n", 1)[0], sql)
    try:
        duckdb.extract_statements(f"SELECT ({sql})")
    except duckdb.Error:
        return "no comment (`--`) may stand in it"
    return None


def _broken(message: str, sql: str) -> str:
    """Why SQL cannot be read, of what DuckDB says of it in brackets."""
    near = re.search(r'at or near "(.+)"$', message)
    if sql.count("'") % 2:
        return "no SQL: a text begins with `'` and does not end"
    if sql.count("(") > sql.count(")"):
        return "no SQL: a bracket `(` is not closed"
    if "&&" in sql:
        return "no SQL: write `and` for `&&`"
    if near and near[1].lower() in ("asc", "desc"):
        return f"no SQL: `{near[1]}` cannot stand here; for the other order write `-(...)`"
    if near and near[1] == ";":
        return "one expression, please: no `;`"
    if near and near[1] == ")" and sql.count("(") == sql.count(")"):
        return f"no SQL: it ends too early, after `{sql.rsplit(maxsplit=1)[-1]}`"
    return f"no SQL: something is wrong at `{near[1]}`" if near else f"no SQL: {message}"


def _no_column(
    name: str, sql: str, columns: Mapping[str, str], whose: str, elsewhere: Mapping[str, str]
) -> str:
    if name in elsewhere:
        return elsewhere[name]
    quoted = ""
    if re.search(rf'(=|<>|\blike|\bin\s*\(|,)\s*"?{re.escape(name)}\b', sql, re.IGNORECASE):
        quoted = f" (a text stands in single quotes: `'{name}'`)"
    near = _near(name, [*columns, *elsewhere]) or f". Columns of {whose}: {', '.join(columns)}"
    return f"there is no column `{name}`{quoted}{near}"


def _unlike(sql: str, columns: Mapping[str, str], first: str) -> str:
    """What to do where a text is compared with a number."""
    named = [word for word in dict.fromkeys(re.findall(r"[^\W\d]\w*", sql)) if word in columns]
    texts = [word for word in named if columns[word] == "VARCHAR"]
    structs = [word for word in named if columns[word].startswith("STRUCT")]
    if "STRUCT" in first and structs:
        fields = ", ".join(re.findall(r'"(\w+)" ', columns[structs[0]]))
        return f"`{structs[0]}` has fields: compare one of them, as `{structs[0]}.x` ({fields})"
    if "VARCHAR" not in first or not texts:
        kinds = ", ".join(f"`{word}` is {columns[word]}" for word in named)
        return f"{first.removeprefix('Binder Error: ')}{f' ({kinds})' if kinds else ''}"
    return (
        f"`{texts[0]}` is a text and is compared with something else: put what it is compared with "
        f"in single quotes, or take it as a number: `try_cast({texts[0]} AS DOUBLE)`"
    )
