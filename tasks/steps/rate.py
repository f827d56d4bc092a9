"""rate: how hard a model thinks that a problem is, from 1 to 10, before a trace is bought.

One rating is noisy, so several are drawn and their mean counts, as rllm rated DeepScaleR's problems
(difficulty_judge.py: the mean of 8 ratings at temperature 0.7).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from schemas.identity import digest
from schemas.questions import Rate
from schemas.tables import RATINGS
from tasks.llm.asking.ask import Part, answers_of
from tasks.llm.asking.question import FENCE, Question
from tasks.llm.prompts import COLUMNS, load
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Receipt, Shard

VERSION = "1"


class Rating(BaseModel):
    """What the model says."""

    model_config = ConfigDict(extra="forbid")

    rating: int = Field(ge=1, le=10)


def question(options: Rate, base: Path) -> Question:
    """The question that is asked; `base` is the recipe's folder. Raises TeacherError."""
    template = load(options.prompt, base, frozenset([*COLUMNS, FENCE]))
    return Question("rate", options, template, Rating, options.n)


def parts(done: Done, only: frozenset[str] | None) -> Iterator[Part]:
    """One part per problem shard, without the problems set aside; `only`: these, None for all."""
    chosen = sorted(only) if only is not None else None
    for receipt in done.problems:
        stamp = digest("rate", receipt.key, done.decided([receipt.key]), chosen)
        yield Part(stamp, _reader(done, receipt, only))


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


def plan(done: Done, asked: Question, answers: list[Receipt]) -> Iterator[Job]:
    """One job per problem shard: answers become ratings."""
    for problems, said in zip(done.problems, answers, strict=True):
        key = digest("rate", VERSION, asked.spec, problems.key, said.facts["content"])[:16]
        shard = _problem_shard(problems)
        yield Job("rate", key, shard.path, shard.rows, _bind(done, asked, problems, said, key))


def _bind(
    done: Done, asked: Question, problems: Receipt, answers: Receipt, key: str
) -> Callable[[], Receipt]:
    def run() -> Receipt:
        said = answers_of(done.pool, answers)
        ratings = rate(said, asked.asked.model)
        ids = frame_of(done.pool.read(_problem_shard(problems), ["problem_id"]))["problem_id"]
        out = int(ids.is_in(done.set_aside([problems.key])["row_id"].implode()).sum())
        rows, put = len(ids), answers.facts["rows"]
        counts = {"in": rows, "out": len(ratings), "aside.problem_set_aside": out}
        counts |= {"aside.not_in_pilot": rows - out - put, "aside.no_rating": put - len(ratings)}
        counts["failed_ratings"] = said["failure"].count()
        receipt = Receipt("rate", key, problems.key, parents=[problems.key], counts=counts)
        tables = {"ratings": ratings.to_arrow().cast(RATINGS)} if len(ratings) else {}
        return done.pool.commit(receipt, dict(tables), done.recipe)

    return run


def _reader(
    done: Done, problems: Receipt, only: frozenset[str] | None
) -> Callable[[], pl.DataFrame]:
    def read() -> pl.DataFrame:
        columns = ["problem_id", *COLUMNS]
        rows = frame_of(done.pool.read(_problem_shard(problems), columns))
        out = done.set_aside([problems.key])["row_id"].implode()
        kept = rows.filter(~pl.col("problem_id").is_in(out))
        if only is not None:
            kept = kept.filter(pl.col("problem_id").is_in(only))
        return kept.rename({"problem_id": "row_id"})

    return read


def _problem_shard(receipt: Receipt) -> Shard:
    shard = receipt.shard("problems")
    assert shard is not None
    return shard
