"""What a person wants to know first: is this fit to train on, and what speaks against it."""

from typing import Any, NamedTuple

from tasks.verdicts.limits import LEAST

UNDECIDED = 0.02
CUT = 0.2
PRECISION = 0.95
BROKEN = 0.1
"""Share of a source's code problems with broken tests from which the source is not to be used."""


class Finding(NamedTuple):
    """One line: `level` is good, look or bad; the figure; what it means."""

    level: str
    figure: str
    says: str


def findings(report: dict[str, Any], figures: dict[str, Any]) -> list[Finding]:
    """The lines, in the order in which one would ask. Thresholds stand in the texts."""
    return [
        _rows(report),
        *_gates(figures["gates"]),
        _label(report),
        _agreement(report),
        *_shares(figures["all"]),
        *_broken_tests(report),
        _contaminated(report, figures),
        _repeated(report),
    ]


def verdict(found: list[Finding]) -> tuple[str, str]:
    """The headline: its level and its words."""
    bad = [one for one in found if one.level == "bad"]
    look = [one for one in found if one.level == "look"]
    if bad:
        return "bad", f"Do not train on this yet: {len(bad)} thing{'s' * (len(bad) > 1)} to mend"
    if look:
        return "look", f"Usable, with {len(look)} thing{'s' * (len(look) > 1)} to look at first"
    return "good", "Ready to train on"


def share(part: int, whole: int) -> str:
    """A share in percent, honest about small ones."""
    if not whole or not part:
        return "0 %" if whole else "none"
    value = part / whole
    return "under 0.1 %" if 0 < value < 0.001 else f"{100 * value:.1f} %"


def _rows(report: dict[str, Any]) -> Finding:
    views = report["views"]
    if not views:
        return Finding("look", "no view", "the recipe selects nothing to train on")
    told = ", ".join(f"{view['view']} {view['rows']:,}" for view in views)
    empty = [view["view"] for view in views if not view["rows"]]
    if empty:
        return Finding("bad", told, f"rows; {', '.join(empty)} is empty")
    few = min(view["rows"] for view in views) < 100
    level = "look" if few else "good"
    return Finding(level, told, "rows to train on" + ("; under 100 in a view is little" * few))


def _gates(rows: list[dict[str, Any]]) -> list[Finding]:
    """A line for each gate of the recipe that was not passed."""
    return [
        Finding(
            "bad", row["gate"], f"gate not passed: {row['says']}; asked for is {row['condition']}"
        )
        for row in rows
        if not row["passed"]
    ]


def _label(report: dict[str, Any]) -> Finding:
    found = {row["measure"]: row for row in report["label"]}
    row = found.get("precision")
    if row is None:
        says = "nobody has checked the label: `longcot view` or `longcot adjudicate`"
        return Finding("look", "unknown", f"precision of the label; {says}")
    figure = f"{100 * row['estimate']:.1f} % ({100 * row['low']:.1f} to {100 * row['high']:.1f})"
    says = f"of the traces called correct are right, by {row['judged']} decisions of people (95 %)"
    if row["judged"] < LEAST:
        return Finding("look", figure, f"{says}; under {LEAST} decisions say little")
    level = "good" if row["low"] >= PRECISION else "look" if row["high"] >= PRECISION else "bad"
    return Finding(level, figure, says)


def _agreement(report: dict[str, Any]) -> Finding:
    agree = total = 0
    for row in report["agreement"]:
        if row["verdict"] != "undecided":
            total += row["traces"]
            agree += row["traces"] * (row["label"] == (row["verdict"] == "correct"))
    if not total:
        return Finding("good", "no labels", "came with the traces to compare with")
    level = "good" if agree / total >= PRECISION else "look"
    return Finding(
        level,
        share(agree, total),
        f"of {total:,} labels of the recordings agree (look: under 95 %)",
    )


def _shares(row: dict[str, Any] | None) -> list[Finding]:
    if row is None:
        return [Finding("bad", "no traces", "the pool has none")]
    judged = row["traces"] - row["unjudged"]
    undecided, cut = row["undecided"], row["cut"]
    return [
        Finding("good" if undecided <= UNDECIDED * judged else "look", share(undecided, judged),
                f"of {judged:,} judged traces could not be decided (look: over 2 %)"),
        Finding("good" if cut <= CUT * row["traces"] else "look", share(cut, row["traces"]),
                "of all traces were cut or never closed (look: over 20 %)"),
    ]  # fmt: skip


def _broken_tests(report: dict[str, Any]) -> list[Finding]:
    """A line for each source with tests that test nothing or do not work."""
    return [
        Finding(
            "bad" if row["broken"] >= BROKEN * row["problems"] else "look",
            share(row["broken"], row["problems"]),
            f"of {row['problems']:,} code problems of {row['source']} have tests that do not work, "
            f"{row['vacuous']:,} of them tests that any program passes (bad: from 10 % on)",
        )
        for row in report.get("broken_tests", [])  # which older reports lack
    ]


def _contaminated(report: dict[str, Any], figures: dict[str, Any]) -> Finding:
    if not any(line["stage"] == "decontaminate" for line in report["funnel"]):
        return Finding(
            "bad", "not checked", "against benchmarks: add `decontaminate` to the recipe"
        )
    counts = {"drop": 0, "review": 0}
    for row in figures["benchmarks"]:
        counts[row["decision"]] = counts.get(row["decision"], 0) + row["problems"]
    told = f"problems shared with a benchmark were dropped; {counts['review']:,} wait for a look"
    return Finding("look" if counts["review"] else "good", f"{counts['drop']:,}", told)


def _repeated(report: dict[str, Any]) -> Finding:
    lines = [line for line in report["funnel"] if line["stage"].startswith("dedupe")]
    if not lines:
        return Finding("look", "not looked for", "near-duplicates: add `dedupe` to the recipe")
    dropped = sum(sum(line["aside"].values()) for line in lines)
    return Finding("good", f"{dropped:,}", "near-duplicates were set aside")
