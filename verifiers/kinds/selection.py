"""Multiple choice with several right options: `A, C`, `AC`, `(A) and (C)`; their order is free."""

import re
from collections.abc import Callable, Mapping

from verifiers.text.unicode import plain

_WRAPPER = re.compile(r"\\[a-zA-Z]+\*?\s*\{|[{}$*\"']|\\[()\[\]]")
_LETTER = r"\(?\b([A-Z])\b\)?"
_LIST = re.compile(
    rf"\W*{_LETTER}(?:\s*(?:,|;|/|&|\+|\band\b|\s)\s*(?:and\s+)?\(?\b[A-Z]\b\)?)+\W*\Z"
)
_RUN = re.compile(r"[A-Z]{2,10}\Z")
_LABEL = re.compile(r"\(([A-Z])\)|\b([A-Z])[.):](?=\s)")
_FILLER = re.compile(r"^both\s+|\s+only$", re.IGNORECASE)
_CUE = re.compile(
    r".*\b(?:answers?|options?|choices?|correct|select)\b[^A-Z]*?(?:\bare\b|\bis\b|:)\s*", re.S
)
_JOINT = re.compile(r"\s*(?:[,;、，]|\band\b)\s*")


def letters_of(text: str, options: Mapping[str, str]) -> frozenset[str] | None:
    """The letters of an answer that is several of them; None for one letter and anything else.

    `AC` is two letters only where the problem has these options and the order is theirs.
    """
    bare = _FILLER.sub("", _WRAPPER.sub("", plain(text)).strip(" ."))
    if _LIST.match(bare):
        found = frozenset(re.findall(r"\b[A-Z]\b", bare))
    elif _RUN.match(bare) and options and sorted(set(bare)) == list(bare):
        found = frozenset(bare)
    else:
        return None
    return found if len(found) > 1 and (not options or found <= options.keys()) else None


def compare_selections(
    right: frozenset[str],
    answer: str,
    options: Mapping[str, str],
    by_text: Callable[[str, Mapping[str, str]], str | None],
) -> str:
    """`equal.choice`, `differ.choice` or `no_answer.hedged` for the letters `right`.

    `by_text` finds the letter of an option from its text.
    """
    bare = _WRAPPER.sub("", plain(answer)).strip(" .")
    if re.search(r"\bor\b", bare):
        return "no_answer.hedged"
    cue = _CUE.match(bare)
    bare = bare[cue.end() :] if cue else bare
    found = letters_of(bare, options) or (frozenset(bare) if _RUN.match(bare) else None)
    if found is None:
        labels = _LABEL.findall(bare)
        parts = [by_text(part, options) for part in _JOINT.split(bare)]
        found = frozenset(a or b for a, b in labels) or frozenset(p for p in parts if p)
        if not labels and None in parts:
            return "differ.choice"
    return "equal.choice" if found == right else "differ.choice"
