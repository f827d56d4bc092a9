"""stopping: where sampling a problem may stop early, as a plan over the lattice (judged, correct).

`max` samples would settle every question by brute force: is the pass rate inside the band, are
enough right ones in hand? A plan stops earlier where the answer is known well enough already. Its
promise needs no prior and no true rate: whatever the `max` samples of a problem would hold, the
early answer differs from theirs with a probability of at most 1 - confidence. This is the
discordance of sequential conditional probability ratio tests (X. Xiong, JASA 90 (1995) 1463;
M. Tan, X. Xiong, M. Kutner, Biometrics 54 (1998) 682). Given the final count, every order of the
outcomes is equally likely; so it is computed exactly, for a look after every sample, by counting
paths over the lattice.

Where to stop is told by predictive probability: the chance, under Jeffreys' prior for the rate,
that the samples still to come change the answer. One threshold per answer is raised as far as the
promise allows. A chance of nought always stops: plain curtailment.
"""

from functools import lru_cache
from math import lgamma

import numpy as np
import numpy.typing as npt

from schemas.recipe.samples import Until

ANSWERS: dict[str, str] = {
    "band.below": "the pass rate lies below the band: too hard",
    "band.inside": "the pass rate lies inside the band",
    "band.above": "the pass rate lies above the band: too easy",
    "enough": "as many right (and wrong) samples as were asked for are in hand",
    "short": "all `max` samples would not yield as many as were asked for",
    "max": "the last sample is in; nothing was asked of them, or none could be judged",
}
"""Why no more samples are drawn, and so what is known of the problem."""

Plan = tuple[tuple[str | None, ...], ...]
"""`plan[judged][correct]`: the answer with which to stop there, or None to go on."""

Array = npt.NDArray[np.float64]


def answer_at(until: Until, judged: int, correct: int) -> str:
    """What these counts say if they are all there will be; `judged` is not 0."""
    if until.band is None:
        wrong = judged - correct
        enough = correct >= (until.correct or 0) and wrong >= (until.incorrect or 0)
        return "enough" if enough else "short"
    low, high = until.band
    rate = correct / judged  # as `pass_rate` is computed, so that both agree to the last bit
    return "band.below" if rate < low else "band.above" if rate > high else "band.inside"


@lru_cache(maxsize=256)
def plan(until: Until, least: int, most: int) -> Plan:
    """Where to stop between `least` and `most` judged samples, both at least 1.

    A state stops only with the answer that its own counts give: so a view over pass rates
    (`pass_rate between 0.1 and 0.6`) selects what was decided here.
    """
    answers = [[answer_at(until, n or 1, c) for c in range(n + 1)] for n in range(most + 1)]
    final = np.array(answers[most])
    ways = likelihoods(most)
    # changed[n][c, k]: the answer after n differs from the one after all, if k of them are right.
    changed = [np.array(row)[:, None] != final for row in answers]
    risk = [_predictive(way, change) for way, change in zip(ways, changed, strict=True)]

    def stops(limits: dict[str, float]) -> list[npt.NDArray[np.bool_]]:
        bound = [np.array([limits[name] for name in row]) for row in answers]
        return [(risk[n] <= bound[n]) & (least <= n or n == most) for n in range(most + 1)]

    limits = dict.fromkeys(sorted({name for row in answers for name in row}), 0.0)
    for name in limits:
        mine = [risk[n][np.array(answers[n]) == name] for n in range(least, most + 1)]
        levels = np.unique(np.concatenate([[0.0], *mine]))
        low, high = 0, len(levels) - 1
        while low < high:  # level 0 keeps the promise; every level that is taken was tried
            middle = (low + high + 1) // 2
            tried = stops({**limits, name: levels[middle]})
            if discordance(tried, ways, changed).max() <= 1 - until.confidence + 1e-12:
                low = middle
            else:
                high = middle - 1
        limits[name] = float(levels[low])
    return tuple(
        tuple(name if stop else None for name, stop in zip(row, stopped, strict=True))
        for row, stopped in zip(answers, stops(limits), strict=True)
    )


def likelihoods(most: int) -> list[Array]:
    """`[n][c, k]`: the chance of one given order of n samples, c of them right, if k of all are."""
    choose = np.zeros((most + 1, most + 1))
    choose[:, 0] = 1
    for row in range(1, most + 1):
        choose[row, 1:] = choose[row - 1, 1:] + choose[row - 1, :-1]
    k = np.arange(most + 1)
    ways = []
    for n in range(most + 1):
        rest = k - np.arange(n + 1)[:, None]  # right ones still to come
        possible = (rest >= 0) & (rest <= most - n)
        ways.append(np.where(possible, choose[most - n, rest * possible] / choose[most], 0.0))
    return ways


def discordance(
    stops: list[npt.NDArray[np.bool_]], ways: list[Array], changed: list[npt.NDArray[np.bool_]]
) -> Array:
    """For each final count, the probability that the early answer is not the final one."""
    paths, missed = np.ones(1), np.zeros(len(stops))
    for stop, way, change in zip(stops, ways, changed, strict=True):
        missed += (paths * stop) @ (way * change)
        going = paths * ~stop
        paths = np.append(going, 0) + np.append(0, going)
    return missed


def _predictive(way: Array, change: npt.NDArray[np.bool_]) -> Array:
    """For each count, the chance under Jeffreys' prior that the answer changes."""
    most = way.shape[1] - 1
    prior = np.array(
        [
            np.exp(lgamma(k + 0.5) - lgamma(k + 1) + lgamma(most - k + 0.5) - lgamma(most - k + 1))
            for k in range(most + 1)
        ]
    )
    return np.round((way * change) @ prior / (way @ prior), 12)  # ties stay ties
