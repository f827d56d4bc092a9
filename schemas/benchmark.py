"""A benchmark's declaration: which items, at which revision, under which licence."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from schemas.rows import Rows, Strict


class Part(Rows):
    """Rows of a benchmark: a hub dataset's split, or files; `columns` names the fields read."""

    split: str = Field("test", description="split of the hub dataset")
    path: str | None = Field(None, description="file, folder or glob, relative to the declaration")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.hub is None):
            raise ValueError("a part needs either `path` or `hub`")
        return self


class Benchmark(Strict):
    """A benchmark. Columns read: `problem`, and where there are such `answer` and `source_id`."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", description="how recipes call it")
    description: str = ""
    license: str | None = Field(None, description="licence of the items; null: none stated")
    released: date | None = Field(None, description="when the items became public; null: unknown")
    parts: list[Part] = Field(min_length=1)
    unverified: str | None = Field(
        None, description="what of this declaration was not checked against the hub"
    )
