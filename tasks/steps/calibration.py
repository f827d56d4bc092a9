"""calibration: whether a problem's traces are right as often as they say that they are sure."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from schemas.parts.step import Step
from tasks.steps.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from tasks.pool.build import Build


class Calibration(Step, kind="calibration"):
    """Compare how sure a problem's traces say they are with how often they are right."""

    reads = ("signals", "verdicts", "traces")
    reasons = ("no_confidence", "undecided")

    name: str = Field(
        "calibration", pattern=r"^[a-z][a-z0-9_]*$", description="its name, and that of its column"
    )

    def fits(self, earlier: "Sequence[Step]", teachers: "Sequence[Any]") -> None:
        """Confidence was measured."""
        from schemas.parts.signal import chosen
        from tasks.signals.measuring.calibration import SIGNAL

        measured = [one.signals for one in earlier if isinstance(one, Measure)]
        if not any(SIGNAL in (one.name for one in chosen(names)) for names in measured):
            raise ValueError(
                f"step `{self.called}` compares the signal `{SIGNAL}`, which no step before it "
                f"measures; write `measure: {{signals: [standard, {SIGNAL}]}}`"
            )

    def adds(self) -> "Mapping[str, pa.Schema]":
        """A column for problems."""
        from tasks.signals.measuring.calibration import schema_of

        return {self.name: schema_of(self.name)}

    def run(self, build: "Build | Any") -> None:
        """One job over all signals and verdicts."""
        from tasks.signals.measuring.calibration import plan

        receipts = build.jobs(self.called, plan(build.done, self.called), [*self.adds()])
        build.line(self.called, "", "traces", receipts)
