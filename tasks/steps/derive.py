"""derive: a model's answer about a row of the pool becomes a new trace, or a new problem."""

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from schemas.answer_types import AnswerTypes, form
from tasks.query.operator import Operator

if TYPE_CHECKING:
    from tasks.generation.derived import Derivation
    from tasks.llm.asking.question import Question
    from tasks.pool.build import Build

TEXTS = {"trace": "response", "problem": "problem"}
"""The field that an answer must have, by what it makes."""

TAKEN = ("reasoning", "response", "problem")
"""Fields that are texts of the child."""


class Derive(Operator, kind="derive"):
    """Ask a model for new traces or new problems, made from those that there are."""

    writes = ("answers", "problems", "traces", "lineage")
    reasons = ("set_aside", "not_chosen", "no_answer", "empty", "repeated", "forgotten")

    origin: Literal["problems", "traces"] = Field(alias="from", description="what it starts from")
    makes: Literal["trace", "problem"] = Field(description="what the answer becomes")
    answer: AnswerTypes | None = Field(
        None, description="fields of the answer with their types; default: the reply is the child"
    )

    @model_validator(mode="after")
    def _has_its_text(self) -> Self:
        needed = TEXTS[self.makes]
        if self.answer is not None and needed not in self.answer:
            raise ValueError(f"`answer` needs the field `{needed}: text`, the new {self.makes}")
        for name in TAKEN:
            if (self.answer or {}).get(name, "text") != "text":
                raise ValueError(f"`answer`: `{name}` is `text`")
        return self

    @property
    def over(self) -> Literal["problems", "traces"]:
        """What it starts from."""
        return self.origin

    def tables(self) -> tuple[str, ...]:
        """Of `problems` and `traces` the one that it adds rows to."""
        return ("answers", f"{self.makes}s", "lineage")

    def form(self) -> type[BaseModel] | None:
        """The fields, and no other; without any, the reply itself."""
        return form(self.answer) if self.answer else None

    def derivation(self, question: "Question") -> "Derivation":
        """What becomes of the answers."""
        import orjson

        from tasks.generation.derived import Derivation

        asked, template = question.asked, question.template
        params = orjson.dumps(
            {"model": asked.model, **asked.sent()}, option=orjson.OPT_SORT_KEYS
        ).decode()
        return Derivation(
            self.called, f"{self.makes}s", self.over, self.answer is None, asked.name,
            template.label, template.hinted, params,
        )  # fmt: skip

    def run(self, build: "Build | Any") -> None:
        """Ask, take the children in as a source's rows, and write their descent."""
        from tasks.generation.derived import chosen_counts, descent, take_in
        from tasks.pool.funnel import funnel_line

        asked = self.answered(build)
        derivation = self.derivation(asked.question)
        made = f"{self.makes}s"

        def work(tick: Any) -> Any:
            taken = take_in(build.done, derivation, asked, tick)
            return taken, descent(build.done, derivation, asked, taken.shards)

        taken, lineage = build.runner.stream(self.called, made, work)
        if self.makes == "problem":  # the last of the sources, for whoever ranks them
            build.sources = [*build.sources, self.called]
        counts = chosen_counts(asked)
        build.funnel.append(funnel_line(self.called, "", self.over, counts))
        build.intake(self.called, "children", made, taken)
        build.take(self.called, [lineage], ["lineage"])
