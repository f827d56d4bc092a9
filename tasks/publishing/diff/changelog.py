"""The difference of two versions in words, for the card."""

from typing import Any


def changelog(number: int, found: list[dict[str, Any]]) -> str:
    """The difference to version `number` as Markdown."""
    lines = [
        f"Against version {number}:",
        "",
        "| view | added | removed | changed |",
        "| --- | ---: | ---: | ---: |",
    ]
    for row in found:
        what = f"{row['changed']:,}" + (f" ({told(row['columns'])})" if row["columns"] else "")
        lines.append(f"| `{row['view']}` | {row['added']:,} | {row['removed']:,} | {what} |")
    why = [f"- `{row['view']}`: {told(row['reasons'])}" for row in found if row["reasons"]]
    if why:
        lines += ["", "Rows were removed because:", "", *why]
    return "\n".join(lines)


def told(counts: dict[str, int]) -> str:
    """Counts as text.

    >>> told({"source gone": 1200, "forgotten": 1})
    'source gone 1,200, forgotten 1'
    """
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
