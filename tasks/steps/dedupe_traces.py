"""dedupe_traces: which traces of a problem say nearly the same."""

from typing import TYPE_CHECKING, Any

from schemas.parts.step import Step
from tasks.dedupe.options import Near

if TYPE_CHECKING:
    from tasks.pool.build import Build


class DedupeTraces(Step, Near, kind="dedupe_traces"):
    """Mark near-duplicates among the traces of a problem."""

    reads = ("verdicts", "traces")
    writes = ("trace_signatures", "trace_duplicates")

    def run(self, build: "Build | Any") -> None:
        """Sign each shard, then compare all signatures."""
        from tasks.dedupe.traces import marked, plan_signatures

        signing = plan_signatures(build.done, self)
        signed = build.jobs("sign_traces", signing, ["trace_signatures"])
        found = marked(build, self.called, self.options(), self, signed)
        build.line(self.called, "", "traces", found)
