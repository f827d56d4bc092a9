"""What a model wrote, as HTML: formulas as MathML, coloured code, bold, and marked places.

The text is cut into prose, code and formulas, and every piece is escaped by itself: nothing of it
can become markup, nothing is lost, and lines and blanks stand as they stood (CSS: `pre-wrap`). Not
Markdown: its readers drop what they cannot nest, take minutes for hostile text, and swallow
backslashes that LaTeX needs.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tasks.reports.html.mathml import mathml
from tasks.reports.html.visible import visible

MATH = 40_000
"""Characters of formulas that are read in one text; the rest stay LaTeX. About a second."""
CODE = 20_000
"""Characters of programs that are coloured in one text."""
FAR = 2_000  # a formula ends within so many characters, or it is none

_OPENER = re.compile(r"```|`|\$\$|\$(?=\S)|\\\[|\\\(|\\begin\{([a-z]{1,12}\*?)\}")
_CLOSER = {"```": "```", "`": "`", "$$": "$$", "$": "$", r"\[": r"\]", r"\(": r"\)"}
# `**bold**`, and a heading's line: `## Step 1`
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]{1,300}?)(?<=\S)\*\*|^#{1,6} ([^\n]{1,300})$", re.MULTILINE)
_FENCE = re.compile(r"```[ \t]*([\w+#-]{0,20})[^\n]*\n")


class Mark(NamedTuple):
    """A stretch of the text, `text[start:end]`, and the class that shows it."""

    start: int
    end: int
    name: str


class Piece(NamedTuple):
    """A stretch of a text: "prose", "code" (a fenced block), "word" (inline code), "math" or
    "block" (a displayed formula); of a formula also the LaTeX without its delimiters.
    """

    start: int
    end: int
    kind: str
    latex: str = ""


def markup(text: str, marks: Sequence[Mark] = ()) -> str:
    """Safe HTML of a text; the first of `marks` with a name has that name as its id."""
    read, coloured, out = 0, 0, []
    for piece in pieces(text):
        raw = text[piece.start : piece.end]
        if piece.kind == "prose":
            out.append(_marked(text, piece.start, piece.end, marks, _inline))
            continue
        read += len(piece.latex)
        if piece.kind == "code":
            coloured += len(raw)
            shown = _code(raw, coloured <= CODE)
        elif piece.kind == "word":
            shown = f"<code>{html.escape(visible(raw[1:-1]))}</code>"
        else:
            found = mathml(piece.latex, piece.kind == "block") if read <= MATH else None
            shown = found or f'<code class="tex">{html.escape(visible(raw))}</code>'
        for mark in marks:
            if piece.start <= mark.start < piece.end:
                shown = f'<mark class="{mark.name}" id="{mark.name}">{shown}</mark>'
        out.append(shown)
    return "".join(out)


def plain(text: str, marks: Sequence[Mark] = ()) -> str:
    """The text as it stands, escaped, hidden characters visible, places marked."""
    return _marked(text, 0, len(text), marks, html.escape)


def _marked(
    text: str, start: int, end: int, marks: Sequence[Mark], write: Callable[[str], str]
) -> str:
    out, at = [], start
    for mark in sorted(marks):
        begins, ends = mark.start, min(mark.end, end)
        if begins < at or ends <= begins:
            continue  # in another piece, or inside another mark
        out.append(write(visible(text[at:begins])))
        inner = write(visible(text[begins:ends]))
        out.append(f'<mark class="{mark.name}" id="{mark.name}">{inner}</mark>')
        at = ends
    return "".join([*out, write(visible(text[at:end]))])


def _inline(text: str) -> str:
    return _STRONG.sub(
        lambda m: (
            f"<strong>{m[1]}</strong>" if m[1] else f'<strong class="heading">{m[2]}</strong>'
        ),
        html.escape(text, quote=False),
    )


def pieces(text: str) -> Iterator[Piece]:
    """The text cut into its pieces, in order and without gaps; linear time."""
    at = begun = 0
    missing: set[str] = set()  # closers that do not come any more
    while match := _OPENER.search(text, at):
        opener = match[0]
        closer = _CLOSER.get(opener) or f"\\end{{{match[1]}}}"
        end = -1 if closer in missing else text.find(closer, match.end())
        if end < 0:
            missing.add(closer)
        if end < 0 or not _closes(text, opener, match.end(), end):
            at = match.end()
            continue
        at = end + len(closer)
        if match.start() > begun:
            yield Piece(begun, match.start(), "prose")
        begun = at
        if opener.startswith("`"):
            yield Piece(match.start(), at, "code" if opener == "```" else "word")
        else:
            latex = text[match.start() : at] if match[1] else text[match.end() : end]
            kind = "math" if opener in ("$", r"\(") else "block"
            yield Piece(match.start(), at, kind, latex.strip())
    if begun < len(text):
        yield Piece(begun, len(text), "prose")


def _closes(text: str, opener: str, start: int, end: int) -> bool:
    """Whether what stands between is of one piece. `$5 and $6` are prices, as pandoc tells."""
    if opener == "```":
        return True
    if end - start > FAR or end == start:
        return False
    if opener == "`":
        return "\n" not in text[start:end]
    if opener == "$" and (text[end - 1].isspace() or text[end + 1 : end + 2].isdigit()):
        return False
    return "\n\n" not in text[start:end]


def _code(raw: str, coloured: bool) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    fence = _FENCE.match(raw)
    code = visible(raw[fence.end() if fence else 3 : -3])
    shown = html.escape(code)
    if coloured and code:
        try:
            lexer = get_lexer_by_name((fence and fence[1]) or "python", stripnl=False)
            shown = highlight(code, lexer, HtmlFormatter(nowrap=True))
        except ClassNotFound:
            pass  # a language that nobody knows stays without colours
    return f'<pre class="code">{shown}</pre>'
