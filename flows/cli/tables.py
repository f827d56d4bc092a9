"""What the command line prints: reports, query results and histories as tables."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.printable import printable

if TYPE_CHECKING:
    import pyarrow as pa

CELL = 60
TEACHERS = 12
WIDTH = 150
"""Columns where the output is no terminal."""

LIMIT = 100
"""Rows of a query result that are printed; the rest is counted."""


def terminal() -> Console:
    """Standard output, wide enough to be read where it is a file or a pipe."""
    # Neither markup nor emoji codes: what looks like them comes from data.
    console = Console(markup=False, emoji=False)
    if console.is_terminal:
        return console
    return Console(markup=False, emoji=False, width=WIDTH)


def print_report(console: Console, report: dict[str, Any]) -> None:
    """The funnel, pass rates, agreement, what was found, shards, and what to do next."""
    console.print()
    print_rows(console, [_funnel(line) for line in report["funnel"]], f"{report['recipe']}: funnel")
    for step, found in report["bands"].items():
        console.print(f"{step}: {found}", highlight=False, soft_wrap=True)
    if report["pass_rates"]:
        # Every teacher is in report.json; the terminal shows the ones with most samples.
        most = sorted(report["pass_rates"], key=lambda row: -row["samples"])[:TEACHERS]
        print_rows(console, [_rates(row) for row in most], "pass rates")
    if report["costs"]:
        print_rows(console, [_spent(row) for row in report["costs"]], "what the traces cost")
    if report["answers"]:
        print_rows(console, [_answers(row) for row in report["answers"]], "what the answers cost")
    if report["agreement"]:
        print_rows(console, _agreement(report["agreement"]), "verdicts and the recordings' labels")
    if report["label_quality"]:
        print_rows(
            console,
            _label_quality(report["label_quality"]),
            "verdicts beside other verifiers and people",
        )
    if report["label"]:
        print_rows(console, report["label"], "the published label, by what people decided")
    if report["judges"]:
        print_rows(console, _judges(report["judges"]), "models that judge, beside the rules")
    if rows := report.get("calibration"):
        shown = [{name: _figure_of(value) for name, value in row.items()} for row in rows]
        print_rows(console, shown, "confidence that traces state, and how often they are right")
    print_alarms(console, report)
    if report.get("gates"):
        print_rows(console, report["gates"], "gates", full=True)
    if report["found"]:
        print_found(console, report["found"])
    if report["views"]:
        shards = [{**view, "bytes": f"{view['bytes']:,}"} for view in report["views"]]
        print_rows(console, shards, "shards")
    console.print(_next(report), highlight=False, soft_wrap=True)


def print_found(console: Console, found: list[dict[str, Any]]) -> None:
    """Each kind of thing that was found with its count, and below it one with its id."""
    console.print(Text("what was found, and one of each", style="italic"))
    for line in found:
        console.print(Text(f"  {line['rows']:,} {line['what']}", style="bold"))
        told = printable(f"    {line['id']}  {line['example']}")
        console.print(told, highlight=False, soft_wrap=True)


def print_alarms(console: Console, report: dict[str, Any]) -> None:
    """Labels that changed, tests that test nothing, and traces that wait for leave to be judged."""
    if report["changed_labels"]:
        changed = [{**row, "ids": " ".join(row["ids"])} for row in report["changed_labels"]]
        print_rows(console, changed, "labels that changed since the last whole build", full=True)
    if report["broken_tests"]:
        print_rows(console, report["broken_tests"], "code problems with broken or vacuous tests")
    for line in report["funnel"]:
        if held := line["aside"].get("not_asked"):
            told = (
                f"{line['stage']}: the rules had decided {held:,} traces and no longer do; to ask "
                "the model about them: longcot build --allow-rejudge, or `rejudge` in the recipe"
            )
            console.print(told, highlight=False, soft_wrap=True)


def print_forecast(console: Console, report: dict[str, Any]) -> None:
    """What a pilot predicts, with 90 % intervals."""
    rows = [
        {
            "of": row["of"],
            "quantity": row["quantity"].replace("_", " "),
            **{name: _figure(row[name]) for name in ("pilot", "expected", "low", "high")},
        }
        for row in report["forecast"]
    ]
    print_rows(console, rows, f"{report['recipe']}: the whole build, from a pilot (90 % intervals)")


def _figure_of(value: Any) -> Any:
    return f"{value:.3f}" if isinstance(value, float) else value


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == 0 or abs(value) >= 100 else f"{value:.3g}"


def _funnel(line: dict[str, Any]) -> dict[str, Any]:
    aside = ", ".join(f"{reason} {count:,}" for reason, count in line["aside"].items())
    notes = ", ".join(f"{name} {count:,}" for name, count in line["notes"].items())
    return {
        "step": f"{line['stage']} {line['label']}".strip(),
        "rows": line["rows"],
        "in": f"{line['in']:,}",
        "out": f"{line['out']:,}",
        "set aside": f"{sum(line['aside'].values()):,}",
        "because": aside,
        "of which": notes,
    }


def _rates(row: dict[str, Any]) -> dict[str, Any]:
    rate = row["pass_rate"]
    return {**row, "pass_rate": "" if rate is None else f"{rate:.3f}"}


def _spent(row: dict[str, Any]) -> dict[str, Any]:
    per = row["tokens_per_accepted"]
    shown = {
        "source": row["source"],
        "teacher": row["teacher"],
        "traces": f"{row['traces']:,}",
        "finished": f"{row['finished']:,}",
        "accepted": f"{row['accepted']:,}",
        "tokens": f"{row['completion_tokens'] or 0:,}",
        "of accepted": f"{row['accepted_tokens'] or 0:,}",
        "tokens / accepted": "" if per is None else f"{per:,.0f}",
        "hours": f"{row['hours']:.2f}",
    }
    if row["money"] is not None:
        each = row["money_per_accepted"]
        shown["money"] = f"{row['money']:,.2f}"
        shown["money / accepted"] = "" if each is None else f"{each:.4f}"
    return shown


def _answers(row: dict[str, Any]) -> dict[str, Any]:
    counts = {k: f"{v:,}" if isinstance(v, int) else v for k, v in row.items()
              if k not in ("money", "prices")}  # fmt: skip
    return counts if row["money"] is None else {**counts, "money": f"{row['money']:,.2f}"}


def _agreement(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = found.setdefault(
            row["source"], {"source": row["source"], "traces": 0, "agree": 0, "share": ""}
        )
        line["traces"] += row["traces"]
        line["agree"] += row["traces"] * (row["label"] == (row["verdict"] == "correct"))
        line["share"] = f"{line['agree'] / line['traces']:.4f}"
    return list(found.values())


def _label_quality(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line per source and verifier: where both decided, and where they differ."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["source"], row["other"])
        line = found.setdefault(
            key,
            {"source": key[0], "other": key[1], "traces": 0, "both correct": 0, "both incorrect": 0,
             "only ours": 0, "only theirs": 0, "undecided": 0},
        )  # fmt: skip
        ours, theirs = row["published"], row["says"]
        line["traces"] += row["traces"]
        line[_SIDES.get((ours, theirs), "undecided")] += row["traces"]
    return list(found.values())


_SIDES = {
    ("correct", "correct"): "both correct",
    ("incorrect", "incorrect"): "both incorrect",
    ("correct", "incorrect"): "only ours",
    ("incorrect", "correct"): "only theirs",
}


def _judges(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Per judge: how often it says what the rules say where both decide (95 % Wilson interval)."""
    from tasks.verdicts.grade import wilson  # late: it imports polars

    found = []
    for judge in dict.fromkeys(row["judge"] for row in rows):
        counts = {(r["rules"], r["judged"]): r["traces"] for r in rows if r["judge"] == judge}
        sides = ("correct", "incorrect")
        agree = sum(counts.get((side, side), 0) for side in sides)
        both = sum(counts.get((one, other), 0) for one in sides for other in sides)
        low, high = wilson(both, agree) if both else (0.0, 1.0)
        found.append(
            {
                "judge": judge,
                "sample": both + sum(counts.get((side, "undecided"), 0) for side in sides),
                "unsure": sum(counts.get((side, "undecided"), 0) for side in sides),
                "agree": agree,
                "too lenient": counts.get(("incorrect", "correct"), 0),
                "too strict": counts.get(("correct", "incorrect"), 0),
                "agreement": f"{agree / both:.3f} ({low:.3f} to {high:.3f})" if both else "",
                "settled": sum(counts.get(("undecided", side), 0) for side in sides),
                "left": counts.get(("undecided", "undecided"), 0),
            }
        )
    return found


def _next(report: dict[str, Any]) -> str:
    pool = report["pool"]
    one = report["found"][0]["id"] if report["found"] else "ID"
    lines = [
        "next:",
        f'  longcot query "SELECT verdict, reason, count(*) FROM pool GROUP BY ALL" --pool {pool}',
        f"  longcot report {pool}     # whether to train on it, as a page",
        f"  longcot show {one} --pool {pool}     # the whole history of a problem or trace",
    ]
    filled = [view for view in report["views"] if view["rows"]]
    if report["views"] and not filled:
        lines.append("  no view has a row: see the funnel for why")
    if filled:
        path = filled[0]["path"]
        lines.append(f'  datasets.load_dataset("parquet", data_dir="{path}")     # train on it')
    return "\n".join(lines)


def print_rows(
    console: Console, rows: list[dict[str, Any]], title: str | None = None, full: bool = False
) -> None:
    """Rows as a table; long cells are cut unless `full`, numbers stand right."""
    if not rows:
        console.print("no rows")
        return
    title = title and printable(title)
    table = Table(title=title, title_justify="left", header_style="bold")
    for column, value in rows[0].items():
        number = isinstance(value, int | float) or str(value).replace(",", "").isdigit()
        table.add_column(
            printable(column),
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=len(rows[0]) > 6 and column in NARROW,
        )
    for row in rows:
        table.add_row(*[Text(_cell(value, full)) for value in row.values()])
    console.print(table)


def print_result(console: Console, result: "pa.Table", full: bool = False) -> None:
    """A query's result: whole cells for a single row or with `full`, a table otherwise."""
    names = unlike(result.column_names)
    result = result.rename_columns(names)
    if result.num_rows == 1 and result.num_columns > 4:
        print_record(console, result.to_pylist()[0])
        return
    print_rows(console, result.slice(0, LIMIT).to_pylist(), full=full)
    if result.num_rows > LIMIT:
        console.print(f"... {result.num_rows - LIMIT:,} more rows; --limit, --csv, --parquet")


def unlike(names: list[str]) -> list[str]:
    """Names of which no two are the same: `problem`, `problem_2`, as joins need them.

    >>> unlike(["a", "a", "b"])
    ['a', 'a_2', 'b']
    """
    found: list[str] = []
    for name in names:
        own, number = name, 2
        while own in found or (own != name and own in names):
            own, number = f"{name}_{number}", number + 1
        found.append(own)
    return found


def print_record(console: Console, record: dict[str, Any]) -> None:
    """One row, a field a line, text as it is."""
    for name, value in record.items():
        if value is not None:
            told = printable(f"{name}: {value}")
            console.print(told, markup=False, emoji=False, highlight=False, soft_wrap=True)


NARROW = {"solver", "verdict", "state", "rows", "view", "teacher"}


def _cell(value: Any, full: bool = False) -> str:
    if value is None:
        return ""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    if full:
        return printable(text)
    flat = " ".join(text.split())
    return printable(flat if len(flat) <= CELL else flat[: CELL - 1] + "…")
