"""The options that a problem lists: `(A) red (B) blue`, `A. red`, `A) red`."""

import re
from functools import lru_cache
from types import MappingProxyType

_LABEL = re.compile(  # `(A) red`, `B. blue`, `\textbf{(C)}`
    r"(?:\\(?:text|textbf|mathrm|mathbf|mbox|bf)\s*\{\s*)?"
    r"(?:\(\s*(?P<round>[A-Z])\s*\)|(?<![\w(])(?P<bare>[A-Z])\s*[.):](?=\s|\$|\\))"
    r"(?:[\s.:}~]|\\[ ,;!\\])*"
)
_TRAILING = re.compile(r"(?:\\q?quad|\\\\|\\ |[\s$~;,.])*\Z")  # `red \qquad`
_FEWEST = 2
_LONGEST = 1000  # characters of one option


@lru_cache(maxsize=4096)
def options_of(problem: str) -> MappingProxyType[str, str]:
    """Letter to option text, in order; empty when the text lists no options from A on.

    The last run of labels A, B, C ... in the text is taken.
    """
    runs: list[list[re.Match[str]]] = []
    for match in _LABEL.finditer(problem):
        letter = match["round"] or match["bare"]
        if letter == "A":
            runs.append([match])
        elif runs and ord(letter) - ord("A") == len(runs[-1]):
            runs[-1].append(match)
    runs = [run for run in runs if len(run) >= _FEWEST]
    if not runs:
        return MappingProxyType({})
    run = runs[-1]
    ends = [match.start() for match in run[1:]]
    ends.append(_end(problem, run[-1].end()))
    return MappingProxyType(
        {
            chr(ord("A") + index): _text(problem[match.end() : end])
            for index, (match, end) in enumerate(zip(run, ends, strict=True))
        }
    )


def _text(option: str) -> str:
    """An option without what separates it from the next one."""
    option = _TRAILING.sub("", option[:_LONGEST]).strip(" $")
    return option[:-1] if option.endswith("}") and "{" not in option else option


def _end(problem: str, start: int) -> int:
    """Where the last option ends: at a line break that is followed by something else."""
    end = problem.find("\n", start)
    return len(problem) if end < 0 else end
