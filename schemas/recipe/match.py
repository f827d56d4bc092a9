"""Which traces belong together: SQL over their roles, or columns that are within so much."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from schemas.errors import Mistake, MistakesError

COLUMN = r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$"
WITHIN = re.compile(r"within (\d+(?:\.\d+)?) ?%")

APART = "abs({one} - {other}) <= {share} * greatest(abs({one}), abs({other}))"


Within = Annotated[str, Field(pattern=r"^within \d+(\.\d+)? ?%$")]


def share(told: str) -> Decimal:
    """The share in `within 20 %`. Raises ValueError.

    >>> share("within 20 %")
    Decimal('0.2')
    """
    found = WITHIN.fullmatch(told)
    if not found:
        raise ValueError(f"`{told}` is not `within 20 %`; anything else is SQL, as `match: <SQL>`")
    if Decimal(found[1]) > 100:
        raise ValueError(f"`{told}`: at most `within 100 %`, of the larger of two numbers")
    return Decimal(found[1]) / 100


def _checked(told: Any) -> Any:
    """What `match` may say: SQL, or columns and how far apart they may be. Raises ValueError."""
    if isinstance(told, str):
        return told
    if not isinstance(told, dict) or not told:
        raise ValueError("`match` is SQL, or columns: `{tokens: within 20 %}`")
    for column, within in told.items():
        if not re.fullmatch(COLUMN, str(column)):
            raise ValueError(f"`{column}` is no column; what is compared in another way is SQL")
        try:
            share(str(within))
        except ValueError as error:
            raise MistakesError([Mistake((column,), str(error))]) from None
    return told


Columns = Annotated[dict[Annotated[str, Field(pattern=COLUMN)], Within], Field(min_length=1)]
Match = Annotated[
    str | dict[str, str], BeforeValidator(_checked, json_schema_input_type=str | Columns)
]
"""SQL over the roles, or columns of the joined pool with how far apart a row's traces may be."""


def condition(column: str, told: str, roles: Sequence[str]) -> str:
    """The SQL of one column: of any two traces of a row the numbers differ by no more than that
    share of the larger one. Where a trace has no number, nothing matches it.

    >>> condition("tokens", "within 20 %", ["chosen", "rejected"])  # doctest: +NORMALIZE_WHITESPACE
    'abs("chosen".tokens - "rejected".tokens)
     <= 0.2 * greatest(abs("chosen".tokens), abs("rejected".tokens))'
    """
    pairs = [[f'"{role}".{column}' for role in two] for two in combinations(roles, 2)]
    part = f"{share(told):f}"
    return " AND ".join(APART.format(one=one, other=other, share=part) for one, other in pairs)


def conditions(match: str | Mapping[str, str] | None, roles: Sequence[str]) -> dict[str, str]:
    """The SQL of a `match` by its keys; all of it has to hold. SQL itself has the key ""."""
    if isinstance(match, str):
        return {"": match}
    return {column: condition(column, told, roles) for column, told in (match or {}).items()}
