"""The smallest pieces of an answer: numbers, mixed numbers, the raw text of a subscript."""

from fractions import Fraction

from verifiers.math.parsing.cursor import Cursor
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError
from verifiers.text.numbers import read_number


def call_name(cursor: Cursor) -> Node | None:
    """`f(x)` before an equals sign, as the name of what is defined; the cursor moves behind it.

    Also `f'(x)`, `f_n(x)`, `E(x, 0, z)`, and a name in words: `max = 5`.
    """
    start = cursor.at
    first = cursor.peek()
    if first.kind in ("fn", "word") and cursor.peek(1).text == "=":
        cursor.take()
        return Node("sym", (first.text,))
    if first.text == "vec" and first.kind == "cmd":
        cursor.take()
        name = f"\\vec{{{raw(cursor)}}}"
    elif first.kind == "sym":
        name = cursor.take().text
    else:
        return None
    while mark := cursor.skip("_", "'"):
        name += mark + (raw(cursor) if mark == "_" else "")
    if cursor.skip("^"):
        name += "^" + raw(cursor)
    if cursor.peek().text == "(":
        name += raw(cursor)
        if cursor.peek() == ("op", "=", cursor.peek().spaced) and "()" not in name:
            return Node("sym", (name,))
    cursor.at = start
    return None


def number(cursor: Cursor, text: str) -> Node:
    """The number that a token spells, with the fraction of a mixed number behind it."""
    written = read_number(text)
    if written is None:
        raise TooBigError("a number of more than a thousand digits")
    if cursor.peek() == ("op", "_", cursor.peek().spaced):
        raise UnreadableError("a number in another base")
    mixed = _mixed(cursor) if written.step is None else None
    if mixed is not None:
        return Node("num", (written.value + mixed, None))
    return Node("num", (written.value, written))


def _mixed(cursor: Cursor) -> Fraction | None:
    r"""The fraction of a mixed number such as `1\frac{1}{2}`, which is a sum and no product."""
    if cursor.peek().text != "frac":
        return None
    parts: list[str] = []
    ahead = 1
    for _ in range(2):
        if cursor.peek(ahead).text == "{" and cursor.peek(ahead + 2).text == "}":
            ahead += 1
            width = 2
        else:
            width = 1
        if cursor.peek(ahead).kind != "num" or "." in cursor.peek(ahead).text:
            return None
        text = cursor.peek(ahead).text
        if width == 1 and len(text) == 2 and not parts:
            parts = [text[0], text[1]]
            ahead += 1
            break
        parts.append(text)
        ahead += width
    top, bottom = (int(part) for part in parts)
    if bottom <= top:
        return None
    cursor.at += ahead
    return Fraction(top, bottom)


def raw(cursor: Cursor) -> str:
    """The text of one token or bracketed group: a subscript names and does not compute."""
    opening = cursor.take()
    if opening.text not in ("{", "("):
        if opening.kind == "end":
            raise UnreadableError("a subscript is missing")
        return opening.text
    parts: list[str] = []
    depth = 1
    while depth:
        token = cursor.take()
        if token.kind == "end":
            raise UnreadableError("a bracket is not closed")
        depth += (token.text in ("{", "(")) - (token.text in ("}", ")"))
        if depth:
            parts.append(token.text)
    body = "".join(parts)
    return body if opening.text == "{" else f"({body})"
