"""How models mark their thoughts, and where the thought of a response ends.

One table of dialects for everything that takes responses apart. A thought that was opened and not
closed is no answer; nor is what stands in it. A thought that is closed and was never opened was
opened by the chat template.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TAGS = {
    "think": "think",  # <think>a</think>b: R1, Qwen3, GLM and most others
    "thinking": "thinking",  # <thinking>a</thinking>b
    "thought": "thoughts?",  # <thought>a</thought>b: EXAONE
    "seed": "seed:think",  # <seed:think>a</seed:think>b: Seed-OSS
    "minimax": "mm:think",  # <mm:think>a</mm:think>b
    "longcat": "longcat_think",  # <longcat_think>a</longcat_think>b
    "reasoning": "reasoning",  # <reasoning>a</reasoning><answer>b</answer>: prompts of trainers
    "reason": "reason",  # <reason>a</reason>b
    "analysis": "analysis",  # <analysis>a</analysis>b
    "reflection": "reflection",  # <reflection>a</reflection>b
}
"""Dialects that are a pair of tags, in any case, with blanks, or closed with the wrong slash:
`< Think >`, `<\\think>`.
"""

SECTIONS = frozenset(("reasoning", "reason", "analysis", "reflection"))
"""Tags that also name a section of an answer: they mark a thought where the text begins with it."""

_TOKENS = {
    "thought": (r"\|begin_of_thought\|>", r"\|end_of_thought\|(?:>|(?=\s|$))"),  # Sky-T1
    "cohere": (r"\|START_THINKING\|>", r"\|END_THINKING\|>"),  # Command A
    "thinking_token": (  # <|thinking|>a<|/thinking|>b; <|think|>a<|end|><|begin|>..<|content|>b
        r"\|think(?:ing)?\|>",
        r"\|\s*(?:/|end_?(?:of_)?)think(?:ing)?\s*\|>|\|content\|>",
    ),
    "harmony": (  # <|channel|>analysis<|message|>a<|end|>..<|channel|>final<|message|>b: gpt-oss
        r"\|channel\|>(?:analysis|commentary)[^<]{0,60}<\|message\|>",
        r"(?:\|end\|>\s*<)?(?:\|start\|>assistant\s*<)?\|channel\|>final[^<]{0,60}<\|message\|>",
    ),
    "im_start": (r"\|im_start\|>think\n", r"\|im_start\|>answer\n"),  # s1
    "inner": (r"\|inner_prefix\|>", r"\|inner_suffix\|>"),  # Apertus
    "unused": (r"unused94>thought\n", r"unused95>"),  # MedGemma
}
"""Dialects of special tokens, all of which begin with `<`."""

_OTHERS = (
    ("mistral", "[THINK]", "[/THINK]"),  # [THINK]a[/THINK]b
    ("kimi", "◁think▷", "◁/think▷"),  # ◁think▷a◁/think▷b
)
_BARE = (  # marks that lost their brackets on the way: they count where the text begins with them
    ("harmony", re.compile(r"\s*analysis(?=[A-Z\"'])"), re.compile(r"assistantfinal")),
    ("im_start", re.compile(r"\s*think\n"), re.compile(r"\nanswer\n")),  # think\na\nanswer\nb
    (  # &lt;think&gt;a&lt;/think&gt;b: a page's source, not its text
        "escaped",
        re.compile(r"\s*&lt;think&gt;"),
        re.compile(r"&lt;/think&gt;"),
    ),
    (
        "granite",  # "Here is my thought process: a Here is my response: b"
        re.compile(r"\s*Here(?: is|'s) my thought process:"),
        re.compile(r"Here(?: is|'s) my response:"),
    ),
)
# A cut or a tokenizer sometimes costs the last character of a tag; only white space may follow.
_TAG = re.compile(
    r"<\s*(?P<slash>[/\\]\s*)?(?:"
    + "|".join(f"(?P<{name}>{tag})" for name, tag in _TAGS.items())
    + r")\s*(?P<end>>|(?=\s|$))",
    re.IGNORECASE,
)
_TOKEN = re.compile(  # any mark of a thought: `<think>`, `</think>`
    "<(?:"
    + "|".join(
        f"(?P<open_{name}>{opening})|(?P<close_{name}>{closing})"
        for name, (opening, closing) in _TOKENS.items()
    )
    + ")"
)
_HEAD = 200  # characters in which a thought may be opened in the middle of a line


class Mark(NamedTuple):
    """A mark at `start` to `end` of a text that opens or closes a thought."""

    start: int
    end: int
    closes: bool
    dialect: str


class Thought(NamedTuple):
    """A text taken apart, as it is written. `reasoning` is None where nothing marks a thought.

    `dialect` names how it is marked: "unopened" where it is only closed, "none" without marks.
    """

    reasoning: str | None
    response: str
    closed: bool
    dialect: str


def take_apart(text: str) -> Thought:
    """The thought of `text` and what follows it.

    The response begins after the last closing mark: models quote or repeat a mark inside their
    thought, and only the last one ends it. Where a new line opens another thought after that, the
    text was cut in it.
    """
    first, last = None, None
    opened: set[str] = set()
    again = None
    for mark in marks(text):
        if not mark.closes and _opens(text, mark, last):
            first = first or (mark if last is None else None)
            again = mark
            opened.add(mark.dialect)
        elif mark.closes and (
            mark.dialect in opened
            or mark.dialect in _TOKENS
            or not (again or mark.dialect in SECTIONS)
        ):
            last, again = mark, None
    if last is None:
        if first is None:
            return Thought(None, text, True, "none")
        return Thought(text[: first.start] + text[first.end :], "", False, first.dialect)
    if again is not None:
        return Thought(text, "", False, again.dialect)
    if first is None:
        return Thought(text[: last.start], text[last.end :], True, "unopened")
    thought = text[: first.start] + text[first.end : last.start]
    return Thought(thought, text[last.end :], True, first.dialect)


def after_reasoning(text: str) -> str:
    """What follows the thought; "" where it never ended, the whole text without one."""
    return take_apart(text).response


def unclosed(text: str) -> bool:
    """Whether a thought was opened and never closed."""
    return not take_apart(text).closed


def prefilled(prompt: str) -> str:
    """The mark with which a prompt opens the thought of the answer to it; "" without one.

    A trainer's completion after such a prompt holds no opening mark: judge mark + completion.
    """
    found = [mark for mark in marks(prompt) if not prompt[mark.end :].strip()]
    return prompt[found[0].start :] if found and not found[0].closes else ""


def marks(text: str) -> Iterator[Mark]:
    """Every mark of a text, in order. What is quoted, as in `</think>` with its ticks, is none."""
    found = _angled(text)
    for name, one, other in _OTHERS:
        if other[2:] in text:
            found += _marks_of(text, name, one, other)
    for dialect, opening, closing in _BARE:
        start = opening.match(text)
        if start:
            found.append(Mark(start.start(), start.end(), False, dialect))
            end = closing.search(text, start.end())
            found += [Mark(end.start(), end.end(), True, dialect)] if end else []
    return (mark for mark in sorted(found) if not _quoted(text, mark))


def _quoted(text: str, mark: Mark) -> bool:
    """Whether a mark stands in ticks, `</think>`; three of them are a fence around a program."""
    before, after = text[max(mark.start - 3, 0) : mark.start], text[mark.end : mark.end + 3]
    ticks = len(before) - len(before.rstrip("`"))
    return 0 < ticks < 3 and len(after) - len(after.lstrip("`")) == ticks


def _marks_of(text: str, dialect: str, opening: str, closing: str) -> Iterator[Mark]:
    for mark in (opening, closing):
        end = 0
        while (start := text.find(mark, end)) >= 0:
            end = start + len(mark)
            yield Mark(start, end, mark is closing, dialect)


def _angled(text: str) -> list[Mark]:
    """The tags and tokens: looked for where a `<` stands, as a search by expressions is slow."""
    found = []
    tag_end = token_end = 0
    at = text.find("<")
    while at >= 0:
        if at >= tag_end and (tag := _TAG.match(text, at)):
            tag_end = tag.end()
            if tag["slash"] or tag["end"]:  # an opening tag is whole: "if a < think"
                found.append(Mark(at, tag_end, bool(tag["slash"]), _named(tag)))
        if at >= token_end and (token := _TOKEN.match(text, at)):
            token_end = token.end()
            side, _, dialect = _named(token).partition("_")
            found.append(Mark(at, token_end, side == "close", dialect))
        at = text.find("<", at + 1)
    return found


def _named(match: re.Match[str]) -> str:
    """The name of the alternative that matched."""
    return next(
        name
        for name, value in match.groupdict().items()
        if value is not None and name not in ("slash", "end")
    )


def _opens(text: str, mark: Mark, last: Mark | None) -> bool:
    """Whether an opening mark opens a thought and is not just mentioned."""
    if mark.dialect in SECTIONS:
        return not text[last.end if last else 0 : mark.start].strip()
    if last is None and mark.start < _HEAD:
        return True
    return not text[text.rfind("\n", 0, mark.start) + 1 : mark.start].strip() or (
        last is not None and not text[last.end : mark.start].strip()
    )
