import random
from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.recipe.samples import Samples, Until
from schemas.vocabulary import Verdict
from tasks.generation.sampling import advise, answer

RIGHT, WRONG, UNDECIDED = Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNDECIDED

QUESTIONS: list[dict[str, Any]] = [
    {"band": (0.1, 0.6)},
    {"band": (0.2, 0.8), "confidence": 0.8},
    {"correct": 2},
    {"correct": 4, "confidence": 1},
    {"correct": 1, "incorrect": 1},
    {"incorrect": 3},
]


@st.composite
def requests(draw: st.DrawFn) -> Samples:
    """What a recipe may ask for."""
    most = draw(st.integers(4, 20))
    if draw(st.booleans()):
        least, until = draw(st.integers(1, most)), draw(st.sampled_from(QUESTIONS))
        return Samples(min=least, max=most, until=Until.model_validate(until))
    return Samples(min=most, max=most)


VERDICTS = st.sampled_from([RIGHT, RIGHT, WRONG, WRONG, WRONG, UNDECIDED])
STREAMS = st.lists(VERDICTS, min_size=20, max_size=20)


def one_by_one(samples: Samples, stream: list[Verdict]) -> tuple[int, str]:
    """Samples drawn and the answer, were each judged before the next is asked for."""
    for drawn in range(len(stream) + 1):
        found = advise(samples, stream[:drawn]).answer
        if found:
            return drawn, found
    raise AssertionError("sampling ends")


def served(
    samples: Samples, stream: list[Verdict], chance: random.Random, aheads: list[float]
) -> tuple[int, str]:
    """The same from a server that answers in any order."""
    outcomes: list[Verdict | None] = []
    while True:
        advice = advise(samples, outcomes, chance.choice(aheads))
        if advice.answer:
            return len(outcomes), advice.answer
        outcomes += [None] * advice.ask
        assert len(outcomes) <= samples.max
        open_ones = [place for place, verdict in enumerate(outcomes) if verdict is None]
        assert open_ones, "nothing is open and nothing is asked for"
        for place in chance.sample(open_ones, chance.randint(1, len(open_ones))):
            outcomes[place] = stream[place]


def test_a_plain_number_asks_for_all_at_once_and_later_for_what_is_missing() -> None:
    four = Samples(min=4, max=4)
    assert advise(four, []) == (4, 4.0, None)
    assert advise(four, [RIGHT, None, None]) == (1, 1.0, None)
    assert advise(four, [RIGHT, None, WRONG, WRONG]) == (0, 0.0, None)
    assert advise(four, [RIGHT, UNDECIDED, WRONG, WRONG]) == (0, 0.0, "max")
    assert advise(Samples(min=8, max=8), [RIGHT] * 4).ask == 4


@pytest.mark.parametrize(
    ("until", "stream", "drawn", "reason"),
    [
        ({"band": (0.1, 0.6)}, [WRONG] * 32, 15, "band.below"),
        ({"band": (0.1, 0.6)}, [RIGHT] * 32, 5, "band.above"),
        ({"band": (0.1, 0.6)}, [RIGHT, WRONG, WRONG] * 11, None, "band.inside"),
        ({"correct": 4}, [RIGHT] * 32, 4, "enough"),
        ({"correct": 4}, [WRONG] * 32, 15, "short"),
        ({"correct": 4, "confidence": 1}, [WRONG] * 32, 29, "short"),
        ({"correct": 1, "incorrect": 1}, [RIGHT, RIGHT, WRONG] * 11, 3, "enough"),
        ({"correct": 1}, [UNDECIDED] * 32, 32, "max"),
    ],
    ids=str,
)
def test_each_answer_has_its_case(
    until: Any, stream: list[Verdict], drawn: int | None, reason: str
) -> None:
    found, why = one_by_one(Samples(max=32, until=Until.model_validate(until)), stream)
    assert why == reason
    assert found == drawn if drawn else found < 32


@given(requests(), STREAMS, st.randoms(use_true_random=False))
def test_without_looking_ahead_the_samples_drawn_do_not_depend_on_who_answers_first(
    samples: Samples, stream: list[Verdict], chance: random.Random
) -> None:
    assert served(samples, stream, chance, [0.0]) == one_by_one(samples, stream)


@given(requests(), STREAMS, st.randoms(use_true_random=False))
def test_looking_ahead_may_cost_samples_but_changes_no_answer(
    samples: Samples, stream: list[Verdict], chance: random.Random
) -> None:
    drawn, found = served(samples, stream, chance, [0.0, 0.3, 0.7, 1.0])
    least, truth = one_by_one(samples, stream)
    assert found == truth
    assert least <= drawn <= samples.max


@given(requests(), STREAMS)
def test_never_more_than_max_never_fewer_than_min(samples: Samples, stream: list[Verdict]) -> None:
    drawn, _ = one_by_one(samples, stream)
    # An undecided sample is no evidence: what `min` and `until` can count on shrinks with it.
    assert drawn <= samples.max
    assert drawn >= samples.min


@given(requests(), STREAMS, st.data())
def test_looking_further_ahead_asks_for_no_fewer(
    samples: Samples, stream: list[Verdict], data: st.DataObject
) -> None:
    drawn = data.draw(st.integers(0, samples.max))
    outcomes = [data.draw(st.sampled_from([verdict, None])) for verdict in stream[:drawn]]
    asks = [advise(samples, outcomes, ahead).ask for ahead in (0.0, 0.25, 0.5, 0.9, 1.0)]
    assert asks == sorted(asks)
    advice = advise(samples, outcomes)
    assert advice.ask <= advice.expected + 1e-9
    assert advice.expected <= samples.max - drawn + 1e-9
    if advice.answer is None:
        assert asks[-1] == samples.max - drawn


@given(requests(), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_the_answer_at_equal_counts_is_equal(
    samples: Samples, correct: int, incorrect: int, undecided: int
) -> None:
    """Counts are all that counts, so where two orders meet unsettled they go on alike."""
    one = [RIGHT] * correct + [WRONG] * incorrect + [UNDECIDED] * undecided
    other = one[::-1]
    ends = [advise(samples, order) for order in (one, other)]
    if all(end.answer is None for end in ends):
        assert ends[0] == ends[1]
        assert answer(samples, correct, incorrect, undecided) is None


@given(requests(), STREAMS, st.integers(0, 6))
def test_what_is_expected_is_the_mean_over_both_next_outcomes(
    samples: Samples, stream: list[Verdict], drawn: int
) -> None:
    outcomes = stream[:drawn]
    advice = advise(samples, outcomes)
    if advice.answer:
        return
    right, wrong = outcomes.count(RIGHT) + 0.5, outcomes.count(WRONG) + 0.5
    after = [advise(samples, [*outcomes, verdict]).expected for verdict in (RIGHT, WRONG)]
    mean = (right * after[0] + wrong * after[1]) / (right + wrong)
    assert isclose(advice.expected, 1 + mean, abs_tol=1e-9)


def test_short_traces_that_arrive_first_do_not_decide() -> None:
    """Five right ones arrive before the wrong ones with smaller numbers: no verdict on them."""
    samples = Samples(max=32, until=Until(band=(0.1, 0.6)))
    outcomes = [None, None, None, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT]
    assert advise(samples, outcomes).answer is None
    assert advise(samples, [RIGHT] * 5).answer == "band.above"


def final(
    samples: Samples, judged: int, correct: int, rest: int, rates: tuple[float, float]
) -> Any:
    """Chances of the answers that all samples give, from here on."""
    right, undecided = rates
    chances: dict[str, float] = {}
    masses = {(correct, 0): 1.0}
    for _ in range(rest):
        going: dict[tuple[int, int], float] = {}
        for (count, lost), mass in masses.items():
            for after, share in (
                ((count + 1, lost), right * (1 - undecided)),
                ((count, lost), (1 - right) * (1 - undecided)),
                ((count, lost + 1), undecided),
            ):
                going[after] = going.get(after, 0.0) + mass * share
        masses = going
    for (count, lost), mass in masses.items():
        total = judged + rest - lost
        found = answer(samples, count, total - count, samples.max - total)
        chances[str(found)] = chances.get(str(found), 0.0) + mass
    return chances


@pytest.mark.parametrize("undecided", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("rate", [0.05, 0.15, 0.25, 0.5, 0.7, 0.85])
@pytest.mark.parametrize("until", [{"band": (0.2, 0.7)}, {"correct": 3}], ids=str)
def test_the_promise_survives_undecided_samples(until: Any, rate: float, undecided: float) -> None:
    """The chance of another answer than all samples give, over every path with undecided ones."""
    samples = Samples(max=12, until=Until.model_validate(until))
    masses, missed, settled = {(0, 0, 0): 1.0}, 0.0, 0.0
    while masses:
        going: dict[tuple[int, int, int], float] = {}
        for (correct, incorrect, lost), mass in masses.items():
            judged = correct + incorrect
            found = answer(samples, correct, incorrect, lost)
            if found:
                rest = samples.max - judged - lost
                ends = final(samples, judged, correct, rest, (rate, undecided))
                missed += mass * (1 - ends.get(found, 0.0))
                settled += mass
                continue
            for after, share in (
                ((correct + 1, incorrect, lost), rate * (1 - undecided)),
                ((correct, incorrect + 1, lost), (1 - rate) * (1 - undecided)),
                ((correct, incorrect, lost + 1), undecided),
            ):
                going[after] = going.get(after, 0.0) + mass * share
        masses = going
    assert isclose(settled, 1.0)
    assert missed <= 0.1
