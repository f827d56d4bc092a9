"""A comparison as a picture: how hard, how long, and what is shared."""

from math import log2
from typing import TYPE_CHECKING, Any

from tasks.reports.charts import WIDTH, drawn, lengths_axis
from tasks.reports.comparison.figures import BANDS

if TYPE_CHECKING:
    import altair as alt

COLOURS = ["#4c7fc4", "#d9a03f", "#2e9e6b", "#d4694f", "#8a6bbf", "#4fa8b8", "#b3628f", "#8d939c"]
"""Of the sides in order, from the first again where there are more."""

CELL = 34
"""Height of a line of the overlap."""


def picture(found: dict[str, Any]) -> str:
    """An SVG file: the rows by pass rate, the traces by tokens, and the shares that sides have of
    each other's problems. A part for which no side has anything is left out.
    """
    import altair as alt

    names = [side["side"] for side in found["sides"]]
    colours = [COLOURS[at % len(COLOURS)] for at in range(len(names))]
    colour = alt.Color(
        "side:N",
        scale=alt.Scale(domain=names, range=colours),
        legend=alt.Legend(title=None, orient="top", labelLimit=300, columns=4),
    )
    parts = [
        _difficulty(found["sides"], names, colour),
        _lengths(found["sides"], colour),
        _overlap(found, names),
    ]
    svg = drawn(alt.vconcat(*(part for part in parts if part is not None)))
    # A file of its own says what it is, and brings the paper and ink that a page would give it.
    svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" color="#222"', 1)
    return svg.replace(">", '><rect width="100%" height="100%" fill="#fff"/>', 1)


def _difficulty(sides: list[dict[str, Any]], names: list[str], colour: "alt.Color") -> "alt.Chart":
    """The share of a side's rows in each band of pass rates."""
    import altair as alt

    there = [band for band in BANDS if any(band in s["difficulty"]["bands"] for s in sides)]
    rows = [
        {
            "side": side["side"],
            "band": band,
            "share": side["difficulty"]["bands"].get(band, 0) / (side["rows"] or 1),
        }
        for side in sides
        for band in there
    ]
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X("band:N", sort=there, title="pass rate", axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("side:N", sort=names),
            y=alt.Y("share:Q", title="rows", axis=alt.Axis(format="%", tickCount=4)),
            color=colour,
        )
        .properties(width=WIDTH, height=150)
    )


def _lengths(sides: list[dict[str, Any]], colour: "alt.Color") -> "alt.Chart | None":
    """The share of a side's traces by tokens; each step reaches to 1.41 times its beginning."""
    import altair as alt

    rows = []
    for side in sides:
        counts = {round(2 * log2(row["low"])): row["traces"] for row in side["length"]["counts"]}
        whole = sum(counts.values())
        for step in range(min(counts), max(counts) + 2) if counts else ():  # ends on the ground
            share = counts.get(step, 0) / whole
            rows.append({"side": side["side"], "low": 2 ** (step / 2), "share": share})
    if not rows:
        return None
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=lengths_axis(),
            y=alt.Y("share:Q", title="traces", axis=alt.Axis(format="%", tickCount=4)),
            color=colour,
        )
        .properties(width=WIDTH, height=150)
    )


def _overlap(found: dict[str, Any], names: list[str]) -> "alt.LayerChart | None":
    """Which share of the line's problems the column has."""
    import altair as alt

    rows = []
    for pair in found["overlap"]:
        for line, column, share in (("one", "other", "of_one"), ("other", "one", "of_other")):
            if pair["problems"][share] is not None:
                of = {"line": pair[line], "column": pair[column]}
                rows.append({**of, "share": pair["problems"][share]})
    if not rows:
        return None
    aslant = alt.Axis(labelAngle=-35, labelLimit=220)  # names are as long as those of recipes
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("column:N", sort=names, title="has of the line's problems", axis=aslant),
        y=alt.Y("line:N", sort=names, title=None, axis=alt.Axis(labelLimit=220)),
    )
    boxes = base.mark_rect(color=COLOURS[0]).encode(
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0, 0.7]), legend=None)
    )
    text = base.mark_text(fontSize=11).encode(text=alt.Text("share:Q", format=".0%"))
    return (boxes + text).properties(width=WIDTH, height=CELL * len(names))
