r"""Values with names: `x = 1, y = 2`, `x = y = 0`, `V(t) = 5`, several of them in a row."""

import re

from verifiers.math.comparing.relations import defined, is_equation, unwrap
from verifiers.math.comparing.signs import has_sign, with_sign
from verifiers.math.parsing.tree import Node, symbols

_COORDINATES = frozenset("xyz")
"""Names whose places in a tuple everybody knows."""
_ARGUMENT = re.compile(r"\(.*\)\Z|(?<=[A-Za-z])_\{?[A-Za-z]+\}?\Z")  # of V(t) and K_c


def same_name(gold: Node, answer: Node) -> bool:
    """Whether two assignments give a value to the same name: `K_c` is `K`, and `V(t)` is `V`."""
    ours, theirs = defined(gold), defined(answer)
    if not ours or not theirs or ours == theirs:
        return ours == theirs != ""
    first, second = _ARGUMENT.sub("", ours), _ARGUMENT.sub("", theirs)
    if first == second and (first == ours or second == theirs):
        return not {first, ours, theirs} & (symbols(unwrap(gold)) | symbols(unwrap(answer)))
    function, other = (ours, theirs) if "(" in ours else (theirs, ours)
    return other == "y" and function.endswith("(x)")  # a graph


def in_order(node: Node, beside: Node) -> Node:
    """`1.4, 2, 3` for the chain `1.4 < 2 < 3` beside a list that is in order."""
    if beside.kind != "list" or node.kind != "rel" or symbols(node):
        return node
    if len(node.args[1]) < 3 or {*node.args[0]} not in ({"<"}, {">"}):
        return node
    return Node("group", ("(", ")", node.args[1]))


def each_named(node: Node, beside: Node) -> Node:
    r"""`x = y = 0` as the list `x = 0, y = 0` beside a list; another node as it is.

    Beside tuples `x = y = \pm 1` is the tuples (1, 1) and (-1, -1); an item `m = n = 1` of a list
    of assignments is two of them.
    """
    if node.kind == "list" and node.args[0] != "or":
        items = [each for item in node.args[1] for each in _assignments(item) or [item]]
        whole = Node("list", (node.args[0], tuple(items)))
        names = names_of(whole)
        if beside.kind == "group" and names and {*names} <= _COORDINATES:
            ordered = sorted(items, key=lambda item: names[items.index(item)])
            return Node("list", (node.args[0], tuple(ordered)))  # `y = 1, x = 2` is (2, 1)
        return whole
    found = _assignments(node) if {beside.kind} & {"list", "group"} else None
    if not found:
        return node
    size, value = len(found), unwrap(found[0])
    inner = beside.args[1] if beside.kind == "list" else (beside,)
    if all(item.kind == "group" and len(item.args[2]) == size for item in inner):
        values = [with_sign(value, sign) for sign in ("add", "sub")[: 1 + has_sign(value)]]
        tuples = tuple(Node("group", ("(", ")", (one,) * size)) for one in values)
        return tuples[0] if len(tuples) == 1 else Node("list", (",", tuples))
    return Node("list", (",", tuple(found))) if beside.kind == "list" else node


def _assignments(node: Node) -> list[Node] | None:
    """`x = 0` and `y = 0` for `x = y = 0`; None for anything else."""
    if node.kind != "rel" or len(node.args[1]) < 3 or {*node.args[0]} != {"="}:
        return None
    *names, value = node.args[1]
    if any(name.kind != "sym" or symbols(name) & symbols(value) for name in names):
        return None
    return [Node("rel", (("=",), (name, value))) for name in names]


def names_of(node: Node) -> list[str]:
    """The names that a list of assignments (`x = 1, y = 2`) gives values to, where they differ."""
    if node.kind != "list" or node.args[0] == "or":
        return []
    items = node.args[1]
    names = [defined(item) if is_equation(item) else "" for item in items]
    return names if all(names) and len(set(names)) == len(names) else []


def grouped(node: Node) -> Node | None:
    """`p = 5, q = 2; p = 7, q = 2` as the pairs (5, 2), (7, 2)."""
    items = node.args[1] if node.kind == "list" else ()
    names = [defined(item) if is_equation(item) else "" for item in items]
    size = len(set(names))
    if (
        not all(names)
        or size < 2
        or size == len(names)
        or names != names[:size] * (len(names) // size)
    ):
        return None
    values = [unwrap(item) for item in items]
    tuples = [
        Node("group", ("(", ")", tuple(values[n : n + size]))) for n in range(0, len(values), size)
    ]
    return Node("list", (",", tuple(tuples)))
