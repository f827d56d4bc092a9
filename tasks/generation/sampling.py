"""sampling: how many samples of a problem to ask for now, told from the outcomes so far.

Pure: the same outcomes give the same advice, whatever the load, the order of arrival and the
number of interruptions. Where it may stop is planned in `tasks/generation/stopping.py`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from schemas.recipe.samples import Samples
from schemas.vocabulary import Verdict
from tasks.generation.stopping import answer_at, plan

Outcomes = Sequence[Verdict | None]
"""Verdicts in the order of the samples' index; None while one is under way or not judged yet."""


class Advice(NamedTuple):
    """What to do for one problem.

    ask: samples to request now, on top of what is drawn
    expected: samples that are still to be requested on average, `ask` included
    answer: a key of `stopping.ANSWERS` once it is settled; `ask` and `expected` are then 0
    """

    ask: int
    expected: float
    answer: str | None


def advise(samples: Samples, outcomes: Outcomes, ahead: float = 0.0) -> Advice:
    """What to do, given the outcomes of one problem's samples.

    The answer rests on the first samples that settle it, not on those that arrived first: short
    traces arrive first, and they are right more often. A sample that failed for good counts as
    undecided: it is no evidence, and `max` samples are then one less.

    `ahead` is the share of needless samples to risk. 0 asks for those that are needed however the
    open ones turn out; 0.5 also for those that are needed with a probability of a half; 1 for all.
    Raise it while the server has nothing better to do.
    """
    counts = dict.fromkeys((Verdict.CORRECT, Verdict.INCORRECT, Verdict.UNDECIDED), 0)
    for verdict in outcomes:
        if verdict is None:
            break
        counts[verdict] += 1
        settled = answer(samples, *counts.values())
        if settled:
            return Advice(0, 0.0, settled)
    rest = tuple(outcomes[sum(counts.values()) :])
    needless = _needless(samples, *counts.values(), rest)
    ask = sum(chance <= ahead for chance in needless)
    return Advice(ask, sum(1 - chance for chance in needless), None)


def answer(samples: Samples, correct: int, incorrect: int, undecided: int) -> str | None:
    """The answer with which to stop at these counts, or None to go on.

    It depends on the counts alone, not on the order in which they came together.
    """
    judged, usable = correct + incorrect, samples.max - undecided
    if samples.until is None or usable <= 0:
        return "max" if judged >= usable else None
    if judged >= usable:
        return answer_at(samples.until, judged, correct)
    return plan(samples.until, min(samples.min, usable), usable)[judged][correct]


@lru_cache(maxsize=1 << 16)
def _needless(
    samples: Samples, correct: int, incorrect: int, undecided: int, rest: tuple[Verdict | None, ...]
) -> tuple[float, ...]:
    """For each sample not drawn yet, the probability that earlier ones settle the answer.

    `rest` begins with the first open sample. The open ones are drawn from Polya's urn: the known
    outcomes and half a ball of each colour (Jeffreys' prior); none of them will be undecided.
    """
    right = correct + rest.count(Verdict.CORRECT) + 0.5
    wrong = incorrect + rest.count(Verdict.INCORRECT) + 0.5
    going = {0: 1.0}  # right ones among those open so far: probability to be there, not settled
    settled, opened, needless = 0.0, 0, []
    drawn = correct + incorrect + undecided
    for place in range(samples.max - drawn):
        verdict = rest[place] if place < len(rest) else None
        if place >= len(rest):
            needless.append(min(settled, 1.0))
        if verdict is Verdict.CORRECT:
            correct += 1
        elif verdict is Verdict.INCORRECT:
            incorrect += 1
        elif verdict is Verdict.UNDECIDED:
            undecided += 1
        else:
            spread: dict[int, float] = {}
            for count, mass in going.items():
                chance = (right + count) / (right + wrong + opened)
                spread[count] = spread.get(count, 0.0) + mass * (1 - chance)
                spread[count + 1] = spread.get(count + 1, 0.0) + mass * chance
            going, opened = spread, opened + 1
        for count in list(going):
            if answer(samples, correct + count, incorrect + opened - count, undecided):
                settled += going.pop(count)
    return tuple(needless)
