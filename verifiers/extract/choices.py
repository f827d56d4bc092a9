"""The option that a text decides for: letters of options, with the roles of their sentences.

A letter is claimed by a cue before it ("the answer is", "故选", "leaves"), by a predicate behind it
("is correct", "が正解です"), by an arrow, by standing alone on a line or in brackets at the end of
a sentence. Letters that "or" joins are rivals, letters that "and" or a comma joins one claim.
"""

import re
from collections.abc import Container, Iterator
from typing import NamedTuple

from verifiers.extract.lexicon import Lexicon, lexicon
from verifiers.extract.roles import Role, role

NEAR = 3000  # characters at the end of a text that are looked at
_MOST = 60  # letters that are looked at
_LETTER = re.compile(  # B, (B), **B**; not x_A, A's, A^T, A + B, A*2, \\A
    r"(?<![A-Za-z0-9'’\\_^+*/=])(?P<letter>[A-Z])(?![A-Za-z0-9'’_^]|\s?[+/=<>]\s?[\w\\(]|\s?\*\s\w|\*\d|\s?\\[a-z]*(?:cdot|times))"
)
_JOINT = re.compile(  # between letters of one claim: "B and C", "B、C"
    r"[\s$)\]\"'*]*(?P<joint>,?\s*\b(?:and|or|et|ou|y|e|o|u|und|oder|и|или|dan|atau)\b|[,/&、，]|和|与|及|或|と|또는|와|과|أو|و)"
    r"(?:\s*\b(?:or|and|maybe|perhaps|possibly|either)\b)*\s*(?:option|choice)?[\s$(\[\"'*]*"
)
_RIVALS = re.compile(r"\b(?:or|ou|oder|или|atau|o|u)\b|或|또는|أو|/", re.IGNORECASE)
_LABEL = re.compile(r"[\s*_#>$(\[\"'-]*\Z")
_ARROW = re.compile(r"(?:→|⇒|->|=>|\\(?:to|rightarrow|Rightarrow)|∴)[\s$(*]*\Z")
_BRACKETS = re.compile(r"\w[\s,]*\(\Z")  # blue (C).
_ENDS = re.compile(r"[\s)\]*\"'$.!。]*(?:\Z|\n)")
_LABELLED = re.compile(r"[)\]*\"'$]*(?:[.):,*]|\s*[-–—(])")  # "B. green", "D, it cannot"
_BEHIND = re.compile(r"[)\]*\"'$}」』”]*")
_WORD = re.compile(r"[)\]*\"'.]*\s+(?P<word>[^\W\dA-Z_][\w'’]*)")  # "(B) seems"
_AFTER_A = frozenset("because since as is and but not or which with for while would must".split())
"""Words that follow the letter A or I; other words make it an article or a pronoun."""


class Choice(NamedTuple):
    """The letters of one claim, at `at`. `rivals` where they exclude each other."""

    letters: tuple[str, ...]
    rivals: bool
    at: int
    corrected: bool

    def text(self) -> str:
        """The claim as it would be written: `B`, `B or C`, `B, C`."""
        return (" or " if self.rivals else ", ").join(self.letters)


def choose(text: str, options: Container[str] = "ABCDEFGHIJ") -> Choice | None:
    """The last claim of a text for one of the options, or for several; None without one."""
    return next(iter(reversed(claims(text, options))), None)


def claims(text: str, options: Container[str] = "ABCDEFGHIJ") -> list[Choice]:
    """The asserted claims at the end of a text, in order."""
    text = text[-NEAR:]
    words = lexicon(text)
    groups = list(_groups(text, options))[-_MOST:]
    labels = {group[0]["letter"] for group in groups if _is_label(text, group[0].start())}
    found = []
    for group in groups:
        start, end = group[0].start("letter"), group[-1].end("letter")
        if _is_word(text, group[-1]) or not _claimed(text, start, end, words, len(labels) < 2):
            continue
        if role(text, start, end, words) is not Role.ASSERTED:
            continue
        letters = tuple(dict.fromkeys(match["letter"] for match in group))
        rivals = bool(_RIVALS.search(text[start:end])) and len(letters) > 1
        line = text.rfind("\n", 0, start) + 1
        corrected = bool(words.corrects.search(text, max(line, start - 200), start))
        found.append(Choice(letters, rivals, start, corrected))
    return found


def _groups(text: str, options: Container[str]) -> Iterator[list[re.Match[str]]]:
    """Letters of options, those that are joined together."""
    group: list[re.Match[str]] = []
    for match in _LETTER.finditer(text):
        if match["letter"] not in options:
            continue
        joint = _JOINT.fullmatch(text, group[-1].end(), match.start()) if group else None
        if group and not joint:
            yield group
            group = []
        group.append(match)
    if group:
        yield group


def _is_label(text: str, start: int) -> bool:
    line = text.rfind("\n", 0, start) + 1
    return bool(_LABEL.match(text[line:start]))


def _is_word(text: str, match: re.Match[str]) -> bool:
    """Whether a letter is an article or a pronoun: "is a dog", "I think"."""
    following = _WORD.match(text, match.end())
    bare = text[match.end() : match.end() + 1] not in ").:*\"'"
    return (
        match["letter"] in "AIOEY"
        and bare
        and bool(following and following["word"] not in _AFTER_A)
    )


def _claimed(text: str, start: int, end: int, words: Lexicon, labels: bool) -> bool:
    before = text[max(0, start - 80) : start]
    if words.cue.search(before) or _ARROW.search(before):
        return True
    behind = _BEHIND.match(text, end)
    at = behind.end() if behind else end
    if words.chosen.match(text, at):
        return True
    if _is_label(text, start):
        return bool(_ENDS.match(text, end)) or (labels and bool(_LABELLED.match(text, end)))
    return bool(_BRACKETS.search(before) and _ENDS.match(text, end))
