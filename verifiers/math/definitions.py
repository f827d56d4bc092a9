r"""Symbols that an answer defines beside its value: `kq/r, k = \frac{1}{4\pi\epsilon_0}`.

A symbol that the other side does not know is written out, as is one that everybody knows by its
definition (`\hbar`). What both sides name stays, since it may be given by the problem.
"""

import re

_JOINT = re.compile(
    r"\s*(?:[,;]\s*)?(?:\\word\{\s*(?:where|with|here)\s*\}|[,;]|\bwith\b|\bwhere\b)\s*"
)
_SYMBOL = (  # \\tau, x_0, \\Delta V
    r"\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\s*(?<=\\Delta )[A-Za-z](?:_\{?\w+\}?)?)?"
)
_DEFINITION = re.compile(rf"(?P<name>{_SYMBOL})\s*=\s*(?P<meaning>[^=<>,;]+)\Z")
_KNOWN = {"\\hbar": (r"\frac{h}{2\pi}", "h")}
"""A symbol, what it is, and the letter beside which it is written out."""


def written_out(text: str, other: str) -> str:
    """Cleaned `text` with the symbols that it defines, and `other` does not have, written out."""
    for name, (meaning, letter) in _KNOWN.items():
        if name in text and name not in other and _occurs(letter, other):
            text = _replaced(text, name, meaning)
    while found := _last_definition(text):
        main, name, meaning = found
        named = [side.rpartition("=")[0] for side in main.split(",")]  # `x = 1, x = 0` are values
        used = _occurs(name, main) and not any(_occurs(name, side) for side in named)
        if not used or _occurs(name, other) or _occurs(name, meaning):
            break
        text = _replaced(main, name, meaning)
    return text


def _last_definition(text: str) -> tuple[str, str, str] | None:
    """What stands before the last definition of `text`, its symbol and what that is."""
    for joint in reversed(list(_JOINT.finditer(text))):
        inside = text[joint.end() :]
        if any(inside.count(a) != inside.count(b) for a, b in ("()", "[]", "{}")):
            continue
        match = _DEFINITION.match(inside.strip().rstrip(" .\\"))
        main = text[: joint.start()].rstrip(" ,;\\")
        if not match or not main:
            return None
        return main, match["name"].strip(), match["meaning"].strip()
    return None


def _occurs(name: str, text: str) -> bool:
    return any(match["hit"] for match in _as_token(name).finditer(text))


def _replaced(text: str, name: str, meaning: str) -> str:
    return _as_token(name).sub(lambda m: f"({meaning})" if m["hit"] else m[0], text)


def _as_token(name: str) -> re.Pattern[str]:
    r"""A symbol that is no part of another: the `k` of `kq`, not of `\kappa`, `k_B` or a word."""
    ends = r"(?![A-Za-z_])" if name.startswith("\\") else r"(?!_)"
    return re.compile(
        rf"(?P<hit>{re.escape(name)}{ends})|\\word\{{[^{{}}]*\}}|\\[A-Za-z]+|[A-Za-z]_\{{?\w+"
    )
