"""Ratings: what becomes of the answers about problems."""

from functools import partial

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from schemas.tables import RATINGS
from tasks.llm.asking.ask_step import Shown
from tasks.pool.jobs import Output
from tasks.pool.store import Pool


class Rating(BaseModel):
    """What the model says."""

    model_config = ConfigDict(extra="forbid")

    rating: int = Field(ge=1, le=10)


def rate(answers: pl.DataFrame, rater: str) -> pl.DataFrame:
    """Ratings per problem, of answers (row_id, n, answer); failed ones leave the mean. Pure."""
    given = answers.filter(pl.col("answer").is_not_null()).with_columns(
        value=pl.col("answer").str.json_path_match("$.rating").cast(pl.Int32)
    )
    return given.group_by(pl.col("row_id").alias("problem_id"), maintain_order=True).agg(
        rater=pl.lit(rater),
        n=pl.len().cast(pl.Int32),
        rating=pl.col("value").mean(),
        sd=pl.col("value").std(),
    )


def take(pool: Pool, said: pl.DataFrame, part: Shown, asked: int, rater: str) -> Output:
    """The ratings that answers about a part come to; `asked`: the rows that were asked about."""
    assert isinstance(part.read, partial)
    chosen, ratings = part.read.keywords["part"], rate(said, rater)
    counts = {"in": chosen.whole, "out": len(ratings), "aside.problem_set_aside": chosen.aside}
    counts["aside.not_in_pilot"] = chosen.whole - chosen.aside - asked
    counts["aside.no_rating"] = asked - len(ratings)
    counts["failed_ratings"] = said["failure"].count()
    return Output({"ratings": ratings.to_arrow().cast(RATINGS)}, counts)
