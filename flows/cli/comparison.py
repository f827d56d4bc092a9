"""A comparison of views as tables: a line for each figure, a column for each view."""

from collections.abc import Callable
from typing import Any

Side = dict[str, Any]
Lines = list[dict[str, str]]

SIDES = 6
"""Sides of one table; more would leave no room for their names."""

LINES = 6
"""Of domains and languages, the commonest are told; `--json` has all."""


def figures(found: dict[str, Any]) -> list[Lines]:
    """The figures of all sides, those that none has left out; a table for every few sides."""
    told = [(name, [say(side) for side in found["sides"]]) for name, say in _lines(found["sides"])]
    names = [side["side"] for side in found["sides"]]
    return [
        [
            {"": name, **dict(zip(few, values[at:], strict=False))}
            for name, values in told
            if any(values)
        ]
        for at, few in _few(names)
    ]


def overlap(found: dict[str, Any], unit: str) -> list[Lines]:
    """A line for each side: how many of its problems (or traces) each other side has too, and which
    share of its own that is. Rows about problems have no traces to share.
    Nothing where no two sides have any.
    """
    both = {}
    for row in found["overlap"]:
        both[row["one"], row["other"]] = _shared(row[unit]["both"], row[unit]["of_one"])
        both[row["other"], row["one"]] = _shared(row[unit]["both"], row[unit]["of_other"])
    if not any(both.values()):
        return []
    names = [side["side"] for side in found["sides"] if side[unit] or not side["rows"]]
    return [
        [{f"{unit} of": line, **{name: both.get((line, name), "") for name in few}}
         for line in names]
        for _, few in _few(names)
    ]  # fmt: skip


def _few(names: list[str]) -> list[tuple[int, list[str]]]:
    """The names by as many as stand side by side, with the place of the first."""
    return [(at, names[at : at + SIDES]) for at in range(0, len(names), SIDES)]


def _shared(both: int, share: float | None) -> str:
    return "" if share is None else f"{both:,} ({share:.0%})"


def _lines(sides: list[Side]) -> list[tuple[str, Callable[[Side], str]]]:
    """What is told of a side, in order: the name of each line, and how a side says it."""
    return [
        ("from", lambda side: side["origin"]),
        *((name, _count(name)) for name in ("rows", "problems", "traces", "tokens")),
        ("tokens of a trace: median", lambda side: _number(side["length"]["median"])),
        ("  95 %", lambda side: _number(side["length"]["p95"])),
        ("  longest", lambda side: _number(side["length"]["longest"])),
        ("pass rate: mean", lambda side: _ratio(side["difficulty"]["pass_rate"])),
        *_shares("  ", sides, lambda side: side["difficulty"]["bands"], in_order=True),
        *_shares("domain: ", sides, lambda side: side["domains"]),
        *_shares("language: ", sides, lambda side: side["languages"]),
        ("traces with a thought", lambda side: _percent(side["thought"]["with_thought"])),
        ("the thought's share of the text", lambda side: _percent(side["thought"]["of_text"])),
        ("wrong labels, estimated", _error),
        ("labels in dispute", _disputed),
        ("tokens sampled for its problems", lambda side: f"{side['cost']['tokens']:,}"),
        ("  hours", lambda side: _number(side["cost"]["hours"])),
        ("  money", lambda side: _number(side["cost"]["money"])),
    ]


def _count(name: str) -> Callable[[Side], str]:
    return lambda side: f"{side[name]:,}"


def _shares(
    head: str, sides: list[Side], of: Callable[[Side], dict[str, int]], in_order: bool = False
) -> list[tuple[str, Callable[[Side], str]]]:
    """A line for each name that a side counts, the commonest first unless they have an order."""
    whole: dict[str, int] = {}
    for side in sides:
        for name, count in of(side).items():
            whole[name] = whole.get(name, 0) + count
    if in_order:
        from tasks.reports.comparison.figures import BANDS

        names = [band for band in BANDS if band in whole]
    else:
        names = sorted(whole, key=lambda name: (-whole[name], name))[:LINES]

    def share(name: str) -> Callable[[Side], str]:
        return lambda side: _percent(of(side).get(name, 0) / (sum(of(side).values()) or 1))

    return [(f"{head}{name}", share(name)) for name in names]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _error(side: Side) -> str:
    label = side["label"]
    if label["error"] is None:
        return f"unknown ({label['judged']:,} decisions)" if label["traces"] else ""
    return f"{label['error']:.2%} ({label['low']:.2%} to {label['high']:.2%})"


def _disputed(side: Side) -> str:
    label = side["label"]
    return f"{label['disputed']:,} of {label['traces']:,}" if label["traces"] else ""
