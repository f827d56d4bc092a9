r"""What is written of an atom's electrons: configurations, oxidation states, hybrids, terms.

`[Ar] 3d^6 4s^2` is the configuration that is written out from `1s^2` on, in any order; `Mn(VII)`
and 正七价 are `+7`; `\mathrm{sp}^2` is `sp^2`; `^3S_1` is a name, and not `^1S_0`.
"""

import re

from verifiers.text.unicode import plain

_MARKUP = re.compile(r"\\(?:(?:mathrm|text|rm|word|ce)(?![a-z])|,)|[\s${}_^\\]")
_CONFIGURATION = re.compile(
    r"(?:\[(?P<core>He|Ne|Ar|Kr|Xe|Rn)\])?(?P<shells>(?:\d[spdf]\d{1,2})+)\Z"
)
_SHELL = re.compile(r"(\d[spdf])(1[0-4]|\d)(?=\d[spdf]|\Z)")  # 3d10
_ADDED = {
    "He": "1s2", "Ne": "2s22p6", "Ar": "3s23p6", "Kr": "3d104s24p6", "Xe": "4d105s25p6",
    "Rn": "4f145d106s26p6",
}  # fmt: skip
"""The shells that a noble gas has and the one before it has not."""
_STATE = re.compile(  # Mn(VII), +7, 7+, 正七价
    r"(?:[A-Z][a-z]?)?\((?P<roman>VIII|VII|VI|IV|V|I{1,3})\)\Z|(?P<sign>正|负|[+-])(?P<n>\d|[一二三四五六七八])价?\Z"
    r"|(?P<m>\d)(?P<behind>[+-])\Z"
)
_ROMAN = ["", *"I II III IV V VI VII VIII".split()]
_HYBRID = re.compile(r"sp(?:[23](?:d[23]?)?)?\Z|dsp[23]\Z|d2sp3\Z")
_TERM = re.compile(r"\d[SPDFGH]\d(?:/\d)?\Z")


def compare_electrons(gold: str, answer: str) -> str | None:
    """`equal.text` or `differ.text` for two notations of one kind; None for anything else."""
    ours, theirs = (_MARKUP.sub("", plain(side).strip(" .")) for side in (gold, answer))
    for read in (_configuration, _state, _name):
        first, second = read(ours), read(theirs)
        if first is not None and second is not None:
            worded = read is not _state or not (_is_number(ours) and _is_number(theirs))
            return ("equal.text" if first == second else "differ.text") if worded else None
    return None


def _configuration(text: str) -> dict[str, int] | None:
    """The electrons of each shell; None for what is no configuration."""
    match = _CONFIGURATION.match(text)
    if not match:
        return None
    shells = match["shells"]
    if match["core"]:
        names = list(_ADDED)
        shells = "".join(_ADDED[name] for name in names[: names.index(match["core"]) + 1]) + shells
    found = _SHELL.findall(shells)
    if "".join(shell + n for shell, n in found) != shells:
        return None
    return {shell: int(n) for shell, n in found}


def _state(text: str) -> int | None:
    """The oxidation state that a text names; None for other texts."""
    match = _STATE.match(text)
    if not match:
        return None
    if match["roman"]:
        return _ROMAN.index(match["roman"])
    size = match["n"] or match["m"]
    value = int(size) if size.isdigit() else "一二三四五六七八".index(size) + 1
    return -value if (match["sign"] or match["behind"]) in ("-", "负") else value


def _is_number(text: str) -> bool:
    return text.lstrip("+-").isdigit()


def _name(text: str) -> str | None:
    """A hybrid or a term; None for other texts."""
    return text if _HYBRID.match(text) or _TERM.match(text) else None
