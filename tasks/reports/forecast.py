"""forecast: what a whole build will yield and cost, from a pilot over a few of its problems.

The pilot's problems are a simple random sample of all. Each replicate completes the population by
drawing the problems not seen yet from those seen, as balls from Polya's urn: the finite-population
form of Rubin's Bayesian bootstrap (D. B. Rubin, Ann. Stat. 9 (1981) 130; M. Ghosh, G. Meeden,
Bayesian Methods for Finite Population Sampling, 1997). So the pilot's own rows are certain, the
interval shrinks as the pilot grows and closes when it is everything, counts and tokens vary
together, and all samples of a problem stand or fall as one.

A pilot of 50 in which no problem passed a filter does not prove that none will. So the urn also
holds two half balls: the least of everything (of a filtered count, nothing), and the most of
everything (of a count that was nought throughout, as much as of the count before it). For a yes or
no this is Jeffreys' interval, which also holds near 0 and 1. It leaves `expected` alone.

Forecast what costs tokens. What a CPU decides (screen, dedupe, decontaminate) is run on everything
first: it is cheap, and duplicates cannot be forecast, since their share grows with the number of
problems. The population is what is left.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

REPLICATES = 2000
"""Another seed moves an end of a 90 % interval by about a seventieth of its width."""

SPEED = "tokens_per_second"


def forecast(
    pilot: pl.DataFrame,
    total: int,
    counts: Sequence[str],
    derived: Mapping[str, pl.Expr] | None = None,
    speeds: Sequence[float] = (),
    level: float = 0.9,
    seed: int = 42,
) -> pl.DataFrame:
    """Totals over `total` problems: `quantity, pilot, expected, low, high`, one row per quantity.

    pilot: one row per problem and only columns to add up: rows left after each stage, tokens,
      seconds. A problem that was set aside has zeros, not no row. The first problems by
      `problem_id` are a simple random sample, since ids are hashes.
    counts: the columns that count rows left after a filter, each named after the one it is part of
    derived: quantities that follow from the totals, such as
      `pl.col("completion_tokens") / pl.col("tokens_per_second") / 3600` for hours
    speeds: tokens per second in equal stretches of the pilot at full load; their mean stands in
      `tokens_per_second`. One stretch says nothing about how the speed varies.

    Raises ValueError if the pilot has no problem or more than there are.
    """
    if not 0 < len(pilot) <= total:
        raise ValueError(f"a pilot of {len(pilot)} problems out of {total} tells nothing")
    chance = np.random.default_rng(seed)
    rows = pilot.sort(pilot.columns).to_numpy().astype(float)  # the order of rows says nothing
    drawn = completed(rows, [pilot.columns.index(name) for name in counts], total, chance)
    seen = pilot.sum().cast(pl.Float64)
    means = seen * (total / len(pilot))
    whole = pl.DataFrame(drawn, schema=pilot.columns)
    if speeds:
        weights = chance.standard_exponential((REPLICATES, len(speeds)))
        speed = weights @ np.array(speeds) / weights.sum(1)
        whole = whole.with_columns(pl.Series(SPEED, speed))
        seen, means = (f.with_columns(pl.lit(np.mean(speeds)).alias(SPEED)) for f in (seen, means))
    follow = [expression.alias(name) for name, expression in (derived or {}).items()]
    seen, means, whole = (frame.with_columns(follow) for frame in (seen, means, whole))
    tail = (1 - level) / 2
    return pl.DataFrame(
        {
            "quantity": whole.columns,
            "pilot": seen.row(0),
            "expected": means.row(0),
            "low": whole.select(pl.all().quantile(tail, "linear")).row(0),
            "high": whole.select(pl.all().quantile(1 - tail, "linear")).row(0),
        }
    )


def completed(
    rows: npt.NDArray[np.float64], counts: Sequence[int], total: int, chance: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Totals per replicate and column of populations of `total` that the pilot may come from."""
    none, best = rows.min(0), rows.max(0)
    for place, column in enumerate(counts):
        above = best[counts[place - 1]] if place else 1.0
        none[column], best[column] = 0.0, rows[:, column].max() or above
    kinds = np.vstack([rows, none, best])
    balls = np.append(np.ones(len(rows)), [0.5, 0.5])
    weights = chance.dirichlet(balls, REPLICATES)
    unseen = chance.multinomial(total - len(rows), weights)
    return rows.sum(0) + unseen @ kinds
