"""Numbers in English words: `twenty-one`, `two and a half`, `three quarters`, `a dozen`."""

import re
from fractions import Fraction
from functools import lru_cache

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: n for n, word in enumerate(_ONES)} | {
    word: 10 * n for n, word in enumerate(_TENS, 2)
}
MAGNITUDES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_KNOWN = "|".join([*_SMALL, *MAGNITUDES, "dozen", *(f"{p}s?" for p in _PARTS), "halves"])
_LEADING = re.compile(
    rf"(?:an? +)?(?:{_KNOWN})(?:(?:[ -]+| and | and an? )(?:{_KNOWN}))*(?![\w-])", re.IGNORECASE
)
_HALF_A = re.compile(r"half an? (?=[a-z])", re.IGNORECASE)
_WORDED = re.compile(r"\\(?:text|mathrm|word|mbox)\s*\{([^{}]*)\}")


def digits_for_words(text: str) -> str:
    """`text` with the number that it begins with in digits; the text itself if none does.

    >>> digits_for_words("Twenty-one apples"), digits_for_words("two thirds")
    ('21 apples', '2/3')
    """
    plain = _HALF_A.sub("a half ", _WORDED.sub(r"\1", text).strip(" .$*"))
    match = _LEADING.match(plain)
    value = read_numeral(match[0]) if match else None
    return f"{value}{plain[match.end() :]}" if match and value is not None else text


@lru_cache(maxsize=4096)
def read_numeral(text: str) -> Fraction | None:
    """The value of a number that is written in words; None for anything else."""
    words = re.split(r"[\s-]+", text.lower().strip())
    total = group = Fraction(0)
    seen = False
    for at, word in enumerate(words):
        part = _PARTS.get(word.removesuffix("s")) or (2 if word == "halves" else None)
        if word in ("and", "a", "an"):
            continue
        if word in _SMALL:
            if seen and words[at - 1] in _ONES:
                return None  # "one two": a list
            group += _SMALL[word]
        elif word == "hundred":
            group = (group or Fraction(1)) * 100
        elif word in MAGNITUDES:
            total, group = total + (group or Fraction(1)) * MAGNITUDES[word], Fraction(0)
        elif word == "dozen":
            group = (group or Fraction(1)) * 12
        elif part and at == len(words) - 1:
            return _with_part(words, part, total, group)
        else:
            return None
        seen = True
    return total + group if seen else None


def _with_part(words: list[str], part: int, total: Fraction, group: Fraction) -> Fraction | None:
    """`two thirds`, `a half`, `three and a half`; "third" alone is an ordinal."""
    if "and" in words:
        head = words[: words.index("and")]
        tail = words[words.index("and") + 1 : -1]
        count = read_numeral(" ".join(tail)) if tail not in ([], ["a"], ["an"]) else Fraction(1)
        whole = read_numeral(" ".join(head))
        return None if whole is None or count is None else whole + count / part
    if total + group:
        return (total + group) / part
    return Fraction(1, part) if words[0] in ("a", "an", "half") else None
