"""Multiple choice: the letter, the letter with its option, or the option's text alone."""

import re
from collections.abc import Mapping

from verifiers.extract.options import options_of
from verifiers.kinds.selection import compare_selections, letters_of
from verifiers.math.rounding import compare_numbers
from verifiers.text.normalize import clean
from verifiers.text.numbers import read_number
from verifiers.text.short_text import compare_text
from verifiers.text.unicode import plain

_LETTER = r"[A-J]"
_ALONE = re.compile(
    r"(?:the\s+)?(?:correct\s+)?(?:answer|option|choice)?\s*(?:is\s*)?[:\s]*"
    r"[\s\"'(\[*]*([A-Ja-j])[\s\"')\]*]*(?:[.:)\-–]\s*|\s+|\Z)(.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_LIST = re.compile(rf"\W*{_LETTER}\W*(?:(?:,|;|/|&|\band\b|\bor\b|\s)\W*{_LETTER}\b\W*)+\Z")
_WRAPPER = re.compile(r"\\[a-zA-Z]+\*?\s*\{|[{}$]|\\[()\[\],;~]|\\(?= )")
_DECISION = re.compile(
    r"(?P<not>\b(?:not|isn't|cannot be|rule out|eliminate|neither|nor|than) "
    r"(?:an? |option |choice )?)?"
    r"(?P<cue>(?:\b(?:answer|option|choice|choose|pick|select|finali[sz]e(?: on)?|it's|it is|be"
    r"|go with|is|es|est|ist|è|é)\b[ :=]{0,3}(?:(?:is|are|be)\b)?[ :=]{0,3}"
    r"(?:option|choice|letter)?)|^)"
    r"[ :\"'*$\\]{0,6}(?:\\?text(?:bf)?\{|boxed\{)?[ \"'(\[*]{0,4}"
    r"(?P<letter>[A-J])(?![\w'’]|\s?[*+/^=_]\s?[\w\\(])[)\]*\"'.]{0,4}(?P<next> [a-z]+)?",
    re.MULTILINE | re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"\(?\b(?P<letter>{_LETTER})\)?\s+(?:is|must be)\s+(?:the\s+)?(?:correct|right|answer|best)"
)
_SO = re.compile(
    r"\b(?:so|thus|hence|therefore),? \(?(?P<letter>[A-J])\)?[.!]?\s*\Z", re.IGNORECASE
)
_WORD_A = {
    "because",
    "since",
    "as",
    "is",
    "and",
    "but",
    "not",
    "or",
    "which",
    "with",
    "for",
    "while",
}


def letter_of(gold: str) -> str | None:
    r"""The option letter that a gold answer is: `C`, `(C)`, `\text{(C)}`, `C.`; else None."""
    bare = _bare(gold)
    return bare if re.fullmatch(_LETTER, bare) else None


def choose(text: str) -> str | None:
    """The letter that prose decides for: the last one that a cue names and nothing denies."""
    chosen = None
    text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    for match in sorted(
        [*_DECISION.finditer(text), *_BEFORE.finditer(text), *_SO.finditer(text)],
        key=lambda m: m.start("letter"),
    ):
        groups = match.groupdict()
        letter = match["letter"]
        following = (groups.get("next") or "").strip()
        if groups.get("not") or not letter.isupper():
            continue
        if letter in "AI" and following and following not in _WORD_A:
            continue  # "is a dog", "I think"
        chosen = letter
    return chosen


def compare_choice(gold: str, answer: str, problem: str = "") -> str:
    """`equal.choice`, `differ.choice` or `no_answer.hedged`.

    `gold` is a letter, several, or starts with one, `answer` an extracted answer, `problem` the
    statement that may list the options.
    """
    options = options_of(problem)
    several = letters_of(gold, options)
    if several:
        return compare_selections(several, answer, options, _by_text)
    right = letter_of(gold) or _leading(gold, options)
    if right is None:
        return "differ.choice"
    bare = _bare(answer)
    if _LIST.match(bare) and len(set(re.findall(rf"\b{_LETTER}\b", bare))) > 1:
        return "no_answer.hedged"
    found = _leading(bare, options)
    label = _ALONE.match(bare) if found is None else None
    if label and (other := _by_text(label[2], options)) and other != label[1].upper():
        return "differ.choice"  # the letter of one option with the text of another
    if found is None:
        found = _by_text(bare, options)
    if found is None:
        found = choose(bare)
    return "equal.choice" if found == right else "differ.choice"


def _leading(answer: str, options: Mapping[str, str]) -> str | None:
    """The letter that an answer starts with, when what follows is nothing or that option."""
    answer = _bare(answer)
    match = _ALONE.match(answer)
    if not match:
        return None
    letter, rest = match[1].upper(), match[2].strip(" .*")
    if not rest:
        return letter
    if letter in options:
        return letter if _same(rest, options[letter]) else None
    return (
        letter if not options and answer.lstrip("( *")[:1].isupper() and _labelled(answer) else None
    )


def labelled(gold: str) -> bool:
    r"""Whether a gold is a letter and its option in one, as `\textbf{(B) } 12` is."""
    return bool(_leading(gold, {})) and not letter_of(gold)


def _labelled(answer: str) -> bool:
    """Whether the letter is marked as a label: `(C) Paris`, `C. Paris`, `C: Paris`."""
    return bool(re.match(rf"\W*\(?{_LETTER}[).:]", _bare(answer)))


def _by_text(answer: str, options: Mapping[str, str]) -> str | None:
    hits = [letter for letter, option in options.items() if _same(answer, option)]
    return hits[0] if len(hits) == 1 else None


def _same(answer: str, option: str) -> bool:
    if compare_text(option, answer).startswith("equal."):
        return True
    ours, theirs = clean(option), clean(answer)
    if ours == theirs:
        return True
    first, second = read_number(ours), read_number(theirs)
    return bool(first and second and compare_numbers(first, second) == "equal.exact")


def _bare(text: str) -> str:
    text = _WRAPPER.sub("", plain(text)).strip()
    match = re.fullmatch(rf"[\s(\[\"'*]*({_LETTER})[\s)\]\"'*.:]*", text)
    return match[1] if match else text
