"""Answers with parts: lists, sets, tuples, intervals, matrices; compared part by part."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce

from verifiers.math.comparing.assignments import grouped, in_order, names_of, same_name
from verifiers.math.comparing.real_sets import compare_regions, is_region
from verifiers.math.comparing.relations import compare_relations, defined, is_equation, unwrap
from verifiers.math.comparing.scalars import compare_scalars
from verifiers.math.comparing.signs import both_signs, curves, sign_in_curve
from verifiers.math.comparing.vectors import components
from verifiers.math.parsing.tree import NAMELESS, Node, symbols, walk

_STRUCTURES = frozenset("list group rel cup cap minus named matrix ratio residue range".split())
_MOST_PARTS = 60


def compare_nodes(gold: Node, answer: Node) -> str:
    """The reason for two trees; TooBigError and UnreadableError pass through."""
    if sign_in_curve(gold) or sign_in_curve(answer):
        return _match(curves(gold), curves(answer))
    gold, answer = _values(gold, answer)
    ours, theirs = parts(gold), parts(answer)
    if ours is not None or theirs is not None:
        return _compare_parts(gold, answer, ours, theirs)
    if gold.kind == "rel" and answer.kind == "rel" and not _ordered_regions(gold, answer):
        return compare_relations(gold, answer)
    if gold.kind == answer.kind == "group":
        return _compare_groups(gold, answer)
    if is_region(gold) and is_region(answer):
        names = {symbols(side) for side in (gold, answer)} - {frozenset(), frozenset((NAMELESS,))}
        if len(names) > 1:
            return "differ.value"  # `x > 5` beside `y > 5`
        return compare_regions(gold, answer)
    if vector := _as_vectors(gold, answer):
        return compare_nodes(*vector)
    if gold.kind == answer.kind and gold.kind in ("range", "named", "ratio"):
        return _compare_alike(gold, answer)
    for ratio, other in ((gold, answer), (answer, gold)):
        if ratio.kind == "ratio" and len(ratio.args) == 2 and not _structured(other):
            return compare_scalars(Node("div", ratio.args), other)
    if "matrix" in (gold.kind, answer.kind) or _transposed(gold) or _transposed(answer):
        return _compare_matrices(gold, answer)
    if _structured(gold) != _structured(answer) or {gold.kind, answer.kind} & _STRUCTURES:
        return _compare_types(gold, answer)
    return compare_scalars(gold, answer)


def _values(gold: Node, answer: Node) -> tuple[Node, Node]:
    """Both without the name of their value, and as lists where one is a list in order."""
    gold, answer = in_order(gold, answer), in_order(answer, gold)
    if not is_equation(gold) or not is_equation(answer) or same_name(gold, answer):
        return unwrap(gold), unwrap(answer)
    return gold, answer


def _may_be_interval(group: Node) -> bool:
    """Whether `[a, b]` may be an interval: `[3, 2]` and `[1, 2, 3]` are lists."""
    if len(group.args[2]) != 2:
        return False
    first, second = group.args[2]
    return not (first.kind == second.kind == "num" and first.args[0] > second.args[0])


def _compare_alike(gold: Node, answer: Node) -> str:
    if gold.kind == "range":
        return _all(map(compare_nodes, gold.args, answer.args))
    if gold.kind == "ratio":
        return _compare_ratios(gold.args, answer.args)
    return "equal.symbolic" if gold == answer else "differ.value"


def _compare_types(gold: Node, answer: Node) -> str:
    """Things of two types differ, unless one has a part that is not understood."""
    if gold == answer:
        return "equal.symbolic"
    unknown = any(part.kind == "opaque" for side in (gold, answer) for part in walk(side))
    return "undecided.unread" if unknown else "differ.type"


def _as_vectors(gold: Node, answer: Node) -> tuple[Node, Node] | None:
    r"""`(3, 4)` for `3\hat{i} + 4\hat{j}` beside a tuple or a column; None for other pairs."""
    for at, (side, other) in enumerate(((gold, answer), (answer, gold))):
        rows = _rows(other) if other.kind in ("group", "matrix", "pow") else None
        if rows is None or _structured(side) or any(len(row) != 1 for row in rows):
            continue
        found = components(side, len(rows))
        if found:
            listed = Node("group", ("(", ")", found))
            column = Node("group", ("(", ")", tuple(row[0] for row in rows)))
            return (listed, column) if at == 0 else (column, listed)
    return None


def parts(node: Node) -> list[Node] | None:
    r"""The unordered values of a list, a set or a `\pm`; None for a single value."""
    if node.kind == "list":
        found: list[Node] = []
        for item in node.args[1]:
            item = unwrap(item)  # noqa: PLW2901
            inner = parts(item)
            found += [item] if inner is None or item.kind == "group" else inner
        return found
    if node.kind == "group" and node.args[0] == "\\{":
        return [n for item in node.args[2] for n in (both_signs(item) or [item])]
    return both_signs(node)


def _compare_parts(
    gold: Node, answer: Node, ours: list[Node] | None, theirs: list[Node] | None
) -> str:
    if (
        is_region(gold)
        and is_region(answer)
        and (ours is None or theirs is None or _mixed(ours, theirs))
    ):
        return compare_regions(gold, answer)
    if any(names_of(side) or grouped(side) for side in (gold, answer)):
        found = _compare_named(gold, answer)
        if found:
            return found
    if ours is None or theirs is None:
        return _compare_one_with_list(gold, answer, ours, theirs)
    if gold.kind == answer.kind == "list" and gold.args[0] == answer.args[0] == " ":
        return _compare_rows(gold.args[1], answer.args[1])
    if gold.kind == answer.kind == "group" or _bare(gold) or _bare(answer):
        return _match(ours, theirs)
    return "differ.type"


def _compare_named(gold: Node, answer: Node) -> str | None:
    """Values by their names, or in their order where one side gives no names."""
    for side, other in ((gold, answer), (answer, gold)):
        if side.kind == "list" and (groups := grouped(side)) and not grouped(other):
            return compare_nodes(groups, other)
    ours, theirs = names_of(gold), names_of(answer)
    values = [
        [unwrap(item) for item in side.args[1]] for side in (gold, answer) if side.kind == "list"
    ]
    if len(values) < 2:
        return None
    left, right = values
    if len(left) != len(right) or (ours and theirs and set(ours) != set(theirs)):
        return "differ.value"
    if ours and theirs:
        right = [right[theirs.index(name)] for name in ours]
    elif any(item.kind == "rel" for item in (*gold.args[1], *answer.args[1]) if not defined(item)):
        return None
    return _all(compare_nodes(a, b) for a, b in zip(left, right, strict=True))


def _mixed(ours: Sequence[Node], theirs: Sequence[Node]) -> bool:
    """Whether inequalities stand among the parts, so that they describe a region."""
    return any(n.kind == "rel" and "=" not in n.args[0] for n in (*ours, *theirs))


def _bare(node: Node) -> bool:
    return node.kind != "group"


def _compare_one_with_list(
    gold: Node, answer: Node, ours: list[Node] | None, theirs: list[Node] | None
) -> str:
    """The reason for a list beside one thing: a tuple without its brackets, a list of one value
    (written twice), one of several that were offered, or something else.
    """
    many = _distinct((theirs if ours is None else ours) or [])
    one = gold if ours is None else answer
    whole = answer if ours is None else gold
    if (
        one.kind == "group"
        and whole.kind == "list"
        and whole.args[0] in (",", ";")
        and len(one.args[2]) == len(whole.args[1])
        and (one.args[0] == "(" or not _may_be_interval(one) or names_of(whole))
    ):
        return _all(compare_nodes(a, b) for a, b in zip(one.args[2], whole.args[1], strict=True))
    if len(many) == 1 and whole.kind == "list":
        if len({name.split("_")[0] for name in names_of(whole)}) > 1:
            return "differ.type"  # `x = 0, y = 0` is no `0`, and `x_1 = 2, x_2 = 2` a double root
        return compare_nodes(one, many[0])
    if ours is None and whole.kind == "list" and whole.args[0] == "or":
        hit = any(compare_nodes(gold, part).startswith("equal.") for part in many)
        return "no_answer.hedged" if hit else "differ.value"
    if whole.kind == "pm" and one.kind == "group" and len(one.args[2]) == 2:
        return "undecided.unread"  # `(46, 54)` may be the interval `50 \\pm 4`
    return "differ.value" if whole.kind == "list" else "differ.type"


def _compare_rows(ours: Sequence[Node], theirs: Sequence[Node]) -> str:
    """The reason for values that blanks alone part: `(1 2 3)` may be a cycle, a row or a set."""
    if len(ours) == len(theirs):
        inorder = _all(compare_nodes(a, b) for a, b in zip(ours, theirs, strict=True))
        if inorder.startswith("equal."):
            return inorder
    reason = _match(ours, theirs)
    return "undecided.unread" if reason.startswith("equal.") else reason


def _match(ours: Sequence[Node], theirs: Sequence[Node]) -> str:
    """A one-to-one match of two unordered lists.

    A value that one side alone repeats counts once, as a double root does; where both repeat, they
    have to repeat the same ones: `2, 2, 5` is not `2, 5, 5`.
    """
    left, right = _distinct(ours), _distinct(theirs)
    if len(left) < len(ours) and len(right) < len(theirs) and len(ours) <= _MOST_PARTS:
        left, right = list(ours), list(theirs)
    if len(left) != len(right):
        return "differ.value"
    reasons: list[str] = []
    for part in left:
        unread = False
        for other in right:
            reason = compare_nodes(part, other)
            unread = unread or reason == "undecided.unread"
            if reason.startswith("equal."):
                right.remove(other)
                reasons.append(reason)
                break
        else:
            return "undecided.unread" if unread else "differ.value"
    return _weakest(reasons)


def _distinct(nodes: Sequence[Node]) -> list[Node]:
    found: list[Node] = []
    for node in nodes[:_MOST_PARTS]:
        if not any(compare_nodes(node, other).startswith("equal.") for other in found):
            found.append(node)
    return found


def _compare_groups(gold: Node, answer: Node) -> str:
    if gold.args[:2] != answer.args[:2] or len(gold.args[2]) != len(answer.args[2]):
        return "differ.value"
    return _all(compare_nodes(a, b) for a, b in zip(gold.args[2], answer.args[2], strict=True))


def _compare_ratios(gold: Sequence[Node], answer: Sequence[Node]) -> str:
    if len(gold) != len(answer) or _zeros(gold) != _zeros(answer):
        return "differ.value"
    return _all(
        compare_scalars(Node("mul", (a, answer[0])), Node("mul", (b, gold[0])))
        for a, b in zip(gold, answer, strict=True)
    )


def _zeros(terms: Sequence[Node]) -> list[bool]:
    return [term.kind == "num" and term.args[0] == 0 for term in terms]


def _compare_matrices(gold: Node, answer: Node) -> str:
    ours, theirs = _rows(gold), _rows(answer)
    if ours is None or theirs is None:
        return "differ.type"
    if [len(row) for row in ours] != [len(row) for row in theirs]:
        return "differ.value"
    return _all(
        compare_nodes(a, b)
        for mine, other in zip(ours, theirs, strict=True)
        for a, b in zip(mine, other, strict=True)
    )


_TRANSPOSED = Node("sym", ("T",))


def _transposed(node: Node) -> bool:
    return node.kind == "pow" and node.args[1] == _TRANSPOSED and _rows(node) is not None


def _rows(node: Node) -> list[tuple[Node, ...]] | None:
    """The rows of a matrix; a tuple is a column, `[[1,2],[3,4]]` a matrix, `2M` its multiple."""
    if node.kind == "matrix":
        return list(node.args)
    if node.kind == "add":
        left, right = _rows(node.args[0]), _rows(node.args[1])
        if left is None or right is None or [*map(len, left)] != [*map(len, right)]:
            return None
        return [
            tuple(Node("add", pair) for pair in zip(*rows, strict=True))
            for rows in zip(left, right, strict=True)
        ]
    if node.kind == "pow" and node.args[1] == _TRANSPOSED:
        rows = _rows(node.args[0])
        if node.args[0].kind == "group" or rows is None:
            return rows  # `(1, 2)^T` is how a column is written in a line
        return list(zip(*rows, strict=False))
    if node.kind == "neg":
        return _scaled(Node("num", (Fraction(-1), None)), node.args[0])
    if node.kind == "mul":
        return _product(*node.args)
    if node.kind != "group" or node.args[0] not in ("(", "["):
        return None
    inner = node.args[2]
    if all(item.kind == "group" for item in inner):
        return [item.args[2] for item in inner]
    return [(item,) for item in inner]


def _product(left: Node, right: Node) -> list[tuple[Node, ...]] | None:
    """A matrix times a matrix, or a scalar times a matrix."""
    ours, theirs = _rows(left), _rows(right)
    if ours is None or theirs is None:
        return _scaled(left, right)
    if len(ours[0]) != len(theirs) or len(ours) * len(theirs) > _MOST_PARTS:
        return None
    columns = list(zip(*theirs, strict=False))
    return [
        tuple(_sum([Node("mul", p) for p in zip(row, c, strict=False)]) for c in columns)
        for row in ours
    ]


def _sum(terms: Sequence[Node]) -> Node:
    return reduce(lambda total, term: Node("add", (total, term)), terms)


def _scaled(factor: Node, node: Node) -> list[tuple[Node, ...]] | None:
    rows = _rows(node)
    return rows and [tuple(Node("mul", (factor, cell)) for cell in row) for row in rows]


def _structured(node: Node) -> bool:
    """Whether a node has parts anywhere, so that it is no scalar."""
    return any(part.kind in _STRUCTURES for part in walk(node))


def _ordered_regions(gold: Node, answer: Node) -> bool:
    return is_region(gold) and is_region(answer)


def _all(reasons: Iterable[str]) -> str:
    found = list(reasons)
    if any(reason.partition(".")[0] in ("differ", "no_answer") for reason in found):
        return "differ.value"
    return next((r for r in found if r.startswith("undecided.")), None) or _weakest(found)


def _weakest(reasons: Sequence[str]) -> str:
    """The reason that needed most: a list is as equal as its least plainly equal part."""
    order = ("equal.string", "equal.exact", "equal.symbolic", "equal.numeric", "equal.rounded")
    return max((r for r in reasons if r in order), key=order.index, default="equal.exact")
