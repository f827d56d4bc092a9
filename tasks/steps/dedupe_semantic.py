"""dedupe_semantic: problems that say the same in other words, by the cosine of their embeddings."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from schemas.parts.step import Step
from schemas.recipe.teachers import Served

if TYPE_CHECKING:
    from tasks.pool.build import Build


class DedupeSemantic(Step, Served, kind="dedupe_semantic"):
    """Set aside problems whose embeddings are near, where `dedupe` does not keep them apart."""

    reads = ("signatures",)
    writes = ("embeddings", "semantic_duplicates", "set_aside")
    decides = True
    reasons = ("duplicate_semantic",)

    name: str = Field(
        "dedupe_semantic", description="its name in the recipe, and of a managed server's log"
    )
    threshold: float = Field(
        gt=0,
        le=1,
        description="cosine similarity; no default, since each model has a scale of its own: "
        "benchmarks/semantic.py prints the curve of yours",
    )
    ancestors: bool = Field(
        False,
        description="compare what `derive` made with what it was made from, too",
        exclude_if=lambda told: not told,  # recipes of before are known by their fingerprint
    )

    def run(self, build: "Build | Any") -> None:
        """Embed what is not embedded, then compare everything in one job."""
        from tasks.dedupe.meaning.embeddings import embeddings
        from tasks.dedupe.meaning.semantic import plan

        name = f"embed: {self.model}"
        works = {name: lambda show: embeddings(build.done, self, show, build.choices.rebuy)}
        embedded = build.runner.questions("requests", works)[name]
        build.take("embed", embedded, ["embeddings"])
        how = (self.threshold, embedded, build.sources, self.ancestors)
        jobs = plan(build.done, self.called, *how)
        found = build.jobs(self.called, jobs, ["semantic_duplicates", "set_aside"], self.called)
        build.line(self.called, "", "problems", found)
