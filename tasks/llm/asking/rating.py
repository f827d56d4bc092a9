"""Ratings: what problems are asked about, and what becomes of the answers."""

from collections.abc import Iterator
from functools import partial

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from schemas.identity import digest
from schemas.tables import RATINGS
from tasks.llm.asking.ask_step import Shown
from tasks.llm.prompts import COLUMNS
from tasks.pool.jobs import Done, Output, frame_of
from tasks.pool.store import Pool, Receipt


class Rating(BaseModel):
    """What the model says."""

    model_config = ConfigDict(extra="forbid")

    rating: int = Field(ge=1, le=10)


def parts(done: Done, only: frozenset[str] | None) -> Iterator[Shown]:
    """Every problem shard, without the problems set aside; `only`: these, None for all."""
    chosen = sorted(only) if only is not None else None
    for receipt in done.problems:
        stamp = digest("rate", receipt.key, done.decided([receipt.key]), chosen)
        rows = partial(rows_of, source=receipt, known=done.part([receipt.key]), only=only)
        yield Shown(receipt, stamp, rows, (receipt.key,))


def rows_of(pool: Pool, source: Receipt, known: Done, only: frozenset[str] | None) -> pl.DataFrame:
    """The problems of a shard to ask about."""
    rows = frame_of(pool.read(source.whole("problems"), ["problem_id", *COLUMNS]))
    out = known.set_aside()["row_id"].implode()
    kept = rows.filter(~pl.col("problem_id").is_in(out))
    if only is not None:
        kept = kept.filter(pl.col("problem_id").is_in(only))
    return kept.rename({"problem_id": "row_id"})


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
    ratings = rate(said, rater)
    ids = frame_of(pool.read(part.source.whole("problems"), ["problem_id"]))["problem_id"]
    gone = part.read.keywords["known"].set_aside()["row_id"].implode()
    out, rows = int(ids.is_in(gone).sum()), len(ids)
    counts = {"in": rows, "out": len(ratings), "aside.problem_set_aside": out}
    counts |= {"aside.not_in_pilot": rows - out - asked, "aside.no_rating": asked - len(ratings)}
    counts["failed_ratings"] = said["failure"].count()
    return Output({"ratings": ratings.to_arrow().cast(RATINGS)}, counts)
