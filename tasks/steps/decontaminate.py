"""decontaminate: problems that a benchmark has, and what was made from them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from schemas.parts.step import Step
from tasks.contamination.options import Comparison

if TYPE_CHECKING:
    from tasks.contamination.decontaminate import Heard, Setup
    from tasks.pool.build import Build


class Decontaminate(Step, Comparison, kind="decontaminate"):
    """Set aside problems that a benchmark has, with the evidence."""

    writes = ("contamination", "set_aside")
    decides = True
    reasons = ("ngram", "fuzzy", "variant", "paraphrase", "meaning", "lineage", "override")

    scan: list[Literal["problem", "solution", "reasoning", "response"]] = Field(
        ["problem"],
        min_length=1,
        description="texts that are looked at; the last two after generate",
    )
    overrides: str | None = Field(
        None, description="YAML or CSV that a person edits: problem_id, benchmark, item, decision"
    )

    judge: str | None = Field(
        None,
        description="a model of `models`, or a live teacher, by its name: what it says of an item "
        "that is near by meaning or for review decides",
        exclude_if=lambda told: told is None,  # recipes of before are known by their fingerprint
    )

    def tables(self) -> tuple[str, ...]:
        """What it writes; `answers` where it asks a model."""
        return (*self.writes, *(("answers",) if self.judge else ()))

    def questions(self, models: Mapping[str, Any]) -> Mapping[str, Any]:
        """Which items a problem restates, if a model is to say."""
        return {self.called: models[self.judge]} if self.judge else {}

    def fits(self, earlier: Sequence[Step], teachers: Sequence[Any]) -> None:
        """Traces can be scanned once they are there; what is near is judged by a model that is."""
        from tasks.llm.asking.ask_step import check_named

        if self.judge:
            check_named(self.called, self.judge, teachers)
            if not self.meaning or "problem" not in self.scan:
                raise ValueError(
                    f"`{self.kind}`: a `judge` is asked about what is near by meaning: add "
                    "`meaning: {}`, and scan `problem`"
                )
        traces = {"reasoning", "response"} & {*self.scan}
        if traces and not any("traces" in step.tables() for step in earlier):
            raise ValueError(f"`{self.kind}` scans traces: it stands after `generate`")

    def prepare(self, base: Path) -> "Setup":
        """The benchmarks, fetched where they are not held yet, and the overrides."""
        from tasks.contamination.decontaminate import setup

        return setup(self.called, self, list(self.scan), self.overrides, base)

    def run(self, build: "Build | Any") -> None:
        """One job per shard, then one that follows problems to what was made from them."""
        from tasks.contamination.decontaminate import (
            plan,
            plan_lineage,
            plan_trace_lineage,
            plan_traces,
        )

        ready, done = build.ready[self.called], build.done
        # One call, so that the shards of both tables are worked on side by side.
        jobs = [*plan(done, ready, self._heard(build, ready)), *plan_traces(done, ready)]
        found = build.runner.jobs(build.pool, self.called, jobs)
        problems, traces = found[: len(done.problems)], found[len(done.problems) :]
        lineage = build.runner.jobs(build.pool, self.called, plan_lineage(done, ready, problems))
        made = plan_trace_lineage(done, ready, traces)
        derived = build.runner.jobs(build.pool, self.called, made)
        build.take(self.called, [*found, *lineage, *derived], self.writes, self.called)
        build.line(self.called, "", "problems", problems, lineage)
        if traces:
            build.line(self.called, "traces", "traces", traces, derived)

    def _heard(self, build: "Build | Any", ready: "Setup") -> "list[Heard]":
        """What the judge says of every shard's open pairs, if there is one."""
        from tasks.contamination.decontaminate import Heard, open_parts
        from tasks.dedupe.meaning.restated import ask_all, question

        if not self.judge:
            return []
        put = question(self.called, build.models[self.judge])
        parts = list(open_parts(build.done, ready, build.first()))
        told = ask_all(build, self.called, put, parts)
        return [Heard(one, put.spec, put.asked.model) for one in told]
