"""The atoms of an answer: numbers, names, brackets, functions, fractions, roots, matrices.

The parser hands in its own levels (`items`, `signed`), because atoms hold whole answers again.
"""

from collections.abc import Callable
from fractions import Fraction
from math import prod

from verifiers.math.parsing.cursor import Cursor
from verifiers.math.parsing.primitives import number, raw
from verifiers.math.parsing.tree import Node, UnreadableError
from verifiers.text.numbers import read_number

Level = Callable[[Cursor], Node]

ANGLE_FUNCTIONS = ("sin", "cos", "tan", "cot", "sec", "csc")
CONSTANTS = {"pi": "pi", "infty": "inf"}
_CLOSING = {"(": (")", "]"), "[": ("]", ")", "["), "\\{": ("\\}",), "]": ("[", "]")}
_NAMED = {"R": "R", "Z": "Z", "N": "N", "Q": "Q", "C": "C"}
_OPENING = ("(", "[", "{", "\\{", "|")
_COMMANDS = (
    "frac", "binom", "sqrt", "pi", "infty", "lfloor", "lceil", "emptyset", "varnothing", "mathbb",
    "begin", "dot", "ddot", "bar", "hat", "tilde", "overline", "widehat",
)  # fmt: skip
_ACCENTS = ("dot", "ddot", "bar", "hat", "tilde", "overline", "widehat")
_MOST_DOUBLE = 300
_CALLED = frozenset("fghFGHP")


def starts_atom(cursor: Cursor) -> bool:
    """Whether an atom can begin here, so that juxtaposition is a product."""
    token = cursor.peek()
    if token.kind in ("num", "sym", "fn"):
        return True
    if token.kind == "cmd":
        return token.text in _COMMANDS
    if token.text == "[":  # not where it closes `]2, 5[`
        return cursor.peek(1).kind != "end" and cursor.peek(1).text not in ("cup", "cap", ",", ")")
    return token.kind == "op" and (
        token.text in ("(", "{", "\\{") or (token.text == "|" and not cursor.bars)
    )


def atom(cursor: Cursor, items: Level, signed: Level) -> Node:
    """One atom with its subscripts, primes, factorials and percent sign."""
    cursor.enter()
    token = cursor.take()
    if token.kind == "num":
        node = number(cursor, token.text)
    elif token.kind == "sym":
        node = _symbol(cursor, token.text)
    elif token.kind == "fn":
        node = _function(cursor, token.text, items, signed)
    elif token.kind == "cmd":
        node = _command(cursor, token.text, items, signed)
    elif token.kind == "op" and token.text in (*_OPENING, "]"):
        node = _bracket(cursor, token.text, items)
    else:
        raise UnreadableError(f"unexpected {token.text!r}")
    while mark := cursor.skip("!", "%", "\\deg"):
        if mark == "\\deg":
            node = Node("deg", (node,))
            continue
        if mark == "!" and cursor.skip("!"):
            node = _double_factorial(node)
            continue
        hundred = Node("num", (Fraction(100), None))
        node = Node("fact", (node,)) if mark == "!" else Node("div", (node, hundred))
    cursor.leave()
    return node


def _double_factorial(node: Node) -> Node:
    """`7!!` as its value, 7 times 5 times 3; of other things it is not read."""
    if node.kind != "num" or not 0 <= node.args[0] <= _MOST_DOUBLE or node.args[0] % 1:
        raise UnreadableError("a double factorial")
    return Node("num", (Fraction(prod(range(int(node.args[0]), 0, -2))), None))


def _symbol(cursor: Cursor, name: str) -> Node:
    if name == "e" and cursor.peek().text != "_":
        return Node("const", ("e",))
    if name == "i" and cursor.peek().text != "_":
        return Node("const", ("i",))
    primes = subscript = ""
    while mark := cursor.skip("_", "'"):
        if mark == "_":
            subscript = "_" + raw(cursor)
        else:
            primes += mark
    name += subscript + primes
    called = cursor.peek(1).kind == "num" and cursor.peek(2).text == ")"
    if (name in _CALLED or called) and cursor.peek().text == "(":
        name += raw(cursor)
    return Node("sym", (name,))


def _bracket(cursor: Cursor, opening: str, items: Level) -> Node:
    if opening == "|":
        cursor.bars += 1
        inner = items(cursor)
        cursor.expect("|")
        cursor.bars -= 1
        return Node("abs", (inner,))
    bars, cursor.bars = cursor.bars, 0
    if opening == "\\{" and cursor.skip("\\}"):
        cursor.bars = bars
        return Node("named", ("empty",))
    if opening == "[" and cursor.skip("]"):
        cursor.bars = bars
        return Node("group", ("[", "]", ()))
    inner = items(cursor)
    closing = cursor.expect(*(_CLOSING.get(opening) or ("}",)))
    cursor.bars = bars
    listed = inner.kind == "list" and inner.args[0] in (",", ";")
    if opening == "{":
        return Node("group", ("\\{", "\\}", inner.args[1])) if listed else inner
    if opening == "\\{":
        return Node("group", ("\\{", "\\}", inner.args[1] if listed else (inner,)))
    if listed:
        # `]3, 4[` is the ISO notation of an open interval.
        left = "(" if opening == "]" else opening
        right = ")" if closing == "[" else closing
        return Node("group", (left, right, inner.args[1]))
    if (opening, closing) in (("(", ")"), ("[", "]")):
        return inner
    raise UnreadableError("mismatched brackets")


def _function(cursor: Cursor, name: str, items: Level, signed: Level) -> Node:
    base: list[Node] = []
    exponent: Node | None = None
    if name == "sqrt":
        return _root(cursor, items, signed)
    for _ in range(2):
        if cursor.skip("_"):
            base = [atom(cursor, items, signed)]
        elif exponent is None and cursor.skip("^"):
            exponent = signed(cursor)
    args = _arguments(cursor, items, signed)
    if name == "abs" and len(args) == 1:
        return Node("abs", args)
    if name == "cis" and len(args) == 1:
        angle = (_in_radians(args[0]),)
        turned = Node("mul", (Node("const", ("i",)), Node("fn", ("sin", angle))))
        return Node("add", (Node("fn", ("cos", angle)), turned))
    if name in ANGLE_FUNCTIONS:
        args = tuple(map(_in_radians, args))
    inverse = Node("neg", (Node("num", (Fraction(1), read_number("1"))),))
    if exponent == inverse and not base:
        return Node("fn", ("arc" + name, args))
    node = Node("fn", (name, (*args, *base)))
    return Node("pow", (node, exponent)) if exponent else node


def _in_radians(node: Node) -> Node:
    """The argument of a trigonometric function with its degrees turned into radians."""
    if node.kind == "deg":
        radian = Node("div", (Node("const", ("pi",)), Node("num", (Fraction(180), None))))
        return Node("mul", (node.args[0], radian))
    return Node(node.kind, tuple(_in_radians(a) if isinstance(a, Node) else a for a in node.args))


def _arguments(cursor: Cursor, items: Level, signed: Level) -> tuple[Node, ...]:
    r"""`(x, y)`, or what stands unbracketed: `\sin 2x` is the sine of `2x`."""
    token = cursor.peek()
    if token.kind == "op" and token.text in ("(", "{", "[", "\\{"):
        cursor.take()
        node = _bracket(cursor, token.text, items)
        return node.args[2] if node.kind == "group" else (node,)
    node = _factor(cursor, items, signed)
    while starts_atom(cursor) and cursor.peek().kind in ("num", "sym", "cmd"):
        node = Node("mul", (node, _factor(cursor, items, signed)))
    return (node,)


def _factor(cursor: Cursor, items: Level, signed: Level) -> Node:
    if cursor.skip("-"):
        return Node("neg", (_factor(cursor, items, signed),))
    node = atom(cursor, items, signed)
    return Node("pow", (node, signed(cursor))) if cursor.skip("^") else node


def _root(cursor: Cursor, items: Level, signed: Level) -> Node:
    degree = Node("num", (Fraction(2), None))
    if cursor.skip("["):
        degree = items(cursor)
        cursor.expect("]")
    return Node("fn", ("root", (_argument(cursor, items, signed), degree)))


def _argument(cursor: Cursor, items: Level, signed: Level, digit: bool = False) -> Node:
    r"""One TeX argument: a group or a single atom; with `digit` only one digit of a number."""
    token = cursor.peek()
    if digit and token.kind == "num" and len(token.text) > 1:
        cursor.split(1)
    if token.kind == "op" and token.text == "{":
        cursor.take()
        inner = items(cursor)
        cursor.expect("}")
        return inner
    if digit and cursor.peek().kind == "num":
        return Node("num", (Fraction(cursor.take().text), None))
    return atom(cursor, items, signed)


def _command(cursor: Cursor, name: str, items: Level, signed: Level) -> Node:
    if name in CONSTANTS:
        return Node("const", (CONSTANTS[name],))
    if name in ("frac", "binom"):
        top = _argument(cursor, items, signed, digit=True)
        bottom = _argument(cursor, items, signed, digit=True)
        return Node("div", (top, bottom)) if name == "frac" else Node("fn", (name, (top, bottom)))
    if name in ("lfloor", "lceil"):
        inner = items(cursor)
        if cursor.take().text != "r" + name[1:]:
            raise UnreadableError("a floor or ceiling is not closed")
        return Node("fn", (name[1:], (inner,)))
    if name in _ACCENTS:
        return _symbol(cursor, f"\\{name}{{{raw(cursor)}}}")
    if name in ("emptyset", "varnothing"):
        return Node("named", ("empty",))
    if name == "mathbb":
        letter = cursor.take()
        if letter.text == "{":
            letter = cursor.take()
            cursor.expect("}")
        if letter.text in _NAMED:
            return Node("named", (letter.text,))
    if name == "begin":
        return _matrix(cursor, items)
    raise UnreadableError(f"\\{name}")


def _matrix(cursor: Cursor, items: Level) -> Node:
    name = raw(cursor)
    if name == "array":
        raw(cursor)
    if name not in ("matrix", "pmatrix", "bmatrix", "Bmatrix", "array", "smallmatrix"):
        raise UnreadableError(f"a {name}")
    rows: list[tuple[Node, ...]] = []
    row = [items(cursor)]
    while True:
        if cursor.skip("&"):
            row.append(items(cursor))
        elif cursor.skip("\\\\"):
            rows.append(tuple(row))
            row = []
            if cursor.peek().text != "end":
                row = [items(cursor)]
        else:
            break
    if cursor.take() != ("cmd", "end", False) and cursor.peek(-1).text != "end":
        raise UnreadableError("a matrix is not closed")
    raw(cursor)
    rows += [tuple(row)] if row else []
    return Node("matrix", tuple(rows))
