"""Where rows come from: the part that sources and recorded teachers share."""

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rows(Strict):
    """Where rows come from and how their columns are called here."""

    hub: str | None = Field(None, description="dataset id on the Hugging Face Hub")
    config: str | None = Field(None, description="configuration of the hub dataset")
    split: str = Field("train", description="split of the hub dataset")
    revision: str | None = Field(None, description="commit, tag or branch of the hub dataset")
    columns: dict[str, str] = Field(
        {}, description="longcot's column: the source's column; equal names need no entry"
    )
    constants: dict[str, str] = Field({}, description="longcot's column: a value for every row")
    where: str | None = Field(None, description="SQL condition over the source's own columns")
