"""What is not handed to a computer algebra system, because it could run away."""

import re

LONGEST = 600  # characters
DEEPEST = 25  # brackets
_HUGE = re.compile(r"\d{7,}\s*\}?\s*\)?\s*!|\^\s*\{?\s*\(?\s*-?\d{5,}|\d{60,}")
_TOWER = re.compile(
    r"\^\s*\{?\s*\(?[^{}^()+]{1,12}\^\s*\{?\s*\(?[^{}^()+]{1,12}\^|(?:\*\*[^*]{1,6}){3}"
)
_NESTED_FACTORIAL = re.compile(r"!\s*\)\s*!")
_EAGER = re.compile(r"\\(?:sum|prod|int|iint|oint|binom)(?![a-z])")
_BIG_POWER = re.compile(r"\d\s*\^\s*\{?\s*\(?\d|\d{5,}|\d!")


def runs_away(text: str) -> bool:
    """Whether a symbolic evaluation of `text` may take more than its worth.

    Power towers, huge factorials and powers, sums, products, binomials and integrals with large
    bounds or towers in them, deep nesting and plain length.
    """
    if len(text) > LONGEST or _nesting(text) > DEEPEST:
        return True
    if _HUGE.search(text) or _TOWER.search(text) or _NESTED_FACTORIAL.search(text):
        return True
    return bool(_EAGER.search(text) and (_BIG_POWER.search(text) or text.count("^") > 6))


def _nesting(text: str) -> int:
    deepest = depth = 0
    for character in text:
        if character in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")}]":
            depth -= 1
    return deepest
