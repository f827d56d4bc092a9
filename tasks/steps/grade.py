"""grade: how hard a problem is for a solver, from how often its samples are right."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from schemas.parts.step import Step

if TYPE_CHECKING:
    from tasks.pool.build import Build


class Grade(Step, kind="grade"):
    """Pass rates and difficulty per problem and teacher."""

    reads = ("verdicts", "traces")
    writes = ("grades",)
    again = True

    easy: float = Field(0.8, ge=0, le=1, description="pass rate from which a problem is easy")
    medium: float = Field(0.4, ge=0, le=1, description="pass rate from which it is medium")
    derived: bool = Field(
        False,
        description="count the traces that `derive` made, too: they were not drawn from a problem",
        exclude_if=lambda told: not told,  # recipes of before are known by their fingerprint
    )

    def run(self, build: "Build | Any") -> None:
        """One job; of very many traces, jobs over shards and then over ranges of problems."""
        from tasks.verdicts.grade import Bands, to_grade
        from tasks.verdicts.grade_ranges import all_graded

        what = to_grade(build.done, Bands(self.easy, self.medium), self.derived)
        all_graded(build, self.called, what)
