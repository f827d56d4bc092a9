"""Text of any origin as a terminal may show it: what would steer the terminal is shown as data."""

import re

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # ESC, BEL, carriage return, C1: colours, titles, the clipboard
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of what follows
    "\u2028\u2029\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # other ends of line; invisible tags
    "\ud800-\udfff]"  # lone surrogates, which no terminal can be sent
)


def printable(text: str) -> str:
    r"""The text with everything that steers a terminal as an escape; newlines and tabs stay.

    >>> printable("a\x1b[31mb\u202ec")
    'a\\x1b[31mb\\u202ec'
    """
    return STEERING.sub(lambda found: _escaped(found[0]), text)


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
