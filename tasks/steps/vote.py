"""vote: the answer that most samples agree on, as a column, and where told as the gold."""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from schemas.parts.step import Step
from tasks.verdicts.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from tasks.pool.build import Build


class AsGold(BaseModel, extra="forbid", frozen=True):
    """What a majority needs to become the gold of a problem that has none."""

    least: int = Field(3, ge=1, description="votes that it has at least")
    share: float = Field(0.5, gt=0, le=1, description="its share of all votes, at least")


class Vote(Step, Limits, kind="vote"):
    """Find the answer that most samples of a problem agree on."""

    reads = ("verdicts", "traces")
    writes = ("golds",)
    reasons = ("no_answer",)

    name: str = Field(
        "majority", pattern=r"^[a-z][a-z0-9_]*$", description="its name, and that of its column"
    )
    teachers: list[str] = Field([], description="whose samples vote; default: everybody's")
    gold: AsGold | None = Field(
        None, description="when a majority becomes the gold of a problem without one"
    )

    def fits(self, earlier: "Any", teachers: "Any") -> None:
        """The teachers are there."""
        names = [teacher.name for teacher in teachers]
        for one in self.teachers:
            if one not in names:
                there = ", ".join(names)
                raise ValueError(
                    f"step `{self.called}`: no teacher is called `{one}` (there are: {there})"
                )

    def adds(self) -> "Mapping[str, pa.Schema]":
        """Two columns for problems, and one that says which traces voted with the majority."""
        from tasks.verdicts.vote import entropy, entropy_of, schema_of, voters, voters_of

        return {
            self.name: schema_of(self.name),
            entropy(self.name): entropy_of(self.name),
            voters(self.name): voters_of(self.name),
        }

    def run(self, build: "Build | Any") -> None:
        """One job over all judged samples."""
        from tasks.verdicts.vote import Election, plan

        election = Election(self.gold.least, self.gold.share) if self.gold else Election(0, 1.0)
        jobs = plan(build.done, self.called, self.teachers, election, self)
        receipts = build.jobs(self.called, jobs, [*self.writes, *self.adds()])
        build.line(self.called, "", "traces", receipts)
