"""The signals and named filters that there are, as the tables of docs/signals.md.

`python -m flows.signals` writes them anew; a test asks for that.
"""

from pathlib import Path

from schemas.parts.signal import STANDARD, in_order
from tasks.query.filters import FILTERS


def signal_table() -> str:
    """A row per signal, by family."""
    lines = ["| signal | what | unit, range | read by default | paper |", "|" + " --- |" * 5]
    for one in sorted(in_order(), key=lambda one: (one.family, one.name)):
        ends = ["" if end is None else f"{end:g}" for end in (one.low, one.high)]
        scale = one.unit + (f", {' to '.join(ends)}" if all(ends) else "")
        default = "yes" if one.name in STANDARD else ""
        what = one.description.replace("|", "\\|")
        lines.append(
            f"| `{one.family}`: `{one.name}` | {what} | {scale} | {default} | {one.paper} |"
        )
    return "\n".join(lines)


def filter_table() -> str:
    """A row per named filter."""
    lines = ["| filter | what | paper |", "|" + " --- |" * 3]
    lines += [f"| `{f.name}({f.parameters})` | {f.description} | {f.paper} |" for f in FILTERS]
    return "\n".join(lines)


def write(docs: Path) -> None:
    """Write both tables between their marks."""
    text = docs.read_text("utf-8")
    for name, table in (("signals", signal_table()), ("filters", filter_table())):
        begin, end = (
            text.index(f"<!-- {name} -->\n") + len(f"<!-- {name} -->\n"),
            text.index(f"<!-- /{name} -->"),
        )
        text = f"{text[:begin]}{table}\n{text[end:]}"
    docs.write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[1] / "docs" / "signals.md")
