"""Defects of a trace's text: what a model, a template or a converter left in it."""

import polars as pl
import pyarrow as pa

from schemas.abstention import ABSTENTION
from schemas.parts.signal import signal

SPECIAL = (  # <|im_end|>, <｜end▁of▁sentence｜>, </s>, [INST], <pad>
    r"<[|｜][^<>|｜\s]{1,40}[|｜]>|</s>|\[/?INST\]|<(?:pad|bos|eos|unk|end_of_turn|start_of_turn)>"
)
THOUGHTS = r"(?i)</?\s*(?:think|thinking|thought)\s*>|\[/?THINK\]|◁/?think▷"  # <think>, </thought>
PROMPT = (  # "put your final answer within \boxed{}", "You are a helpful assistant"
    r"(?i)put (?:your|the) (?:final )?answer (?:within|in|inside) \\boxed"
    r"|please reason step by step|you are a helpful(?: and harmless)? assistant"
    r"|return your final response|the (?:system|user) prompt (?:says|asks|tells)"
)
JUDGE = (  # "the reference answer is 5", "according to the provided solution"
    r"(?i)\b(?:reference|ground[- ]truth|gold|golden|provided|official|expected) "
    r"(?:answer|solution)s?\b|answer key"
)
PROMPTED = (
    r"(?i)answer (?:within|inside|in) \\boxed|reason step|helpful|final response|r prompt|m prompt"
)
JUDGED = r"(?i)(?:reference|truth|gold|golden|provided|official|expected) [as]|r key"
THOUGHT = r"</?\s*[tT]|\[/?[tT]|◁"
"""What a text with one of these holds: far faster to look for."""

TURN = (  # "\n\nHuman: And 4?", "\nQuestion: Tom has ..." behind an answer
    r"\n\s*(?:#+\s*)?(?:Human|User|Instruction|Question|Problem)\s*(?:\d+)?\s*:\s*\S"
)
REFUSAL = (  # "I'm sorry, but I can't help with that."
    r"(?i)\bi(?:'|’)?(?: a)?m (?:really |very )?sorry,? but (?:i|as)"
    r"|\bi (?:can(?:no|'|’)t|am (?:not able|unable) to|won(?:'|’)t) "
    r"(?:help|assist|comply|provide|answer|fulfill|engage|support|do that)\b"
    r"|\bas an ai(?: language)? model\b|\bi must decline\b"
)
URL = r"https?://[^\s)>\]]+|\bwww\.[a-z0-9-]+\.[a-z]{2,}"  # https://a.org/b, www.a.org
IMAGE = (  # ![Image], <img src, \includegraphics, [asy], "see the figure below"
    r"!\[[^\]\n]*\]|<img\b|\\includegraphics|\[/?asy\]|\\begin\{(?:tikzpicture|asy)\}"
    r"|(?i:\b(?:see|in|as shown in) the (?:figure|diagram|image|picture)(?: below| above"
    r"| shown)?\b)"
)
SEEN = r"!\[|<img|\\includegr|asy[\]}]|tikz|(?i:figure|diagram|image|picture)"
"""What a text with an image in it holds."""

PLACEHOLDER = (  # "[insert answer]", "<your answer here>", "\boxed{...}", "lorem ipsum"
    r"(?i)\[(?:insert|your|fill in|answer)[^\]\n]{0,40}\]|<(?:your|insert|the) [^>\n]{0,40}>"
    r"|your (?:final )?answer here|\\boxed\{(?:\\?\.{3}|\\[cl]?dots|answer|your answer|\s*)\}"
    r"|lorem ipsum"
)
ESCAPED = (  # "\f" + "rac" where "\\frac" was meant, "\b" + "oxed", tab + "ext{", tab + "imes"
    r"\x0c(?:rac|orall|lat)|\x08(?:oxed|egin|inom|ar|eta)|\x0b(?:ec|dots)"
    r"|\x07(?:pprox|lpha|ngle)|\t(?:ext|frac|imes|heta|an|o )[{ ]"
)
MOJIBAKE = (  # "â€™" for ’, "Ã©" for é, "Â°" for °, the mark of a byte that was no text
    r"â€[™œ\x9d“”˜¦]|â‰[¤¥ˆ]|Ã[©¨¡³±¼¶¤—·‰]|Â[°·²³±»«]|ï¿½|ï»¿|\x{fffd}"
)


@signal(
    pa.int32(), "special tokens in the trace (`<|im_end|>`, `</s>`, `[INST]`)",
    unit="occurrences", low=0, nullable=False,
)  # fmt: skip
def special_tokens(traces: pl.DataFrame) -> pl.Series:
    """Tokens that a template would read, in reasoning and response."""
    return _count(traces["whole"], SPECIAL)


@signal(
    pa.int32(), "marks of thoughts in the response (`<think>`): a thought that was not taken out",
    unit="occurrences", low=0, nullable=False,
)  # fmt: skip
def response_marks(traces: pl.DataFrame) -> pl.Series:
    """Tags of thoughts that stand in each response."""
    return _count(traces["response"], THOUGHTS, THOUGHT)


@signal(pa.bool_(), "the trace quotes its prompt (`put your final answer within \\boxed`)")
def leaked_prompt(traces: pl.DataFrame) -> pl.Series:
    """Whether words of usual prompts stand in each trace; null where there is no text."""
    return _has(traces["whole"], PROMPT, PROMPTED)


@signal(pa.bool_(), "the trace speaks of a reference answer, which its author should not know")
def leaked_judge(traces: pl.DataFrame) -> pl.Series:
    """Whether words of judges and gold answers stand in each trace; null: no text."""
    return _has(traces["whole"], JUDGE, JUDGED)


@signal(pa.bool_(), "the response goes on with a turn of the user's (`Human: And 4?`)")
def further_turn(traces: pl.DataFrame) -> pl.Series:
    """Whether each response plays the user; null: no response."""
    return _has(traces["response"], TURN)


@signal(
    pa.bool_(), "the response refuses (`I'm sorry, but I can't help`)",
)  # fmt: skip
def refusal(traces: pl.DataFrame) -> pl.Series:
    """Whether each response refuses in its first 300 characters; null: no response."""
    return _has(traces["response"].str.head(300), REFUSAL)


@signal(
    pa.bool_(), "the response says that the problem cannot be solved as it stands",
    paper="missing premises: https://arxiv.org/abs/2504.06514",
)  # fmt: skip
def abstention(traces: pl.DataFrame) -> pl.Series:
    """Whether each response abstains in its last 1,500 characters; null: no response."""
    hint = ABSTENTION.replace(r"\b", r"(?-u:\b)")  # words of ASCII: five times as fast
    return _has(traces["response"].str.tail(1500), ABSTENTION, hint)


@signal(pa.int32(), "links in the trace", unit="occurrences", low=0, nullable=False)
def urls(traces: pl.DataFrame) -> pl.Series:
    """Links in reasoning and response."""
    return _count(traces["whole"], URL)


@signal(
    pa.int32(),
    "images, drawings, and mentions of a figure",
    unit="occurrences",
    low=0,
    nullable=False,
)
def images(traces: pl.DataFrame) -> pl.Series:
    """What only somebody who sees can read, in reasoning and response."""
    return _count(traces["whole"], IMAGE, SEEN)


@signal(
    pa.int32(), "places left to be filled in (`[insert answer]`) in the response",
    unit="occurrences", low=0, nullable=False,
)  # fmt: skip
def placeholders(traces: pl.DataFrame) -> pl.Series:
    """Places to fill in of each response."""
    return _count(traces["response"], PLACEHOLDER)


@signal(
    pa.int32(), "LaTeX that is damaged: lost backslashes, `\\begin` or `\\left` without an end",
    unit="occurrences", low=0, nullable=False,
)  # fmt: skip
def damaged_latex(traces: pl.DataFrame) -> pl.Series:
    """Escapes read as control characters, and openings without a close, of each response."""
    text = pl.col("text")
    opened = text.str.count_matches(r"\\begin\{").cast(pl.Int64)
    closed = text.str.count_matches(r"\\end\{").cast(pl.Int64)
    left = text.str.count_matches(r"\\left[^a-z]").cast(pl.Int64)
    right = text.str.count_matches(r"\\right[^a-z]").cast(pl.Int64)
    frame = pl.DataFrame({"text": traces["response"].fill_null("")})
    odd = (opened - closed).abs() + (left - right).abs()
    return frame.select(text.str.count_matches(ESCAPED) + odd).to_series()


@signal(
    pa.int32(), "characters that were read in a wrong encoding (`â€™`, `Ã©`, `�`)",
    unit="occurrences", low=0, nullable=False,
)  # fmt: skip
def mojibake(traces: pl.DataFrame) -> pl.Series:
    """Damage of encodings in reasoning and response."""
    return _count(traces["whole"], MOJIBAKE)


def _count(texts: pl.Series, pattern: str, hint: str = "") -> pl.Series:
    text = pl.col("text")
    found = (_likely(text, hint) if hint else text).str.count_matches(pattern)
    return texts.fill_null("").to_frame("text").select(found).to_series()


def _likely(text: pl.Expr, hint: str) -> pl.Expr:
    """A text where it has the hint that a pattern occurs in it, faster to look for; else "". A
    null stays one.
    """
    return pl.when(text.is_null() | text.str.contains(hint)).then(text).otherwise(pl.lit(""))


def _has(texts: pl.Series, pattern: str, hint: str = "") -> pl.Series:
    text = pl.col("text")
    found = (_likely(text, hint) if hint else text).str.contains(pattern)
    return texts.to_frame("text").select(found).to_series()
