"""Drawing ahead at the tail of adaptive sampling: time against needless tokens.

    python -m benchmarks.asking.tail FOLDER_OF_REAL_DATA

A server with so many slots answers one token per slot and step; the samples of `rg_math_50x` are
replayed with their own lengths. Problems are asked with `ahead` 0 while others wait, and with the
`ahead` under test once slots stand idle. Every run must settle every problem with the same answer.
"""

import argparse
import heapq
from pathlib import Path

import numpy as np

from benchmarks.asking.adaptive import Problem, load
from schemas.recipe.samples import Samples, Until
from schemas.vocabulary import Verdict
from tasks.generation.sampling import advise

AHEAD = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)


def serve(
    problems: list[Problem], samples: Samples, slots: int, ahead: float, seed: int
) -> tuple[float, float, list[str]]:
    """Steps until all is settled, tokens drawn, and the answers."""
    chance = np.random.default_rng(seed)
    picks = [chance.integers(len(p.correct), size=samples.max) for p in problems]
    outcomes: list[list[Verdict | None]] = [[] for _ in problems]
    answers = [""] * len(problems)
    waiting = [(place, number) for place in range(len(problems))
               for number in range(advise(samples, []).ask)]  # fmt: skip
    for place, _ in waiting:
        outcomes[place].append(None)
    waiting.reverse()
    running: list[tuple[float, int, int]] = []
    now = tokens = 0.0

    def want(place: int, risk: float) -> None:
        for _ in range(advise(samples, outcomes[place], risk).ask):
            waiting.insert(0, (place, len(outcomes[place])))
            outcomes[place].append(None)

    while True:
        while waiting and len(running) < slots:
            place, number = waiting.pop()
            length = problems[place].tokens[picks[place][number]]
            tokens += length
            heapq.heappush(running, (now + length, place, number))
        if not running:
            return now, tokens, answers
        now, place, number = heapq.heappop(running)
        right = problems[place].correct[picks[place][number]]
        outcomes[place][number] = Verdict.CORRECT if right else Verdict.INCORRECT
        answers[place] = advise(samples, outcomes[place]).answer or ""
        if all(answers):
            return now, tokens, answers  # what still runs is cancelled
        want(place, 0.0)
        for other, answer in enumerate(answers):
            if not answer and not waiting and len(running) < slots:
                want(other, ahead)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--slots", type=int, nargs="+", default=[32, 128])
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    assert arguments.seeds >= 3
    problems = load(arguments.folder)["rg_math_50x"]
    samples = Samples(max=32, until=Until(band=(0.1, 0.6)))
    for slots in arguments.slots:
        print(f"\n{len(problems)} problems, {slots} slots: time and tokens against ahead = 0")
        runs = {
            ahead: [serve(problems, samples, slots, ahead, seed) for seed in range(arguments.seeds)]
            for ahead in AHEAD
        }
        for ahead, found in runs.items():
            assert [one[2] for one in found] == [one[2] for one in runs[0.0]]
            pairs = list(zip(found, runs[0.0], strict=True))
            time = np.mean([one[0] / base[0] for one, base in pairs])
            tokens = np.mean([one[1] / base[1] for one, base in pairs])
            print(f"  ahead {ahead:4.2f}: time {time:.2f}, tokens {tokens:.2f}")


if __name__ == "__main__":
    main()
