"""Which values are vectors, so that their products do not commute or are none of numbers."""

from verifiers.math.parsing.tree import Node


def is_vector(node: Node) -> bool:
    r"""Whether a value is a vector by its marks: `\vec{a}`, `\hat{i}`, and what is made of them."""
    kind, args = node
    if kind == "sym":
        return str(args[0]).startswith(("\\vec", "\\hat"))
    if kind == "fn":
        return bool(args[0] == "cross")
    if kind in ("add", "neg", "mul"):
        return any(map(is_vector, args))
    return kind == "div" and is_vector(args[0])
