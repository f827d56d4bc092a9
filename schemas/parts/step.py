"""What a step of a recipe is. One class in one file of tasks/steps declares one.

The recipe's schema and its order checks, the steps that set problems aside, the tables that readers
look in, `longcot steps`, the table in docs/recipes.md and the contract's test are derived from it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from schemas.rows import Strict

if TYPE_CHECKING:
    import pyarrow as pa

    from schemas.parts.choice import Choice

STEPS: dict[str, type["Step"]] = {}
"""Every kind of step by its name in a recipe; a class is in it from when its file is imported."""

NAME = r"^[a-z0-9][a-z0-9._-]*$"


class Step(Strict):
    """A kind of step. Its fields are its options, the first line of its docstring is its summary.

    class Language(Step, kind="language"):
        \"\"\"Set aside problems in other scripts than Latin.\"\"\"
    """

    kind: ClassVar[str] = ""
    version: ClassVar[str] = "1"
    """Raise it when the same rows and options come to another result."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Tables that an earlier step must have written; the one that a complaint names comes first."""
    writes: ClassVar[tuple[str, ...]] = ()
    """Tables that it writes, `set_aside` among them if it sets rows aside."""
    not_after: ClassVar[dict[str, str]] = {}
    """Kinds of steps that must not stand before it, and why."""
    decides: ClassVar[bool] = False
    """Whether what it sets aside leaves: a problem later steps and the views, a trace the views."""
    reasons: ClassVar[tuple[str, ...]] = ()
    """Why it sets rows aside, one word each."""
    once: ClassVar[bool] = False
    """Whether a recipe may have it but once, or again as it is."""
    again: ClassVar[bool] = False
    """Whether it may stand again as it is, without another name: it then does what is new."""

    name: str | None = Field(
        None, pattern=NAME, description="its name in the recipe, where a kind stands twice"
    )

    def __init_subclass__(cls, kind: str = "", **more: Any) -> None:
        super().__init_subclass__(**more)
        if kind:
            cls.kind = kind
            STEPS[kind] = cls

    @property
    def called(self) -> str:
        """Its name in the recipe, the funnel and the receipts: its own, or that of its kind."""
        return self.name or self.kind

    def options(self) -> dict[str, Any]:
        """The options as JSON values, without the name: what decides its result."""
        return self.model_dump(mode="json", exclude={"name"})

    def fits(self, earlier: Sequence["Step"], teachers: Sequence[Any]) -> None:
        """Check its place in the recipe beyond `reads` and `not_after`. Raises ValueError."""

    def tables(self) -> tuple[str, ...]:
        """The tables that this step of this recipe writes: of `writes` all, or some."""
        return self.writes

    def adds(self) -> "Mapping[str, pa.Schema]":
        """Tables that this step of this recipe brings, by name: a row per problem or trace.

        The first field is `problem_id` or `trace_id`; the others are columns of `pool`.
        """
        return {}

    def questions(self, models: Mapping[str, Any]) -> Mapping[str, Any]:
        """The questions that it puts to models, by the names that they have in `answers`: each with
        the model (schemas.recipe.teachers.Asked), which it may name among `models`.
        """
        return {}

    def choice(self, ready: Any) -> "Choice | None":
        """The rows of the joined pool that it works on, where it chooses them by SQL.

        `ready`: what `prepare` returned.
        """
        return None

    def prepare(self, base: Path) -> Any:
        """Load what can be wrong (prompts, benchmarks) before anything is bought.

        `base` is the recipe's folder. What it returns is `build.ready[step.called]` in `run`.
        Raises LongcotError.
        """

    def run(self, build: Any) -> None:
        """Bring the step's tables up to date. `build`: tasks/pool/build.py. Import work here."""
        raise NotImplementedError


def makers(table: str) -> str:
    """The kinds of steps that bring a table into being, as a complaint names them."""
    kinds = [k for k, s in STEPS.items() if table in s.writes and table not in s.reads]
    return " or ".join(f"`{kind}`" for kind in kinds)
