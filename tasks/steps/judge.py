"""judge: a model compares the answers that the rules could not, and is itself measured."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, Field

from tasks.llm.asking.ask_step import OwnModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.llm.asking.ask_step import Shown
    from tasks.llm.asking.question import Question
    from tasks.pool.build import Build
    from tasks.pool.jobs import Output


class Judge(OwnModel, kind="judge"):
    """Ask a model whether answers agree where the rules could not tell."""

    version = "2"
    reads = ("verdicts", "traces")
    writes = ("answers", "verdicts")
    not_after: ClassVar[dict[str, str]] = {"grade": "its verdicts count in the pass rates"}
    reasons = ("decided", "nothing_to_compare", "not_asked")
    once = True
    name: str = Field("judge", description="its name in the recipe, and of a managed server's log")
    prompt: str = Field("ask/judge", description="prompt template, by name or file")
    sample: int = Field(
        200, ge=0, description="traces that the rules decided and the judge sees too, to measure it"
    )

    rejudge: int = Field(
        0,
        ge=0,
        exclude=True,  # leave to spend, which decides no answer
        description="traces that the rules had decided in the last build and no longer do, about "
        "which it asks without `--allow-rejudge`; if there are more, none is asked about",
    )

    @property
    def counted(self) -> str:
        """Traces that the rules judged."""
        return "verdicts"

    def names(self) -> Iterable[str]:
        """The problem, its gold answer, and what the response says."""
        return ["problem", "answer", "answer_kind", "extracted", "ending"]

    def form(self) -> type[BaseModel]:
        """An answer, and whether it is the gold one."""
        from tasks.verdicts.judge import Judgement

        return Judgement

    def parts(self, build: "Build") -> "Iterator[Shown]":
        """What the rules left undecided, and a sample of what they decided."""
        from tasks.verdicts.judge import parts

        allowed = None if build.choices.allow_rejudge else self.rejudge
        return parts(build.done, self.sample, build.only, allowed)

    def taker(self, question: "Question") -> "Callable[..., Output]":
        """Answers become verdicts of this model."""
        from tasks.query.machine_sql import JUDGE
        from tasks.verdicts.judge import take

        return partial(take, verifier=JUDGE + self.model, version=question.template.label)
