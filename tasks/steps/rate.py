"""rate: how hard a model thinks that a problem is, from 1 to 10, before a trace is bought.

One rating is noisy, so several are drawn and their mean counts, as rllm rated DeepScaleR's problems
(difficulty_judge.py: the mean of 8 ratings at temperature 0.7).
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from tasks.llm.asking.ask_step import OwnModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.llm.asking.ask_step import Shown
    from tasks.llm.asking.question import Question
    from tasks.pool.build import Build
    from tasks.pool.jobs import Output


class Rate(OwnModel, kind="rate"):
    """Ask a model how hard each problem is, from 1 to 10."""

    version = "1"
    writes = ("answers", "ratings")
    reasons = ("problem_set_aside", "not_in_pilot", "no_rating")

    name: str = Field("rate", description="its name in the recipe, and of a managed server's log")
    prompt: str = Field("ask/rate", description="prompt template, by name or file")
    # As rllm's difficulty_judge.py, which rated DeepScaleR: 8 ratings at 0.7.
    n: int = Field(8, ge=1, description="ratings of each problem")
    temperature: float | None = Field(
        0.7, ge=0, le=2, description="how much the ratings of a problem may vary"
    )

    def draws(self) -> int:
        """The ratings of each problem."""
        return self.n

    def names(self) -> Iterable[str]:
        """The columns of a problem."""
        from tasks.llm.prompts import COLUMNS

        return COLUMNS

    def form(self) -> type[BaseModel]:
        """A number from 1 to 10."""
        from tasks.llm.asking.rating import Rating

        return Rating

    def parts(self, build: "Build") -> "Iterator[Shown]":
        """The problems that are left."""
        from tasks.query.rows_about import choice_of, shown

        names = build.ready[self.called].names
        choice = choice_of("problems", None, names)
        yield from shown(build, self.called, choice, names, build.first())

    def taker(self, question: "Question") -> "Callable[..., Output]":
        """Answers become the mean rating of each problem."""
        from tasks.llm.asking.rating import take

        return partial(take, rater=self.model)
