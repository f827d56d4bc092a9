"""LaTeX as MathML, which browsers show without a script.

latex2mathml reads the formula; what it makes is not trusted: it passes `<script>` in `\\text` and
the attributes of `\\href` and `\\style` through as they are. So its tree is written anew, with the
elements and attributes of MathML Core alone, and every text is escaped.
"""

import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element

from tasks.reports.html.visible import visible

LONGEST = 2_000
"""Characters; a longer formula stays text. The reader takes about a millisecond for ten."""

ELEMENTS = frozenset(
    "math mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts"
    " mprescripts mtable mtr mtd mi mn mo mtext mspace mstyle mpadded mphantom menclose".split()
)
ATTRIBUTES = {
    "display": {"inline", "block"},
    "displaystyle": {"true", "false"},
    "stretchy": {"true", "false"},
    "fence": {"true", "false"},
    "accent": {"true", "false"},
    "movablelimits": {"true", "false"},
    "linethickness": {"0"},
    "mathvariant": {"normal", "bold", "italic", "double-struck", "script", "fraktur", "monospace"},
    "columnalign": {"left", "right", "center"},
    "notation": {"box"},
}


@lru_cache(4096)
def mathml(latex: str, block: bool = False) -> str | None:
    """A formula as a `<math>` element; None where the LaTeX is broken or too long."""
    if len(latex) > LONGEST:
        return None
    from latex2mathml.converter import convert_to_element

    try:
        root = convert_to_element(latex, display="block" if block else "inline")
        return _written(root)
    except Exception:  # it raises some thirty kinds on broken LaTeX, IndexError among them
        return None


def _written(element: Element) -> str:
    tag = element.tag.rpartition("}")[2]
    inner = _text(element.text)
    inner += "".join(_written(child) for child in element)
    tail = _text(element.tail)
    if tag not in ELEMENTS:
        return f"<mrow>{inner}</mrow>{tail}"
    kept = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if value in ATTRIBUTES.get(name, ())
    )
    return f"<{tag}{kept}>{inner}</{tag}>{tail}"


def _text(text: str | None) -> str:
    """Escaped, with hidden characters visible but for MathML's own invisible operators."""
    parts = re.split("([\u2061-\u2064])", html.unescape(text or ""))
    return "".join(part if at % 2 else html.escape(visible(part)) for at, part in enumerate(parts))
