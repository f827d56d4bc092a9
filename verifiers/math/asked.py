"""What the problem asked for: `m + n = 293` is 293 where `m + n` was to be found."""

import re

from verifiers.math.comparing.relations import is_equation
from verifiers.math.comparing.vectors import as_units
from verifiers.math.families import renamed
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, symbols
from verifiers.text.normalize import clean

_FORMULA = re.compile(r"\$([^$]{1,200})\$|\\\((.{1,200}?)\\\)")
_PLAIN = re.compile(  # "Find m+n.", "the value of a + b + c"
    r"(?<![\w$\\])[A-Za-z]\d?(?:\s?[-+*/]\s?[A-Za-z0-9]{1,3})+(?![\w$])"
)
_PERCENTAGE = re.compile(  # "what percent", "Wie viel Prozent", "the yield"
    r"%|％|per\s?cent|prozent|pour\s?cent|por\s?cien|процент|persen|百分|퍼센트|パーセント"
    r"|\b(?:rate|yield|efficiency|error|discount|interest|concentration|chance|probability|abundance|humidity)s?\b",
    re.IGNORECASE,
)
"""What is given in percent, by name or by custom."""
_MARKED = re.compile(r"\\vec\{(\\?\w+)\}(.*)\Z")


def asked_for(node: Node, other: Node, problem: str) -> Node:
    """The right side of an equation whose left side is a formula of the problem.

    Only beside a value that is no equation itself.
    """
    if not problem or not is_equation(node) or other.kind == "rel":
        return node
    left, right = node.args[1]
    if symbols(left) & symbols(right) or not symbols(left):
        return node
    return right if left in _formulas(problem) else node


def asks_percentage(problem: str) -> bool:
    """Whether a problem may ask for a percentage; also where the problem is not known."""
    return not problem or bool(_PERCENTAGE.search(problem))


def _formulas(problem: str) -> list[Node]:
    found = []
    texts = [match[1] or match[2] for match in _FORMULA.finditer(problem)]
    for text in [*texts, *(match[0] for match in _PLAIN.finditer(problem))]:
        try:
            found.append(parse(clean(text)))
        except (UnreadableError, TooBigError):
            continue
    return found


def unmarked(first: Node, second: Node) -> tuple[Node, Node]:
    r"""Both sides with one name for a vector that one of them writes without its arrow."""
    if any(name.startswith("\\hat") for name in symbols(first) | symbols(second)):
        first, second = as_units(first), as_units(second)
    ours, theirs = symbols(first), symbols(second)
    return _unmarked(first, ours, theirs), _unmarked(second, theirs, ours)


def _unmarked(node: Node, names: frozenset[str], others: frozenset[str]) -> Node:
    plain = {}
    for name in names - others:
        match = _MARKED.match(name)
        if match and match[1] + match[2] in others - names:
            plain[name] = match[1] + match[2]
    return renamed(node, plain) if plain else node
