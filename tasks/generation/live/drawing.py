"""The draws of one problem: which are known, which are under way, and which to ask for next.

Pure: what is asked for depends on the outcomes, not on when they came. A draw is in one of four
states: not drawn yet, known (the pool holds it), under way, judged.
"""

from collections.abc import Sequence

from schemas.recipe.samples import Samples
from schemas.vocabulary import Verdict
from tasks.generation.sampling import advise


class Drawing:
    """The draws of a problem by their number.

    `known` are the verdicts that the pool holds, None where it holds no such draw; `begun` is how
    many of the first draws an earlier run had asked for or passed over.
    """

    def __init__(self, samples: Samples, known: Sequence[Verdict | None], begun: int) -> None:
        self.samples, self.known = samples, known
        self.outcomes = list(known[:begun])

    def unfinished(self) -> list[int]:
        """The draws that an earlier run asked for and that the pool does not hold."""
        return [place for place, verdict in enumerate(self.outcomes) if verdict is None]

    def next(self, risk: float) -> list[int]:
        """The draws to ask for now; those that the pool holds are passed over.

        `risk`: the share of needless draws that may be asked for ahead.
        """
        started: list[int] = []
        while more := advise(self.samples, self.outcomes, risk).ask:
            first = len(self.outcomes)
            self.outcomes += self.known[first : first + more]
            started += [n for n in range(first, first + more) if self.known[n] is None]
            if started:
                break
        return started

    def judged(self, place: int, verdict: Verdict) -> None:
        """Note how a draw that was under way came out."""
        self.outcomes[place] = verdict
