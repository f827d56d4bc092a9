"""What a view format is: the form in which a trainer reads the rows of a view.

A format is one decorated function in a file of `tasks/views/formats`, and nothing else: what
`format:` may say in a recipe, how the view selects its rows, what it may not ask for and which
texts a release joins are derived from it.

    @view_format("trace")
    def documents(joined: "pl.DataFrame", view: View) -> "pl.DataFrame":
        import polars as pl

        return joined.select("trace_id", text=pl.col("response"))
"""

import difflib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from schemas.parts import Parts

if TYPE_CHECKING:
    import polars as pl

    from schemas.recipe.views import View

Per = Literal["trace", "pair", "problem"]
"""What a row of the format is about; a pair is a winner and a loser of one problem."""

OWN_FORM = "messages"
"""The format of which the view itself says what a row is."""

Function = Callable[["pl.DataFrame", "View"], "pl.DataFrame"]
"""From rows with all their parts side by side to training rows, as many and in their order.

Every row has problem_id, problem, answer, answer_kind, domain, source, license, level, tokens and
split. Per trace and pair: trace_id, teacher, reasoning, response; per pair also the loser's, with
the prefix `rejected_`, and rejected_reason; per problem: tests, n, pass_rate, difficulty. Besides
what the format or the view names in `columns`.
"""


class Format(NamedTuple):
    """A format that a view may have."""

    name: str
    per: Per
    function: Function
    version: str
    columns: Mapping[str, str] = MappingProxyType({})
    turns: bool = True

    @property
    def stamp(self) -> str:
        """What the key of a released file depends on."""
        return self.name if self.version == "1" else f"{self.name}@{self.version}"

    def complaint(self, view: "View") -> str | None:
        """What the view asks for that rows of this sort cannot give; None if it is well."""
        keep = view.per_problem
        if view.system and not self.turns:
            return f"{self.name} has no messages; drop `system`"
        if self.per == "pair":
            if not view.chosen:
                return "pairs need `chosen` and `rejected`"
        elif view.chosen:
            return f"{self.name} has no pairs; drop `chosen` and `rejected`, or `format`"
        if bool(view.messages) != (self.name == OWN_FORM):
            return f"`messages` and the format {OWN_FORM} go together"
        if view.roles and not view.messages:
            return "what a row of these `roles` says has to stand in `messages`"
        if keep and view.matched() and keep.by == "diverse":
            return "roles are matched by seed or by a column, not by `diverse`"
        if self.per == "problem" and keep:
            return f"{self.name} has one row per problem; drop `per_problem`"
        return None


FORMATS: Parts[Format] = Parts("view format", "tasks.views.formats", "longcot.formats")


def view_format(
    per: Per,
    *,
    version: str = "1",
    columns: Mapping[str, str] = MappingProxyType({}),
    turns: bool = True,
) -> Callable[[Function], Function]:
    """Declare a format; its name is the function's.

    per: what a row is about
    version: raise it when other rows come out; the releases are then written again
    columns: what it reads besides, as names and SQL over the joined pool; a view may give other SQL
    turns: whether it has a place for a system message
    """

    def declare(function: Function) -> Function:
        name = function.__name__
        FORMATS.add(name, Format(name, per, function, version, columns, turns))
        return function

    return declare


def known(name: str) -> str:
    """The name of a format. Raises ValueError with the nearest that there is."""
    if name in FORMATS:
        return name
    near = difflib.get_close_matches(name, FORMATS, n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(sorted(FORMATS))}"
    raise ValueError(f"there is no format `{name}`; {hint}")


def enumerate_formats(schema: dict[str, Any]) -> None:
    """Put the names into a JSON Schema, when it is made."""
    schema["enum"] = sorted(FORMATS)
