"""What the address of a page selects: values that were clicked, flags, and a condition in SQL.

A filter is its query string, so a link shows another person the same rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flows.viewer.index import FACETS, FLAGS
from schemas.errors import QueryError
from schemas.vocabulary import Verdict

PEOPLE = {"yes": "trace_id IN (SELECT unnest($people))",
          "no": "trace_id NOT IN (SELECT unnest($people))"}  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """The rows that an address selects."""

    values: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    view: str = ""
    judged: str = ""
    sql: str = ""

    @classmethod
    def of(cls, query: Iterable[tuple[str, str]]) -> "Filter":
        """The filter of a query string's pairs; what is no filter is passed over."""
        given = {key: value for key, value in query if value}
        return cls(
            tuple((name, given[name]) for name in FACETS if name in given),
            tuple(name for name in FLAGS if given.get(name) == "1"),
            given.get("view", ""),
            given["judged"] if given.get("judged") in PEOPLE else "",
            given.get("sql", "").strip(),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of the query string, in a fixed order."""
        found = [*self.values, *((flag, "1") for flag in self.flags)]
        others = (("view", self.view), ("judged", self.judged), ("sql", self.sql))
        return [*found, *((name, value) for name, value in others if value)]

    def query(self, **more: Any) -> str:
        """The query string, with more pairs."""
        return urlencode([*self.pairs(), *((k, v) for k, v in more.items() if v)])

    def without(self, name: str) -> "Filter":
        """The filter without one of its conditions."""
        return Filter.of(pair for pair in self.pairs() if pair[0] != name)

    def having(self, name: str, value: str) -> "Filter":
        """The filter with one more condition."""
        return Filter.of([*self.without(name).pairs(), (name, value)])

    def where(self, people: Iterable[str], ids: list[str] | None) -> tuple[str, dict[str, Any]]:
        """The condition over the index, and its parameters.

        `people`: the traces that people judged; `ids`: what the SQL selects, if that was asked of
        the pool and not of the index.
        """
        parts = ["true"]
        parameters: dict[str, Any] = {}
        for name, value in self.values:
            parts.append(f"{name} IS NULL" if value == NONE else f"{name} = ${name}")
            if value != NONE:
                parameters[name] = value
        parts += list(self.flags)
        if self.view:
            parts.append("trace_id IN (SELECT trace_id FROM released WHERE view = $view)")
            parameters["view"] = self.view
        if self.judged:
            parts.append(PEOPLE[self.judged])
            parameters["people"] = list(people)
        if ids is not None:
            parts.append("trace_id IN (SELECT unnest($ids))")
            parameters["ids"] = ids
        elif self.sql:
            parts.append(f"({self.sql}\n)")
        return " AND ".join(parts), parameters

    @property
    def bare(self) -> "Filter":
        """The same without its SQL."""
        return replace(self, sql="")


NONE = "∅"
"""Stands in an address for a column without a value."""


def condition(sql: str) -> str:
    """A person's condition, checked to be one expression. Raises QueryError."""
    import duckdb

    try:
        statements = duckdb.extract_statements(f"SELECT 1 WHERE ({sql}\n)")
    except duckdb.Error as error:
        raise QueryError(str(error).split("\n", 1)[0]) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError("one condition, please, such as: tokens > 4000 AND pass_rate < 0.3")
    return sql


DECISIONS = {"right": Verdict.CORRECT, "wrong": Verdict.INCORRECT, "unsure": Verdict.UNDECIDED}
"""What a person says, and what it means."""
