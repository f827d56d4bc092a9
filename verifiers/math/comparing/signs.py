r"""Two values, or two curves, in one: `\pm 3`, `(1, \pm 2)`, `3x \pm 2y = 0`."""

from verifiers.math.comparing.relations import defined, is_equation
from verifiers.math.parsing.tree import Node


def sign_in_curve(node: Node) -> bool:
    r"""Whether it is two curves in one equation, `3x \pm 2y = 0`."""
    return is_equation(node) and not defined(node) and any(map(has_sign, node.args[1]))


def curves(node: Node) -> list[Node]:
    """Each equation that a sign or a list holds."""
    if node.kind == "list":
        return [each for item in node.args[1] for each in curves(item)]
    if not is_equation(node) or not any(map(has_sign, node.args[1])):
        return [node]
    return [
        Node("rel", (node.args[0], tuple(with_sign(side, sign) for side in node.args[1])))
        for sign in ("add", "sub")
    ]


def both_signs(node: Node) -> list[Node] | None:
    r"""The values for plus and for minus, also of a tuple with one sign in it; None without one."""
    if node.kind == "group" and node.args[0] == "(" and sum(map(has_sign, node.args[2])) == 1:
        sides = [tuple(with_sign(item, sign) for item in node.args[2]) for sign in ("add", "sub")]
        return [Node("group", (*node.args[:2], side)) for side in sides]
    if not has_sign(node):
        return None
    return [with_sign(node, "add"), with_sign(node, "sub")]


def has_sign(node: Node) -> bool:
    r"""Whether a value has a `\pm` or `\mp` in it."""
    if node.kind in ("list", "group", "rel"):
        return False
    return node.kind == "pm" or any(isinstance(a, Node) and has_sign(a) for a in node.args)


def with_sign(node: Node, sign: str) -> Node:
    r"""A value with plus (`sign` "add") or minus ("sub") for its `\pm`."""
    args = tuple(with_sign(a, sign) if isinstance(a, Node) else a for a in node.args)
    if node.kind != "pm":
        return Node(node.kind, args)
    plus = (args[0] == "pm") == (sign == "add")
    return Node("add", (args[1], args[2] if plus else Node("neg", (args[2],))))
