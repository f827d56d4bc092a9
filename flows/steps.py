"""The steps that there are, as tables: what `longcot steps` and docs/recipes.md say of them."""

import json
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

import flows.recipe  # noqa: F401  (registers the steps, other packages' too)
from schemas.parts.step import STEPS
from schemas.recipe.teachers import Asked


def table() -> list[dict[str, Any]]:
    """A row per kind of step."""
    return [
        {
            "step": kind,
            "what it does": (step.__doc__ or "").split("\n", 1)[0],
            "reads": ", ".join(step.reads or ("problems",)),
            "writes": ", ".join(table for table in step.writes if table != "set_aside"),
            "sets aside": ", ".join(step.reasons),
            "what leaves": LEAVES[getattr(step, "over", "problems")] if step.decides else "",
        }
        for kind, step in sorted(STEPS.items())
    ]


LEAVES = {"problems": "the problem", "traces": "the trace, from the views"}


def options() -> list[dict[str, Any]]:
    """A row per option of each step."""
    return [
        {
            "step": kind,
            "option": known.alias or name,
            "default": _default(known.default),
            "what it says": known.description or "",
        }
        for kind, step in sorted(STEPS.items())
        for name, known in step.model_fields.items()
        if not (step.once and name == "name" and known.default is None)
    ]


def markdown() -> str:
    """The table of steps as docs/recipes.md has it."""
    rows = []
    for row in table():
        own = [option for option in options() if option["step"] == row["step"]]
        short = ", ".join(_short(option) for option in own if option["option"] not in MODEL)
        asks = "a model, " if any(option["option"] == "endpoint" for option in own) else ""
        cells = [f"`{row['step']}`", row["what it does"], f"{asks}{short}".strip(", ")]
        cells += [_code(row[column]) for column in ("reads", "writes", "sets aside")]
        rows.append(cells)
    head = ["step", "what it does", "options (defaults)", "reads", "writes", "sets aside as"]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(docs: Path) -> None:
    """Write the table into docs/recipes.md, between its marks."""
    text = docs.read_text("utf-8")
    begin = text.index("\n", text.index("<!-- steps")) + 1
    end = text.index("<!-- /steps -->")
    docs.write_text(f"{text[:begin]}{markdown()}\n{text[end:]}", "utf-8")


MODEL = {"name", *Asked.model_fields} - {"temperature"}
"""Options of a step that has a model: the docs say them once."""


def _short(option: dict[str, Any]) -> str:
    default = f": {option['default']}" if option["default"] not in ("", "required") else ""
    return f"`{option['option']}{default}`"


def _code(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split(", ") if name)


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "required"
    if value is None:
        return ""
    plain = value.model_dump() if hasattr(value, "model_dump") else value
    return plain if isinstance(plain, str) else json.dumps(plain).replace('"', "")


if __name__ == "__main__":
    write(Path(__file__).parents[1] / "docs" / "recipes.md")
