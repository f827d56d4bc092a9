"""The error that a problem's statement allows: "within 10^{-5}", "an error of up to 1e-6".

A sentence that speaks of an error, a tolerance or how close an answer has to be, and holds a small
number, allows that number. Whether absolute or relative is not told apart: a judge takes either.
"""

import re

_SPEAKS = re.compile(  # "error", "tolerance: 1e-6", "accurate to 10^-6", "|a-b|/max(1,|b|)"
    r"\berrors?\b|\btoler[aâ]n|\bprecision\b|\baccura|\bdeviat|\bdiffer(?:s|ence|ences)?\b"
    # the same words in Chinese, Japanese, Korean, Russian, German, French, Spanish, Portuguese
    r"|误差|誤差|精度|오차|погрешност|точност|fehler|toleranz|genauigkeit|abweich|erreur|précision"
    r"|margen|precisión|erros?\b|precisão"
    r"|\bwithin\b|\bclose to\b|\|\s*\w+\s*-\s*\w+\s*\||\\max\b|\bmax\s*[({]\s*1\s*,"
)
_COUNTS = re.compile(r"\bnumber of errors\b|\bprobability\b[^.]*\berrors?\b")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_POWER = re.compile(  # 10^{-6}, 10**-6, 10-6 (a lost superscript), 1.0 \times 10^{-6}, 1e-6
    r"(?:(?P<times>\d+(?:\.\d+)?)\s*(?:\\times|\\cdot|[x×·*])\s*)?"
    r"\b10\s*(?:\^|\*\*)?\s*[{(]?\s*-\s*(?P<power>\d{1,2})\b"
    r"|\b(?P<mantissa>\d+(?:\.\d+)?)[eE]-(?P<exponent>\d{1,2})\b"
    r"|(?<![\d.])(?P<plain>0\.0*[1-9]\d*)(?![\d.]*\d)"
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n\s*\n")
_MOST = 0.1  # what is larger is no tolerance but a value


def stated_tolerance(statement: str) -> float | None:
    """The error that a statement allows; None where it says nothing of one.

    >>> stated_tolerance("Answers within $10^{-5}$ of the actual answer will be accepted.")
    1e-05
    """
    for sentence in _SENTENCE.split(statement):
        if not _SPEAKS.search(sentence.lower()) or _COUNTS.search(sentence.lower()):
            continue
        plain = _RAISED.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPT), sentence)
        plain = re.sub("[−–‐‑]", "-", plain.replace("$", ""))
        for found in _POWER.finditer(plain):
            allowed = _number(found)
            if 0 < allowed <= _MOST:
                return allowed
    return None


def _number(found: re.Match[str]) -> float:
    if found["power"]:
        return float(f"{found['times'] or 1}e-{found['power']}")
    if found["mantissa"]:
        return float(f"{found['mantissa']}e-{found['exponent']}")
    return float(found["plain"])
