"""Marks of thoughts and turns that stand inside a thought: a trainer's template would read them."""

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal

MAYBE = (
    r"<\s*[A-Za-z][\w:]*\s*>|<\s*[/\\]\s*[A-Za-z]|<[|｜]"  # <think>, </s, <|im_end|>; no a<b
    r"|<unused|\[/?(?:THINK|INST)|◁"
    r"|\n\n(?:###\s*)?(?:Human|User|Instruction):"
)
"""What a text with a mark in it holds: a hundred times faster to look for than the marks."""

MAYBE_TURN = (
    r"<[|｜]|<(?:/s|eos|(?:start|end)_of_turn)>|\[INST\]"  # <|im_end|>, </s>
    r"|\n\n(?:###\s*)?(?:Human|User|Instruction):"
)
"""What a text with the mark of a turn in it holds."""


@signal(
    pa.int32(), "marks of thoughts and turns inside the reasoning (`</think>`, `<|im_end|>`)",
    unit="occurrences", low=0, nullable=False,
)  # fmt: skip
def inner_marks(traces: pl.DataFrame) -> pl.Series:
    """Marks inside each reasoning; 0 where there is none, and those in back ticks are none."""
    texts = traces["reasoning"].fill_null("")
    maybe = texts.str.contains(MAYBE)
    texts = texts.filter(maybe)
    counts = map(inner_marks_of, texts, texts.str.contains(MAYBE_TURN))
    return pl.Series([next(counts) if one else 0 for one in maybe], dtype=pl.Int64)


def inner_marks_of(reasoning: str, turns: bool = True) -> int:
    """How many marks a thought holds that a template would take for its own.

    turns: whether it may hold one of a turn
    """
    from tasks.generation.turns import END, START
    from verifiers.extract.reasoning import marks

    found = {(mark.start, mark.end) for mark in marks(reasoning)}
    for pattern in (END, START) if turns else ():
        found |= {match.span() for match in pattern.finditer(reasoning)}
    return len(found)
