"""What stands of a paper for its test, and the words of SQL that the papers share.

`t` is a trace, `v` its verdict, `p` its problem, `told` what the models said of a problem, `said`
what they said of a trace, `rates` a row of each decided sample.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.flows.problems import gold

OK = "t.state = 'complete'"
RIGHT = f"{OK} AND v.verdict = 'correct'"
WRONG = "v.verdict = 'incorrect'"
RATE = "(SELECT avg(ok) FROM rates r WHERE r.problem_id = t.problem_id AND r.teacher = '{}')"
SOLVED = "(SELECT sum(ok) FROM rates r WHERE r.problem_id = t.problem_id AND r.teacher = '{}')"
ALL = "(SELECT avg(ok) FROM rates r WHERE r.problem_id = t.problem_id)"
EVER = "(SELECT sum(ok) FROM rates r WHERE r.problem_id = t.problem_id)"
COUNT = "len(string_split(t.reasoning, '{}')) - 1"


@dataclass(frozen=True)
class Paper:
    """What a paper selects, as SQL written from the paper, and what its slice is made of."""

    samples: Mapping[str, int]
    """Draws of each teacher."""
    views: Mapping[str, str]
    """By view: which traces (of RL views: problems with a trace) it takes, before one a problem is
    drawn.
    """
    best: Mapping[str, str] = field(default_factory=dict)
    """By view that takes one trace of a problem: what is true of that one."""
    values: Mapping[str, str] = field(default_factory=dict)
    """By `view.column`: what a column holds, for each trace (of RL views: problem)."""
    pairs: tuple[str, str] = (RIGHT, WRONG)
    """The better and the worse trace of the view `pairs`."""
    told: Mapping[str, Callable[[int], dict[str, Any] | None]] = field(default_factory=dict)
    """What a model (by its name, or the name of the step) says of problem `i`; None: it fails."""
    said: Mapping[str, Callable[[int, int, str], dict[str, Any]]] = field(default_factory=dict)
    """What a model says of the trace of problem `i`, sample, teacher."""
    comes_in: str | None = None
    """Which rows of a source come in, where the paper says it."""
    elected: str | None = None
    """The view that shows where golds come from, where problems without one get it by vote."""
    prompts: tuple[str, ...] = ()
    """Names of the prompts that the draws took in turn."""
    about: Mapping[str, Callable[[int], str]] = field(default_factory=dict)
    """The statement that a teacher is asked, where it is derived from the problem's own."""
    answers: Mapping[str, Callable[[int, str], str]] = field(default_factory=dict)
    """The response of a teacher that answers `said` to problem `i`."""


def children(how: str, where: str) -> str:
    """SQL of a trace that step `how` derived from a trace `t` (verdict `v`) that meets `where`."""
    return (
        f"t.trace_id IN (SELECT l.child FROM lineage l JOIN traces t ON t.trace_id = l.parent "
        f"JOIN verdicts v ON v.trace_id = l.parent WHERE l.how = '{how}' AND {where})"
    )


def rewritten(i: int, sample: int, teacher: str) -> dict[str, Any]:
    """A trace that is written anew, rightly three times of four."""
    said = gold(i) if (i + sample) % 4 else gold(i) + 99
    return {
        "reasoning": f"Anew: {sample} by {teacher} of {i}.",
        "response": f"The answer is \\boxed{{{said}}}.",
    }
