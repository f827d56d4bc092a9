"""Short answers in words: the same words, or not."""

import re
import unicodedata

_COMMAND = re.compile(r"\\(?:text\w*|mathrm|mathbf|mbox|word|textbf|emph)\s*\{([^{}]*)\}")
_ARTICLE = re.compile(r"\b(?:an?|the)\b(?=\s+\w)")  # not the letter of "team A"
_NOT_WORD = re.compile(r"[^\w\s.:/%+-]")
_LOOSE_POINT = re.compile(r"[.:/-]+(?=\s|$)|(?<=\s)[.:/-]+")  # the point of "it is." and " - "
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")  # trigonal-planar
_EXISTS = re.compile(  # "there are 5 of them"
    r"(?:there (?:is|are|exists?)|it is|they are)\s+(?=\S)"
    r"|(?:limit|series|integral|sequence|function|it)\s+(?=does |diverge|converge)"
)  # "there are 5 of them"
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*){2,}\Z")
_ELEMENT = re.compile(r"[A-Z][a-z]?\d\Z")  # H2
_TRUTH = {
    **dict.fromkeys(("true", "yes", "correct", "right", "t", "y", "not false"), "true"),
    **dict.fromkeys(("false", "no", "incorrect", "wrong", "f", "n", "untrue"), "false"),
    **dict.fromkeys(("not true", "not correct", "not right"), "false"),
    **dict.fromkeys(("对", "正确"), "true"),
    **dict.fromkeys(("错", "错误"), "false"),
}
_TICKS = {"√": "true", "✓": "true", "✔": "true", "×": "false", "✗": "false", "✘": "false"}
_JOINT = re.compile(r" and (?=\S)")  # red and blue
_DECIDED = re.compile(  # "Yes, because"
    r"(yes|no|true|false)\s*[,.;:—–-]\s*(?!yes|no|true|false|and\b|or\b|but\b)\S", re.I
)
_ASIDE = re.compile(r"\s*\([^()]* [^()]*\)\Z")
_LETTERED = re.compile(  # `ABD`, `A, B and D`
    r"[A-J]{2,10}|\(?[A-J]\)?(?:(?:\s*[,;、，]\s*|\s+and\s+|\s*,\s*and\s+)\(?[A-J]\)?)+"
)
_COPULAS = frozenset("is are it its be was were that all every any then when".split())
_ACCENTS = re.compile("[\u0300-\u036f]")
_SENTENCE = 3  # words that an item of a list has not
_DENIALS = frozenset("not no never neither nor un in without cannot only except isn aren".split())
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


_QUADRANTS = {
    name: n
    for n, names in enumerate(("I 1st first one 一", "II 2nd second two 二",
                               "III 3rd third three 三", "IV 4th fourth four 四"), 1)
    for name in (*names.lower().split(), str(n))
}  # fmt: skip
_QUADRANT = re.compile(  # "Quadrant IV", "the 4th quadrant", 第四象限
    rf"\b(?:the )?({'|'.join(_QUADRANTS)}) quadrant\b|\bquadrant ({'|'.join(_QUADRANTS)})\b"
    r"|第([一二三四])象限",
    re.IGNORECASE,
)


def compare_text(gold: str, answer: str) -> str:
    """`equal.string`, `equal.text`, `no_answer.hedged` or `differ.text`.

    Case, articles, punctuation, accents' encoding and LaTeX wrappers do not count, except in
    chemical formulas, where case does. Every other word counts: "not even" is not "even".
    """
    gold, answer = _quadrants(_strip(gold)), _quadrants(_strip(answer))
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
    return _other_words(gold, answer, ours, theirs)


def is_truth(text: str) -> bool:
    """Whether a text says yes or no, and nothing else."""
    return _words(_strip(text)) in _TRUTH


def _quadrants(text: str) -> str:
    """The text with each quadrant under one name: `quadrant 4`."""
    return _QUADRANT.sub(lambda m: f"quadrant {_QUADRANTS[(m[1] or m[2] or m[3]).lower()]}", text)


def _other_words(gold: str, answer: str, ours: str, theirs: str) -> str:
    """`equal.text` for the same letters, else whether other words are another answer.

    Words are another answer where each side has some that the other lacks, or where one side alone
    denies or lists. What says the same and more ("strictly increasing"), and what is said in
    another script or notation, cannot be told.
    """
    if _spelled(_unaccented(ours)) == _spelled(_unaccented(theirs)) != "":
        return "equal.text"
    first, second = (frozenset(side.split()) - _COPULAS for side in (ours, theirs))
    if first == second and first:  # "words may be ranked" where commas or "or" part them
        return "differ.text" if re.search(r",|;|\bor\b", gold + answer) else "equal.text"
    bare = [_ASIDE.sub("", side) for side in (gold, answer)]
    if bare != [gold, answer] and all(bare):  # "First (she takes 1 stone at the start)"
        reason = compare_text(*bare)
        return reason if reason.startswith("differ.") else "undecided.unread"
    scripts = _scripts(gold), _scripts(answer)
    if all(scripts) and not scripts[0] & scripts[1]:
        return "undecided.unread"
    if (ours in _TRUTH) != (theirs in _TRUTH):  # "not complete" may say no
        return "differ.text" if first & second else "undecided.unread"
    names = {_is_compound(side): side for side in (gold, answer)}
    if len(names) > 1 and names[False].replace(" ", "").isalpha() and len(names[False]) > _SENTENCE:
        return "undecided.unread"  # `NaCl` beside "sodium chloride"
    if not ours.isascii() and " " not in ours + theirs and (ours in theirs or theirs in ours):
        return "undecided.unread"  # a script without blanks between its words
    fewer, more = sorted((first, second), key=len)
    if not any(map(str.isalpha, "".join(fewer))) or not _stems(fewer) <= _stems(more):
        return "differ.text"
    if _listed(gold) and _listed(answer):
        return "differ.text"
    extra = more - fewer
    if extra & _DENIALS or any(word.startswith("non") for word in extra):
        return "differ.text"
    return "differ.text" if _listed(gold) != _listed(answer) else "undecided.unread"


def _unaccented(words: str) -> str:
    """Words without the accents of Latin letters: `Chatelier` for "Châtelier"."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", words))


def _spelled(words: str) -> str:
    """Words without the blanks between them, unless these tell numbers apart."""
    return "" if re.search(r"\d \d", words) else words.replace(" ", "")


def _listed(text: str) -> bool:
    items = re.split(r",|;|\band\b|\bor\b", text)
    return len(items) > 1 and all(len(item.split()) < _SENTENCE for item in items)


def _scripts(text: str) -> frozenset[str]:
    """The scripts of the letters of a text: LATIN, CYRILLIC, CJK."""
    return frozenset(unicodedata.name(c, "?").split()[0] for c in text if c.isalpha())


def _is_compound(text: str) -> bool:
    """Whether a text is a chemical formula, `NaCl`, and not the name of what it is."""
    formula = re.sub(r"[\s_{}]", "", text)
    told = _FORMULA.match(formula) or _ELEMENT.match(formula)
    return bool(told) and any(c.islower() or c.isdigit() for c in formula)


def _stems(words: frozenset[str]) -> frozenset[str]:
    """Words in one form: "converges" for "convergent"."""
    return frozenset(_SAME.get(word, word) for word in words)


def _letters(text: str) -> frozenset[str] | None:
    """The options that `A, B, D` and `ABD` are, each once; else None."""
    found = _LETTERED.fullmatch(text) and re.findall("[A-J]", text)
    return frozenset(found) if found and len(set(found)) == len(found) else None


def _strip(text: str) -> str:
    text = _COMMAND.sub(r" \1 ", text).replace("$", " ").replace("\\", " ")
    return " ".join(text.split()).strip(" .*\"'`")


def _words(text: str) -> str:
    text = unicodedata.normalize("NFKC", _TICKS.get(text, text)).casefold()
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
