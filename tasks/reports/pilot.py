"""A pilot: what the whole build will yield and cost, told from a few problems.

The pilot's problems are those with the smallest ids. Ids are hashes, so they are a simple random
sample; and its traces are the very ones that the whole build needs, so nothing is paid for twice.
"""

from itertools import pairwise
from typing import Any

import polars as pl

from schemas.recipe.teachers import Asked, Live
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool, Shard
from tasks.query.sql import connect, query, quoted
from tasks.reports.forecast import SPEED, forecast

STRETCHES = 8
"""Equal parts of the pilot's middle half in which its speed is measured; the server fills up before
and runs empty after it."""

DRAWN = """
SELECT t.teacher, t.problem_id, count(*) AS traces,
  count(*) FILTER (t.state = 'complete') AS finished,
  count(*) FILTER (v.verdict = 'correct') AS accepted,
  coalesce(sum(t.prompt_tokens), 0) AS prompt_tokens,
  coalesce(sum(t.completion_tokens), 0) AS completion_tokens
FROM traces t LEFT JOIN machine v USING (trace_id)
ANTI JOIN lineage l ON l.child = t.trace_id GROUP BY ALL
"""

ASKED = """
SELECT a.what, coalesce(t.problem_id, a.row_id) AS problem_id, count(*) AS answers,
  coalesce(sum(a.prompt_tokens), 0) AS prompt_tokens,
  coalesce(sum(a.completion_tokens), 0) AS completion_tokens
FROM (SELECT DISTINCT ON (answer_id) * FROM answers) a
LEFT JOIN traces t ON t.trace_id = a.row_id LEFT JOIN rules r ON r.trace_id = a.row_id
WHERE a.what <> 'judge' OR coalesce(r.verdict, 'undecided') = 'undecided' GROUP BY ALL
"""
"""Answers that grow with the problems: not those about a judge's sample of decided traces."""

TIMES = "SELECT teacher, started_at, seconds, completion_tokens AS tokens FROM traces"


def predict(
    pool: Pool,
    done: Done,
    teachers: list[Live],
    questions: dict[str, Asked],
    chosen: frozenset[str],
    views: dict[str, list[Shard]],
) -> list[dict[str, Any]]:
    """Rows `of, quantity, pilot, expected, low, high` (90 %): each live teacher, then
    each of the `questions` that are put to a model, then each view.
    """
    total = len(done.eligible())
    problems = pl.DataFrame({"problem_id": sorted(chosen)})
    live = done.live()
    tables = {
        t: shards for t, shards in live.items() if t in ("traces", "verdicts", "answers", "lineage")
    }
    with connect(pool, tables, views=views) as connection:
        drawn = frame_of(query(connection, DRAWN, "plan"))
        times = frame_of(query(connection, TIMES, "plan"))
        said = frame_of(query(connection, ASKED, "plan")) if questions else None
        rows = {
            name: frame_of(
                query(connection, f"SELECT problem_id FROM {quoted(f'view_{name}')}", "plan")
            )
            for name, shards in views.items()
            if shards
        }
    found: list[dict[str, Any]] = []
    for teacher in teachers:
        own = drawn.filter(pl.col("teacher") == teacher.name).drop("teacher")
        frame = problems.join(own, on="problem_id", how="left").fill_null(0).drop("problem_id")
        derived = {"hours": pl.col("completion_tokens") / pl.col(SPEED) / 3600, **_money(teacher)}
        speeds = stretches(times.filter(pl.col("teacher") == teacher.name))
        if not speeds:
            derived.pop("hours")
        told = forecast(frame, total, ["finished", "accepted"], derived, speeds)
        found += [{"of": teacher.name, **row} for row in told.iter_rows(named=True)]
    for what, asked in questions.items():
        assert said is not None
        own = said.filter(pl.col("what") == what).drop("what")
        frame = problems.join(own, on="problem_id", how="left").fill_null(0).drop("problem_id")
        told = forecast(frame, total, ["answers"], _money(asked))
        found += [{"of": what, **row} for row in told.iter_rows(named=True)]
    for name, frame in rows.items():
        counted = frame.group_by("problem_id").agg(pl.len().alias("rows"))
        joined = problems.join(counted, on="problem_id", how="left").fill_null(0)
        told = forecast(joined.select("rows"), total, ["rows"])
        found += [{"of": f"view {name}", **row} for row in told.iter_rows(named=True)]
    return found


def _money(asked: Asked) -> dict[str, pl.Expr]:
    """What the tokens cost; nothing where the recipe names no prices."""
    if not asked.prices:
        return {}
    spent = pl.col("prompt_tokens") * asked.prices.prompt
    spent += pl.col("completion_tokens") * asked.prices.completion
    return {"money": spent / 1e6}


def stretches(times: pl.DataFrame) -> list[float]:
    """Tokens per second in the stretches; `times`: started_at, seconds, tokens of each trace.

    The tokens of a trace are spread evenly over its time. Empty where nothing was timed.
    """
    timed = times.drop_nulls().filter(pl.col("seconds") > 0)
    if not len(timed):
        return []
    start = timed["started_at"].dt.epoch("ms") / 1000
    end = start + timed["seconds"]
    rate = timed["tokens"] / timed["seconds"]
    span = float(end.max()) - float(start.min())  # type: ignore[arg-type]
    edges = [
        float(start.min()) + span * (0.25 + 0.5 * n / STRETCHES)  # type: ignore[arg-type]
        for n in range(STRETCHES + 1)
    ]
    speeds = []
    for low, high in pairwise(edges):
        inside = (end.clip(low, high) - start.clip(low, high)).clip(0)
        speeds.append(float((inside * rate).sum()) / (high - low))
    return [speed for speed in speeds if speed > 0]
