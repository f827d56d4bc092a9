"""Gates: whether a version keeps to what its recipe asks of it, number by number."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.errors import GateError
from schemas.printable import printable
from schemas.recipe.gates import Gates, bounds, holds
from tasks.pool.store import Pool
from tasks.publishing.diff.rows import diff
from tasks.publishing.diff.sides import of_version
from tasks.publishing.publications import published
from tasks.publishing.versions import Version, load, numbers
from tasks.query.sql import connect, query
from tasks.verdicts.limits import LEAST

COUNTS = """
SELECT (SELECT count(*) FROM traces) AS traces,
  (SELECT count(*) FROM traces WHERE state IN ('truncated', 'unclosed')) AS cut,
  (SELECT count(*) FROM published) AS judged,
  (SELECT count(*) FROM published WHERE verdict = 'undecided') AS undecided
"""

CONTAMINATED = """
SELECT count(DISTINCT coalesce(c.trace_id, c.problem_id)) AS rows FROM contamination c
WHERE c.decision <> 'keep'
  AND NOT EXISTS (FROM decided a WHERE a.row_id = c.problem_id OR a.row_id = c.trace_id)
"""


class Figure(NamedTuple):
    """A gate's number (None: unknown) and where it comes from, in words."""

    value: float | None
    says: str


def judge(gates: Gates, pool: Pool, version: Version) -> list[dict[str, Any]]:
    """Rows `gate, condition, value, passed, says`, one for each gate that is named."""
    rows = []
    for gate, condition in gates.asked().items():
        figure = FIGURES[gate](pool, version, condition)
        known = figure.value is not None and holds(condition, figure.value)
        first = gate == "change" and figure.value is None
        rows.append(
            {
                "gate": gate,
                "condition": condition,
                "value": figure.value,
                "passed": known or first,
                "says": figure.says,
            }
        )
    return rows


KEPT = "It is built and kept, and `longcot publish` refuses it"


def tripped(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The gates that a version's manifest says were not passed."""
    return [row for row in content.get("gates", []) if not row["passed"]]


def check_gates(version: Version, what: str, report: dict[str, Any] | None = None) -> None:
    """Raises GateError where a version does not pass its gates; `what` that means for it.

    report: what the build told that met them
    """
    if rows := tripped(version.content):
        named = "; ".join(
            f"{row['gate']}: {row['says']}; asked for is {row['condition']}" for row in rows
        )
        told = f"version {version.number} does not pass its gates ({named}). {what}"
        raise GateError(printable(told), report)


def base(pool: Pool, before: int | None) -> Version | None:
    """What a version is compared with: the last one that was published or passed its gates."""
    sent = {row["version"] for row in published(pool)}
    for number in reversed([n for n in numbers(pool) if before and n <= before]):
        version = load(pool, number)
        if number in sent or not tripped(version.content):
            return version
    return None


def _share(part: int, whole: int, of: str) -> Figure:
    if not whole:
        return Figure(None, f"unknown (there are no {of})")
    return Figure(part / whole, f"{part / whole:.4g} ({part:,} of {whole:,} {of})")


def _counts(pool: Pool, version: Version, sql: str) -> dict[str, int]:
    with connect(pool, version.tables(), version.content["deciding"]) as connection:
        row: dict[str, int] = query(connection, sql, "gates").to_pylist()[0]
        return row


def _undecided(pool: Pool, version: Version, _: str) -> Figure:
    row = _counts(pool, version, COUNTS)
    return _share(row["undecided"], row["judged"], "traces with a label")


def _truncated(pool: Pool, version: Version, _: str) -> Figure:
    row = _counts(pool, version, COUNTS)
    return _share(row["cut"], row["traces"], "traces")


def _contaminated(pool: Pool, version: Version, _: str) -> Figure:
    if not any(line["stage"] == "decontaminate" for line in version.content["report"]["funnel"]):
        return Figure(None, "unknown (nothing was compared: add the step `decontaminate`)")
    rows = _counts(pool, version, CONTAMINATED)["rows"]
    return Figure(rows, f"{rows:,} problems and traces that a benchmark has and no step set aside")


def _rows(_: Pool, version: Version, condition: str) -> Figure:
    """The rows of the first view that fails, else of the one nearest to failing."""
    rows = {view: sum(file.rows for file in files) for view, files in version.views.items()}
    if not rows:
        return Figure(None, "unknown (the recipe has no view)")
    smallest = bounds(condition)[0].sign.startswith(">")
    ordered = sorted(rows, key=lambda view: rows[view] if smallest else -rows[view])
    view = next((v for v in ordered if not holds(condition, rows[v])), ordered[0])
    return Figure(rows[view], f"{rows[view]:,} in the view `{view}`")


def _pass_rate(_: Pool, version: Version, __: str) -> Figure:
    for row in version.content["report"]["pass_rates"]:
        if row["solver"] == "all":
            return _share(row["correct"], row["samples"] - row["undecided"], "decided samples")
    return Figure(None, "unknown (no pass rates: add the step `grade`)")


def _label_error(_: Pool, version: Version, __: str) -> Figure:
    for row in version.content["report"]["label"]:
        if row["measure"] == "precision":
            error, low, high = (1 - row[name] for name in ("estimate", "high", "low"))
            says = f"{error:.4g} ({low:.4g} to {high:.4g}, by {row['judged']:,} decisions)"
            return Figure(error, says)
    return Figure(None, f"unknown (people decided on fewer than {LEAST} traces)")


def _change(pool: Pool, version: Version, _: str) -> Figure:
    before = base(pool, version.content["parent"])
    if before is None:
        return Figure(None, "none: there is no version to compare with")
    found = diff(of_version(pool, before), of_version(pool, version))
    changed = sum(row["added"] + row["removed"] + row["changed"] for row in found)
    was = sum(file.rows for file in before.files)
    return _share(changed, was, f"rows of version {before.number}")


FIGURES = {
    "undecided": _undecided,
    "truncated": _truncated,
    "contaminated": _contaminated,
    "rows": _rows,
    "pass_rate": _pass_rate,
    "label_error": _label_error,
    "change": _change,
}
