r"""What a response does with a value: asserts it, denies it, doubts it, asks for it, compares it.

    text      ->  sentence*
    sentence  ->  words of others?  clause+  end
    clause    ->  operator* value predicate*

A marker (a box, a tag, "the answer is", bold text) only says where a claim stands; what is claimed
is said by the clause. The operator that counts stands *right before* the value: a negation, a
doubt or one side of a comparison. So "the answer is not 42" denies, and "the probability that they
never meet is 42" does not: there the negation belongs to another verb. The predicate stands right
behind ("42 is wrong", "42 未満"). Over the whole sentence reach only a list that is ruled out
("none of 40, 41 or 42"), the words of others ("one might say") and the question mark; from the
next sentence only what takes the value back ("That is wrong") or answers the question ("Yes").

The words are data, in `languages`. A new way to say one of these things is a row there.
"""

import re
from enum import StrEnum

from verifiers.extract.lexicon import Lexicon

_BEFORE = 200  # characters of a sentence before a value that are looked at
_AFTER = 120
_NEAR = 60


class Role(StrEnum):
    """What is done with a value."""

    ASSERTED = "asserted"
    DENIED = "denied"
    HEDGED = "hedged"
    QUOTED = "quoted"  # by others, or as a trap, or supposed
    ASKED = "asked"
    COMPARED = "compared"  # less than, twice, close to the value


_START = re.compile(r"(?s:.*)(?:(?<=[.!?])[\"')\]*$]*\s+|[。！？；;]|\n)")
_OPENING = re.compile(  # "is not **$", `is \boxed{\text{`
    r"(?:[\s$(\[{*_\"'“‘「『`:：]|\\[(\[]|\\(?:text|mathbf|textbf|mathrm|boxed|fbox)\s*\{)*\Z"
)
_CLOSING = re.compile(r"(?:[$)\]}*_\"'”’」』`%°]|\\[)\]]|\s(?=\$))*")  # the marks behind "**42**"
_STOP = re.compile(r"(?P<asks>[?？])|[.!](?=[\s\"')*$]|\Z)|[。！]|\n\n")
_LIST = re.compile(  # "none of 40, 41 or" before 42
    r"(?:[\s,、，;$\\(){}\[\]\d./%+*-]|\b(?:and|or|nor|of|options?|choices?|answers?|[A-Z]|et|ou|y|o|u|e"
    r"|und|oder|и|или|atau|dan)\b|和|与|或|选项)*\Z"
)
_TURN = re.compile(  # "but", "sondern"
    r"\b(?:but|however|actually|instead|mais|pero|mas|aber|sondern|но)\b|但|而是|しかし|하지만",
    re.IGNORECASE,
)
_ALSO = re.compile(  # the next sentence: "Alternatively, it could be 6", "But I'm not sure"
    r"[\s*$\"')]*(?:alternatively|but|however|though|although|it (?:might|may|could)|or"
    r"|i['’]?\s?a?m not)\b",
    re.IGNORECASE,
)
_LINK = re.compile(  # ". But wait," between a value and what takes it back
    r"[\s,.;:!?，。；！—–-]*(?:(?:but|wait|hmm+|no|oops|hold on|actually|however|and|though|mais"
    r"|pero|mas|aber|но|但|しかし|하지만)\b[\s,.!…]*)*+",
    re.IGNORECASE,
)


def role(text: str, start: int, end: int, lexicon: Lexicon) -> Role:
    """What the sentence around `text[start:end]` does with the value that stands there."""
    while end > start and text[end - 1].isspace():
        end -= 1
    before = text[max(0, start - _BEFORE) : start]
    begun = _START.match(before)
    before = before[begun.end() :] if begun else before
    near = lexicon.near.search(_OPENING.sub("", before[-_NEAR:]))
    if near:
        return _NEAR_ROLES[near.lastgroup or "denies"]
    if (
        before
        and (listed := next(iter(lexicon.denies_list.finditer(before)), None)) is not None
        and _LIST.match(before, listed.end())
    ):
        return Role.DENIED
    after = text[end : end + _AFTER]
    behind = _CLOSING.match(after)
    at = behind.end() if behind else 0
    if lexicon.denies_after.match(after, at):
        return Role.DENIED
    if lexicon.bound_after.match(after, at):
        return Role.COMPARED
    link = _LINK.match(after, at)
    if link and lexicon.withdraws.match(after, link.end()):
        return Role.DENIED
    stop = _STOP.search(after, at)
    if lexicon.doubts.search(after, at, stop.start() if stop else len(after)):
        return Role.HEDGED
    if stop and (doubted := _ALSO.match(after, stop.end())) is not None:
        following = _STOP.search(after, doubted.end())
        limit = following.start() if following else len(after)
        if lexicon.doubts.search(after, doubted.start(), limit):
            return Role.HEDGED
    others = lexicon.others.search(before) if before else None
    if others and not _TURN.search(before, others.end()):
        return Role.QUOTED
    if stop and stop["asks"]:
        rest = after[stop.end() :].lstrip(" \n*\"'")
        return Role.ASSERTED if lexicon.yes.match(rest) else Role.ASKED
    if (
        stop
        and (link := _LINK.match(after, stop.start()))
        and lexicon.withdraws.match(after, link.end())
    ):
        return Role.DENIED
    return Role.ASSERTED


_NEAR_ROLES = {"denies": Role.DENIED, "hedge": Role.HEDGED, "bound": Role.COMPARED}
