"""The tree that an answer is read into: plain immutable data, no behaviour, nothing evaluated."""

from typing import Any, NamedTuple


class Node(NamedTuple):
    """A node: `kind` and its arguments.

    Scalars: `num` (Fraction, Number or None), `sym` (name), `const` (pi, e, i, inf), `add`, `mul`,
    `div`, `pow` (two nodes), `neg`, `fact`, `abs` (one node), `fn` (name, nodes), `pm` (sign, two
    nodes), `sum` (sum or prod, name, low, high, body), `int` (name, low, high, body),
    `lim` (name, side, target, body). Known by
    their structure alone: `form` (name, nodes), and `opaque` (name, nodes) where the name is not
    known. Structures: `list` (separator, nodes), `group` (opening, closing, nodes),
    `rel` (operators, nodes),
    `residue` (value, modulus), `range` (two nodes), `cup`, `cap`, `minus` (two nodes),
    `named` (R, Z, N, Q, C, empty),
    `matrix` (rows of nodes).
    """

    kind: str
    args: tuple[Any, ...]


NAMELESS = "?"
r"""The symbol of an inequality that names none: `\le 5`."""


class UnreadableError(ValueError):
    """The text is not in the grammar of answers."""


class TooBigError(ValueError):
    """The text is longer, deeper or its value greater than the verifier accepts."""


def children(node: Node) -> list[Node]:
    """The nodes directly below `node`."""
    found: list[Node] = []
    for arg in node.args:
        if isinstance(arg, Node):
            found.append(arg)
        elif isinstance(arg, tuple):
            found += [part for part in arg if isinstance(part, Node)]
            found += [n for part in arg if type(part) is tuple for n in part if isinstance(n, Node)]
    return found


def symbols(node: Node) -> frozenset[str]:
    """The names of all symbols in a tree."""
    if node.kind == "sym":
        return frozenset((node.args[0],))
    if node.kind in ("sum", "int", "lim"):  # their own variable is bound
        bound = node.args[1 if node.kind == "sum" else 0]
        *ends, body = map(symbols, children(node))
        return frozenset().union(*ends, body - {bound})
    return frozenset().union(*map(symbols, children(node)))


def walk(node: Node) -> list[Node]:
    """The node and all nodes below it."""
    found = [node]
    for child in children(node):
        found += walk(child)
    return found
