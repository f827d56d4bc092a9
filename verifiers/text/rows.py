r"""Displays of several rows as one line: `x &= 3 + 4 \\ &= 7` is `x = 3 + 4 = 7`.

display  ->  \begin{name} row (\\ row)* \end{name}
row      ->  relation formula       which goes on where the row before it stopped
          |  formula                which begins anew
"""

import re

_NAMES = (
    r"(?:align|aligned|alignat|alignedat|flalign|gather|gathered|split|eqnarray|multline|equation)"
)
_DISPLAY = re.compile(
    rf"\\begin\s*\{{{_NAMES}\*?\}}(?:\s*\{{\d*\}})?(.*?)\\end\s*\{{{_NAMES}\*?\}}", re.DOTALL
)
_WITHIN = re.compile(r"(?:\$|\\[(\[]|[{=,(])\s*\Z")  # a formula that has begun: `\[`, `\boxed{`
_BREAK = re.compile(r"\\\\(?:\s*\[[^\]]*\])?")  # `\\`, `\\[4pt]`
_ASIDE = re.compile(r"\\(?:tag|label|intertext)\*?\s*\{[^{}]*\}|\\(?:nonumber|notag)(?![a-z])")
_GOES_ON = re.compile(
    r"(?:\{\})?\s*(?:[=<>≤≥≈≡]|\\(?:[lg]eq?|[lg]eqslant|approx|equiv|sim)(?![a-z]))"
)
_FOLLOWS = re.compile(
    r"\\(?:implies|iff|therefore|(?:Long)?[rR]ightarrow|Longleftrightarrow)(?![a-zA-Z])"
)
_VALUE = re.compile(r"\\?[^\W\d_]{1,8}(?:_\{?\w+\}?|')*(?:\(\w\))?\s*=")  # `x_1 =`
_CLOSERS = {"\\[": "\\]", "$$": "$$"}
_END = " \t\n.,;。，；"


def on_one_line(answer: str) -> str:
    """The answer with each display of several rows as one line."""
    return (
        _DISPLAY.sub(lambda m: ", ".join(equations(m[1])), answer)
        if "\\begin" in answer
        else answer
    )


def in_steps(response: str) -> str:
    """The response with each display of several rows as formulas: a row of its own each, or one for
    all where they are the values of names, or where they stand in a formula (`\\boxed{`). The
    numbers of equations (`\\tag{1}`) are left out.
    """
    if "\\begin" in response:
        response = _DISPLAY.sub(_stepped, response)
    return _ASIDE.sub(" ", response) if "\\" in response else response


def _stepped(match: re.Match[str]) -> str:
    found = equations(match[1])
    within = _WITHIN.search(match.string, max(0, match.start() - 20), match.start())
    opened = within[0].strip() if within else "\\["
    steps = opened in _CLOSERS and not all(map(_VALUE.match, found))
    line = f"{_CLOSERS[opened]}\n{opened}".join(found) if steps else ", ".join(found)
    return line if within else f"\\[{line}\\]"


def equations(rows: str) -> list[str]:
    """The equations of a display; a row that begins with a relation goes on the one before it."""
    found: list[str] = []
    for row in _BREAK.split(_ASIDE.sub(" ", rows)):
        line = _FOLLOWS.sub(" ", row.replace("\\&", "\0").replace("&", " ")).replace("\0", "\\&")
        line = line.strip(_END)
        if not line:
            continue
        if found and _GOES_ON.match(line):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return found if len(found) == 1 else [_settled(equation) for equation in found]


def _settled(equation: str) -> str:
    """`x = 1 + 1 = 2` among others is `x = 2`."""
    first, *sides = equation.split("=")
    whole = len(sides) > 1 and all(side.count("{") == side.count("}") for side in (first, *sides))
    return f"{first.strip()} = {sides[-1].strip()}" if whole else equation
