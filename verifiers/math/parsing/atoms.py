"""The atoms of an answer: numbers, names, brackets, functions, fractions, roots, matrices.

The parser hands in its own levels (`items`, `signed`), because atoms hold whole answers again.
"""

from collections.abc import Callable
from fractions import Fraction
from math import prod

from verifiers.math.parsing.cursor import Cursor
from verifiers.math.parsing.operators import (
    INFIX,
    INTEGRALS,
    LIMITS,
    SUMS,
    big_operator,
    complement,
    derivative,
    determinant,
    nabla,
    points,
    unknown,
)
from verifiers.math.parsing.primitives import number, raw
from verifiers.math.parsing.tree import Node, UnreadableError
from verifiers.text.numbers import read_number

Level = Callable[[Cursor], Node]

ANGLES = ("angle", "measuredangle", "sphericalangle", "triangle")
ANGLE_FUNCTIONS = ("sin", "cos", "tan", "cot", "sec", "csc")
CONSTANTS = {"pi": "pi", "infty": "inf"}
_CLOSING = {"(": (")", "]"), "[": ("]", ")", "["), "\\{": ("\\}",), "]": ("[", "]")}
_NAMED = {"R": "R", "Z": "Z", "N": "N", "Q": "Q", "C": "C"}
_OPENING = ("(", "[", "{", "\\{", "|")
_COMMANDS = (
    "frac", "binom", "sqrt", "pi", "infty", "lfloor", "lceil", "emptyset", "varnothing", "mathbb",
    "begin", "dot", "ddot", "bar", "hat", "tilde", "overline", "widehat", "vec",
    "langle", "nabla", "mathcal", "mathscr",
    *SUMS, *INTEGRALS, *LIMITS, *ANGLES, "det", "infinity",
)  # fmt: skip
_ACCENTS = ("dot", "ddot", "bar", "hat", "tilde", "overline", "widehat", "vec", "mathcal",
            "mathscr", "mathfrak")  # fmt: skip
_NO_ATOMS = INFIX | {
    "pm", "mp", "cup", "cap", "bigcup", "bigcap", "setminus", "backslash", "mod", "bmod", "pmod",
    "choose", "over", "in", "rangle", "rfloor", "rceil", "end", "ldots", "right", "left", "quad",
    "frac", "sqrt", "def", "input", "include", "write", "catcode", "newcommand", "char",
}  # fmt: skip
"""Commands that are no value by themselves; any other unknown one is kept as it is."""
_MOST_DOUBLE = 300
_CALLED = frozenset("fghFGHP")


def starts_atom(cursor: Cursor) -> bool:
    """Whether an atom can begin here, so that juxtaposition is a product."""
    token = cursor.peek()
    if token.kind in ("num", "sym", "fn"):
        return True
    if token.kind == "cmd":
        return token.text in _COMMANDS or token.text not in _NO_ATOMS
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
        node = _symbol(cursor, token.text, signed)
    elif token.kind == "fn":
        node = _function(cursor, token.text, items, signed)
    elif token.kind == "cmd":
        node = _command(cursor, token.text, items, signed)
    elif token.kind == "op" and token.text in (*_OPENING, "]"):
        node = _bracket(cursor, token.text, items)
    else:
        raise UnreadableError(f"unexpected {token.text!r}")
    while mark := cursor.skip("!", "%", "\\deg", "'"):
        if mark == "'":  # `(A \\cup B)'`
            node = Node("form", ("'", node))
            continue
        if mark == "\\deg":
            node = Node("deg", (_with_minutes(cursor, node),))
            continue
        if mark == "!" and cursor.skip("!"):
            node = _double_factorial(node)
            continue
        hundred = Node("num", (Fraction(100), None))
        node = Node("fact", (node,)) if mark == "!" else Node("div", (node, hundred))
    cursor.leave()
    return node


def _with_minutes(cursor: Cursor, node: Node) -> Node:
    r"""`45\deg 30' 15''` in degrees: the minutes and seconds behind a degree sign."""
    for size, marks in ((60, ("'",)), (3600, ("'", "'"))):
        ahead = [cursor.peek(n).text for n in range(1, 3)]
        primes = 2 if ahead == ["'", "'"] else int(ahead[0] == "'")
        if cursor.peek().kind != "num" or primes != len(marks):
            continue
        part = number(cursor, cursor.take().text)
        cursor.at += primes
        node = Node("add", (node, Node("div", (part, Node("num", (Fraction(size), None))))))
    return node


def _double_factorial(node: Node) -> Node:
    """`7!!` as its value, 7 times 5 times 3; of other things it is not read."""
    if node.kind != "num" or not 0 <= node.args[0] <= _MOST_DOUBLE or node.args[0] % 1:
        raise UnreadableError("a double factorial")
    return Node("num", (Fraction(prod(range(int(node.args[0]), 0, -2))), None))


def _symbol(cursor: Cursor, name: str, signed: Level) -> Node:
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
    counted = _counted(cursor, name, subscript, signed) if subscript and not primes else None
    if counted:
        return counted
    name += subscript + primes + _order(cursor)
    called = cursor.peek(1).kind == "num" and cursor.peek(2).text == ")"
    product = name not in ("f", "P") and cursor.peek(-2).kind == "sym" and not called
    if (name in _CALLED or called) and not product and cursor.peek().text == "(":
        name += raw(cursor)
    return Node("sym", (name,))


def _counted(cursor: Cursor, name: str, subscript: str, signed: Level) -> Node | None:
    r"""`C_{10}^{3}`, `A_5^2`, `P_5^2`: combinations and arrangements; None for other names."""
    if name not in ("C", "A", "P") or cursor.peek() != ("op", "^", cursor.peek().spaced):
        return None
    n = subscript[1:]
    at = cursor.at
    cursor.take()
    if cursor.peek().kind == "num" and len(cursor.peek().text) > 1:
        cursor.split(1)  # `C_5^23` is 3 times `C_5^2`
    k = signed(cursor)
    letters = name == "C" and n in ("n", "m", "2n", "n+1", "n-1") and k.kind == "num"
    if n.isdigit() and k.kind == "num" and k.args[0] <= int(n) > 1 and k.args[0] >= 0:
        top, chosen = int(n), int(k.args[0])
        if name == "C":
            return Node("fn", ("binom", (Node("num", (Fraction(top), None)), k)))
        if top <= _MOST_DOUBLE:
            return Node("num", (Fraction(prod(range(top - chosen + 1, top + 1))), None))
    if letters:
        total: Node = Node("sym", (n[-1] if n[0] == "2" else n[0],))
        if n == "2n":
            total = Node("add", (total, total))
        elif len(n) > 1:
            one = Node("num", (Fraction(1 if "+" in n else -1), None))
            total = Node("add", (total, one))
        return Node("fn", ("binom", (total, k)))
    cursor.at = at
    return None


def _order(cursor: Cursor) -> str:
    """The order of a derivative, `y^{(3)}`, which is part of the name; else nothing."""
    texts = [cursor.peek(n).text for n in range(6)]
    if texts[0] == "^" and (texts[1], texts[2], texts[4], texts[5]) == ("{", "(", ")", "}"):
        order = texts[3]
        if order.isdigit() or (order.isalpha() and len(order) == 1):
            cursor.at += 6
            return "'" * int(order) if order.isdigit() and int(order) < 4 else f"^({order})"
    return ""


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
            base = [_argument(cursor, items, signed)]
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
        if name == "frac" and (found := derivative(cursor)):
            return found
        top = _argument(cursor, items, signed, digit=True)
        bottom = _argument(cursor, items, signed, digit=True)
        return Node("div", (top, bottom)) if name == "frac" else Node("fn", (name, (top, bottom)))
    if name in ("lfloor", "lceil"):
        inner = items(cursor)
        if cursor.take().text != "r" + name[1:]:
            raise UnreadableError("a floor or ceiling is not closed")
        return Node("fn", (name[1:], (inner,)))
    if name in _ACCENTS:
        return _accented(cursor, name, signed)
    if name in (*SUMS, *INTEGRALS, *LIMITS):
        return big_operator(cursor, name, items)
    if name in ANGLES:
        return points(cursor, name)
    if name in ("emptyset", "varnothing"):
        return Node("named", ("empty",))
    return _rarer(cursor, name, items, signed)


def _rarer(cursor: Cursor, name: str, items: Level, signed: Level) -> Node:
    if name == "nabla":
        return nabla(cursor, signed)
    if name == "ldots":
        return Node("opaque", ("dots",))
    if name == "langle":
        return _mean(cursor, items)
    if name == "det":
        return determinant(atom(cursor, items, signed))
    if name == "complement":
        return complement(cursor, signed)
    if name == "mathbb":
        letter = cursor.take()
        if letter.text == "{":
            letter = cursor.take()
            cursor.expect("}")
        if letter.text in _NAMED:
            return Node("named", (letter.text,))
    if name == "begin":
        return _matrix(cursor, items)
    if name in _NO_ATOMS or name == "mathbb":
        raise UnreadableError(f"\\{name}")
    return unknown(cursor, name, items)


def _mean(cursor: Cursor, items: Level) -> Node:
    r"""`\langle 3, 4 \rangle` is a tuple, `\langle x^2 \rangle` a mean."""
    inner = items(cursor)
    if cursor.take().text != "rangle":
        raise UnreadableError("a bracket is not closed")
    listed = inner.kind == "list" and inner.args[0] in (",", ";")
    return Node("group", ("(", ")", inner.args[1])) if listed else Node("form", ("mean", inner))


def _accented(cursor: Cursor, name: str, signed: Level) -> Node:
    r"""`\hat{i}`, `\overline{AB}`, `\vec{AB}`: a segment has no direction, a vector has one."""
    inner = raw(cursor)
    if len(inner) == 2 and inner.isupper() and inner[0] > inner[1]:
        if name == "overline":
            inner = inner[::-1]
        elif name == "vec":
            return Node("neg", (_symbol(cursor, f"\\vec{{{inner[::-1]}}}", signed),))
    if inner in ("i", "j", "k") and name == "vec":
        name = "hat"
    return _symbol(cursor, f"\\{name}{{{inner}}}", signed)


def _matrix(cursor: Cursor, items: Level) -> Node:
    name = raw(cursor)
    if name == "array":
        raw(cursor)
    if name not in ("matrix", "pmatrix", "bmatrix", "Bmatrix", "array", "smallmatrix", "vmatrix"):
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
    matrix = Node("matrix", tuple(rows))
    return determinant(matrix) if name == "vmatrix" else matrix
