"""The report: one HTML file that is read offline, the same bytes for the same pool."""

from pathlib import Path
from typing import Any, NamedTuple

from schemas.errors import PoolError
from schemas.vocabulary import REASONS
from tasks.pool.store import Pool
from tasks.publishing.versions import Version
from tasks.query.locate import open_any
from tasks.reports.advice import Finding, findings, share, verdict
from tasks.reports.charts import difficulty_svg, funnel_svg, lengths_svg, rates_svg
from tasks.reports.figures import figures_of
from tasks.reports.html.markup import markup
from tasks.reports.html.visible import visible

LONGEST = 100_000
"""Characters of a text that stand in the report; the viewer shows the rest."""
SEEN = 24
"""Lines of a breakdown; the others are summed up."""


class Page(NamedTuple):
    """The report: the page, and its first screen as Markdown."""

    html: str
    summary: str


def place_of(version: Version) -> str:
    """Where the report of a version stands in its pool."""
    return f"versions/{version.number}.html"


def page_of(pool: Pool, changed: str | None = None) -> Page:
    """The report of a pool that was built. `changed`: what is new against another version, as text.

    Raises PoolError where no build has finished, or its funnel does not add up.
    """
    if not pool.exists("report.json"):
        raise PoolError(f"{pool.url}: no build has finished here (no report.json); `longcot build`")
    report = pool.get_json("report.json")
    for line in report["funnel"]:
        if line["in"] != line["out"] + sum(line["aside"].values()):
            raise PoolError(f"{pool.url}: report.json was changed: {line['stage']} does not add up")
    with open_any(pool.url) as connection:
        figures = figures_of(connection, pool)
    found = findings(report, figures)
    units = {unit: [line for line in report["funnel"] if line["rows"] == unit]
             for unit in dict.fromkeys(line["rows"] for line in report["funnel"])}  # fmt: skip
    html = _template().render(
        report=report,
        figures=figures,
        findings=found,
        headline=verdict(found),
        funnels={unit: funnel_svg(lines, unit) for unit, lines in units.items()},
        rates={name: rates_svg(rows[:SEEN]) for name, rows in figures["by"].items()},
        difficulty=difficulty_svg(figures["difficulty"]),
        lengths=lengths_svg(figures["lengths"]),
        agreement=_agreement(report["agreement"]),
        confusion=_confusion(report["label_quality"]),
        calibration=report.get("calibration", []),  # no report of before has it
        changed=changed,
        manifest=pool.manifest,
        seen=SEEN,
    )
    return Page(html, _summary(found))


def write_report(pool: Pool, version: Version, changed: str | None = None) -> Page:
    """Write the report of the latest version beside its manifest."""
    page = page_of(pool, changed)
    data = page.html.encode()
    pool.put(place_of(version), lambda sink: sink.write(data))
    return page


def _summary(found: list[Finding]) -> str:
    lines = [f"# {verdict(found)[1]}", "", "| | |", "| --- | --- |"]
    lines += [f"| **{one.figure}** | {one.says} |" for one in found]
    return "\n".join(lines)


def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def shown(text: Any) -> Markup:
        whole = "" if text is None else str(text)
        left = len(whole) - LONGEST
        cut = f"{whole[:LONGEST]}\n… {left:,} more characters: longcot view" if left > 0 else whole
        return Markup(markup(cut))

    environment.filters.update(shown=shown, visible=visible, share=share, number=_number)
    environment.globals.update(REASONS=REASONS)
    return environment.get_template("report.html")


def _number(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _agreement(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Per source: labels, how many the verdict agrees with, and how it differs."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = found.setdefault(row["source"], {"source": row["source"], "labels": 0, "agree": 0,
            "only we accept": 0, "only we reject": 0, "undecided": 0})  # fmt: skip
        word, label = row["verdict"], row["label"]
        same = label == (word == "correct")
        key = "undecided" if word == "undecided" else "agree" if same else (
            "only we reject" if label else "only we accept")  # fmt: skip
        line["labels"] += row["traces"]
        line[key] += row["traces"]
    return list(found.values())


def _confusion(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Per other grader: where both decide and agree, and where one accepts alone."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = found.setdefault(row["other"], {"grader": row["other"], "traces": 0, "agree": 0,
            "only we accept": 0, "only we reject": 0, "one is undecided": 0})  # fmt: skip
        ours, theirs = row["published"], row["says"]
        key = ("one is undecided" if "undecided" in (ours, theirs) else "agree" if ours == theirs
               else "only we accept" if ours == "correct" else "only we reject")  # fmt: skip
        line["traces"] += row["traces"]
        line[key] += row["traces"]
    return list(found.values())
