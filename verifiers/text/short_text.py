"""Short answers in words: the same words, or not."""

import re
import unicodedata

_COMMAND = re.compile(r"\\(?:text\w*|mathrm|mathbf|mbox|word|textbf|emph)\s*\{([^{}]*)\}")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_NOT_WORD = re.compile(r"[^\w\s.:/%+-]")
_LOOSE_POINT = re.compile(r"[.:/-]+(?=\s|$)|(?<=\s)[.:/-]+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_EXISTS = re.compile(
    r"(?:there (?:is|are|exists?)|it is|they are)\s+(?=\S)"
)  # "there are 5 of them"
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*){2,}\Z")
_TRUTH = {
    **dict.fromkeys(("true", "yes", "correct", "right", "t", "y"), "true"),
    **dict.fromkeys(("false", "no", "incorrect", "wrong", "f", "n"), "false"),
}
_JOINT = re.compile(r" and (?=\S)")
_DECIDED = re.compile(
    r"(yes|no|true|false)\s*[,.;:—–-]\s*(?!yes|no|true|false|and\b|or\b|but\b)\S", re.I
)
_LETTERED = re.compile(
    r"[A-J]{2,10}|\(?[A-J]\)?(?:(?:\s*[,;]\s*|\s+and\s+|\s*,\s*and\s+)\(?[A-J]\)?)+"
)
_SAME = {
    **dict.fromkeys(("dne", "doesn't exist", "doesn t exist"), "does not exist"),
    **{
        form: f"{verb}s"
        for verb in ("converge", "diverge", "increase", "decrease")
        for form in (verb, f"{verb[:-1]}ing", f"{verb[:-1]}ent", f"{verb}s")
    },
    **{
        word: f"{n}{'st' if n == 1 else 'nd' if n == 2 else 'rd' if n == 3 else 'th'}"
        for n, word in enumerate(
            "first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1
        )
    },
}


def compare_text(gold: str, answer: str) -> str:
    """`equal.string`, `equal.text`, `no_answer.hedged` or `differ.text`.

    Case, articles, punctuation, accents' encoding and LaTeX wrappers do not count, except in
    chemical formulas, where case does. Every other word counts: "not even" is not "even".
    """
    gold, answer = _strip(gold), _strip(answer)
    if gold == answer:
        return "equal.string"
    if gold.lower() == answer.lower() and any(map(_telling_case, (gold, answer))):
        return "differ.text"
    if len(gold) == 2 and gold.isupper() and gold == answer[::-1] and set(gold) != {"H", "T"}:
        return "equal.text"  # a segment from either end
    ours, theirs = _words(gold), _words(answer)
    if ours and ours == theirs:
        return "equal.text"
    if any(mark in gold + answer for mark in ",;") and _JOINT.sub(" ", ours) == _JOINT.sub(
        " ", theirs
    ):
        return "equal.text"  # "red, green and blue"
    listed = not (gold.isalpha() and answer.isalpha())  # `ABC` is a name beside `CAB`
    if listed and _letters(gold) is not None and _letters(gold) == _letters(answer):
        return "equal.choice"
    if ours in _TRUTH and theirs in _TRUTH and _TRUTH[ours] == _TRUTH[theirs]:
        return "equal.text"
    decided = [_DECIDED.match(side) for side in (gold, answer)]
    if any(decided):
        ours, theirs = (
            m[1].lower() if m else w for m, w in zip(decided, (ours, theirs), strict=True)
        )
        if _TRUTH.get(ours, ours) == _TRUTH.get(theirs, theirs):
            return "equal.text"
    options = re.split(r"\bor\b", theirs)
    if len(options) > 1 and ours in (option.strip() for option in options):
        return "no_answer.hedged"
    return "differ.text"


def _letters(text: str) -> frozenset[str] | None:
    """The options that `A, B, D` and `ABD` are, each once; else None."""
    found = _LETTERED.fullmatch(text) and re.findall("[A-J]", text)
    return frozenset(found) if found and len(set(found)) == len(found) else None


def _strip(text: str) -> str:
    text = _COMMAND.sub(r" \1 ", text).replace("$", " ").replace("\\", " ")
    return " ".join(text.split()).strip(" .*\"'`")


def _words(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFC", text)
    text = _HYPHEN.sub(" ", text)
    text = _LOOSE_POINT.sub(" ", _NOT_WORD.sub(" ", text) + " ")
    bare = " ".join(_ARTICLE.sub(" ", text).split())
    bare = bare or " ".join(text.split())
    bare = _EXISTS.sub("", bare)
    return _SAME.get(bare, bare)


def _telling_case(text: str) -> bool:
    """Whether case tells a chemical formula or element from another: `NaCl`, `Co` beside `CO`."""
    mixed = bool(_FORMULA.match(text)) and not text.isupper()
    return mixed or (len(text) == 2 and text.istitle() and text.lower() not in _TRUTH)
