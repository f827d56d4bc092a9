"""What the problem asked for: `m + n = 293` is 293 where `m + n` was to be found."""

import re

from verifiers.math.comparing.relations import is_equation
from verifiers.math.comparing.structures import parts
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
_CONGRUENT = re.compile(  # `7^{3} \\equiv 3 \\pmod{10}`, `3 (\\bmod 10)`, `3 \\word{mod} 10`
    r"(?:(?P<left>[^=<>,;]*?)\s*\\equiv)?\s*(?P<rest>-?\d{1,18})\s*"
    r"\(?\s*(?:\\word\{\s*\(?mod\s*\}|\\[pb]?mod|mod(?![a-z]))\s*\{?\s*(?P<m>\d{1,18})\s*\}?\s*\)?\Z"
)
_INTEGER = re.compile(r"-?\d{1,18}")
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_OF_DIVISION = re.compile(
    r"\bmod\b|\\[bp]?mod|\bremainder|\bmodulo\b|余数|остат|\breste?\b", re.IGNORECASE
)
_MARKED = re.compile(r"\\vec\{(\\?\w+)\}(.*)\Z")


def asked_for(node: Node, other: Node, problem: str) -> Node:
    r"""The right side of an equation whose left side is a formula of the problem.

    Only beside a value that is no equation itself. `50 \pm 4` is (46, 54) where an interval was
    asked for.
    """
    if node.kind == "pm" and other.kind == "group" and "interval" in problem.lower():
        ends = parts(node) or []
        return Node("group", (*other.args[:2], tuple(reversed(ends))))
    if not problem or not is_equation(node) or other.kind == "rel":
        return node
    left, right = node.args[1]
    if symbols(left) & symbols(right) or not symbols(left):
        return node
    return right if left in _formulas(problem) else node


def remainder(text: str, other: str, problem: str) -> str:
    r"""`3` for `3 \pmod{10}` and `7^{3} \equiv 3 \pmod{10}` where a remainder was
    asked for; a class of residues stays one.
    """
    match = _CONGRUENT.match(text) if _OF_DIVISION.search(problem) else None
    if not match or not _INTEGER.fullmatch(other):
        return text
    of_numbers = not any(map(str.isalpha, _COMMAND.sub("", match["left"] or "")))
    within = 0 <= int(match["rest"]) < int(match["m"]) and 0 <= int(other) < int(match["m"])
    return match["rest"] if of_numbers and within else text


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
