"""Golds that are none: what a source writes where it has no answer to give."""

import re

from verifiers.text.normalize import clean

_NONE = re.compile(  # `N/A`, `see solution`
    r"(?:nan|null|none|n\.?/?a\.?|na|nil|-+|\\?_+|\?+|\"\"|''|tbd|tba|todo|unknown answer"
    r"|(?:answer |value )?not ?(?:found|available|provided|given|specified|applicable)"
    r"|no(?: final| numerical| numeric| single| short| explicit| definite| specific)*"
    r" answer(?: (?:found|given|provided|available))?"
    r"|(?:see|refer to)(?: the)?(?: above| below)?(?: solutions?| proof| explanation| answer)?"
    r"(?: above| below)?|(?:see )?proof(?: (?:above|below|omitted|required|problem|question))?"
    r"|(?:this is a |a )?proof(?:-based)?(?: (?:question|problem))?|(?:to )?prove(?:d| it)?"
    r"|q\.?e\.?d\.?|omitted|(?:the )?solution omitted|empty|missing|error|undefined answer"
    r"|略|证明略|见解析|证明见解析)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\\word\{([^{}]*)\}")  # `\word{proof}`


def is_no_gold(gold: str) -> bool:
    """Whether a gold is a word for having none: `notfound`, `N/A`, `-`, `proof`, `see solution`.

    "None" may be an answer in words; sources write it for a missing one far more often.
    """
    text = gold.strip()
    if len(text) > 60:
        return False
    bare = _WORD.sub(r"\1", clean(text)).strip(" .!") or text.strip(" .!")
    return bool(_NONE.fullmatch(bare) or _NONE.fullmatch(text))
