"""How sure a trace says in numbers that it is of its answer: verbalised confidence.

Only what is said of the answer, in the first person or under a label, counts: `I'm not 100% sure`,
`to be 100% sure` and a `95% confidence interval` say nothing of it.
"""

import re

import polars as pl
import pyarrow as pa

from schemas.parts.signal import signal

_NUMBER = r"(?P<number{0}>\d{{1,3}}(?:\.\d+)?|\.\d+)"
_ABOUT = r"(?:(?:only|about|around|roughly|approximately|at least|over|now|like|maybe) |[~≈])*"
_VALUE = (  # 0.9, 90, 90%, 90 percent, 9/10, 9 out of 10
    _NUMBER + r"(?![\d.,]*\d)\s?(?P<unit{0}>\\?%|per ?cent\b|(?:/|out of)\s?100?\b)?"
)
_LABEL = (  # "Confidence: 90%", `"confidence": 0.9`, "**Confidence score:** 9/10"
    r"(?:(?:^|[\"'*_({{\[,])\s*(?:(?:overall|final) )?|\bmy )confidence"
    r"(?: (?:score|rating|estimate))?(?:(?<=my confidence) level)?"
    r"(?: (?:in|that|of) (?:this|that|my|the) (?:final )?(?:answer|solution|response)"
    r"(?: is (?:correct|right))?)?[\"'*_]*\s*(?::|=|\bis\b)[ \t\"'*_]*"
)
STATED = re.compile(
    "|".join(
        (
            # "I'm 90% sure", "I am about 95% confident"; "(80% certain)"
            rf"(?:\bi(?: am|['’]?m| feel| would say i['’]?m|['’]d say i['’]?m) |^|\(){_ABOUT}"
            rf"{_NUMBER.format(1)}\s?\\?%\s(?:sure|confident|certain|positive)\b",
            _LABEL.format() + _ABOUT + _VALUE.format(2),
            rf"<confidence>\s*{_VALUE.format(3)}\s*</confidence>",
            # The form that Tian et al. ask for: "Guess: Paris\nProbability: 0.9"
            rf"^guess:[^\n]*\n+probability:\s*{_VALUE.format(4)}",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
MAYBE = r"(?i)confiden|% (?:sure|certain|positive)|probability:"
"""What a text that states its confidence holds."""

NEARLY = "(?im)" + re.sub(r"\(\?<?[!=][^()]*\)|\\b", "", STATED.pattern).replace(
    r"\s",
    r"[\s\x1c-\x1f]",  # what is a blank in Python
)
"""STATED without looking around, in the words of polars: a hundred times as fast."""


@signal(
    pa.float32(), "confidence that the trace states last in numbers (`I'm 90% sure`); null: none",
    unit="probability", low=0, high=1,
    paper="verbalised confidence: https://arxiv.org/abs/2305.14975",
)  # fmt: skip
def confidence(traces: pl.DataFrame) -> pl.Series:
    """How sure each trace says that it is, as a probability."""
    texts = traces["whole"].fill_null("")
    text = pl.col("whole")
    likely = pl.when(text.str.contains(MAYBE)).then(text).otherwise(pl.lit(""))
    nearly = texts.to_frame().select(likely.str.contains(NEARLY)).to_series()
    values = map(confidence_of, texts.filter(nearly))
    return pl.Series([next(values) if one else None for one in nearly], dtype=pl.Float64)


def confidence_of(text: str) -> float | None:
    """The last confidence that a text states, 0 to 1; None where it states none.

    A bare number up to 1 is a probability and one from 10 to 100 a percentage; others, and what is
    more than certain, are passed over: nobody knows what they mean.
    """
    found = None
    for match in STATED.finditer(text):
        for form in "1234":
            if number := match[f"number{form}"]:
                unit = "%" if form == "1" else match[f"unit{form}"] or ""
                value = probability(float(number), unit)
                found = found if value is None else value
    return found


def probability(number: float, unit: str) -> float | None:
    """A number with its unit as a probability; None where it is none.

    >>> probability(90, "%"), probability(9, "/10"), probability(0.9, ""), probability(5, "")
    (0.9, 0.9, 0.9, None)
    """
    if unit.endswith("100") or (unit and not unit.endswith("10")):
        value = number / 100
    elif unit:
        value = number / 10
    elif number <= 1:
        value = number
    else:
        value = number / 100 if number >= 10 else 2.0
    return value if value <= 1 else None
