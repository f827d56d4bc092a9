"""LaTeX as MathML, which browsers show without a script.

latex2mathml reads the formula; what it makes is not trusted: it passes `<script>` in `\\text` through
as it is, and attributes of `\\href` and `\\style`. So its tree is written anew, with the elements and
attributes of MathML Core alone, and every text is escaped.
"""

import html
from functools import lru_cache
from xml.etree.ElementTree import Element

LONGEST = 2_000
"""Characters; a longer formula stays text. The reader takes about a millisecond for ten."""

ELEMENTS = frozenset(
    "math mrow mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts"
    " mtable mtr mtd mi mn mo mtext mspace mstyle mpadded mphantom menclose".split()
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
    inner = html.escape(html.unescape(element.text or ""))
    inner += "".join(_written(child) for child in element)
    tail = html.escape(html.unescape(element.tail or ""))
    if tag not in ELEMENTS:
        return f"<mrow>{inner}</mrow>{tail}"
    kept = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if value in ATTRIBUTES.get(name, ())
    )
    return f"<{tag}{kept}>{inner}</{tag}>{tail}"
