"""Telling words from mathematics: "all real numbers" and "odd $n$" against `abc` and `\\sin x`."""

import re

from verifiers.text.math_names import FUNCTIONS, GREEK

_MARKED = re.compile(r"\\word\{([^{}]*)\}")  # `\word{odd}`
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{\w+\}")  # `\begin{cases}`
_RUN = re.compile(r"(?<![\\A-Za-z])[^\W\d_]+(?:['’][A-Za-z]+)*")  # odd, don't
_MATH = re.compile(r"[\d=+*/^<>|_]|\\(?!word|usd|deg)")  # 3, =, `\frac`
KNOWN = FUNCTIONS | GREEK | {"pi", "infty", "inf", "infinity", "or", "and", "in", "mod", "choose"}
_SETS = {
    "all real numbers": r"\mathbb{R}", "real numbers": r"\mathbb{R}", "all reals": r"\mathbb{R}",
    "all real": r"\mathbb{R}", "the empty set": r"\emptyset", "empty set": r"\emptyset",
    "all integers": r"\mathbb{Z}",
    **dict.fromkeys(
        ("infinity", "positive infinity", "plus infinity", "diverges to infinity",
         "diverges to positive infinity", "tends to infinity", "diverges to plus infinity"),
        r"\infty",
    ),
    **dict.fromkeys(
        ("negative infinity", "minus infinity", "diverges to negative infinity",
         "diverges to minus infinity", "tends to negative infinity"),
        r"-\infty",
    ),
    **dict.fromkeys(("the origin", "origin"), "(0,0)"),
    **dict.fromkeys(
        ("no solution", "no solutions", "no real solution", "no real solutions",
         "there is no solution", "there are no solutions"),
        r"\emptyset",
    ),
}  # fmt: skip
NAMED_SETS = tuple(sorted(_SETS, key=len, reverse=True))
"""The names of sets and values in English: `no solution`, `negative infinity`."""
_EXCEPT = re.compile(  # "all real numbers except 2", "all reals other than x = 1 and x = 2"
    r"(all real numbers|real numbers|all reals|all integers),? (?:[a-z] )?"
    r"(?:except|excluding|other than|but not|apart from)(?: for)?(?: [a-z] ?=)? ?"
    r"([-\d.,/\\{}a-z^= ]*[\d}i])",
    re.IGNORECASE,
)
_RESIDUE = re.compile(  # "n odd", "all even integers", "the multiples of 3", "n divisible by 4"
    r"(?:exactly |precisely |only )?(?:all |any |every |the )?"
    r"(?:(?:integers?|values?|numbers?) )?(?P<name>[a-z] )?"
    r"(?:is |are |that are |which are )?(?:an? )?"
    r"(?:(?P<parity>odd|even)(?: (?:integers?|(?:natural |whole )?numbers?))?(?: (?P<last>[a-z]))?"
    r"|(?:(?:integer )?multiples? of|(?:integers? )?divisible by) (?P<by>\d{1,4}))",
    re.IGNORECASE,
)
_AND_LAST = re.compile(r",? (?:and|or) (?:[a-z] ?= ?)?")
_FOREIGN_SETS = {
    "无解": r"\emptyset", "空集": r"\emptyset", "全体实数": r"\mathbb{R}",
    "нет решений": r"\emptyset", "нет решения": r"\emptyset",
    "aucune solution": r"\emptyset", "sin solución": r"\emptyset",
}  # fmt: skip
_OR = (
    "或者 或 oder или либо 또는 または もしくは atau ou lub veya hoặc oppure eller או أو या".split()
)
_AND = "和 与 및 그리고 und и et và dan ve och og و और と".split()
_JOINT = re.compile(  # `3或5`, `3 oder 5`, `-1 \\word{ou} 2`: between two values alone
    r"(?<=[\d)}\]%a-z])\s*(?:\\word\{\s*)?"
    rf"(?:(?P<or>{'|'.join(_OR)})|(?P<and>{'|'.join(_AND)}))"
    r"\s*\}?\s*(?=[-+\d(\[\\]|[a-z](?:_\w)?\s*(?:[=<>]|\\[lg]e))"
)
_PARITY = 4  # letters; "odd" alone is a word
_SHORTEST = 3  # letters; `ab` is a product


_SPANISH = re.compile(r"(?<=\d) (?:(?P<or>[ou])|y|e|i) (?=-?\d)")  # `3 y 5`, `3 o 5`


def in_english(text: str) -> str:
    """A cleaned answer with "or" and "and" between its values in English, and its set's name."""
    bare = _MARKED.sub(r"\1", text).strip()
    if bare in _FOREIGN_SETS:
        return _FOREIGN_SETS[bare]
    text = _SPANISH.sub(lambda m: " or " if m["or"] else " and ", text)
    return _JOINT.sub(_joined, text)


def _joined(match: re.Match[str]) -> str:
    word = (match["or"] or match["and"]).strip()
    around = match.string[match.start() : match.start() + 1], match[0][-1:]
    marked = "word" in match[0] or not word.isascii() or (around[0] == " " and around[1] == " ")
    return (" or " if match["or"] else " and ") if marked else match[0]


def named_set(text: str) -> str:
    """The symbol of a set or value that is named in words, else the text."""
    bare = _MARKED.sub(r"\1", text).strip()
    without = _EXCEPT.fullmatch(bare)
    if without:
        return rf"{_SETS[without[1].lower()]} \setminus \{{{_AND_LAST.sub(', ', without[2])}\}}"
    return _SETS.get(bare.lower(), text)


def residue(text: str, other: str) -> str:
    r"""`n \equiv 1 \pmod{2}` for "n odd" and "the odd integers" beside a formula, else the text."""
    match = _residue(text)
    if not match or is_wording(other) or _residue(other):
        return text
    name = (match["name"] or match["last"] or "n").strip()
    rest = 1 if (match["parity"] or "").lower() == "odd" else 0
    return rf"{name} \equiv {rest} \pmod{{{match['by'] or 2}}}"


def _residue(text: str) -> re.Match[str] | None:
    bare = " ".join(_MARKED.sub(r" \1 ", text).replace("\\", " ").split())
    return _RESIDUE.fullmatch(bare) if len(bare) > _PARITY else None


def is_wording(text: str) -> bool:
    """Whether a cleaned answer is words and no mathematics."""
    marked = bool(_MARKED.search(text))
    bare = _MARKED.sub(r" \1 ", text)
    if _MATH.search(bare):
        return False
    words = [w for w in _RUN.findall(bare) if w.lower() not in KNOWN]
    if marked:
        return any(len(w) > 1 for w in words)
    return any(len(w) >= _SHORTEST and _pronounced(w) for w in words) and not re.search(
        r"[(\[{]", bare
    )


def content_words(text: str) -> frozenset[str]:
    """The marked or long words of an answer that also holds mathematics: `odd` in "odd $n$"."""
    marked = " ".join(_MARKED.findall(text)).lower().split()
    plain = [
        w.lower()
        for w in _RUN.findall(_ENVIRONMENT.sub(" ", _MARKED.sub(" ", text)))
        if len(w) > _SHORTEST and w.lower() not in KNOWN and w.islower() and _spoken(w)
    ]
    joints = {"or", "and", "is", "the", "a", "for", "where", "all", "any", "with", "to", "if", "in"}
    return frozenset(w for w in (*marked, *plain) if w not in joints and len(w) > 1)


def _pronounced(word: str) -> bool:
    """Whether a word has a vowel, or is in another script, unlike `mgh`."""
    return any(c in "aeiouyAEIOUY" or not c.isascii() for c in word)


def _spoken(word: str) -> bool:
    """Whether a run of letters has the vowels of a word, unlike a product of symbols."""
    vowels = sum(c in "aeiouy" for c in word)
    return 0.2 <= vowels / len(word) <= 0.75 and len(set(word)) > 2
