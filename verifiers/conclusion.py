"""The value that a sentence states, and the conclusion of a text that marks no answer."""

import re

_FORMULA = re.compile(
    r"\$\$(?P<a>.+?)\$\$|\\\[(?P<b>.+?)\\\]|\\\((?P<c>.+?)\\\)|(?<![\\$])\$(?!\d[\d,.]*\s[^$]{12,}\$)(?P<d>[^$\n]+?)(?<!\\)\$",
    re.DOTALL,
)
_BOLD = re.compile(r"\*\*(?P<bold>[^*\n]{1,200})\*\*")
_NUMBER = re.compile(
    r"(?<![\w.,^_\\])(?:(?<!\d)(?<!\d\s)-\s?)?(?:[$€£]\s?)?-?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))"
    r"(?:\s*/\s*\d+(?![\d.]))?(?:[eE][+-]?\d+)?\s?%?(?!\w*\d)"
)
_SENTENCE = re.compile(r"(?<=[.!?。])(?:\s+|(?<=。))(?=\S)")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LATIN_COMMAND = re.compile(r"\\[a-zA-Z]+|\{[^{}]*\}")
_SHORT = 60  # characters of a statement that is an answer by itself
_LOOK_BACK = 6  # lines above the end that are searched for a conclusion
_FLUFF = re.compile(
    r"(?:i hope|hope this|let me know|please|feel free|note that|this (?:solves|is correct|completes))",
    re.IGNORECASE,
)


def conclusion(text: str, kind: str) -> str | None:
    """The value in the last sentence of `text` that states one, or None."""
    lines = [line for line in text.split("\n") if line.strip(" \t*`}{\\]")]
    if kind != "math":
        return _short_or_none(lines)
    if len(lines) == 1 and is_answer(lines[0]):
        return lines[0].strip()
    block = _last_display(text)
    for line in reversed(lines[-_LOOK_BACK:]):
        for sentence in reversed(_SENTENCE.split(line.strip())):
            if _FLUFF.match(sentence.lstrip("*#> ")):
                continue
            found = _value(sentence)
            if found:
                return block if block and found in block else found
    return block


def sentence_value(text: str, kind: str) -> str:
    """The answer in a statement: the whole of it if it is one, else its formula or number."""
    text = text.strip().strip("`").strip()
    first = _SENTENCE.split(text, maxsplit=1)[0]
    if kind != "math":
        return first.strip(" *_")
    bare = _bare(first)
    if is_answer(bare):
        return bare
    return _value(first) or _value(text) or ("" if len(bare) > _SHORT else bare)


def is_answer(text: str) -> bool:
    """Whether a statement is short and free of prose, so that all of it is the answer."""
    text = text.strip()
    if len(text) > 4 * _SHORT:
        return False
    words = _WORDS.findall(_LATIN_COMMAND.sub(" ", text.replace("\\text", "")))
    prose = [w for w in words if len(w) > 1]
    if "=" in text and prose and len(text) > _SHORT:
        return False
    return len(prose) <= 3 if not _FORMULA.search(text) else not prose


def _bare(text: str) -> str:
    return text.strip().rstrip(".").replace("**", "").strip(" _")


def _value(sentence: str) -> str | None:
    """The last formula, bold answer or number of a sentence; sides of an equation are split."""
    formulas = [
        (match.end(), next(g for g in match.groups() if g is not None))
        for match in _FORMULA.finditer(sentence)
    ]
    formulas = [(end, f.strip()) for end, f in formulas if any(c.isalnum() for c in f)]
    bold = [
        (m.end(), _bare(m["bold"]))
        for m in _BOLD.finditer(sentence)
        if any(c.isdigit() for c in m["bold"])
    ]
    if formulas:
        return _last_side(_listed(sentence, [f for _, f in formulas]))
    if bold:
        text = bold[-1][1]
        return _last_side(text) if is_answer(text) else _number(text)
    return _number(sentence)


def _listed(sentence: str, formulas: list[str]) -> str:
    """The last formula, or all of `$a$, $b$ and $c$` when only joints stand between them."""
    chosen = [formulas[-1]]
    at = sentence.rfind(formulas[-1])
    for formula in reversed(formulas[:-1]):
        before = sentence.rfind(formula, 0, at)
        gap = sentence[before + len(formula) : at].strip("$\\() ")
        if gap not in (",", "and", "or", ", and", ", or", ";"):
            break
        chosen.insert(0, formula)
        if gap.endswith("or"):
            chosen[1] = r"\text{ or } " + chosen[1]
        at = before
    return ", ".join(chosen).replace(r", \text{ or }", r" \text{ or }")


def _last_side(formula: str) -> str:
    """The right side of a calculation such as `28 + 32 = 60`, else the formula."""
    if "\n" in formula or "&" in formula:
        formula = formula.replace("&", " ").strip().split("\n")[-1]
    head, sign, last = formula.rpartition("=")
    if not sign or not last.strip() or head.rstrip().endswith(("<", ">", "!", "\\")):
        return formula
    return last.strip()


def _number(sentence: str) -> str | None:
    found = None
    for match in _NUMBER.finditer(sentence):
        text = match[0].strip()
        if any(c.isdigit() for c in text):
            found = text
    return found


def _last_display(text: str) -> str | None:
    last = None
    for match in _FORMULA.finditer(text[-4000:]):
        last = match
    if last is None:
        return None
    return _last_side(next(g for g in last.groups() if g is not None).strip())


def _short_or_none(lines: list[str]) -> str | None:
    if not lines:
        return None
    last = lines[-1].strip()
    return last if len(last) <= 200 else None
