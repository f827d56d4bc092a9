r"""Tokens of a formula in any usual notation: `p \to q`, `p → q`, `p -> q`, `p implies q`."""

import re

from verifiers.math.parsing.tree import TooBigError, UnreadableError

LONGEST = 4000  # characters of one formula
MOST_TOKENS = 1200

_SPELLINGS = {
    "not": r"¬ ~ ! ∼ \lnot \neg \sim not -",
    "and": r"∧ & && ⋀ \land \wedge \& and but /\ · ⋅ * \cdot \times \bigwedge",
    "or": r"∨ | || ⋁ \lor \vee or unless \/ + \bigvee",
    "xor": r"⊕ ⊻ ≢ \oplus \veebar xor",
    "nand": r"↑ ⊼ \uparrow \barwedge nand",
    "nor": r"↓ ⊽ \downarrow nor",
    "if": r"→ ⇒ ⊃ ⟶ ⟹ \to \rightarrow \Rightarrow \implies \supset \longrightarrow"
    r" \Longrightarrow -> => --> ==> implies",
    "because": r"← ⇐ \leftarrow \Leftarrow \impliedby <- <== <-- if",
    "iff": r"↔ ⇔ ⟷ ⟺ ≡ \leftrightarrow \Leftrightarrow \iff \equiv \longleftrightarrow"
    r" \Longleftrightarrow <-> <=> <--> <==> == iff",
    "all": r"∀ \forall forall all",
    "some": r"∃ \exists exists some",
    "eq": r"=",
    "ne": r"≠ != \ne \neq",
    "in": r"∈ \in",
    "true": r"⊤ \top true tautology",
    "false": r"⊥ ⟂ \bot false contradiction",
}
_KIND = {spelling: kind for kind, line in _SPELLINGS.items() for spelling in line.split()}
_PHRASES = (
    (re.compile(r"\bif and only if\b|\bexactly when\b", re.IGNORECASE), " iff "),
    (re.compile(r"\bonly if\b", re.IGNORECASE), " implies "),
    (re.compile(r"(?:^|(?<=\())\s*if\b(?P<if>.+?),?\s*\bthen\b", re.I), r" (\g<if>) implies "),
    (re.compile(r"\bneither\b(?P<a>.+?)\bnor\b(?P<b>[^)]+)", re.I), r" not ((\g<a>) or (\g<b>))"),
    (re.compile(r"\b(?:either|both)\b", re.IGNORECASE), " "),
    (re.compile(r"\bfor (?:all|every|each)\b", re.IGNORECASE), " forall "),
    (re.compile(r"(?<!\\)\b(?:there )?exists?(?: an?)?\b|\bfor some\b", re.IGNORECASE), " exists "),
    (re.compile(r"\bit is not the case that\b", re.IGNORECASE), " not "),
)
_WRAPPED = re.compile(r"\\(?:text|mathrm|mathit|mathbf|mathsf|operatorname|mathcal)\s*\{([^{}]*)\}")
_LAYOUT = re.compile(
    r"\\(?:left|right|big|Big|bigl|bigr|Bigl|Bigr|quad|qquad|displaystyle)(?![a-zA-Z])"
    r"|\\[,;:! ]|\\[()\[\]]|[$`]|~(?=\s*$)"
)
_SPELLED = "|".join(
    re.escape(spelling) + (r"(?![A-Za-z])" if spelling[-1].isalpha() else "")
    for spelling in sorted(_KIND, key=len, reverse=True)
    if not spelling.isalpha()
)
_TOKEN = re.compile(
    rf"\s*(?:(?P<bar>\\overline|\\bar)\s*|(?P<spelled>{_SPELLED})"
    r"|(?P<name>[^\W\d_](?:[^\W_]|_(?!\{))*(?:_\{\w+\})?|\\(?:alpha|beta|gamma|delta|phi|varphi|psi|chi|theta)(?![a-z]))"
    r"|(?P<digit>[01](?![\w.])|\d+)|(?P<mark>[()\[\]{},.:'^]))"
)


def tokens(text: str) -> list[tuple[str, str]]:
    """Pairs of kind and text; UnreadableError for a character of no notation.

    Kinds: those of the connectives, `name`, `digit`, `bar` (an overline) and the marks themselves.
    """
    if len(text) > LONGEST:
        raise TooBigError("formula")
    text = _LAYOUT.sub(" ", _WRAPPED.sub(r" \1 ", text)).strip().rstrip(".;,").strip()
    for phrase, word in _PHRASES:
        text = phrase.sub(word, text)
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or len(found) > MOST_TOKENS:
            raise TooBigError("formula") if match else UnreadableError(text[at : at + 20])
        found.append(_token(match))
        at = match.end()
    return _resolved(found)


def _token(match: re.Match[str]) -> tuple[str, str]:
    kind = str(match.lastgroup)
    text = match[kind]
    if kind == "spelled":
        return _KIND[text], text
    if kind == "name" and text.lower() in _KIND and text.lower() not in ("t", "f"):
        return _KIND[text.lower()], text
    if kind == "name":
        text = text.replace("_{", "_").rstrip("}")
    return (text, text) if kind == "mark" else (kind, text)


def _resolved(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """With the signs that mean different things to different writers given their meaning.

    `^` is "xor" beside `&` or `|`, as in programs, else "and"; a lone `v` between two operands is
    "or"; T and F are constants beside names that are all lower case.
    """
    programming = any(text in ("&", "|", "&&", "||") for _, text in found)
    lower = all(text.islower() or text in "TF" for kind, text in found if kind == "name")
    called = {i - 1 for i, (kind, _) in enumerate(found) if kind == "("}
    result = []
    for index, (kind, text) in enumerate(found):
        between = 0 < index < len(found) - 1
        before = found[index - 1][0] if index else ""
        after = found[index + 1][0] if between else ""
        if kind == "^":
            result.append(("xor" if programming else "and", text))
        elif text == "v" and before in ("name", ")", "'") and after in ("name", "(", "not"):
            result.append(("or", text))
        elif kind == "name" and text in ("T", "F") and lower and index not in called:
            result.append(("true" if text == "T" else "false", text))
        else:
            result.append((kind, text))
    return result
