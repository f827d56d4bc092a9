"""Multiple choice: the letter, the letter with its option, or the option's text alone."""

import re
from collections.abc import Container, Mapping

from verifiers.extract.choices import NEAR, choose
from verifiers.extract.final_answer import Extraction, read_answer, spoken
from verifiers.extract.options import options_of
from verifiers.extract.reasoning import take_apart
from verifiers.kinds.selection import compare_selections, letters_of
from verifiers.math.rounding import compare_numbers
from verifiers.text.normalize import clean
from verifiers.text.numbers import read_number
from verifiers.text.short_text import compare_text
from verifiers.text.unicode import plain

_LETTER = r"[A-Z]"
_LETTERS = "ABCDEFGHIJ"
"""The options of a problem that does not list them."""
_ALONE = re.compile(
    r"(?:the\s+)?(?:correct\s+)?(?:answer|option|choice)?\s*(?:is\s*)?[:\s]*"
    r"[\s\"'(\[*]*([A-Za-z])[\s\"')\]*]*(?:[.:)\-–]\s*|\s+|\Z)(.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_LIST = re.compile(rf"\W*{_LETTER}\W*(?:(?:,|;|/|&|\band\b|\bor\b|\s)\W*{_LETTER}\b\W*)+\Z")
_WRAPPER = re.compile(  # `\text{`, `\mathbf{`; not `\sqrt{e}`, which is no letter
    r"\\(?:text\w*|math(?:rm|bf|sf|tt|it|bb)|boldsymbol|[mhf]box|boxed|bf|rm|operatorname)\*?\s*\{"
    r"|[{}$]|\\[()\[\],;~]|\\(?= )",
    re.IGNORECASE,
)


def letter_of(gold: str, options: Container[str] = _LETTERS) -> str | None:
    r"""The option letter that a gold answer is: `C`, `(C)`, `\text{(C)}`, `C.`; else None.

    `options` are the letters of the problem, A to J where it lists none.
    """
    bare = _bare(gold)
    return bare if re.fullmatch(_LETTER, bare) and bare in (options or _LETTERS) else None


def compare_choice(gold: str, answer: str, problem: str = "") -> str:
    """`equal.choice`, `differ.choice` or `no_answer.hedged`.

    `gold` is a letter, several, or starts with one, `answer` an extracted answer, `problem` the
    statement that may list the options.
    """
    options = options_of(problem)
    several = letters_of(gold, options)
    if several:
        return compare_selections(several, answer, options, _by_text)
    right = letter_of(gold, options) or _leading(gold, options) or _by_text(gold, options)
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
        found = _by_text(bare, options) or _by_text(answer, options)
    if found is None and (said := choose(bare, options.keys() or _LETTERS)):
        if len(said.letters) > 1:
            return "no_answer.hedged"
        found = said.letters[0]
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
        letter
        if not options
        and (answer.lstrip("( *")[:1].isupper() or answer.startswith("("))
        and _labelled(answer)
        else None
    )


def labelled(gold: str) -> bool:
    r"""Whether a gold is a letter and its option in one, as `\textbf{(B) } 12` is."""
    return bool(_leading(gold, {})) and not letter_of(gold)


def _labelled(answer: str) -> bool:
    """Whether the letter is marked as a label: `(C) Paris`, `C. Paris`, `C: Paris`."""
    return bool(re.match(rf"\W*\(?{_LETTER}[).:]|\W*\([a-z]\)", _bare(answer)))


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


def read_choice(response: str, problem: str = "") -> Extraction:
    """The option that a response decides for: in a box or tag, or by its letter in a sentence.

    A letter that is stated after the box replaces what is no option; where both are, and the later
    one takes nothing back, the answer is contested.
    """
    found = read_answer(response, "choice")
    if found.reason == "no_answer.unclosed":
        return found
    body = spoken(take_apart(response).response)
    options = options_of(problem)
    said = choose(body, options.keys() or _LETTERS)
    if found.rule not in ("box", "tag"):
        return (
            found._replace(answer=said.text(), rule="statement", beside=(), reason="")
            if said
            else found
        )
    boxed = _option(found.answer or "", options)
    if said is None or boxed == said.text():
        return found._replace(contested=None)
    after = said.at + max(0, len(body) - NEAR) > body.rfind(found.answer or "")
    if boxed is None or (after and said.corrected):
        return found._replace(answer=said.text(), rule="statement", contested=None)
    return found._replace(contested=said.text() if after else None)


def _option(answer: str, options: Mapping[str, str]) -> str | None:
    """The letter of the option that an answer is, or its letters; None for anything else."""
    bare = _bare(answer)
    several = letters_of(bare, options)
    if several:
        return ", ".join(sorted(several))
    found = _leading(bare, options) or _by_text(bare, options)
    said = None if found else choose(bare, options.keys() or _LETTERS)
    return found or (said.text() if said else None)


def option_named(answer: str, problem: str) -> str | None:
    """The text of the option whose letter an answer is, where the problem lists options."""
    options = options_of(problem) if problem else {}
    letter = letter_of(answer, options) if options else None
    return options.get(letter) if letter else None
