"""The rows that a model is asked about: chosen by SQL, with the names that a prompt uses.

A prompt may name whatever the joined pool has. Long text is read from the shard that is asked
about, the rest is brought along by the choice.
"""

from collections.abc import Collection
from functools import partial

import polars as pl

from schemas.errors import QueryError
from schemas.identity import digest
from schemas.parts.choice import Choice
from tasks.llm.asking.ask_step import Shown
from tasks.llm.asking.question import FENCE
from tasks.pool.build import Build
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool
from tasks.query.chosen import Part, chosen

TEXTS = {"traces": {"reasoning", "response", "frame", "error", "params"}, "problems": set[str]()}
"""Columns of a table that are long, beside those of the problem."""

LONG = {"problem", "answer", "options", "tests", "solution", "meta"}
"""The problem's own."""

PLACES = {"shard", "row"}
"""Columns of the joined pool that say where a row stands, which is not what it says."""


def choice_of(over: str, where: str | None, names: Collection[str]) -> Choice:
    """The choice of rows that a prompt with these names is asked about.

    Raises QueryError where a name is none of what a row says.
    """
    if places := sorted(set(names) & PLACES):
        raise QueryError(
            f"`{places[0]}` is where a row stands in the pool's files, which may change; name what "
            "the row says, or its id"
        )
    plain = Choice(over, where)
    known = TEXTS[over] | LONG | {FENCE, "problem_id", plain.key}  # every choice has the ids
    return plain._replace(columns=tuple(sorted(set(names) - known)))


def shown(
    build: Build, step: str, choice: Choice, names: Collection[str], only: frozenset[str] | None
) -> list[Shown]:
    """What a step asks about, shard by shard. `only`: rows of these problems, None for all."""
    texts = sorted(set(names) & TEXTS[choice.over])
    problem = sorted(set(names) & LONG)
    found = []
    for whole in chosen(build, step, choice):
        kept = whole.rows if only is None else whole.rows.filter(pl.col("problem_id").is_in(only))
        part = whole._replace(rows=kept)
        parents = part.source.parents if choice.over == "traces" else [part.source.key]
        stamp = digest("rows", choice, texts, problem, part.stamp, parents)
        known = build.done.part(parents)
        read = partial(rows_of, part=part, choice=choice, texts=texts, problem=problem, known=known)
        found.append(Shown(part.source, stamp, read, (stamp,)))
    return found


def chosen_of(part: Shown) -> Part:
    """What was chosen of the shard, of the rows that `shown` gave."""
    assert isinstance(part.read, partial)
    chosen_rows: Part = part.read.keywords["part"]
    return chosen_rows


def rows_of(
    pool: Pool, part: Part, choice: Choice, texts: list[str], problem: list[str], known: Done
) -> pl.DataFrame:
    """The rows of a shard to ask about: row_id, ids by their names, and what the prompt names."""
    rows = part.rows.with_columns(pl.col("row_id").alias(choice.key))
    if texts or (choice.over == "problems" and problem):
        own = texts if choice.over == "traces" else problem
        stored = pool.read(part.source.whole(choice.over), own)
        rows = rows.hstack(frame_of(stored.take(rows["row"].to_arrow())))
    if choice.over == "traces" and problem and len(rows):
        looked_up = known.problems_of(part.source.parents, problem, rows["problem_id"])
        rows = rows.join(looked_up, on="problem_id", how="left", maintain_order="left")
    return rows
