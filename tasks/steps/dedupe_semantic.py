"""dedupe_semantic: problems that say the same in other words, by the cosine of their embeddings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from schemas.parts.step import Step
from schemas.recipe.teachers import Served

if TYPE_CHECKING:
    from tasks.pool.build import Build
    from tasks.pool.store import Receipt

NEAR = 0.8
"""Cosine of static embeddings from which problems with the same numbers and the same gold are one:
of 30,858 problems of ten public sets, pairs from 0.7 to 0.8 were mixed, those above all but sound.
"""


class DedupeSemantic(Step, Served, kind="dedupe_semantic"):
    """Set aside problems whose embeddings are near, where `dedupe` does not keep them apart."""

    reads = ("signatures",)
    writes = ("embeddings", "semantic_duplicates", "set_aside")
    decides = True
    reasons = ("duplicate_semantic",)

    name: str = Field(
        "dedupe_semantic", description="its name in the recipe, and of a managed server's log"
    )
    model: str = Field(
        "",
        description="the embedder as its server calls it; none: the vectors that come with "
        "`longcot[semantic]`, in this process",
        exclude_if=lambda told: not told,
    )
    threshold: float = Field(
        NEAR,
        gt=0,
        le=1,
        description="cosine similarity; of a `model` there is no default, since each has a scale "
        "of its own: benchmarks/semantic.py prints the curve of yours",
    )
    ancestors: bool = Field(
        False,
        description="compare what `derive` made with what it was made from, too",
        exclude_if=lambda told: not told,  # recipes of before are known by their fingerprint
    )
    judge: str | None = Field(
        None,
        description="a model of `models`, or a live teacher, by its name, that is asked about near "
        "problems where numbers and golds do not settle it",
        exclude_if=lambda told: told is None,
    )

    def check_server(self) -> None:
        """Raises ValueError unless there is a server for a model, and none for none."""
        if not self.model and (self.endpoint or self.vllm):
            raise ValueError("an `endpoint` or `vllm` needs the `model` that it serves")
        if self.model and "threshold" not in self.model_fields_set:
            raise ValueError(
                "`threshold` is missing: each model has a scale of its own, and "
                "benchmarks/semantic.py prints the curve of yours"
            )
        if self.model:
            super().check_server()

    @property
    def candidates(self) -> bool:
        """Whether being near only names candidates, which numbers, golds and a judge settle."""
        return not self.model or self.judge is not None

    def tables(self) -> tuple[str, ...]:
        """What it writes; the candidates, and `answers`, where it has them."""
        candidates = ("semantic_candidates",) if self.candidates else ()
        return (*self.writes, *candidates, *(("answers",) if self.judge else ()))

    def questions(self, models: Mapping[str, Any]) -> Mapping[str, Any]:
        """Which problems a problem restates, if a model is to say."""
        return {self.called: models[self.judge]} if self.judge else {}

    def fits(self, earlier: Sequence[Step], teachers: Sequence[Any]) -> None:
        """The judge is a model of the recipe."""
        from tasks.llm.asking.ask_step import check_named

        if self.judge:
            check_named(self.called, self.judge, teachers)

    def prepare(self, base: Path) -> None:
        """Raises RecipeError where the vectors that it needs are not installed."""
        from tasks.dedupe.meaning import static

        if not self.model:
            static.files()

    def run(self, build: "Build | Any") -> None:
        """Embed what is not embedded, then compare everything."""
        from tasks.dedupe.meaning.semantic import plan

        embedded = self._embedded(build)
        tables = ["semantic_duplicates", "set_aside"]
        if self.candidates:
            jobs = self._settled(build, embedded)
        else:
            how = (self.threshold, embedded, build.sources, self.ancestors)
            jobs = plan(build.done, self.called, *how)
        found = build.jobs(self.called, jobs, tables, self.called)
        build.line(self.called, "", "problems", found)

    def _embedded(self, build: "Build | Any") -> "list[Receipt]":
        """The embeddings of every problem shard."""
        from tasks.dedupe.meaning.embeddings import embeddings, plan_static

        if not self.model:
            return build.jobs("embed", plan_static(build.done), ["embeddings"])
        name = f"embed: {self.model}"
        works = {name: lambda show: embeddings(build.done, self, show, build.choices.rebuy)}
        embedded = build.runner.questions("requests", works)[name]
        return build.take("embed", embedded, ["embeddings"])

    def _settled(self, build: "Build | Any", embedded: "list[Receipt]") -> Any:
        """The job that decides, once the candidates are found and a judge has said its word."""
        from tasks.dedupe.meaning import candidates
        from tasks.dedupe.meaning.restated import ask_all, question

        read = candidates.read_of(build.done, embedded, build.sources, self.ancestors)
        jobs = candidates.plan(build.done, self.called, read)
        (found,) = build.jobs(f"candidates of {self.called}", jobs, ["semantic_candidates"])
        heard = None
        if self.judge:
            put = question(self.called, build.models[self.judge])
            part = candidates.part(build.done, found, self.threshold, build.first())
            (answers,) = ask_all(build, self.called, put, [part])
            heard = candidates.Heard(answers, put.spec)
        return candidates.plan_decision(build.done, self.called, self.threshold, read, found, heard)
