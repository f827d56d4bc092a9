"""Gates: what a version must keep to before it is published, and how conditions are written."""

import operator
import re
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field

from schemas.rows import Strict

NUMBER = r"[-+]?[\d_]+(?:\.\d+)?(?:e[-+]?\d+)?"  # 10000, 10_000, 0.02, 1e-3
BOUND = re.compile(rf"(<=|>=|<|>|=)\s*({NUMBER})\s*(%?)")  # "< 0.02", ">= 5 %", "= 0"
BAND = re.compile(rf"({NUMBER})\s*(%?)\s*\.\.\s*({NUMBER})\s*(%?)")  # "0.3..0.7", "30 %..70 %"
COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
FORMS = "`< 0.02`, `<= 2 %`, `> 10000`, `>= 0.5`, `= 0` or `0.3..0.7`"


class Bound(NamedTuple):
    """One side of a condition: a comparison and the number it compares with."""

    sign: str
    number: float


def bounds(condition: str) -> list[Bound]:
    """What a condition asks for; a band is two bounds, ends included. Raises ValueError.

    >>> bounds("< 2 %")
    [Bound(sign='<', number=0.02)]
    >>> bounds("0.3..0.7")
    [Bound(sign='>=', number=0.3), Bound(sign='<=', number=0.7)]
    """
    text = condition.strip()
    if found := BOUND.fullmatch(text):
        return [Bound(found[1], _number(found[2], found[3]))]
    if found := BAND.fullmatch(text):
        low, high = _number(found[1], found[2]), _number(found[3], found[4])
        if low > high:
            raise ValueError(f"`{text}` holds for no number: the smaller end comes first")
        return [Bound(">=", low), Bound("<=", high)]
    raise ValueError(f"`{text}` is no condition; write {FORMS}")


def holds(condition: str, value: float) -> bool:
    """Whether a number meets a condition.

    >>> holds("0.3..0.7", 0.7), holds("< 0.02", 0.02)
    (True, False)
    """
    return all(COMPARE[bound.sign](value, bound.number) for bound in bounds(condition))


def _number(digits: str, percent: str) -> float:
    return float(digits) / (100 if percent else 1)


def _said(value: object) -> str:
    """A condition as it stands. YAML reads `0` as a number, which is none: `= 0` is."""
    if not isinstance(value, str):
        raise ValueError(f"`{value}` is no condition; write {FORMS}")
    bounds(value)
    return value


def _share(value: object) -> str:
    text = _said(value)
    for _, number in bounds(text):
        if not 0 <= number <= 1:
            raise ValueError(f"`{text}`: a share lies from 0 to 1; `2 %` is 0.02")
    return text


Condition = Annotated[str, BeforeValidator(_said)]
Share = Annotated[str, BeforeValidator(_share)]


class Gates(Strict):
    """What a version must keep to before it is published; each gate may be left out.

    A gate whose number is unknown (nothing to divide by, a step that is not in the recipe) does not
    pass; `change` of a first version does.
    """

    undecided: Share | None = Field(
        None, description="traces whose label is undecided / traces with a label"
    )
    truncated: Share | None = Field(
        None, description="traces that were cut or whose reasoning never closed / all traces"
    )
    contaminated: Condition | None = Field(
        None,
        description="problems and traces that a benchmark has (`drop` or `review`) and that no "
        "step set aside; needs the step `decontaminate`",
    )
    rows: Condition | None = Field(None, description="rows of each view; every view must meet it")
    pass_rate: Share | None = Field(
        None,
        description="samples judged correct / samples judged correct or incorrect, all teachers "
        "together; needs the step `grade`",
    )
    label_error: Share | None = Field(
        None,
        description="traces published as correct that are not / traces published as correct, as "
        "people's decisions tell; under 30 decisions it does not pass",
    )
    change: Condition | None = Field(
        None,
        description="rows added, removed and changed / rows of the version before that passed its "
        "gates or was published, all views together; passes where there is none",
    )

    def asked(self) -> dict[str, str]:
        """The gates that are named, with their conditions."""
        return self.model_dump(exclude_none=True)
