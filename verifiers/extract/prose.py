"""The value that a sentence states, and the conclusion of a text that marks no answer."""

import re

from verifiers.math.parsing.lexer import FUNCTIONS

# `$` opens and closes a formula as in pandoc: "costs $5 and $6" holds none.
FORMULA = re.compile(
    r"\$\$(?P<a>.{1,2000}?)\$\$|\\\[(?P<b>.{1,2000}?)\\\]|\\\((?P<c>.{1,2000}?)\\\)"
    r"|(?<![\\$])\$(?P<d>[^\s$](?:[^$\n]{0,2000}[^\s$\\])?|\s[^$\n]{1,2000}\s)\$(?!\d)",
    re.DOTALL,
)
_BOLD = re.compile(r"\*\*(?P<bold>[^*\n]{1,200})\*\*")
_NUMBER = re.compile(
    r"(?<![\w.,^_\\])(?<![A-Za-z]-)(?:(?<!\d)(?<!\d\s)-\s?)?(?:\\?[$€£]\s?)?-?(?:\d{1,3}(?:,\d{3})++(?!,?\d)|\d++)?(?:\.\d++|(?<=\d))"
    r"(?:\s*/\s*\d++(?!\.\d))?(?:[eE][+-]?\d+)?\s?%?(?![A-Za-z_]*\d)"
)
_RESULT = re.compile(r"=\s*\\?\$?\s*(-?[\d,]*\.?\d+)")
_STATED = re.compile(r"\b(?:is|are|be|equals?)\b[^.]*\d")
_LEADING = re.compile(
    r"[\"“](?P<quoted>[^\"“”\n]{1,80})[\"”]|(?P<number>\\?[$€£]?-?\d[\d,]*(?:\.\d+)?%?)"
    r"(?:,? (?:is|as|because|since|calculated|which|when|in|if|but|out|for)\b"
    r"|, (?=[a-z]{2})(?!and\b|or\b)|\s*\(| [a-z]+ \((?=which\b|because\b|since\b))"
)
_CLOSING = re.compile(r"(?:\b(?:is|are|equals)|=)\s+(?:\w+\s+)?\\?\$?-?[\d,.]+[\s.*%]*\Z")
_SEVERAL = re.compile(
    r"\b(?:are|be|is):? (-?\d+(?:\.\d+)?(?:, -?\d+(?:\.\d+)?)*,? and -?\d+(?:\.\d+)?)[.*\s]*\Z"
)
_SENTENCE = re.compile(
    r"(?<=[.!?]\$\$)\s+(?=[A-Z])|(?<=[.!?]\\\])\s+(?=[A-Z])"
    r"|(?<=[.!?。])(?<!\\!)(?<!Mr\.)(?<!Mrs\.)(?<!Ms\.)(?<!Dr\.)"
    r"(?<!St\.)(?<! [A-Z]\.)(?:\s+|(?<=。))(?=\S)"
)
_WORD = re.compile(r"(?<![\\\w])[^\W\d_]{2,}")
_COMMAND = re.compile(r"\\text\s*\{[^{}]*\}|\\[a-zA-Z]+|\\.")
_CALCULATION = re.compile(r"[\d\s.,+*/()^-]+=[^=]+\Z")
_FLUFF = re.compile(
    r"(?:i hope|hope this|let me know|please|feel free|note that"
    r"|this (?:solves|is correct|completes))",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|cannot|neither|nor|rather than|instead of)|n['’]t)\s+"
    r"(?:be |equal )?[$\\(*]*\Z"
)
_ABSTAINS = re.compile(
    r"\b(?:cannot|can['’]t|could not|couldn['’]t|unable to|impossible to|not possible to)"
    r" (?:be )?(?:accurately |uniquely )?(?:answer|determine|solve)"
    r"|\b(?:not enough|insufficient) information\b|\bI (?:do not|don['’]t) know\b",
    re.IGNORECASE,
)
_LONGEST = 240  # characters of a statement that is an answer by itself
_LOOK_BACK = 6  # lines above the end that are searched for a conclusion
_MOST_WORDS = 4
_SHORT_LINE = 80
_OPENING = re.compile(r"\s[\"'`]\Z")
_ENDS = ".!?。)]}$*\"'`%>”"


def conclusion(text: str, kind: str) -> str | None:
    """The value in the last sentence of `text` that states one, or None.

    None also where the text comes to say that there is no telling.
    """
    lines = [
        line
        for line in text.split("\n")
        if line.strip().strip("*`}{\\] ") and not line.startswith("<|")
    ]
    if not lines:
        return None
    if kind != "math":
        last = lines[-1].strip()
        return last if len(last) <= _LONGEST else None
    valued = is_answer(lines[-1]) and (len(lines) == 1 or _value(lines[-1], text))
    if not ended(lines[-1]) and not valued:
        return None
    if len(lines) == 1 and is_answer(lines[0]) and not _ABSTAINS.search(lines[0]):
        line = lines[0].strip()
        return _last_side(line) if _CALCULATION.match(line) else line
    block = _last_display(text)
    for line in reversed(lines[-_LOOK_BACK:]):
        for sentence in reversed(_SENTENCE.split(line.strip())):
            if _FLUFF.match(sentence.lstrip("*#> ")):
                continue
            if _ABSTAINS.search(sentence):
                return None
            found = _value(sentence, text)
            if found:
                return block if block and _holds(block, found) else found
    return block


def ended(line: str) -> bool:
    """Whether a last line reads like an end and not like a text that was cut in mid-sentence."""
    line = line.rstrip()
    return (line[-1] in _ENDS and not _OPENING.search(line)) or (
        line.count("(") <= line.count(")")
        and (line[-1].isdigit() or (len(line) <= _SHORT_LINE and any(map(str.isdigit, line))))
    )


def sentence_value(text: str, kind: str, context: str = "") -> str:
    """The answer in a statement: the whole of it if it is one, else its formula or number.

    `context` is the text before the statement, whose last result tells numbers apart.
    """
    text = text.strip().strip("`").strip()
    first = _SENTENCE.split(text, maxsplit=1)[0]
    if kind != "math":
        return first.strip(" *_")
    if _ABSTAINS.search(first):
        return ""
    bare = _bare(first)
    leading = _LEADING.match(bare)
    if leading and not FORMULA.search(first):
        return (leading["quoted"] or leading["number"]).strip()
    if is_answer(bare):
        return bare
    return _value(first, context) or _value(text, context) or ("" if len(bare) > 60 else bare)


def is_answer(text: str) -> bool:
    """Whether a statement has no prose before its value, so that all of it is the answer.

    A few words behind the value are its unit; a few words and nothing else are a text answer.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return False
    words = [
        match
        for match in _WORD.finditer(_COMMAND.sub(lambda m: " " * len(m[0]), text))
        if match[0] not in FUNCTIONS and match[0] not in ("pi", "and", "or")
    ]
    if FORMULA.search(text):
        return not words
    digit = re.search(r"\d", text)
    if digit and any(match.start() < digit.start() for match in words):
        first = words[0]
        return first.start() == 0 and first[0].isupper() and len(first[0]) <= 3 and "=" in text
    return len(words) <= _MOST_WORDS


def _bare(text: str) -> str:
    return text.strip().rstrip(".").replace("**", "").strip(" _")


def _value(sentence: str, context: str) -> str | None:
    """The last formula, bold answer or number of a sentence; sides of an equation are split."""
    formulas = [
        (match.end(), next(g for g in match.groups() if g is not None))
        for match in _affirmed(FORMULA, sentence)
    ]
    formulas = [(end, f.strip()) for end, f in formulas if any(c.isalnum() for c in f)]
    bold = [_bare(m["bold"]) for m in _BOLD.finditer(sentence) if any(map(str.isdigit, m["bold"]))]
    if formulas:
        rest = sentence[formulas[-1][0] :]
        if _STATED.search(rest):
            return _number(rest, context)
        return _listed(sentence, [f for _, f in formulas])
    if bold:
        text = bold[-1]
        return _last_side(text) if is_answer(text) else _number(text, context)
    return _number(sentence, context)


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
    if len(chosen) == 1:
        return _last_side(chosen[0])
    return ", ".join(chosen).replace(r", \text{ or }", r" \text{ or }")


def _last_side(formula: str) -> str:
    """The right side of a calculation such as `28 + 32 = 60`, else the formula."""
    if "\\begin" in formula:
        return formula
    if "\n" in formula or "&" in formula:
        formula = formula.replace("&", " ").strip().split("\n")[-1]
    head, sign, last = formula.rpartition("=")
    if not sign or not last.strip() or head.rstrip().endswith(("<", ">", "!", "\\")):
        return formula
    return last.strip()


def _number(sentence: str, context: str) -> str | None:
    """The last number of a sentence, or the one that the last calculation before it gave.

    "Rosie can run 50 miles in 7 hours" after "30 + 20 = 50" states 50.
    """
    several = _SEVERAL.search(sentence)
    if several:  # "The primes are 3 and 5."
        return several[1]
    found = [m[0].strip() for m in _affirmed(_NUMBER, sentence) if any(map(str.isdigit, m[0]))]
    if len(set(found)) > 1 and not _CLOSING.search(sentence):
        sides = _RESULT.findall(context[-3000:])
        for side in reversed(sides[-3:]):
            for text in found:
                if _digits(text) == _digits(side):
                    return text
        money = [text for text in found if "$" in text]
        if len(money) == 1:
            return money[0]
    return found[-1] if found else None


def _affirmed(value: re.Pattern[str], sentence: str) -> list[re.Match[str]]:
    """What matches in a sentence, without the denied: "the cost is $103, not $123"."""
    found = [match for match in value.finditer(sentence) if match[0]]
    return [m for m in found if not _DENIED.search(sentence, max(0, m.start() - 20), m.start())]


def _holds(block: str, found: str) -> bool:
    """Whether a formula states the value `found` and not just its digits, or a question."""
    return not block.endswith("=") and bool(
        re.search(rf"(?<![\d.,]){re.escape(found)}(?![\d]|[.,]\d)", block)
    )


def _digits(text: str) -> str:
    text = re.sub(r"[^\d.]", "", text)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _last_display(text: str) -> str | None:
    last = None
    for match in FORMULA.finditer(text[-4000:]):
        last = match
    if last is None:
        return None
    return _last_side(next(g for g in last.groups() if g is not None).strip())
