from fractions import Fraction
from itertools import combinations
from math import comb, lgamma
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.recipe.samples import Samples, Until
from tasks.generation.sampling import advise
from tasks.generation.stopping import ANSWERS, Plan, answer_at, likelihoods, plan

CONFIDENCES = st.sampled_from([0.6, 0.8, 0.9, 0.95, 0.99, 1.0])
BANDS = st.tuples(st.integers(0, 10), st.integers(0, 10)).filter(lambda b: b[0] <= b[1] != 0)


@st.composite
def untils(draw: st.DrawFn) -> Until:
    """A question to a problem's samples."""
    asked: dict[str, Any] = {"confidence": draw(CONFIDENCES)}
    if draw(st.booleans()):
        low, high = draw(BANDS)
        assume((low, high) != (0, 10))
        asked["band"] = (low / 10, high / 10)
    else:
        asked["correct"] = draw(st.integers(1, 4))
        asked["incorrect"] = draw(st.one_of(st.none(), st.integers(1, 3)))
    return Until.model_validate(asked)


def walk(stops: Plan, rights: set[int]) -> tuple[int, str]:
    """Where one order of outcomes stops, and with which answer."""
    correct = 0
    for judged, row in enumerate(stops):
        found = row[correct]
        if found:
            return judged, found
        correct += judged in rights
    raise AssertionError("a plan ends")


def discordances(until: Until, stops: Plan) -> list[Fraction]:
    """Per final count the exact chance of another answer than all samples give, in fractions."""
    most = len(stops) - 1
    missed = [Fraction(0)] * (most + 1)
    paths = {0: 1}
    for judged, row in enumerate(stops):
        going: dict[int, int] = {}
        for correct, count in paths.items():
            if row[correct] is None:
                going[correct] = going.get(correct, 0) + count
                going[correct + 1] = going.get(correct + 1, 0) + count
                continue
            for final in range(correct, most - judged + correct + 1):
                if row[correct] != answer_at(until, most, final):
                    rest = comb(most - judged, final - correct)
                    missed[final] += Fraction(count * rest, comb(most, final))
        paths = going
    return missed


@given(untils(), st.integers(4, 9), st.integers(1, 4))
def test_the_promise_holds_when_every_order_of_the_outcomes_is_walked(
    until: Until, most: int, least: int
) -> None:
    stops = plan(until, least, most)
    for final in range(most + 1):
        orders = [set(order) for order in combinations(range(most), final)]
        ends = [walk(stops, order) for order in orders]
        truth = answer_at(until, most, final)
        wrong = sum(found != truth for _, found in ends)
        assert wrong <= (1 - until.confidence + 1e-9) * len(orders)
        assert all(least <= judged <= most for judged, _ in ends)


@pytest.mark.parametrize("most", [16, 32, 64, 128])
@pytest.mark.parametrize("band", [(0.1, 0.6), (0.2, 0.8), (0.0, 0.5), (0.5, 0.5)])
def test_the_promise_holds_exactly_and_is_used(band: tuple[float, float], most: int) -> None:
    until = Until(band=band)
    missed = discordances(until, plan(until, 1, most))
    assert max(missed) <= Fraction(1, 10) + Fraction(1, 10**9)
    # Unused promise is wasted samples; small lattices are coarse.
    assert max(missed) > (0.04 if most == 16 else 0.07)


def test_looking_after_every_sample_is_paid_for() -> None:
    """A test at 0.1 for each look alone would break the promise: that is what is corrected."""
    until = Until(band=(0.1, 0.6))
    corrected = plan(until, 1, 64)
    first = next(n for n in range(65) if corrected[n][0] == "band.below")
    alone = next(n for n in range(65) if comb(64 - n, 7) / comb(64, 7) <= 0.1)  # 7 of 64 are inside
    assert first >= alone
    greedy = tuple(
        tuple(
            answer_at(until, n, c) if n and (n == 64 or _one_look(until, n, c) <= 0.1) else None
            for c in range(n + 1)
        )
        for n in range(65)
    )
    assert max(discordances(until, greedy)) > 0.15


def _one_look(until: Until, judged: int, correct: int) -> float:
    """The chance that the answer changes, the rate being the one observed."""
    rate, rest = correct / judged, 64 - judged
    return sum(
        comb(rest, more) * rate**more * (1 - rate) ** (rest - more)
        for more in range(rest + 1)
        if answer_at(until, 64, correct + more) != answer_at(until, judged, correct)
    )


@given(untils(), st.integers(4, 24), st.integers(1, 4))
def test_full_confidence_stops_exactly_where_the_rest_cannot_matter(
    until: Until, most: int, least: int
) -> None:
    until = until.model_copy(update={"confidence": 1.0})
    for judged, row in enumerate(plan(until, least, most)):
        for correct, found in enumerate(row):
            finals = {answer_at(until, most, correct + x) for x in range(most - judged + 1)}
            if judged >= least:
                assert (found is not None) == (len(finals) == 1)
            if found:
                assert finals == {found}


@given(untils(), st.integers(4, 24), st.integers(1, 4))
def test_a_plan_starts_at_least_ends_at_most_and_says_what_its_counts_say(
    until: Until, most: int, least: int
) -> None:
    stops = plan(until, least, most)
    assert all(found is None for row in stops[:least] for found in row)
    assert None not in stops[most]
    for judged, row in enumerate(stops):
        for correct, found in enumerate(row):
            assert found is None or found == answer_at(until, judged, correct)
            assert found is None or found in ANSWERS


@given(untils(), st.integers(4, 24))
def test_enough_is_said_only_and_always_when_it_is_in_hand(until: Until, most: int) -> None:
    assume(until.band is None)
    for judged, row in enumerate(plan(until, 1, most)):
        for correct, found in enumerate(row):
            wrong = judged - correct
            in_hand = correct >= (until.correct or 0) and wrong >= (until.incorrect or 0)
            assert (found == "enough") == in_hand


def expected(stops: Plan, rate: float) -> float:
    """Samples drawn on average from a problem of this pass rate."""
    masses, total = {0: 1.0}, 0.0
    for judged, row in enumerate(stops):
        going: dict[int, float] = {}
        for correct, mass in masses.items():
            if row[correct]:
                total += judged * mass
                continue
            going[correct] = going.get(correct, 0) + mass * (1 - rate)
            going[correct + 1] = going.get(correct + 1, 0) + mass * rate
        masses = going
    return total


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.05, 0.3, 0.8, 0.95, 1.0])
@pytest.mark.parametrize("most", [32, 64])
def test_less_confidence_costs_fewer_samples(rate: float, most: int) -> None:
    drawn = [
        expected(plan(Until(band=(0.1, 0.6), confidence=confidence), 1, most), rate)
        for confidence in (0.8, 0.9, 0.95, 1.0)
    ]
    assert drawn == sorted(drawn)
    assert drawn[-1] <= most


def least_expected(until: Until, most: int) -> float:
    """Samples on average over Jeffreys' prior of the best rule with the same promise.

    A linear programme over the shares of paths that stop at each state, with each answer; the best
    rule may toss coins, which a plan may not.
    """
    optimize = pytest.importorskip("scipy.optimize")
    ways = likelihoods(most)
    final = np.array([answer_at(until, most, k) for k in range(most + 1)])
    rates = [lgamma(k + 0.5) - lgamma(k + 1) for k in range(most + 1)]
    prior = np.exp(np.array(rates) + np.array(rates[::-1]))
    prior /= prior.sum()
    names: list[str | None] = ["band.below", "band.inside", "band.above"]
    state = {(n, c): n * (n + 1) // 2 + c for n in range(most + 1) for c in range(n + 1)}
    moves: list[tuple[int, int, str | None]] = []
    for n, c in state:
        moves += [(n, c, name) for name in ([None] if n < most else []) + (names if n else [])]
    cost, missed = np.zeros(len(moves)), np.zeros((most + 1, len(moves)))
    flow = np.zeros((len(state), len(moves)))
    for column, (n, c, name) in enumerate(moves):
        flow[state[n, c], column] = 1
        if name is None:
            for after in (c, c + 1):
                flow[state[n + 1, after], column] = -comb(n, c) / comb(n + 1, after)
        else:
            cost[column] = n * comb(n, c) * (ways[n][c] @ prior)
            missed[:, column] = (final != name) * ways[n][c] * comb(n, c)
    start = np.eye(len(state))[0]
    allowed = np.full(most + 1, 1 - until.confidence)
    best: float = optimize.linprog(cost, missed, allowed, flow, start).fun
    return best


@pytest.mark.parametrize("band", [(0.1, 0.6), (0.2, 0.8)])
def test_a_plan_is_close_to_the_best_rule_with_its_promise(band: tuple[float, float]) -> None:
    until = Until(band=band)
    own = advise(Samples(max=32, until=until), []).expected
    best = least_expected(until, 32)
    assert best <= own <= 1.08 * best


def test_hopeless_and_solved_problems_cost_few_samples() -> None:
    stops = plan(Until(band=(0.1, 0.6)), 1, 64)
    assert expected(stops, 0.0) < 64 / 2.5
    assert expected(stops, 1.0) < 64 / 8
    assert [row[0] for row in stops].index("band.below") == expected(stops, 0.0)


def test_a_symmetric_band_has_a_symmetric_plan() -> None:
    mirror = {"band.below": "band.above", "band.above": "band.below"}
    for row in plan(Until(band=(0.2, 0.8)), 1, 40):
        assert [mirror.get(found or "", found) for found in reversed(row)] == list(row)


def test_the_edges_of_the_band_lie_inside_as_between_in_sql() -> None:
    until = Until(band=(0.1, 0.6))
    assert answer_at(until, 30, 3) == answer_at(until, 10, 6) == "band.inside"
    assert answer_at(until, 31, 3) == "band.below"
    assert answer_at(until, 10, 7) == "band.above"


def test_the_longest_plan_is_one_that_a_recipe_may_ask_for() -> None:
    samples = Samples(max=128, until=Until(band=(0.1, 0.6)))
    assert samples.until is not None
    assert len(plan(samples.until, samples.min, samples.max)) == 129
