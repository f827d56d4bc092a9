r"""Operators with a body: sums, integrals, limits, derivatives; and notation that is not known.

`\sum_{k=1}^{n} k`, `\int_0^1 x\,dx`, `\frac{\partial u}{\partial t}`, `\nabla \times E`. What has
no value here keeps its name, its order and its arguments: a `form` where its meaning is known (a
derivative, an angle, a mean), `opaque` where it is not.
"""

from collections.abc import Callable

from verifiers.math.parsing.cursor import Cursor
from verifiers.math.parsing.lexer import Token
from verifiers.math.parsing.primitives import raw
from verifiers.math.parsing.tree import Node, UnreadableError

Level = Callable[[Cursor], Node]

SUMS = ("sum", "prod")
INTEGRALS = ("int", "iint", "iiint", "oint")
LIMITS = ("lim", "limsup", "liminf", "sup", "inf")
INFIX = frozenset(
    "oplus ominus otimes odot star circ bullet diamond Box parallel perp nmid subset subseteq "
    "supset supseteq notin cong ll gg propto to rightarrow leftarrow longrightarrow Rightarrow "
    "Leftrightarrow leftrightarrow rightleftharpoons uparrow downarrow mapsto smile".split()
)
"""Operators between two values that are not computed: `3 \\oplus 5`, `l \\parallel m`."""
_SIZED = {"angle": "angle", "measuredangle": "angle", "sphericalangle": "angle"}
_ARROWS = ("to", "rightarrow", "longrightarrow")
_NUMERAL = Token("num", "1")


def big_operator(cursor: Cursor, name: str, items: Level) -> Node:
    r"""A sum, product, integral or limit, whose command was just taken."""
    if name in LIMITS:
        if name == "lim" and (found := _limit(cursor, items)):
            return found
        below = raw(cursor) if cursor.skip("_") else ""
        return Node("opaque", (f"{name} {below}", cursor.product(cursor)))
    if name in SUMS:
        return _sum(cursor, name, items)
    return _integral(cursor, name, items)


def _limit(cursor: Cursor, items: Level) -> Node | None:
    r"""`\lim_{x \to 0^+} f`; None where what stands below is no arrow between two values."""
    at = cursor.at
    texts = [cursor.peek(n).text for n in range(4)]
    if texts[:2] != ["_", "{"] or cursor.peek(2).kind != "sym" or texts[3] not in _ARROWS:
        return None
    cursor.at += 4
    side = 0
    try:
        target = items(cursor)
        if cursor.skip("^"):
            side = 1 if raw(cursor) == "+" else -1
        cursor.expect("}")
    except UnreadableError:
        cursor.at = at
        return None
    return Node("lim", (texts[2], side, target, cursor.product(cursor)))


def _sum(cursor: Cursor, name: str, items: Level) -> Node:
    cursor.expect("_")
    if cursor.peek().text != "{" or cursor.peek(1).kind != "sym" or cursor.peek(2).text != "=":
        below = raw(cursor)
        above = _bound(cursor, items) if cursor.skip("^") else None
        return Node(
            "opaque", (f"{name} {below}", *([above] if above else []), cursor.product(cursor))
        )
    cursor.take()
    variable = cursor.take().text
    cursor.take()
    low = items(cursor)
    cursor.expect("}")
    cursor.expect("^")
    high = _bound(cursor, items)
    return Node("sum", (name, variable, low, high, cursor.product(cursor)))


def _bound(cursor: Cursor, items: Level) -> Node:
    if cursor.skip("{"):
        node = items(cursor)
        cursor.expect("}")
        return node
    if cursor.peek().kind == "num" and len(cursor.peek().text) > 1:
        cursor.split(1)
    sign = cursor.skip("-")
    inner = items(Cursor([cursor.take()], product=cursor.product))
    return Node("neg", (inner,)) if sign else inner


def _integral(cursor: Cursor, name: str, items: Level) -> Node:
    low = high = None
    for _ in range(2):
        if cursor.skip("_"):
            low = _bound(cursor, items)
        elif cursor.skip("^"):
            high = _bound(cursor, items)
    start = cursor.at
    end = _differential(cursor)
    variable = cursor.tokens[end + 1].text
    inside = Cursor(cursor.tokens[start:end] or [_NUMERAL], product=cursor.product)
    if end < 0:
        raise UnreadableError("an integral without a differential")
    body = items(inside)
    if inside.peek().kind != "end":
        raise UnreadableError("an integrand")
    cursor.at = end + 2
    if name == "int" and low is not None and high is not None:
        return Node("int", (variable, low, high, body))
    bounds = tuple(bound for bound in (low, high) if bound is not None)
    return Node("opaque", (f"{name} d{variable}", *bounds, body))


def _differential(cursor: Cursor) -> int:
    r"""Where the `d` of `dx` stands; of `\frac{dx}{x}`, moved behind the fraction."""
    depth, inner = 0, -1
    for at in range(cursor.at, len(cursor.tokens) - 1):
        token, after = cursor.tokens[at], cursor.tokens[at + 1]
        depth += (token.text in ("{", "(", "[")) - (token.text in ("}", ")", "]"))
        if depth < 0:
            break
        if token == ("sym", "d", token.spaced) and after.kind == "sym":
            if depth == 0:
                return at
            inner = at if inner < 0 else inner
    if inner < 0 or cursor.peek().text != "frac":
        raise UnreadableError("an integral without a differential")
    differential = cursor.tokens[inner : inner + 2]
    alone = cursor.tokens[inner - 1].text == "{" and cursor.tokens[inner + 2].text == "}"
    cursor.tokens[inner : inner + 2] = [_NUMERAL] if alone else []
    depth, braces = 0, 0
    for at in range(cursor.at + 1, len(cursor.tokens)):
        text = cursor.tokens[at].text
        depth += (text == "{") - (text == "}")
        braces += text == "}" and depth == 0
        if braces == 2:
            cursor.tokens[at + 1 : at + 1] = differential
            return at + 1
    raise UnreadableError("an integral without a differential")


def derivative(cursor: Cursor) -> Node | None:
    r"""`\frac{\partial^2 u}{\partial x^2}` or `\frac{dy}{dx}` behind its `\frac`, else None."""
    parts, ahead = [], 0
    for _ in range(2):
        if cursor.peek(ahead).text != "{":
            return None
        depth, part = 0, []
        while True:
            token = cursor.peek(ahead)
            if token.kind == "end":
                return None
            depth += (token.text == "{") - (token.text == "}")
            ahead += 1
            if depth == 0:
                break
            part.append(token.text)
        parts.append(part[1:])
    top, bottom = parts
    mark = top[0] if top else ""
    if mark not in ("d", "partial") or bottom[:1] != [mark] or len(bottom) < 2:
        return None
    if mark == "d" and len(top) > 1 and top[1] not in ("^",) and len(top) > 4:
        return None
    cursor.at += ahead
    name = "".join(top[1:])
    if mark == "d" and bottom == ["d", "t"] and len(top) == 2:
        return Node("sym", (f"\\dot{{{name}}}",))
    if mark == "d" and len(top) == len(bottom) == 2:
        return Node("sym", (f"{name}'",))
    return Node("form", (" ".join([*top, "/", *bottom]),))


def nabla(cursor: Cursor, signed: Level) -> Node:
    r"""`\nabla u`, `\nabla \cdot E`, `\nabla \times E`, `\nabla^2 u`."""
    if cursor.skip("^"):
        return Node("form", (f"nabla^{raw(cursor)}", signed(cursor)))
    product = cursor.skip("*", "\\times") or ""
    return Node("form", ("nabla" + product, signed(cursor)))


def points(cursor: Cursor, name: str) -> Node:
    r"""`\angle ABC` and `\triangle ABC` by their points; the angle is the same from either end."""
    letters = ""
    while cursor.peek().kind == "sym" and cursor.peek().text.isupper():
        letters += cursor.take().text
        if cursor.skip("_"):
            letters += raw(cursor)
        while cursor.skip("'"):
            letters += "'"
    if not letters:
        inner = raw(cursor)
        return Node("sym", (f"\\{name} {inner}",))
    if len(letters) == 3:
        letters = min(letters, letters[::-1]) if name != "triangle" else "".join(sorted(letters))
    return Node("sym", (f"\\{_SIZED.get(name, name)} {letters}",))


def complement(cursor: Cursor, signed: Level) -> Node:
    r"""`\complement_U A`."""
    within = raw(cursor) if cursor.skip("_") else ""
    return Node("opaque", (f"complement {within}", signed(cursor)))


def unknown(cursor: Cursor, name: str, items: Level) -> Node:
    r"""`\Gamma(5)`, `\operatorname{Li}(3)`, `\cancel{5}`: the name with its arguments."""
    args: list[Node] = []
    if cursor.skip("_"):
        name += "_" + raw(cursor)
    if cursor.skip("^"):
        name += "^" + raw(cursor)
    while cursor.peek().text in ("{", "(") and cursor.peek().kind == "op":
        closing = "}" if cursor.take().text == "{" else ")"
        args.append(items(cursor))
        cursor.expect(closing)
        if closing == ")":
            break
    return Node("opaque", (name, *args))


def determinant(node: Node) -> Node:
    """The determinant of a matrix of up to four rows, by its first row."""
    rows = node.args if node.kind == "matrix" else ()
    if not 1 <= len(rows) <= 4 or any(len(row) != len(rows) for row in rows):
        raise UnreadableError("a determinant")
    if len(rows) == 1:
        return rows[0][0]
    total: Node | None = None
    for at, cell in enumerate(rows[0]):
        minor = Node("matrix", tuple(row[:at] + row[at + 1 :] for row in rows[1:]))
        term = Node("mul", (cell, determinant(minor)))
        term = Node("neg", (term,)) if at % 2 else term
        total = Node("add", (total, term)) if total else term
    assert total
    return total
