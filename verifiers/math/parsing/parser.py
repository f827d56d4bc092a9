"""Answers parsed by precedence: lists, relations, unions, sums, products, powers.

Products may be implicit (`2x`, `3\\sqrt{2}`). `1/2x` is read from the left, as a half times x.
"""

import re
from functools import lru_cache
from typing import Any

from verifiers.math.parsing.atoms import atom, starts_atom
from verifiers.math.parsing.cursor import Cursor
from verifiers.math.parsing.lexer import tokenize
from verifiers.math.parsing.primitives import call_name
from verifiers.math.parsing.tree import NAMELESS, Node, UnreadableError
from verifiers.text.numbers import read_number

RELATIONS = ("=", "<", ">", "<=", ">=", "!=", "~")
_PERIOD = re.compile(r"(\d*)\.(\d*)\\overline\s*\{?(\d+)\}?")
_LONGEST = 2000  # characters


@lru_cache(maxsize=8192)
def parse(text: str) -> Node:
    """The tree of cleaned `text`; raises UnreadableError or TooBigError when there is none."""
    if "\\overline" in text:
        text = _PERIOD.sub(_fraction, text)
    cursor = Cursor(tokenize(text[: _LONGEST + 1]))
    if not cursor.tokens:
        raise UnreadableError("nothing")
    node = items(cursor)
    if cursor.peek().kind != "end":
        raise UnreadableError(f"left over: {cursor.peek().text!r}")
    return _bare_degrees(node)


def _fraction(match: re.Match[str]) -> str:
    """A repeating decimal inside of an answer as a fraction."""
    found = read_number(match[0])
    return rf"\frac{{{found.value.numerator}}}{{{found.value.denominator}}}" if found else match[0]


def _bare_degrees(node: Any) -> Any:
    """The tree with degree signs left out: outside of functions, degrees are the unit asked for."""
    if isinstance(node, Node):
        if node.kind == "deg":
            return _bare_degrees(node.args[0])
        return Node(node.kind, tuple(map(_bare_degrees, node.args)))
    return tuple(map(_bare_degrees, node)) if type(node) is tuple else node


def items(cursor: Cursor) -> Node:
    """A list (`1, 2 or 3`) or its only item; numbers side by side (`4 2`) are a list too."""
    cursor.enter()
    found = [relation(cursor)]
    separator = ""
    while True:
        mark = cursor.skip(",", ";", "or", "and")
        if mark is None and cursor.peek().kind != "num":
            break
        separator = "or" if "or" in (mark, separator) else mark or " "
        if mark == "," and cursor.skip("and", "or") == "or":
            separator = "or"
        if cursor.peek().kind == "end":
            break  # a comma at the end
        found.append(relation(cursor))
    cursor.leave()
    return found[0] if len(found) == 1 else Node("list", (separator, tuple(found)))


def relation(cursor: Cursor) -> Node:
    """`a < b <= c`, `x \\in S`, or a single side."""
    name = call_name(cursor)
    if cursor.peek().kind == "op" and cursor.peek().text in RELATIONS[1:6]:
        name = Node("sym", (NAMELESS,))  # `\ge 16`, of whatever the question asks for
    sides = [name or union(cursor)]
    operators: list[str] = []
    while True:
        token = cursor.peek()
        if token.kind == "op" and token.text in RELATIONS:
            operators.append(cursor.take().text)
        elif (token.kind == "op" and token.text == "\\in") or token == ("cmd", "in", token.spaced):
            cursor.take()
            operators.append("in")
        else:
            break
        sides.append(union(cursor))
    if operators == ["~"] and len(sides) == 2:
        return sides[1] if sides[0].kind == "sym" else sides[0]
    return Node("rel", (tuple(operators), tuple(sides))) if operators else sides[0]


def union(cursor: Cursor) -> Node:
    """Unions, intersections and differences of sets, from the left."""
    node = ratio(cursor)
    while cursor.peek().kind == "cmd" and cursor.peek().text in _SET_OPERATORS:
        operator = _SET_OPERATORS[cursor.take().text]
        node = Node(operator, (node, ratio(cursor)))
    return node


def ratio(cursor: Cursor) -> Node:
    """`3:4:5`."""
    parts = [additive(cursor)]
    while cursor.skip(":"):
        parts.append(additive(cursor))
    return Node("ratio", tuple(parts)) if len(parts) > 1 else parts[0]


_SET_OPERATORS = {
    "cup": "cup", "bigcup": "cup", "cap": "cap", "bigcap": "cap", "setminus": "minus",
    "backslash": "minus",
}  # fmt: skip


def additive(cursor: Cursor) -> Node:
    """Sums and differences, with `\\pm` and `\\mp`."""
    if cursor.peek().kind == "op" and cursor.peek().text == "~":
        cursor.take()  # a leading "approximately"
    node = product(cursor)
    while True:
        token = cursor.peek()
        if token.kind == "op" and token.text in "+-" and token.text:
            cursor.take()
            right = product(cursor)
            node = Node("add", (node, right if token.text == "+" else Node("neg", (right,))))
        elif token.kind == "cmd" and token.text in ("pm", "mp"):
            cursor.take()
            node = Node("pm", (token.text, node, product(cursor)))
        else:
            return node


def product(cursor: Cursor) -> Node:
    """Products and quotients, explicit or by juxtaposition, from the left."""
    node = signed(cursor)
    while True:
        token = cursor.peek()
        if token.kind == "op" and token.text in ("*", "/"):
            cursor.take()
            node = Node("mul" if token.text == "*" else "div", (node, signed(cursor)))
        elif token.kind == "cmd" and token.text == "choose":
            cursor.take()
            return Node("fn", ("binom", (node, product(cursor))))
        elif token.kind == "cmd" and token.text == "over":
            cursor.take()
            return Node("div", (node, product(cursor)))
        elif token.kind == "cmd" and token.text in ("mod", "bmod", "pmod"):
            raise UnreadableError("a residue class")
        elif starts_atom(cursor) and not _number_after_number(cursor):
            node = Node("mul", (node, power(cursor)))
        else:
            return node


def _number_after_number(cursor: Cursor) -> bool:
    return cursor.peek().kind == "num" and cursor.peek(-1).kind == "num"


def signed(cursor: Cursor) -> Node:
    """A power behind any signs."""
    cursor.enter()
    token = cursor.peek()
    if cursor.skip("-"):
        node = Node("neg", (signed(cursor),))
    elif cursor.skip("+"):
        node = signed(cursor)
    elif token.kind == "cmd" and token.text in ("pm", "mp"):
        cursor.take()
        zero = parse("0")
        node = Node("pm", (token.text, zero, signed(cursor)))
    else:
        node = power(cursor)
    cursor.leave()
    return node


def power(cursor: Cursor) -> Node:
    """An atom with its exponent; `a^b^c` is `a^(b^c)`."""
    node = atom(cursor, items, signed)
    if cursor.skip("^"):
        cursor.enter()
        node = Node("pow", (node, signed(cursor)))
        cursor.leave()
        if cursor.skip("!"):
            node = Node("fact", (node,))
    return node
