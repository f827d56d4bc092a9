"""verify: the rules' verdict on every trace, and what other graders and people say beside it."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from tasks.pool.map_step import MapStep
from tasks.verdicts.limits import Limits

if TYPE_CHECKING:
    import polars as pl

    from tasks.pool.build import Build
    from tasks.pool.jobs import Output


class Verify(MapStep, Limits, kind="verify"):
    """Judge every finished trace against the gold answer."""

    version = "2"
    over = "traces"
    columns = ("trace_id", "problem_id", "teacher", "response", "state")
    looks_up = ("answer", "answer_kind", "options", "tests")
    writes = ("verdicts", "set_aside")
    reasons = ("problem_set_aside",)
    once = True
    again = True

    second: list[Literal["math-verify"]] = Field(
        [], description="other graders whose word is recorded beside; it is never the label"
    )

    def options(self) -> dict[str, Any]:
        """The options but for the other graders, who change no verdict."""
        return {**super().options(), "second": []}

    def stamp(self) -> str:
        """The version, and that of the verifiers."""
        from verifiers import VERSION

        return f"{self.version}/{VERSION}"

    def rows(self, frame: "pl.DataFrame", **known: Any) -> "Output":
        """One verdict per trace; traces of problems that were set aside are set aside too."""
        from tasks.verdicts.verify import verify

        return verify(frame, self.called, self)

    def run(self, build: "Build | Any") -> None:
        """The rules' verdicts, then the other graders', then people's."""
        from tasks.verdicts import adjudication

        super().run(build)
        if self.second:
            from tasks.verdicts import other_graders

            jobs = other_graders.plan(build.done, super().options(), self.second, self)
            build.line("second", "", "traces", build.jobs("second", jobs, []))
        build.jobs("adjudicate", adjudication.plan(build.done), ["verdicts"])
