"""Pages as HTML: the templates, and how values and texts are shown in them."""

import math
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flows.viewer.filters import NONE
from flows.viewer.guard import TOKEN
from flows.viewer.index import FLAGS
from flows.viewer.marks import first_answer, loop
from schemas.vocabulary import REASONS
from tasks.reports.html.markup import Mark, markup, plain
from tasks.reports.html.visible import visible

PART = 60_000
"""Characters of a text that a page shows at once."""

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, status: int = 200, **content: Any) -> HTMLResponse:
    """A page; `content` goes to the template."""
    return HTMLResponse(_templates.get_template(template).render(content), status)


def number(value: Any) -> str:
    """A figure as people read it; nothing for what is not there."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def shown(text: Any, raw: bool = False) -> Markup:
    """A short text of a stranger: formulas and code, or as it stands."""
    whole = "" if text is None else str(text)
    cut = whole if len(whole) <= PART else f"{whole[:PART]} …"
    return Markup(plain(cut) if raw else markup(cut))


class Text:
    """A long text on a page: the part of it that is shown, with what is found in the whole.

    `answer` and `loop` say in percent of the characters where they are; None: nowhere.
    """

    def __init__(self, text: str | None, answer: str | None, part: int, raw: bool) -> None:
        self.text = text or ""
        self.parts = max(1, math.ceil(len(self.text) / PART))
        self.part = min(max(part, 1), self.parts)
        first, circle = first_answer(self.text, answer), loop(self.text)
        self.answer = self._percent(first)
        self.loop, self.times = self._percent(circle and circle[0]), circle[1] if circle else 0
        start = PART * (self.part - 1)
        found = [mark for mark in (first, circle and circle[0]) if mark]
        near = [Mark(m.start - start, m.end - start, m.name) for m in found if m.start >= start]
        piece = self.text[start : start + PART]
        self.html = Markup(plain(piece, near) if raw else markup(piece, near))
        self.answer_part = first.start // PART + 1 if first else 0

    def _percent(self, mark: Mark | None) -> int | None:
        return round(100 * mark.start / len(self.text)) if mark else None


_templates.filters.update(number=number, shown=shown, visible=visible)
_templates.globals.update(REASONS=REASONS, FLAGS=FLAGS, NONE=NONE, TOKEN=TOKEN)
