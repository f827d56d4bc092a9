"""Whether a formula lost a part on its way: an open bracket, an operator without a side."""

import re

_OPEN_END = re.compile(  # `3+`, `\frac{1}{2}\cdot`, `x =`, `2^`
    r"(?:[-+*/^_=<>&]|\\(?:cdot|times|div|pm|le|ge|leq|geq|ne|neq|approx|frac|sqrt|sin|cos|tan|log|ln"
    r"|sum|int|prod|lim|left|right|begin|end|cup|cap|in|to))\s*\Z"
)
_EMPTY = re.compile(r"\\(?:sqrt|frac|binom|overline|vec|hat)\s*(?:\{\s*\}|\Z)|[\^_]\s*\{\s*\}")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{")
_TAKES_TWO = re.compile(r"\\(?:frac|binom)\s*\{[^{}]*\}\s*(?![\s{\dA-Za-z\\])")
_OPERATED = re.compile(r"[+*/=]\s*[+*/=]|[(\[{,]\s*[*/=^]|[-+*/=^]\s*[)\]}]")
_SIDED = re.compile(
    r"(?:[\^_]\s*\{?\s*|\\mathbb\s*\{?\w\}?\s*[\^_]?\s*\{?\s*|\d\s*\^\s*)[-+*]|\{\s*[-+*]\s*\}"
)


def is_damaged(text: str) -> bool:
    """Whether cleaned mathematics cannot be whole, however it is read."""
    if not text or _unclosed(text):
        return True
    if len(_ENVIRONMENT.findall(text)) % 2:
        return True
    text = text.replace("**", "^")
    bare = _SIDED.sub(" ", text)
    return bool(_OPEN_END.search(text) and not _SIDED.search(text)) or any(
        pattern.search(bare) for pattern in (_EMPTY, _TAKES_TWO, _OPERATED)
    )


def _unclosed(text: str) -> bool:
    """Whether braces do not nest, or round and square brackets do not pair up as intervals do."""
    depth = 0
    plain = re.sub(r"\\[{}|]", " ", text)
    for character in plain:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return True
    square, round_ = (sum(plain.count(c) for c in pair) for pair in ("[]", "()"))
    return depth != 0 or (square + round_) % 2 == 1 or text.count(r"\{") < text.count(r"\}")
