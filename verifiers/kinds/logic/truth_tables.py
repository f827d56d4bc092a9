"""Truth tables as whole numbers: bit i of a formula's table is its value in row i.

With n atoms a table has 2^n bits and a connective is one operation on them: 16 atoms are 65,536
bits, some microseconds per connective.
"""

from collections.abc import Sequence
from functools import reduce

from verifiers.kinds.logic.syntax import Formula

MOST = 16  # atoms; beyond, a solver is asked


def table(formula: Formula, order: Sequence[str]) -> int:
    """The truth table of a propositional formula over the atoms in `order`."""
    full = (1 << (1 << len(order))) - 1
    columns = {name: _column(index, len(order), full) for index, name in enumerate(order)}
    return _table(formula, columns, full)


def rows(bits: int, order: Sequence[str], most: int) -> list[dict[str, bool]]:
    """The first `most` assignments in which a table is true."""
    found: list[dict[str, bool]] = []
    while bits and len(found) < most:
        row = (bits & -bits).bit_length() - 1
        found.append({name: bool(row >> index & 1) for index, name in enumerate(order)})
        bits &= bits - 1
    return found


def _column(index: int, width: int, full: int) -> int:
    """The atom's own table: 2^index zeros, as many ones, and so on."""
    block = 1 << index
    ones = ((1 << block) - 1) << block
    size = 2 * block
    while size < 1 << width:
        ones |= ones << size
        size *= 2
    return ones & full


def _table(formula: Formula, columns: dict[str, int], full: int) -> int:
    kind = formula.kind
    if kind == "atom":
        return columns[formula.args[0]]
    values = [_table(part, columns, full) for part in formula.args]
    match kind:
        case "true":
            return full
        case "false":
            return 0
        case "not":
            return full ^ values[0]
        case "and":
            return reduce(int.__and__, values)
        case "or":
            return reduce(int.__or__, values)
        case "xor":
            return reduce(int.__xor__, values)
        case "if":
            return (full ^ values[0]) | values[1]
        case "iff":
            return full ^ values[0] ^ values[1]
    raise ValueError(f"not a connective: {kind}")
