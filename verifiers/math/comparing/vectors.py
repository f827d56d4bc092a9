r"""Values that are no numbers: vectors with dot and cross products, matrices with inverses.

Objects are drawn at random of their kind, as symbols of numbers are: a vector as three numbers, a
matrix as nine. Products then commute exactly where they do.
"""

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from verifiers.math.parsing.tree import Node, UnreadableError, symbols, walk
from verifiers.math.parsing.vectors import is_vector

_MATRICES = frozenset("ABCDEFGHMNPQRSUVWXYZ")
_UNITS = ("\\hat{i}", "\\hat{j}", "\\hat{k}")
_TRANSPOSED = Node("sym", ("T",))
_TRIALS = 3


def has_products(node: Node) -> bool:
    """Whether dot or cross products stand in a tree."""
    return any(part.kind == "fn" and part.args[0] in ("dot", "cross") for part in walk(node))


def same_vectors(gold: Node, answer: Node) -> bool:
    """Whether two expressions of vectors agree; UnreadableError for other things in them."""
    return all(_vector(gold, trial) == _vector(answer, trial) for trial in range(_TRIALS))


def _drawn(name: str, trial: int) -> Fraction:
    return Fraction(random.Random(f"{name}/{trial}").randrange(-97, 98) or 101)


def _vector(node: Node, trial: int) -> Any:
    """A Fraction, or a vector as a tuple of three."""
    kind, args = node
    if kind == "num":
        return args[0]
    if kind == "sym":
        return _named(node, trial)
    if kind == "neg":
        return _scale(Fraction(-1), _vector(args[0], trial))
    pair = args[1] if kind == "fn" else args
    known = kind in ("add", "mul", "div", "pow") or (kind == "fn" and args[0] in ("dot", "cross"))
    if not known or len(pair) != 2:
        raise UnreadableError("a function of vectors")
    left, right = (_vector(part, trial) for part in pair)
    vectors = (type(left) is tuple) + (type(right) is tuple)
    if kind == "add" and vectors in (0, 2):
        return (
            left + right if not vectors else tuple(a + b for a, b in zip(left, right, strict=True))
        )
    if kind == "mul" and vectors < 2:
        return _scale(left, right) if type(right) is tuple else _scale(right, left)
    if kind == "div" and type(right) is not tuple:
        return _scale(1 / right, left)
    if kind == "pow" and not vectors and right.denominator == 1 and abs(right) < 9:
        return left ** int(right)
    if kind == "fn" and vectors == 2:
        return (_dot if args[0] == "dot" else _cross)(left, right)
    raise UnreadableError("a product of vectors")


def _named(node: Node, trial: int) -> Any:
    name = node.args[0]
    if name in _UNITS:
        return tuple(Fraction(int(name == unit)) for unit in _UNITS)
    if is_vector(node):
        return tuple(_drawn(f"{name}{axis}", trial) for axis in range(3))
    return _drawn(name, trial)


def _dot(left: Any, right: Any) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def _cross(left: Any, right: Any) -> Any:
    (a, b, c), (d, e, f) = left, right
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def _scale(factor: Any, value: Any) -> Any:
    return tuple(factor * part for part in value) if type(value) is tuple else factor * value


def is_matrix_product(node: Node) -> bool:
    """Whether a tree is a product of matrices alone: capital letters, one of them inverted."""
    names = symbols(node) - {"T"}
    turned = any(
        part.kind == "pow" and (_inverts(part) or part.args[1] == _TRANSPOSED)
        for part in walk(node)
    )
    plain = all(p.kind in ("sym", "pow", "mul", "neg", "num", "add") for p in walk(node))
    return turned and plain and len(names) > 1 and names <= _MATRICES


def _inverts(node: Node) -> bool:
    exponent = node.args[1]
    return bool(
        exponent.kind == "neg" and exponent.args[0].kind == "num" and exponent.args[0].args[0] == 1
    )


def same_matrices(gold: Node, answer: Node) -> bool:
    """Whether two products of matrices agree; UnreadableError for other things in them."""
    return all(_matrix(gold, trial) == _matrix(answer, trial) for trial in range(_TRIALS))


Square = tuple[tuple[Fraction, ...], ...]
_SIZE = range(3)


def _matrix(node: Node, trial: int) -> Any:
    kind, args = node
    if kind == "sym":
        return tuple(tuple(_drawn(f"{args[0]}{r}{c}", trial) for c in _SIZE) for r in _SIZE)
    if kind == "num":
        return tuple(tuple(args[0] * (r == c) for c in _SIZE) for r in _SIZE)
    if kind == "neg":
        return tuple(tuple(-cell for cell in row) for row in _matrix(args[0], trial))
    if kind == "pow":
        base = _matrix(args[0], trial)
        if args[1] == _TRANSPOSED:
            return tuple(zip(*base, strict=True))
        if _inverts(node):
            return _inverse(base)
        if args[1].kind == "num" and args[1].args[0] in (2, 3):
            power = _times(base, base)
            return power if args[1].args[0] == 2 else _times(power, base)
    if kind in ("mul", "add"):
        left, right = (_matrix(part, trial) for part in args)
        if kind == "mul":
            return _times(left, right)
        return tuple(
            tuple(a + b for a, b in zip(*rows, strict=True))
            for rows in zip(left, right, strict=True)
        )
    raise UnreadableError("a matrix")


def _times(left: Square, right: Square) -> Square:
    return tuple(
        tuple(sum((left[r][n] * right[n][c] for n in _SIZE), Fraction(0)) for c in _SIZE)
        for r in _SIZE
    )


def _inverse(m: Square) -> Square:
    """By cofactors."""
    cofactors = tuple(
        tuple(
            m[(c + 1) % 3][(r + 1) % 3] * m[(c + 2) % 3][(r + 2) % 3]
            - m[(c + 1) % 3][(r + 2) % 3] * m[(c + 2) % 3][(r + 1) % 3]
            for c in _SIZE
        )
        for r in _SIZE
    )
    determinant = sum((m[0][n] * cofactors[n][0] for n in _SIZE), Fraction(0))
    if not determinant:
        raise UnreadableError("a matrix without an inverse")
    return tuple(tuple(cell / determinant for cell in row) for row in cofactors)


def components(node: Node, size: int) -> tuple[Node, ...] | None:
    r"""`(3, 4)` for `3\hat{i} + 4\hat{j}`, with `size` parts; None for what is no such sum.

    Where `j` stands beside the imaginary unit, both are unit vectors.
    """
    node = as_units(node)
    found = symbols(node) & set(_UNITS)
    if not found or (size == 2 and _UNITS[2] in found) or not 2 <= size <= 3:
        return None
    if any(_misplaced(part) for part in walk(node)):
        return None
    return tuple(_at(node, axis) for axis in _UNITS[:size])


def as_units(node: Node) -> Node:
    """`2i + 3j` with unit vectors, where `j` stands beside what else is the imaginary unit."""
    if "j" not in symbols(node) or Node("const", ("i",)) not in walk(node):
        return node
    plain = (Node("const", ("i",)), Node("sym", ("j",)), Node("sym", ("k",)))
    units = dict(zip(plain, _UNITS, strict=True))
    replaced: Node = _replaced(node, units)
    return replaced


def _misplaced(node: Node) -> bool:
    """Whether unit vectors stand where a sum of their multiples has none: in powers, products."""
    inside = [
        any(s in _UNITS for s in symbols(part)) for part in node.args if isinstance(part, Node)
    ]
    if node.kind in ("add", "neg", "sym"):
        return False
    if node.kind == "mul":
        return all(inside)
    if node.kind == "div":
        return inside[1]
    return any(s in _UNITS for s in symbols(node))


def _at(node: Node, axis: str) -> Node:
    one, zero = Node("num", (Fraction(1), None)), Node("num", (Fraction(0), None))
    return _put(node, {name: one if name == axis else zero for name in _UNITS})


def _put(node: Any, values: Mapping[str, Node]) -> Any:
    if isinstance(node, Node):
        if node.kind == "sym" and node.args[0] in values:
            return values[node.args[0]]
        return Node(node.kind, tuple(_put(arg, values) for arg in node.args))
    return tuple(_put(arg, values) for arg in node) if type(node) is tuple else node


def _replaced(node: Any, names: Mapping[Node, str]) -> Any:
    if isinstance(node, Node):
        if node in names:
            return Node("sym", (names[node],))
        return Node(node.kind, tuple(_replaced(arg, names) for arg in node.args))
    return tuple(_replaced(arg, names) for arg in node) if type(node) is tuple else node
