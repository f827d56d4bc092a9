"""Answers parsed by precedence: lists, relations, unions, sums, products, powers.

Products may be implicit (`2x`, `3\\sqrt{2}`). `1/2x` is read from the left, as a half times x.
"""

import re
from functools import lru_cache
from typing import Any

from verifiers.math.parsing.atoms import atom, starts_atom
from verifiers.math.parsing.cursor import Cursor
from verifiers.math.parsing.lexer import tokenize
from verifiers.math.parsing.operators import INFIX
from verifiers.math.parsing.primitives import call_name, raw
from verifiers.math.parsing.tree import NAMELESS, Node, UnreadableError
from verifiers.math.parsing.vectors import is_vector
from verifiers.text.numbers import read_number

RELATIONS = ("=", "<", ">", "<=", ">=", "!=", "~", "\\equiv")
_PERIOD = re.compile(r"(\d*)\.(\d*)\\overline\s*\{?(\d+)\}?")
_LONGEST = 2000  # characters


@lru_cache(maxsize=8192)
def parse(text: str) -> Node:
    """The tree of cleaned `text`; raises UnreadableError or TooBigError when there is none."""
    if "\\overline" in text:
        text = _PERIOD.sub(_fraction, text)
    cursor = Cursor(tokenize(text[: _LONGEST + 1]), product=product)
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
        if token.kind == "op" and token.text == "\\sim":
            cursor.take()
            return Node("range", (sides[0], union(cursor)))
        if token.kind == "op" and token.text in RELATIONS:
            operators.append(cursor.take().text)
        elif (token.kind == "op" and token.text == "\\in") or token == ("cmd", "in", token.spaced):
            cursor.take()
            operators.append("in")
        else:
            break
        sides.append(union(cursor))
    if "\\equiv" in operators:
        if modulus := _modulus(cursor):
            return Node("residue", (sides[-1], modulus))
        operators = ["=" if operator == "\\equiv" else operator for operator in operators]
    return Node("rel", (tuple(operators), tuple(sides))) if operators else sides[0]


def _modulus(cursor: Cursor) -> Node | None:
    r"""The 7 of `x \equiv 3 \pmod 7`, `(\mod 7)`, `\bmod 7`; None where there is none."""
    at = cursor.at
    opened = bool(cursor.skip("("))
    if cursor.take().text not in ("mod", "bmod", "pmod"):
        cursor.at = at
        return None
    modulus = additive(cursor)
    if opened:
        cursor.expect(")")
    return modulus


def union(cursor: Cursor) -> Node:
    """Unions, intersections, differences of sets, and unknown operators, from the left."""
    node = ratio(cursor)
    while cursor.peek().kind == "cmd" and cursor.peek().text in (*_SET_OPERATORS, *INFIX):
        name = cursor.take().text
        right = ratio(cursor)
        known = _SET_OPERATORS.get(name)
        node = Node(known, (node, right)) if known else Node("opaque", (name, node, right))
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
            right = _value(product(cursor))
            right = right if token.text == "+" else Node("neg", (right,))
            node = Node("add", (_value(node), right))
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
        if token.kind == "op" and token.text in ("*", "/", "\\times"):
            cursor.take()
            right = _letters(cursor) if token.text == "/" else signed(cursor)
            node = _times(token.text, node, right)
        elif token.kind == "cmd" and token.text == "choose":
            cursor.take()
            return Node("fn", ("binom", (node, product(cursor))))
        elif token.kind == "cmd" and token.text == "over":
            cursor.take()
            return Node("div", (node, product(cursor)))
        elif starts_atom(cursor) and not _number_after_number(cursor):
            node = Node("mul", (_value(node), _value(power(cursor))))
        else:
            return node


def _letters(cursor: Cursor) -> Node:
    """What a slash divides by: all of the letters that stand together, `RC` in `t/RC`."""
    letter = cursor.peek().kind == "sym"
    node = signed(cursor)
    while letter and cursor.peek().kind == "sym" and not cursor.peek().spaced:
        node = Node("mul", (_value(node), _value(power(cursor))))
    return node


def _times(sign: str, left: Node, right: Node) -> Node:
    """A product or a quotient; of two vectors, their dot or their cross product."""
    if sign != "/" and is_vector(left) and is_vector(right):
        return Node("fn", ("dot" if sign == "*" else "cross", (left, right)))
    return Node("div" if sign == "/" else "mul", (_value(left), _value(right)))


def _value(node: Node) -> Node:
    r"""What stands in a calculation: `2\{x+1\}` has brackets and no set."""
    single = node.kind == "group" and node.args[0] == "\\{" and len(node.args[2]) == 1
    return node.args[2][0] if single else node


def _number_after_number(cursor: Cursor) -> bool:
    return cursor.peek().kind == "num" and cursor.peek(-1).kind == "num"


def signed(cursor: Cursor) -> Node:
    """A power behind any signs."""
    cursor.enter()
    token = cursor.peek()
    if cursor.skip("-"):
        node = Node("neg", (_value(signed(cursor)),))
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
    # `0^+` in what a limit goes to
    one_sided = cursor.peek(1).text in ("+", "-") and cursor.peek(2).text == "}"
    if not one_sided and cursor.skip("^"):
        cursor.enter()
        exponent = signed(cursor)
        if node.kind == "sym" and cursor.skip("_"):  # `x^2_1`
            node = Node("sym", (f"{node.args[0]}_{raw(cursor)}",))
        node = Node("pow", (_value(node), exponent))
        cursor.leave()
        if cursor.skip("!"):
            node = Node("fact", (node,))
    return node
