"""run: where a build's jobs are done. It decides how fast a build is, never what comes out."""

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.rows import Strict

Kind = Literal["threads", "processes", "dask", "ray"]


class Run(Strict):
    """Where the jobs of a build are done, and how many at a time."""

    runner: Kind = Field(
        "threads",
        description="threads or processes of this machine, or the workers of a Dask or Ray cluster",
    )
    workers: int | None = Field(
        None,
        ge=1,
        description="jobs at a time; of a cluster at an address: how many it has room for. "
        "Default: one a core of this machine",
    )
    address: str | None = Field(
        None,
        description="a running cluster, such as tcp://host:8786 (Dask) or ray://host:10001 (Ray); "
        "without it one is started on this machine for the build",
    )

    @model_validator(mode="after")
    def _address_of_a_cluster(self) -> Self:
        if self.address and self.runner not in ("dask", "ray"):
            raise ValueError(f"`address` is for the runners dask and ray; {self.runner} has none")
        return self

    def but(self, runner: str | None, workers: int | None, address: str | None) -> "Run":
        """The same with what is not None; another runner goes without this one's settings.

        Raises ValueError.
        """
        kept = self.model_dump() if runner in (None, self.runner) else {}
        asked = {"runner": runner, "workers": workers, "address": address}
        return Run(**{**kept, **{k: v for k, v in asked.items() if v is not None}})
