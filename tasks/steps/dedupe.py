"""dedupe: problems that say nearly the same, found across all sources."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from schemas.parts.step import Step
from tasks.dedupe.options import Mode, Near

if TYPE_CHECKING:
    from tasks.pool.build import Build


class Dedupe(Step, Near, kind="dedupe"):
    """Set aside near-duplicates among the problems."""

    writes = ("signatures", "duplicates", "set_aside")
    decides = True
    reasons = ("duplicate",)

    mode: Mode = Field(
        "problem",
        description="problem: other numbers, operators or answers are another problem; "
        "template: numbers are masked; text: nothing but the shingles counts",
    )

    def run(self, build: "Build | Any") -> None:
        """Sign each shard, then compare all signatures."""
        from tasks.dedupe.problems import deduped, plan_signatures

        signing = plan_signatures(build.done, self, self.mode)
        signed = build.jobs("sign", signing, ["signatures"])
        found = deduped(build, self.called, self.options(), self, self.mode, signed)
        build.line(self.called, "", "problems", found)
