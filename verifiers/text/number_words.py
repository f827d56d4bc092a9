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
    **dict.fromkeys(("lakh", "lakhs"), 10**5),
    **dict.fromkeys(("crore", "crores"), 10**7),
    **dict.fromkeys(("millions",), 10**6),
    **dict.fromkeys(("bn", "billions"), 10**9),
    "万": 10**4,
    "萬": 10**4,
    "亿": 10**8,
    "億": 10**8,
    "만": 10**4,
    "억": 10**8,
    **dict.fromkeys(("тыс", "тысяч", "тысячи", "тысяча"), 1000),
    **dict.fromkeys(("млн", "миллион", "миллиона", "миллионов"), 10**6),
    **dict.fromkeys(("млрд", "миллиард", "миллиарда", "миллиардов"), 10**9),
    **dict.fromkeys(("dozen", "dozens"), 12),
}
"""Words that multiply the number before them, in the scripts in which they are written."""
MAGNITUDE_NAMES = "|".join(sorted(MAGNITUDES, key=len, reverse=True))
_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_KNOWN = "|".join([*_SMALL, MAGNITUDE_NAMES, *(f"{p}s?" for p in _PARTS), "halves"])
NUMERAL = (
    rf"(?:(?:negative|minus) )?(?:an? +)?(?:{_KNOWN})"
    rf"(?:(?:[ -]+| and | and an? )(?:{_KNOWN}))*(?![\w-])"
)
"""A number in words, as a pattern: `twenty-one`, `minus three`, `two and a half`."""
_LEADING = re.compile(NUMERAL, re.IGNORECASE)
_NEGATIVE = re.compile(r"(?:negative|minus)\s+", re.IGNORECASE)  # minus three
_CHINESE = {mark: n for n, mark in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_CHINESE_NUMERAL = re.compile(r"负?[零〇一二两三四五六七八九十百千]+\Z")  # 三十五
_CHINESE_COUNT = re.compile(  # 两天, 三十个
    r"(负?[零〇一二两三四五六七八九十百千]+)([^\W\d_a-zA-Z零〇一二两三四五六七八九十百千分]{1,2})\Z"
)
_CHINESE_FRACTION = re.compile(  # 二分之一, 百分之二十
    r"(负?)([零〇一二两三四五六七八九十百千]+)分之([零〇一二两三四五六七八九十百千]+)\Z"
)
_OUT_OF = re.compile(r"(\d+) (?:in|out of) (\d+)\Z")  # 1 in 6
_AND_PART = re.compile(  # `3 and a half`, `2 and two thirds`
    r"(\d+) and (?:(an?|one|two|three|four|five) )?(half|third|quarter|fourth|fifth|sixth|eighth)s?"
    r"(?![\w-])(.*)\Z",
    re.IGNORECASE,
)
_FACTORIAL = re.compile(r"(\d+) factorial\Z", re.IGNORECASE)  # 5 factorial
_HALF_A = re.compile(r"half an? (?=[a-z])", re.IGNORECASE)  # half a mile
_WORDED = re.compile(r"\\(?:text|mathrm|word|mbox)\s*\{([^{}]*)\}")  # `\text{five}`


def digits_for_words(text: str) -> str:
    """`text` with the number that it begins with in digits; the text itself if none does.

    >>> digits_for_words("Twenty-one apples"), digits_for_words("two thirds")
    ('21 apples', '2/3')
    """
    plain = _HALF_A.sub("a half ", _WORDED.sub(r"\1", text).strip(" .$*"))
    if "and" in plain and (part := _AND_PART.match(plain)):
        top = _SMALL.get((part[2] or "a").lower(), 1)
        return f"{int(part[1]) + Fraction(top, _PARTS[part[3].lower()])}{part[4]}"
    if factorial := _FACTORIAL.match(plain):
        return f"{factorial[1]}!"
    if share := _OUT_OF.match(plain):
        return f"{share[1]}/{share[2]}"
    if not plain.isascii() and (part := _CHINESE_FRACTION.match(plain)):
        return f"{'-' if part[1] else ''}{_read_chinese(part[3])}/{_read_chinese(part[2])}"
    if not plain.isascii() and _CHINESE_NUMERAL.match(plain):
        return str(_read_chinese(plain))
    if not plain.isascii() and (counted := _CHINESE_COUNT.match(plain)):
        return f"{_read_chinese(counted[1])}{counted[2]}"
    match = _LEADING.match(plain)
    negative = _NEGATIVE.match(plain) if match else None
    value = read_numeral(match[0][negative.end() if negative else 0 :]) if match else None
    value = -value if negative and value is not None else value
    return f"{value}{plain[match.end() :]}" if match and value is not None else text


def _read_chinese(text: str) -> int:
    """The value of a Chinese numeral below ten thousand."""
    total, digit = 0, 0
    for mark in text.removeprefix("负"):
        if mark in _PLACES:
            total, digit = total + (digit or 1) * _PLACES[mark], 0
        else:
            digit = _CHINESE[mark]
    return -(total + digit) if text.startswith("负") else total + digit


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
        elif word in ("dozen", "dozens"):
            group = (group or Fraction(1)) * 12
        elif word in MAGNITUDES:
            total, group = total + (group or Fraction(1)) * MAGNITUDES[word], Fraction(0)
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
