"""Adaptive sampling on real pass rates: tokens against fixed n, at the same decision error.

    python benchmarks/asking/adaptive.py FOLDER_OF_REAL_DATA --svg adaptive.svg  # with .[bench]

Recorded samples are replayed as a teacher: each draw of a problem is one of its recorded samples,
with replacement, so the truth of a problem is the rate of all its recorded samples. Every rule sees
the same draws; fixed n takes the first n of them. Tokens are characters / 4 (reasoning_gym records
scores only: each draw counts as one). Intervals are 95 %, over problems.
"""

import argparse
from collections import defaultdict
from math import lgamma, log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from schemas.recipe.samples import Samples, Until
from schemas.vocabulary import Verdict
from tasks.generation.sampling import advise
from tasks.generation.stopping import ANSWERS, answer_at, discordance, likelihoods, plan
from tasks.verdicts.grade import wilson
from tests.real import rows

NAMES = list(ANSWERS)
BANDS = [(0.1, 0.6), (0.2, 0.8)]
COUNTS = [{"correct": 1}, {"correct": 4}, {"correct": 1, "incorrect": 1}]


class Problem(NamedTuple):
    correct: np.ndarray
    tokens: np.ndarray


class Draws(NamedTuple):
    """Of every (seed and) problem, `most` draws: right ones and tokens among the first n."""

    correct: np.ndarray  # (seeds, problems, most + 1)
    tokens: np.ndarray
    rates: np.ndarray  # (problems,)


class Outcome(NamedTuple):
    answers: np.ndarray  # (seeds, problems), index into NAMES
    drawn: np.ndarray
    tokens: np.ndarray


def load(folder: Path) -> dict[str, list[Problem]]:
    """The recorded samples, problem by problem; those of several models are one teacher's here."""
    found: dict[str, list[Problem]] = {}
    for name, by in (("rg_math_50x", ("problem_id", "model")), ("gsm8k_zeroeval", ("problem_id",))):
        groups = defaultdict(list)
        for row in rows(folder / f"traces_{name}.jsonl.zst"):
            sample = (bool(row["correct"]), len(row["trace"]) / 4)
            groups[tuple(row[key] for key in by)].append(sample)
        found[name] = [
            Problem(*map(np.array, zip(*group, strict=True))) for group in groups.values()
        ]
    gym = []
    for row in rows(folder / "problems_reasoning_gym.jsonl.zst"):
        recorded = row.get("model_scores") or {}
        scores = np.array([score for own in recorded.values() for score in own])
        if len(scores) >= 10:
            gym.append(Problem(scores >= 0.99, np.ones(len(scores))))
    return {**found, "reasoning_gym": gym}


def draw(problems: list[Problem], most: int, seeds: int) -> Draws:
    right = np.zeros((seeds, len(problems), most + 1), dtype=int)
    tokens = np.zeros((seeds, len(problems), most + 1))
    for seed in range(seeds):
        chance = np.random.default_rng(seed)
        for place, problem in enumerate(problems):
            picked = chance.integers(len(problem.correct), size=most)
            right[seed, place, 1:] = np.cumsum(problem.correct[picked])
            tokens[seed, place, 1:] = np.cumsum(problem.tokens[picked])
    return Draws(right, tokens, np.array([problem.correct.mean() for problem in problems]))


def table(stops: Any, most: int) -> np.ndarray:
    """A rule as an array [judged, correct] of indices into NAMES, -1 to go on."""
    codes = np.full((most + 1, most + 1), -1)
    for judged in range(most + 1):
        for correct in range(judged + 1):
            found = stops(judged, correct)
            codes[judged, correct] = NAMES.index(found) if found else -1
    return codes


def planned(until: Until, most: int) -> np.ndarray:
    stops = plan(until, 1, most)
    return table(lambda n, c: stops[n][c], most)


def rules(until: Until, most: int) -> dict[str, np.ndarray]:
    found = {}
    for confidence in sorted({1.0, until.confidence, 0.95, 0.8}, reverse=True):
        name = "curtailed" if confidence == 1 else f"longcot {confidence:g}"
        found[name] = planned(until.model_copy(update={"confidence": confidence}), most)
    if until.band:
        for name, interval in INTERVALS.items():
            found[name] = table(lambda n, c, own=interval: outside(own, until, most, n, c), most)
    return found


def outside(interval: Any, until: Until, most: int, judged: int, correct: int) -> str | None:
    """Stops once a 95 % interval lies inside or outside the band."""
    assert until.band
    if judged == most:
        return answer_at(until, judged, correct)
    if judged < 2:
        return None
    low, high = interval(judged, correct)
    if high < until.band[0]:
        return "band.below"
    if low > until.band[1]:
        return "band.above"
    return "band.inside" if until.band[0] <= low and high <= until.band[1] else None


GRID = np.linspace(0.0005, 0.9995, 1000)


def mixture(judged: int, correct: int) -> tuple[float, float]:
    """A 95 % confidence sequence: Robbins' mixture of binomials (AMS 41 (1970) 1397), uniform."""
    marginal = lgamma(correct + 1) + lgamma(judged - correct + 1) - lgamma(judged + 2)
    likelihood = correct * np.log(GRID) + (judged - correct) * np.log(1 - GRID)
    kept = GRID[marginal - likelihood < log(1 / 0.05)]
    return (kept[0] if correct else 0.0), (kept[-1] if correct < judged else 1.0)


INTERVALS = {"repeated Wilson": wilson, "confidence seq.": mixture}


def run(codes: np.ndarray, draws: Draws) -> Outcome:
    most = len(codes) - 1
    found = codes[np.arange(most + 1), draws.correct[..., : most + 1]]
    drawn = (found >= 0).argmax(-1)
    assert (found.max(-1) >= 0).all()
    at = drawn[..., None]
    return Outcome(
        np.take_along_axis(found, at, -1)[..., 0],
        drawn,
        np.take_along_axis(draws.tokens, at, -1)[..., 0],
    )


def fixed(until: Until, most: int, draws: Draws) -> Outcome:
    codes = np.full((most + 1, most + 1), -1)
    codes[most] = [NAMES.index(answer_at(until, most, correct)) for correct in range(most + 1)]
    return run(codes, draws)


def mean(per_problem: np.ndarray) -> tuple[float, float]:
    """Mean and half width of its 95 % interval over problems, the seeds of each averaged."""
    own = per_problem.mean(0)
    return float(own.mean()), float(1.96 * own.std(ddof=1) / np.sqrt(len(own)))


def check(until: Until, most: int, draws: Draws, outcome: Outcome) -> None:
    """The function that a build calls says the same as the table, draw by draw."""
    samples = Samples(min=1, max=most, until=until)
    for place in range(min(100, draws.correct.shape[1])):
        verdicts: list[Verdict | None] = [
            Verdict.CORRECT if step else Verdict.INCORRECT
            for step in np.diff(draws.correct[0, place])
        ]
        drawn, advice = 0, advise(samples, [])
        while advice.answer is None:
            drawn += advice.ask
            advice = advise(samples, verdicts[:drawn])
        assert (drawn, NAMES.index(advice.answer)) == (
            outcome.drawn[0, place],
            outcome.answers[0, place],
        )


def truths(draws: Draws, band: tuple[float, float]) -> np.ndarray:
    """What the rate of all its recorded samples says of each problem."""
    words = np.where(draws.rates < band[0], 0, np.where(draws.rates > band[1], 2, 1))
    return np.array([NAMES.index(f"band.{w}") for w in ("below", "inside", "above")])[words]


def bands(name: str, draws: Draws, most: int, band: tuple[float, float], confidence: float) -> dict:
    until = Until(band=band, confidence=confidence)
    low, high = band
    truth = truths(draws, band)
    curve = {n: fixed(until, n, draws) for n in range(2, draws.correct.shape[-1])}
    errors = {n: mean(one.answers != truth)[0] for n, one in curve.items()}
    whole = curve[most]
    print(f"\n{name}: {len(truth)} problems, band {low} to {high}, at most {most} samples")
    print(f"  {'rule':16} {'samples':>7} {'tokens':>7} {'error %':>13} {'more than fixed':>16}"
          f" {'differs %':>9}  fixed n of equal error, tokens against it")  # fmt: skip
    line = mean(whole.answers != truth)
    print(f"  {f'fixed {most}':16} {most:7.1f} {1:7.2f} {line[0]:7.2%} ±{line[1]:.2%}")
    points, ratio = {}, float("nan")
    for rule, codes in rules(until, most).items():
        one = run(codes, draws)
        wrong, more = one.answers != truth, (one.answers != truth) * 1.0 - (whole.answers != truth)
        differs = (one.answers != whole.answers).mean()
        if rule == "curtailed":
            assert differs == 0, "curtailment changes nothing"
        if rule == f"longcot {confidence:g}":
            check(until, most, draws, one)
        share = one.tokens.sum() / whole.tokens.sum()
        error = mean(wrong)
        # The cheapest fixed n that is no worse; None: not even the largest tried is that good.
        equal = next((n for n in curve if errors[n] <= error[0]), None)
        against = f"{equal}, {one.tokens.sum() / curve[equal].tokens.sum():.2f}" if equal else "-"
        print(f"  {rule:16} {one.drawn.mean():7.1f} {share:7.2f} {error[0]:7.2%} ±{error[1]:.2%}"
              f" {mean(more)[0]:+8.2%} ±{mean(more)[1]:.2%} {differs:9.2%}  {against}")  # fmt: skip
        points[rule] = (one.tokens.mean(), error[0])
        if rule == f"longcot {confidence:g}" and equal:
            ratio = one.tokens.sum() / curve[equal].tokens.sum()
    return {
        "title": f"{name}, {low} to {high}",
        "curve": [(curve[n].tokens.mean(), errors[n]) for n in curve],
        "points": points,
        "share": points[f"longcot {confidence:g}"][0] / whole.tokens.mean(),
        "equal": ratio,
    }


def counts(name: str, draws: Draws, most: int, asked: dict[str, int], confidence: float) -> None:
    until = Until.model_validate({**asked, "confidence": confidence})
    enough = NAMES.index("enough")
    curve = {n: fixed(until, n, draws) for n in range(1, most + 1)}
    whole = curve[most]
    said = " and ".join(f"{count} {word}" for word, count in asked.items())
    print(f"\n{name}: until {said}, at most {most} samples")
    print(f"  {'rule':16} {'samples':>7} {'tokens':>7} {'filled':>14} {'lost':>14}"
          "  fixed n that fills as many, tokens against it")  # fmt: skip
    line = mean(whole.answers == enough)
    print(f"  {f'fixed {most}':16} {most:7.1f} {1:7.2f} {line[0]:8.2%} ±{line[1]:.2%}")
    for rule, codes in rules(until, most).items():
        one = run(codes, draws)
        filled, lost = mean(one.answers == enough), mean(one.answers != whole.answers)
        assert not ((one.answers == enough) & (whole.answers != enough)).any()
        equal = next(n for n in curve if mean(curve[n].answers == enough)[0] >= filled[0])
        print(f"  {rule:16} {one.drawn.mean():7.1f} {one.tokens.sum() / whole.tokens.sum():7.2f}"
              f" {filled[0]:8.2%} ±{filled[1]:.2%} {lost[0]:7.2%} ±{lost[1]:.2%}"
              f"  {equal}, {one.tokens.sum() / curve[equal].tokens.sum():.2f}")  # fmt: skip


def traded(data: dict[str, list[Problem]], seeds: int, fixed_n: int) -> None:
    """The same decision error for fewer tokens: half as many samples more at most, less surely."""
    most, shares = fixed_n * 3 // 2, []
    print(
        f"\nfixed {fixed_n} against {{max: {most}, confidence: 0.8}}: tokens, and error beyond it"
    )
    for name, problems in data.items():
        draws = draw(problems, most, seeds if len(problems) < 2000 else max(3, seeds // 5))
        for band in BANDS:
            until = Until(band=band, confidence=0.8)
            truth = truths(draws, band)
            whole, one = fixed(until, fixed_n, draws), run(planned(until, most), draws)
            more = mean((one.answers != truth) * 1.0 - (whole.answers != truth))
            shares.append(one.tokens.sum() / whole.tokens.sum())
            print(
                f"  {name}, {band[0]} to {band[1]}: {shares[-1]:.2f}  {more[0]:+.2%} ±{more[1]:.2%}"
            )
    print(f"  geometric mean {np.exp(np.mean(np.log(shares))):.2f}")


def promises(most: int) -> None:
    """Exact worst cases over every possible problem, by counting paths."""
    print("\nworst case over all problems, exact:")
    for band in BANDS:
        until = Until(band=band)
        ways = likelihoods(most)
        final = np.array([answer_at(until, most, k) for k in range(most + 1)])
        for rule, codes in rules(until, most).items():
            stops = [codes[n, : n + 1] >= 0 for n in range(most + 1)]
            said = [np.array(NAMES)[codes[n, : n + 1]][:, None] for n in range(most + 1)]
            missed = discordance(stops, ways, [words != final for words in said]).max()
            line = (
                f"  band {band}, at most {most}, {rule:16} differs from all {most}: {missed:6.1%}"
            )
            if rule in INTERVALS:
                near = [edge + step for edge in band for step in (-1e-9, 0, 1e-9)]
                edges = max(early_miss(codes, most, band, rate) for rate in near)
                line += f"; a rate at the edge is misjudged, nominally 5 %: {edges:6.1%}"
            print(line)


def early_miss(codes: np.ndarray, most: int, band: tuple[float, float], rate: float) -> float:
    """The probability to stop before `most` with an answer that is wrong for this rate."""
    words = "band.below" if rate < band[0] else "band.above" if rate > band[1] else "band.inside"
    paths, missed = np.ones(1), 0.0
    for n in range(most):
        codes_n = codes[n, : n + 1]
        chance = rate ** np.arange(n + 1) * (1 - rate) ** (n - np.arange(n + 1))
        missed += float((paths * chance)[(codes_n >= 0) & (codes_n != NAMES.index(words))].sum())
        going = paths * (codes_n < 0)
        paths = np.append(going, 0) + np.append(0, going)
    return missed


def figure(panels: list[dict], most: int, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    grid, axes = plt.subplots(len(panels) // 2, 2, figsize=(10, 3.4 * (len(panels) // 2)))
    for axis, panel in zip(axes.flat, panels, strict=True):
        axis.plot(*zip(*panel["curve"], strict=True), color="0.6", label="fixed n")
        for (rule, point), mark in zip(panel["points"].items(), "s^ovDP*", strict=False):
            axis.plot(*point, mark, label=rule)
        axis.set(title=panel["title"], xlabel="tokens per problem", ylabel="wrong decisions")
        axis.set(xlim=(0, None), ylim=(0, 3 * min(error for _, error in panel["curve"])))
    axes.flat[0].legend(fontsize="small")
    grid.suptitle(f"Pass rate inside the band? Fixed n against stopping early, at most {most}")
    grid.tight_layout()
    grid.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="the folder of real problems and traces")
    parser.add_argument("--svg", type=Path, help="where to draw the figure of the last --max")
    parser.add_argument("--max", type=int, nargs="+", default=[32, 64])
    parser.add_argument("--confidence", type=float, default=0.9)
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    assert arguments.seeds >= 3
    data = load(arguments.folder)
    panels: list[dict] = []
    for most in arguments.max:
        panels = []
        for name, problems in data.items():
            seeds = arguments.seeds if len(problems) < 2000 else max(3, arguments.seeds // 5)
            draws = draw(problems, most, seeds)
            for band in BANDS:
                panels.append(bands(name, draws, most, band, arguments.confidence))
            for asked in COUNTS:
                counts(name, draws, most, asked, arguments.confidence)
        print(f"\nconfidence {arguments.confidence}: tokens against fixed {most}, and against the"
              " cheapest fixed n that errs no more")  # fmt: skip
        for panel in panels:
            print(f"  {panel['title']:28} {panel['share']:.2f} {panel['equal']:.2f}")
        means = [np.exp(np.mean([log(p[key]) for p in panels])) for key in ("share", "equal")]
        print(f"  {'geometric mean':28} {means[0]:.2f} {means[1]:.2f}")
        promises(most)
    for fixed_n in (16, 32, 64):
        traded(data, arguments.seeds, fixed_n)
    if arguments.svg:
        figure(panels, arguments.max[-1], arguments.svg)


if __name__ == "__main__":
    main()
