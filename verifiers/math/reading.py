"""What a side of a comparison was understood to be, in a line that a person can read."""

from verifiers.math.ambiguous_notation import read_alike
from verifiers.math.conditions import split
from verifiers.math.number_bases import read_based
from verifiers.math.parsing.parser import parse
from verifiers.math.parsing.tree import Node, TooBigError, UnreadableError, walk
from verifiers.math.quantities.quantities import read_quantity
from verifiers.text.normalize import clean
from verifiers.text.numbers import read_number
from verifiers.text.words_or_math import in_english, is_wording, named_set

_KINDS = {
    "list": "a list", "group": "a tuple, set or interval", "rel": "a relation", "cup": "a union",
    "cap": "an intersection", "minus": "a difference of sets", "named": "a set by its name",
    "matrix": "a matrix", "ratio": "a ratio", "residue": "a residue class", "range": "a range",
    "num": "a number", "sym": "a symbol",
}  # fmt: skip


def describe(text: str) -> str:
    """The reading of one side: what kind of value, its normal form, and what was left unread."""
    bare = clean(text)
    number = read_number(bare)
    if number:
        return f"the number {number.value}{' %' if number.percent else ''}"
    if read_based(bare):
        return f"digits in a named base: {bare}"
    bare, _ = read_alike(in_english(bare), "")
    quantity = read_quantity(bare)
    if quantity:
        unit = f"the unit {quantity.unit.dimension}" if quantity.unit else "words"
        return f"{quantity.text} with {unit} behind it: {bare}"
    if is_wording(named_set(bare)):
        return f"words: {bare}"
    main, conditions, *_ = split(named_set(bare))
    beside = f", if {' and '.join(conditions)}" if conditions else ""
    try:
        node = parse(main)
    except (UnreadableError, TooBigError) as error:
        return f"unread ({error}): {main}{beside}"
    return f"{_KINDS.get(node.kind, 'an expression')}: {main}{beside}{_unknown(node)}"


def _unknown(node: Node) -> str:
    names = sorted({str(part.args[0]) for part in walk(node) if part.kind == "opaque"})
    return f" (not understood, kept as it is: {', '.join(names)})" if names else ""
