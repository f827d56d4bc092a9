r"""One text form for an answer: delimiters, styles and spacing away, what means something stays.

`\$5`, `$5$` and `\text{5}` mean 5 in different ways; `\usd`, `\deg` and `\word{...}` are this
module's own marks for a currency sign, a degree sign and words inside of mathematics.
"""

import re
from functools import lru_cache

from verifiers.text.rows import on_one_line
from verifiers.text.unicode import plain

_DOLLAR_AMOUNT = re.compile(r"\$\s*(?=[\d.,]*\d)")  # `$5`, `$ .50`
_ANGLES = re.compile(r"<([^<>=]+,[^<>=]+)>")  # `<3/5, 4/5>`
_POWER_OF_UNIT = re.compile(r"(?<=[A-Za-z])\s*\$\s*(?=\^)")  # `min$^{-1}$`
_ASIDE = re.compile(r"\(\s*((?:\\approx|\\simeq|≈|≃)[^()]*)\)\s*\Z")  # `\pi^2/6 (\approx 1.645)`
_MATH_SPACE = re.compile(  # `\,`, `\quad`, `\thinspace`, `~`
    r"\\(?:[,;:! ]|qq?uad|hspace\{[^{}]*\}|hfill\b|displaystyle\b|textstyle\b"
    r"|(?:no)?limits\b|(?:neg)?(?:thin|med|thick)space\b)|~"
)
# `\left(`, `\Bigl[`
_SIZE = re.compile(r"\\(?:left|right|[bB]ig{1,2}[lrm]?|middle)(?![a-zA-Z])\s*\.?(?=[^a-zA-Z]|$)")
_SIZE_DOT = re.compile(r"\\(?:left|right)\s*\.")  # `\right.`
_STYLE = re.compile(  # `\mathbf x`, `\boxed`, `\rm`
    r"\\(?:mathbf|mathit|boldsymbol|bm|mathsf|mathtt|displaystyle|pmb|bf|it|rm"
    r"|boxed|fbox|ensuremath|underline|overrightarrow|tag\*?)(?![a-zA-Z])\s*"
)
_BOLD = r"\\(?:vec|mathbf|boldsymbol|bm|overrightarrow|mathrm|rm|pmb)(?![a-zA-Z])"
_UNIT_VECTOR = re.compile(  # `\hat{\mathbf{i}}`, `\hat \imath`, `\mathbf i`
    rf"\\hat\s*\{{?\s*(?:{_BOLD}\s*)?\{{?\s*\\?([a-z])(?:math)?\s*\}}?\s*\}}?(?![a-zA-Z])"
    rf"|\\(?:mathbf|boldsymbol|bm|vec)\s*\{{?\s*\\?([ijk])(?:math)?\s*\}}?(?![a-zA-Z])"
)
_VECTOR = re.compile(  # `\vec{a}`, `\mathbf{v}`, `\overrightarrow{AB}`
    r"\\(?:vec|mathbf|boldsymbol|bm|overrightarrow)\s*"
    r"(?:\{\s*([A-Za-z]|[A-Z]{2}|\\[a-z]+)\s*\}|(?<=\s)([A-Za-z])(?![A-Za-z])|(\\[a-z]+))"
)
_US_DOLLAR = re.compile(r"\bUS\s*\\?\$\s*(?=\d)")  # `US$5`
_TRANSPOSE = re.compile(r"\\(?:top|intercal)(?![a-z])")  # `A^\top`
_ABBREVIATED = re.compile(r"(?<![A-Za-z])([ckm])\.\s?([mg])(?![A-Za-z])\.?")  # `5 c.m.`
_APPROXIMATE = re.compile(r"(?<=\S)\s*\(\s*approx(?:\.|imately)?\s*\)")  # `12.7 (approx.)`
_PHANTOM = re.compile(r"\\[hv]?phantom\s*(?:\{[^{}]*\})?")  # `\phantom{0}`
# `f^{\prime\prime}`
_PRIMES = re.compile(r"\^\s*(?:\{\s*((?:\\prime\s*)+)\}|((?:\\prime(?![a-z])\s*)+))")
_BRACED = re.compile(  # `{x}_{1}`, `{{S}_{n}}`, `{\sin}^{2}`, where the braces are no argument
    r"(?<![A-Za-z\]}_^])\s*\{\s*(\\?[A-Za-z]+|\d+)\s*\}(?=\s*[_^'])"
)
_BRACED_NAME = re.compile(  # `{x_1}`, `{a^{2}}`
    r"(?<![A-Za-z\]}_^])\{\s*(\\?[A-Za-z]+\s*[_^]\s*(?:\{[^{}]*\}|\w))\s*\}(?!\s*\{)"
)
_UPRIGHT = re.compile(r"\\(?:mathrm|rm|operatorname)\s+(?=[A-Za-z0-9])")  # `\rm kg`
_WORDS = re.compile(  # `\text{`, `\mathrm{`
    r"\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mathrm|mbox|hbox|operatorname\*?)\s*\{"
)
# `^\circ`, `\degree`
_DEGREE = re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![a-zA-Z]))|\\(?:degrees?|deg)(?![a-zA-Z])")
_SIGNS = {"pounds": "£", "textsterling": "£", "euro": "€", "texteuro": "€", "yen": "¥"}
_CURRENCY = re.compile(rf"\\({'|'.join(_SIGNS)})(?![a-zA-Z])\s*(?:\{{\}})?")  # `\pounds`, `\euro{}`
_COLOR = re.compile(r"\\(?:text)?color\s*(?:\[[^\]]*\])?\{[^{}]*\}")  # `\color{red}`
_FRACTION = re.compile(r"\\[dtc](?=(?:frac|binom)(?![a-zA-Z]))")  # `\dfrac`
_COUNTED = re.compile(r"(-?\d[\d.,:/]*)\s+([^\W\d_].*)\Z")  # `4 apples`
_LETTER_UNITS = frozenset("mgshLlNJWVK")  # beside hexadecimal digits and names of points
_VALUE = re.compile(r"[\d})a-z]\s*\Z")  # what a unit may stand behind: `5`, `x)`
_AMOUNT = re.compile(r"[\d}]\s*\Z")  # `5 `, `10^{2} ` before `min`
_APPLIED = re.compile(r"\s*(?:\(|\\?\{|_)")  # what `min` is taken of
_PREFIXED = re.compile(r"0[box][0-9A-Fa-f]+\Z")  # `0xFF`
_UNION = re.compile(r"(?<=[\])}])\s*U\s*(?=[\[(\]]|\\?\{)")  # `(1,2) U (3,4)`
_WITHOUT = re.compile(r"(\\mathbb\{R\}\s*)-\s*(?=\\\{)")  # `\mathbb{R} - \{0\}`
_NOT_EQUAL = re.compile(r"\\not\s*=")  # `\not =`
_HALF_LINE = re.compile(  # `\mathbb{R}`, `\mathbb{R}^+`, `\R_{\ge 0}`
    r"(?:\\mathbb\s*(?:\{R\}|R)|\\R(?![a-zA-Z]))\s*"
    r"(?:(?P<line>(?![\^_])|\Z)|[\^_]\s*\{?\s*(?P<sign>\+|-|(?:>|<|\\g(?:eq?|t)|\\l(?:eq?|t))\s*0)\s*\}?)"
)
_SPACES = re.compile(r"\s+")
# `np.sqrt`
_MODULE = re.compile(r"\b(?:np|numpy|math)\.(?=(?:arc|a)?(?:sin|cos|tan)|sqrt|exp|pi\b)")
_GROUP_SPACE = re.compile(r",\s*\\!\s*")  # `1,\!000`
_DOTTED = re.compile(  # `0.333...`, `0.1212\ldots`
    r"(?P<start>(?<![\d.])\d*\.\d*?)(?P<period>(?P<one>\d)(?P=one){2,}|(?P<more>\d{2,9}?)(?P=more)+)\s*"
    r"(?:\.{3}|\\[lcd]?dots\b)\s*(?![\d,])"
)
_ESCAPED = re.compile(  # `\\\\left(`: a source that escaped its backslashes once more
    r"(?<!\\)\\\\(?=(?:left|right|[dt]?frac|sqrt|boxed|begin|end|text|cdot|times|pi|infty|leq?|geq?"
    r"|in|cup|cap|pm|theta|mathbb)(?![a-z]))"
)
_TWO_DOTS = re.compile(r"\\dot\s*\{?(\d)\}?(\d*)\\dot\s*\{?(\d)\}?")  # `0.\dot{1}4\dot{2}`
_DOTS = re.compile(r"\\(?:dots[bcmio]?|cdots)(?![a-z])\s*")  # `\cdots`
_LISTED_DOTS = re.compile(r"(?<=,)\s*\.{3}\s*(?=,|\\?\}|\))")  # `1, ..., n`
_OPEN_DOTS = re.compile(r"(?<=[-+,])\s*\.{2,}")  # `1 + 27x + ....`
_MANY_DOTS = re.compile(r"(?:\s*\\ldots\s*){2,}")  # `\ldots \ldots`
_ROW = "\ue000"  # a row's end, out of the way of the other backslashes
_OUTER = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("`", "`"))
_FUNCTION = re.compile(  # `sin`, `arctg`
    r"(?:a?(?:sin|cos|tan|cot|sec|csc)h?|arc(?:sin|cos|tan|cot|sec|csc)|cosec|c?tg|arcc?tg|cis|exp|log|ln|lg|sqrt|gcd|lcm"
    r"|min|max|floor|ceil|mod|sgn|det)\Z"
)


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """The answer without what does not change its meaning; see the module's docstring."""
    text = _MODULE.sub("", on_one_line(text))  # a gold that was written in Python
    text = _US_DOLLAR.sub(r"\\usd ", text) if "US" in text else text
    text = _ESCAPED.sub(r"\\", _SPACES.sub(" ", plain(text)).strip()).replace("\\\\", _ROW)
    text = text.replace(_ROW + _ROW, _ROW)
    if ".." in text or "dot" in text:
        text = _dots(text)
    text = _APPROXIMATE.sub("", _ABBREVIATED.sub(r"\1\2", text)) if "." in text else text
    text = _trim(undelimited(_trim(text))).removeprefix("=").lstrip()
    if "\\pounds" in text or "\\text" in text or "\\euro" in text or "\\yen" in text:
        text = _CURRENCY.sub(lambda m: _SIGNS[m[1]], text)
    text = text.replace("\\$", "\\usd ").replace("\\%", "%").replace("\\&", "&")
    text = _POWER_OF_UNIT.sub("", text) if "$^" in text else text
    if text.count("$") == 1:
        text = _DOLLAR_AMOUNT.sub(r"\\usd ", text)
    if text.startswith("<") and (angles := _ANGLES.fullmatch(text)):
        text = rf"\langle {angles[1]} \rangle"
    text = _GROUP_SPACE.sub(",", text).replace("{,}", ",").replace(",\\ ", ", ")
    text = text.replace("$", " ").replace("\\(", " ").replace("\\)", " ")
    text = text.replace("\\[", " ").replace("\\]", " ")
    if "\\" in text:
        text = _commands(text)
    if "{" in text:
        text = _unbraced(text)
    if "U" in text:
        text = _UNION.sub(r"\\cup ", text)
    text = _trim(_SPACES.sub(" ", text).strip(_ROW + " "))
    text = _ASIDE.sub(r"\1", text) if text.endswith(")") else text
    return text.replace(_ROW, "\\\\")


def _unbraced(text: str) -> str:
    """Without braces around a base, however many there are."""
    for _ in range(4):
        bare = _BRACED_NAME.sub(r" \1 ", _BRACED.sub(r" \1", text))
        if bare == text:
            break
        text = bare
    return text


def _dots(text: str) -> str:
    r"""One spelling of repeating decimals (`0.1666...`, `0.\dot{1}4\dot{2}`) and of `1, ..., n`."""
    text = _TWO_DOTS.sub(r"\\overline{\1\2\3}", text)
    text = _DOTTED.sub(lambda m: rf"{m['start']}\overline{{{m['one'] or m['more']}}}", text)
    text = _OPEN_DOTS.sub(r" \\ldots ", _LISTED_DOTS.sub(r" \\ldots ", text))
    return _MANY_DOTS.sub(r" \\ldots ", _DOTS.sub(r" \\ldots ", text))


def _commands(text: str) -> str:
    text = _DEGREE.sub(r" \\deg ", text)
    if "color" in text:
        text = _COLOR.sub("", text)
    text = _SIZE.sub("", _SIZE_DOT.sub("", text))
    text = _MATH_SPACE.sub(" ", text)
    text = _FRACTION.sub(r"\\", text)
    if "\\not" in text:
        text = _NOT_EQUAL.sub(r"\\ne ", text)
    if "\\mathbb" in text or "\\R" in text:
        text = _WITHOUT.sub(r"\1\\setminus ", _HALF_LINE.sub(_reals, text))
    if "top" in text or "intercal" in text:
        text = _TRANSPOSE.sub("T", text)
    if "prime" in text:
        text = _PRIMES.sub(lambda m: "'" * (m[1] or m[2]).count("prime"), text)
    if "hat" in text or "vec" in text or "bold" in text or "mathbf" in text or "row" in text:
        text = _UNIT_VECTOR.sub(lambda m: rf"\hat{{{m[1] or m[2]}}}", text)
        text = _VECTOR.sub(lambda m: rf"\vec{{{m[1] or m[2] or m[3]}}}", text)
    if "phantom" in text:
        text = _PHANTOM.sub("", text)
    text = _STYLE.sub("", _UPRIGHT.sub("", text))
    return _mark_words(text)


def _reals(match: re.Match[str]) -> str:
    r"""`\mathbb{R}`, or the interval that `\mathbb{R}^+` and `\mathbb{R}_{\ge 0}` are."""
    sign = match["sign"]
    if sign is None:
        return r"\mathbb{R}"
    closed = "e" in sign
    if sign[0] in "+>" or sign.startswith("\\g"):
        return r"[0,\infty)" if closed else r"(0,\infty)"
    return r"(-\infty,0]" if closed else r"(-\infty,0)"


def _mark_words(text: str) -> str:
    r"""`\text{...}` as `\word{...}`, but numbers, symbols and function names as plain text."""
    parts = []
    at = 0
    for match in _WORDS.finditer(text):
        if match.start() < at:
            continue
        end = text.find("}", match.end())
        if end < 0:
            break
        inner = text[match.end() : end].strip()
        parts.append(text[at : match.start()])
        if inner in _LETTER_UNITS and _VALUE.search(text, 0, match.start()):
            parts.append(f" \\word{{{inner}}} ")
        elif len(inner) == 1 or not inner.replace(" ", "").isalpha():
            parts.append(f" {inner} " if len(inner) == 1 else _mixed(inner))
        elif _FUNCTION.match(inner) and not (
            inner == "min" and _AMOUNT.search(parts[-1]) and not _APPLIED.match(text, end + 1)
        ):
            parts.append(f"\\{inner} ")
        else:
            parts.append(f" \\word{{{inner}}} ")
        at = end + 1
    return "".join([*parts, text[at:]])


def _mixed(inner: str) -> str:
    """What stands in a text group beside letters: a number as it is, other words marked."""
    if any(c.isalpha() for c in inner) and "{" not in inner and "\\" not in inner:
        counted = _COUNTED.match(inner)
        if counted:  # `\text{4 apples}`
            return f" {counted[1]} \\word{{{counted[2]}}} "
        return inner if _PREFIXED.match(inner) else f" \\word{{{inner}}} "
    return inner


def undelimited(text: str) -> str:
    """Without delimiters that enclose the whole text, in any order and depth."""
    for _ in range(6):
        for opening, closing in _OUTER:
            size = len(opening) + len(closing)
            if len(text) > size and text.startswith(opening) and text.endswith(closing):
                inner = text[len(opening) : -len(closing)]
                if opening not in inner:
                    text = _trim(inner)
                    break
        else:
            return text
    return text


def _trim(text: str) -> str:
    """Without white space, list marks and the full stop at the end."""
    text = text.strip()
    while text and text[-1] in ".,;:!?*" and not text.endswith(("\\!", "\\,", "\\;", "\\:")):
        if text[-1] == "!" and text.rstrip("!")[-1:] not in ("", *" .?*"):
            break  # a factorial
        text = text[:-1].rstrip()
    while text.endswith(("\\\\", "\\ ")):
        text = text[:-2].rstrip()
    if text.startswith(("**", "* ", ": ")):
        text = text.lstrip("*: ")
    return text.rstrip("\\").rstrip() if text.endswith("\\") else text
