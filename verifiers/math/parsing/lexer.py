r"""Answers cut into tokens: one alphabet for LaTeX and for plain notation (`sqrt(2)`, `x**2`)."""

import re
from typing import NamedTuple

from verifiers.math.parsing.tree import TooBigError, UnreadableError
from verifiers.text.math_names import FUNCTION_NAMES, FUNCTIONS, GREEK

MOST_TOKENS = 1000

_COMMANDS = {
    "cdot": "*", "times": "\\times", "ast": "*", "div": "/", "le": "<=", "leq": "<=",
    "leqslant": "<=",
    "lt": "<", "gt": ">", "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=",
    "approx": "~", "sim": "\\sim", "simeq": "~", "colon": ":", "lbrace": "\\{", "rbrace": "\\}",
    "lbrack": "[", "rbrack": "]", "vert": "|", "lvert": "|", "rvert": "|", "mid": "|",
    "land": "and", "wedge": "and", "lor": "or", "vee": "or", "prime": "'", "lparen": "(",
    "rparen": ")", "equiv": "\\equiv", "lgroup": "(", "rgroup": ")", "arrowvert": "|",
}  # fmt: skip
_GLYPHS = {
    "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varrho": "rho",
    "hslash": "hbar", "imath": "i", "jmath": "j",
}  # fmt: skip
"""Two glyphs of one letter; apart only where one answer uses both."""
_SILENT = ("usd", "displaystyle", "nolimits", "limits", "therefore", "because", "implies",
           "quad", "qquad", "boldmath")  # fmt: skip
_RUN = re.compile(r"\d+(?:,\d+)+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<num>(?:(?:\d{1,3}(?:,\d{3})+(?!,?\d)|\d+)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,4}(?![\w.]))?)"
    r"|\\word\{(?P<word>[^{}]*)\}"
    r"|\\(?P<cmd>[a-zA-Z]+)|(?P<row>\\\\)|(?P<brace>\\[{}|])"
    r"|(?P<letters>[a-zA-Z]+)"
    r"|(?P<op>\*\*|<=|>=|!=|=/=|:=|==|[-+*/^_!'()\[\]{}|,;:=<>&%])"
)
_NAMES = sorted(
    [*FUNCTIONS, "infty", "infinity", "inf", "theta", "alpha", "beta", "lambda", "pi"], key=len
)[::-1]
_LETTERS = re.compile("|".join(_NAMES) + "|[a-zA-Z]")
_JOINTS = {"or": "or", "and": "and", "in": "\\in"}


class Token(NamedTuple):
    """`kind` is num, sym, fn, cmd, word or op; `spaced` whether white space stands before it."""

    kind: str
    text: str
    spaced: bool = False


def tokenize(text: str) -> list[Token]:
    """The tokens of cleaned `text`.

    Raises UnreadableError for foreign characters and TooBigError for more than `MOST_TOKENS`.
    """
    tokens: list[Token] = []
    at = 0
    glyphs = {
        name: one
        for name, one in _GLYPHS.items()
        if not (f"\\{one}" in text and f"\\{name}" in text)
    }
    spaced = False
    grouped = not any(bracket in text for bracket in "([{") and all(
        _GROUPED.fullmatch(run[0]) for run in _RUN.finditer(text)
    )
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or match.end() == at:
            raise UnreadableError(text[at : at + 20])
        kind = match.lastgroup or ""
        value = match[kind]
        at = match.end()
        if kind == "space":
            spaced = True
            continue
        if kind == "num" and "," in value and not grouped:  # `(1,234)` is a pair
            value = value.partition(",")[0]
            at = match.start() + len(value)
        tokens += _tokens(kind, glyphs.get(value, value) if kind == "cmd" else value, spaced)
        spaced = False
        if len(tokens) > MOST_TOKENS:
            raise TooBigError(f"more than {MOST_TOKENS} tokens")
    return tokens


def _tokens(kind: str, value: str, spaced: bool) -> list[Token]:
    if kind == "letters":
        if value in _JOINTS:
            return [Token("op", _JOINTS[value], spaced)]
        return [_named(part[0], spaced) for part in _LETTERS.finditer(value)]
    if kind == "cmd":
        return _command(value, spaced)
    if kind == "word":
        word = value.strip(" ,;").lower()
        return [
            Token("op", word, spaced) if word in ("or", "and") else Token("word", value.strip())
        ]
    if kind in ("row", "brace"):
        return [Token("op", "|" if value == "\\|" else value, spaced)]
    if kind == "op":
        value = {"**": "^", ":=": "=", "==": "=", "=/=": "!="}.get(value, value)
    return [Token(kind, value, spaced)]


def _named(name: str, spaced: bool) -> Token:
    if name in FUNCTIONS:
        return Token("fn", FUNCTION_NAMES.get(name, name), spaced)
    if name in GREEK:
        return Token("sym", "\\" + name, spaced)
    if len(name) > 1:
        return Token("cmd", "infty" if name.startswith("inf") else name, spaced)
    return Token("sym", name, spaced)


def _command(name: str, spaced: bool) -> list[Token]:
    if name in _COMMANDS:
        return [Token("op", _COMMANDS[name], spaced)]
    if name in FUNCTIONS:
        return [Token("fn", FUNCTION_NAMES.get(name, name), spaced)]
    if name in _SILENT:
        return []
    if name == "deg":
        return [Token("op", "\\deg", spaced)]
    if name in GREEK:
        return [Token("sym", "\\" + name, spaced)]
    if name in ("ell", "i", "j"):
        return [Token("sym", "l" if name == "ell" else name, spaced)]
    for size in range(len(name) - 1, 1, -1):  # `\piG`: a space was lost behind the command
        if name[:size] in GREEK or name[:size] in ("pi", "cdot", "times", "le", "ge", "vert"):
            rest = [Token("sym", letter) for letter in name[size:]]
            return [*_command(name[:size], spaced), *rest]
    return [Token("cmd", name, spaced)]
