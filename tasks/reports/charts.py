"""The report's pictures, as SVG that stands in the page.

Altair says what is drawn, and vl-convert draws it in this process: no browser, no network, text
that stays text, the same bytes for the same data. (matplotlib would need a font and three times the
code; plotly needs its script in the page, or a browser to get rid of it.) Colours of text and lines
are `currentColor`, so that a picture follows the page into the dark.
"""

import re
from typing import TYPE_CHECKING, Any

from tasks.verdicts.grade import wilson

if TYPE_CHECKING:
    import altair as alt

WIDTH = 640
COLOURS = {
    "correct": "#2e9e6b",
    "incorrect": "#d4694f",
    "undecided": "#c9972f",
    "not judged": "#8d939c",
}
KEPT, ASIDE = "#4c7fc4", "#d9a03f"
BAR = 22
LINES = ["#4c7fc4", "#d9a03f", "#2e9e6b", "#a065b8", "#d4694f", "#8d939c"]
MOST_LINES = len(LINES)


def funnel_svg(lines: list[dict[str, Any]], unit: str) -> str:
    """The funnel's lines of one unit (problems or traces): what goes on, what is set aside."""
    import altair as alt

    rows = []
    for at, line in enumerate(lines):
        step = f"{at + 1}. {line['stage']} {line['label']}".strip()
        aside = sum(line["aside"].values())
        rows.append({"step": step, "what": "kept", "rows": line["out"], "order": 0})
        rows.append({"step": step, "what": "set aside", "rows": aside, "order": 1})
    most = max(line["in"] for line in lines) or 1
    told = [
        {"step": rows[2 * at]["step"], "end": line["in"], "told": _told(line)}
        for at, line in enumerate(lines)
    ]
    order = [row["step"] for row in told]
    y = alt.Y("step:N", sort=order, title=None, axis=alt.Axis(labelLimit=220))
    scale = alt.Scale(domain=[0, most * 1.45])
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(height=BAR - 8)
        .encode(
            y=y,
            x=alt.X("rows:Q", title=unit, scale=scale, axis=alt.Axis(format="~s", tickCount=5)),
            color=alt.Color(
                "what:N",
                scale=alt.Scale(domain=["kept", "set aside"], range=[KEPT, ASIDE]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            order="order:Q",
        )
    )
    text = (
        alt.Chart(alt.Data(values=told))
        .mark_text(align="left", dx=6, fontSize=11)
        .encode(y=y, x=alt.X("end:Q", scale=scale), text="told:N")
    )
    return drawn((bars + text).properties(width=WIDTH, height=BAR * len(lines)))


def _told(line: dict[str, Any]) -> str:
    aside = sum(line["aside"].values())
    if not aside:
        return f"{line['out']:,}"
    return f"{line['out']:,} of {line['in']:,}"


def rates_svg(rows: list[dict[str, Any]]) -> str:
    """Share of correct traces among the decided, with its 95 % interval (Wilson), a row each."""
    import altair as alt

    found = []
    for row in rows:
        decided = row["traces"] - row["undecided"] - row["unjudged"]
        if decided:
            low, high = wilson(decided, row["correct"])
            rate = row["correct"] / decided
            found.append({"name": row["name"], "rate": rate, "low": low, "high": high})
    if not found:
        return ""
    order = [row["name"] for row in found]
    base = alt.Chart(alt.Data(values=found)).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=220))
    )
    scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%", tickCount=5)
    lines = base.mark_rule(strokeWidth=3, opacity=0.35, color=KEPT).encode(
        x=alt.X("low:Q", scale=scale, axis=axis, title="correct, of the decided traces"),
        x2="high:Q",
    )
    dots = base.mark_circle(size=60, opacity=1, color=KEPT).encode(x="rate:Q")
    return drawn((lines + dots).properties(width=WIDTH, height=BAR * len(found)))


def difficulty_svg(rows: list[dict[str, Any]]) -> str:
    """Pass rates of the problems in order, the hardest first: a step line a solver.

    rows: `solver`, `share` of its problems, the `pass_rate` there; where there are several solvers,
    `all` of them together is left out
    """
    import altair as alt

    names = list(dict.fromkeys(row["solver"] for row in rows))
    alone = [name for name in names if name != "all"]
    shown = alone[:MOST_LINES] if alone else names
    if not shown:
        return ""
    chart = (
        alt.Chart(alt.Data(values=[row for row in rows if row["solver"] in shown]))
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=alt.X("share:Q", title="problems, the hardest first", axis=alt.Axis(format="%")),
            y=alt.Y("pass_rate:Q", title="pass rate", axis=alt.Axis(format="%", tickCount=5)),
            color=alt.Color(
                "solver:N",
                scale=alt.Scale(domain=shown, range=LINES),
                legend=alt.Legend(title=None, orient="top", labelLimit=260),
            ),
        )
    )
    return drawn(chart.properties(width=WIDTH, height=170))


def lengths_svg(rows: list[dict[str, Any]]) -> str:
    """Traces by tokens (each bar reaches to 1.41 times its beginning), stacked by verdict."""
    import altair as alt

    if not rows:
        return ""
    names = [name for name in COLOURS if any(row["verdict"] == name for row in rows)]
    found, heights = [], dict[float, int]()
    for name in names:  # stacked here: Vega takes a bar with two ends in x for a lying one
        for row in (row for row in rows if row["verdict"] == name):
            base = heights.get(row["low"], 0)
            heights[row["low"]] = top = base + row["traces"]
            found.append({**row, "high": row["low"] * 2**0.5, "base": base, "top": top})
    chart = (
        alt.Chart(alt.Data(values=found))
        .mark_rect()
        .encode(
            x=lengths_axis(),
            x2="high:Q",
            y=alt.Y("base:Q", title="traces", axis=alt.Axis(tickCount=4, format="~s")),
            y2="top:Q",
            color=alt.Color(
                "verdict:N",
                legend=alt.Legend(title=None, orient="top"),
                scale=alt.Scale(domain=names, range=[COLOURS[n] for n in names]),
            ),
        )
    )
    return drawn(chart.properties(width=WIDTH, height=170))


def drawn(chart: "alt.LayerChart | alt.Chart | alt.VConcatChart") -> str:
    """The SVG of a chart, to stand in a page; the same bytes for the same data."""
    import vl_convert

    ink = "currentColor"
    styled = chart.configure(
        background="transparent",
        padding={"left": 28, "right": 4, "top": 4, "bottom": 4},  # a reader's font may be wider
        font="system-ui, sans-serif",
        view={"stroke": None},
        axis={
            "labelColor": ink,
            "titleColor": ink,
            "domain": False,
            "tickColor": ink,
            "ticks": False,
            "gridColor": ink,
            "gridOpacity": 0.12,
            "titleFontWeight": "normal",
            "labelFontSize": 12,
            "titleFontSize": 12,
            "labelPadding": 6,
        },
        legend={"labelColor": ink, "labelFontSize": 12, "offset": 4},
        text={"color": ink},
    )
    svg: str = vl_convert.vegalite_to_svg(styled.to_dict(), allowed_base_urls=[])
    # Vega numbers its clips through the life of the process.
    ids = {name: f"clip{at}" for at, name in enumerate(dict.fromkeys(re.findall(r"clip\d+", svg)))}
    svg = re.sub(r"clip\d+", lambda m: ids[m[0]], svg)
    return re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg)  # not needed in HTML: no address at all


def lengths_axis() -> "alt.X":
    """The tokens of a trace, doubling, over the field `low`."""
    import altair as alt

    return alt.X(
        "low:Q",
        scale=alt.Scale(type="log", base=2),
        title="tokens of a trace",
        axis=alt.Axis(format="~s", tickCount=8),
    )
