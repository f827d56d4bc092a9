"""The answers that a thought states on its way, in order, and which of them is the gold answer.

A candidate is what is boxed, what follows "the answer is", or the last value of a sentence that
concludes ("So the total is 5."). They are compared as they are written, without layout, and as
numbers: a signal, not a verdict.
"""

import polars as pl

from schemas.parts.signal import reading

AMOUNT = (  # 1,000.5  \frac{1}{2}  -3/4  $5  12\pi  18 + 2\sqrt{3}  6 - 5i
    r"-?\$?(?:(?:[0-9]+\s*[+-]\s*)?[0-9]*(?:\\pi|π|\\sqrt\{[^{}]*\})"
    r"|[0-9]+(?:\s*[+-]\s*[0-9]*)?i(?-u:\b)|\\[dt]?frac\{[^{}]*\}\{[^{}]*\}|[0-9][0-9,]*(?:\.[0-9]+)?(?:/[0-9]+)?|\.[0-9]+)"
)
LABEL = r"[$\\(\[*]*\s?(?:[a-zA-Z]\s*=\s*)?[$*]*"  # what stands before a value: "\( x = "
VALUE = rf"{LABEL}({AMOUNT}|\(?[A-J]\)?(?-u:\b))"  # ... or "(B)"
BOXED = r"\\boxed\{((?:[^{}\n]|\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\})*)\}"  # \boxed{\frac{1}{2}}
SAID = (  # "the answer is 5", "answer should be **5**", "Answer: B", "the solution is x = 5"
    r"(?:[Aa]nswer|ANSWER|^A:|####|olution(?: is|: ))(?: to .{1,60}?)?[*\"]*(?: (?:is|are|would be"
    r"|should be|must be|will be|might be|could be))?(?: indeed| simply| just| still"
    r"| therefore)?\s*[:=>]?\s*\"?(?:option )?"
)
BOLD = r"\*\*([^*\n]{1,60})\*\*"  # "the answer is **Tuesday**"
TAGGED = r"(?i)<answer>(.{1,200}?)</answer>"  # <answer>Tuesday</answer>
OPTION = (  # "So, option 1 seems correct", "option B is the best choice"
    r"[Oo]ption \(?([A-J]|[0-9]+)(?-u:\b)[)*]* (?:is|seems|looks|appears|must be|should be)"
    r"(?: to be)?(?: the)?(?: most)?(?: best| only)?(?: likely)? (?:correct|right|answer|choice)"
)
CHOSEN = (  # "the closest is option 3"
    r"(?:correct|right|best|closest|choice|one)(?: [a-z]+)? (?:is|be|seems|would be)[ *]*"
    r"[Oo]ption \(?([A-J]|[0-9]+)(?-u:\b)"
)
SINGLED = (  # "Therefore, 27 is indeed the smallest", "I find that 12 is the only number"
    r"(?:So|Therefore|Thus|Hence|Finally|[Ff]ind that),? "
    + VALUE
    + r"\s?[$\\)*]* is (?:indeed |still )?"
    r"(?:the|our) (?:smallest|largest|least|greatest|minimum|maximum|only|correct|answer|solution)"
)
ALONE = rf"^(?:Therefore|Thus|Hence|Finally)[^0-9=\\]* {LABEL}({AMOUNT})"  # "Thus she sold 9 hats."
DRAWN = (  # "So the total is 5.", "Therefore, x = 5.", "Thus 3 + 2 = 5"
    r"(?:So|Therefore|Thus|Hence|Finally|[Tt]otal)(?-u:\b).*"
    r"(?: is| are|=|equals| be| get| gives| has| have"
    r"| costs?)\s*(?:equal to |only |exactly |about )?"
)
DRAWN_END = (
    r"(?:\s?\\?[)\]$*°%]|\s+[a-z]+){0,5}[.!]?$"  # " apples.", "\)." and no more of a formula
)

TELLING = (
    r"\\boxed|nswer|NSWER|So |So, |Therefore|Thus|Hence|Finally|otal|A: |####|ption |olution"
    r"|ind that"
)
"""What a sentence with a candidate holds: far faster to look for than the candidate."""

PATTERNS = (
    (f".*{BOXED}", r"\\boxed\{"),
    (TAGGED, r"(?i)<answer>"),
    (f".*{SAID}{VALUE}", r"nswer|NSWER|A: |####|olution"),
    (f".*{SAID}{BOLD}", r"\*\*"),
    (f".*{OPTION}", r"ption \(?[A-J0-9]+[)*]* [islamp]"),
    (f".*{CHOSEN}", r"ption "),
    (SINGLED, r" is (?:indeed |still )?(?:the|our) [a-z]"),
    (f"{DRAWN}{VALUE}{DRAWN_END}", r" (?:is|are|be|gets?|gives|has|have|costs?)|=| equals"),
    (f"{ALONE}{DRAWN_END}", r"^(?:Therefore|Thus|Hence|Finally)[^0-9=]*[0-9]"),
)
"""How a candidate is stated, the surest first, and what such a sentence holds besides."""

FIELDS = ("candidates", "switches", "first", "last_right")


@reading(version="3", reads=("thought", "answer"))
def candidates(traces: pl.DataFrame) -> pl.Series:
    """A struct: `candidates` (how many), `switches` (how often the next one differs), `first` (the
    character where the first that is the gold answer ends; null: none, or no gold answer), and
    `last_right` (whether the last one is; null as before).
    """
    thought = pl.col("thought")
    every = pl.int_range(pl.len(), dtype=pl.UInt32).alias("trace")
    length = thought.str.len_bytes() + 1  # in bytes, which are not counted, up to the end
    # Line by line, then sentence by sentence where a line has a candidate.
    lines = traces.select(every, begun=length.cum_sum() - length, line=thought.str.split("\n"))
    end = (pl.col("line").str.len_bytes() + 1).cum_sum() - pl.col("begun") - 1
    telling = pl.col("line").str.contains(TELLING)
    told = lines.explode("line").with_columns(end=end).filter(telling)
    # Each sentence ends where its line does, less what of all told lines comes behind it.
    told = told.with_columns(
        line=pl.col("line").str.split(". "), passed=(pl.col("line").str.len_bytes() + 2).cum_sum()
    )
    told = told.explode("line")
    behind = pl.col("passed") - (pl.col("line").str.len_bytes() + 2).cum_sum()
    told = told.with_columns(end=pl.col("end") - behind).filter(telling)
    line, said = pl.col("line"), pl.col("said")
    told = told.with_columns(line=line.str.strip_chars_end(), said=pl.lit(None, pl.String))
    for pattern, hint in PATTERNS:
        likely = pl.when(said.is_null() & line.str.contains(hint)).then(line).otherwise(pl.lit(""))
        told = told.with_columns(said=pl.coalesce(said, likely.str.extract(pattern)))
    told = told.filter(said.is_not_null())
    boxed = pl.col("answer").str.extract(f"(?s).*{BOXED}")  # of a gold answer with its solution
    traces = traces.with_columns(answer=pl.coalesce(boxed, "answer"))
    written = pl.concat([told["said"], traces["answer"]]).unique()  # few are of their own
    read = written.to_frame("written")
    read = read.with_columns(plain=normal("written")).with_columns(value=number("plain"))
    gold = traces.select(every, written="answer").join(read, on="written", how="left")
    gold = gold.select("trace", gold="plain", gold_value="value")
    told = told.join(read, left_on="said", right_on="written", how="left", maintain_order="left")
    told = told.select("trace", "end", said="plain", said_value="value")
    told = told.join(gold, on="trace", how="left", maintain_order="left")
    before = pl.col("said", "said_value").shift(1).over("trace").name.prefix("before_")
    told = told.with_columns(before).with_columns(
        right=same("said", "said_value", "gold", "gold_value"),
        turned=~same("said", "said_value", "before_said", "before_said_value"),
    )
    counts = told.group_by("trace").agg(
        candidates=pl.len(),
        switches=pl.col("turned").sum(),
        first=pl.col("end").filter(pl.col("right")).min(),
        last_right=pl.col("right").last(),
    )
    whole = traces.select(every, thought).join(
        counts, on="trace", how="left", maintain_order="left"
    )
    begun = pl.when(pl.col("first").is_not_null()).then(thought).cast(pl.Binary)
    first = begun.bin.head(pl.col("first")).cast(pl.String).str.len_chars()
    filled = whole.with_columns(pl.col("candidates", "switches").fill_null(0), first=first)
    return filled.select(pl.struct(FIELDS)).to_series()


def normal(column: str) -> pl.Expr:
    """An answer without its layout: `$\\dfrac{1}{2}$.` is `\\frac{1}{2}`."""
    text = pl.col(column).str.replace_all("π", r"\pi", literal=True)
    text = text.str.replace_all(r"\\[()\[\]]", "").str.to_lowercase()
    text = text.str.replace_all(r"\\text\{([^{}]*)\}", "$1").str.strip_chars(" $*.\n()[]")
    text = text.str.replace_all(r"\\[dt]frac", r"\frac")
    text = text.str.replace_all(r"^[a-z]\s*=\s*", "").str.replace_all(r"(\d),(\d{3})", "$1$2")
    return text.str.replace_all(r"[\s$]|\\[,;!%]|\\\$|(?:\^\\circ|°|%)$", "")


def same(one: str, value: str, other: str, other_value: str) -> pl.Expr:
    """Whether two answers are written alike, or are the same number; null where one is missing."""
    near = (pl.col(value) - pl.col(other_value)).abs() < 1e-9
    return (pl.col(one) == pl.col(other)) | near.fill_null(value=False)


def number(column: str) -> pl.Expr:
    """The value of `3`, `3.50`, `7/2` and `\\frac{7}{2}`; null for what is none of these."""
    fraction = r"^\\frac\{(-?[\d.]+)\}\{([\d.]+)\}$"
    flat = pl.col(column).str.replace(fraction, "$1/$2")
    flat = flat.str.replace(r"^(-?[\d.]+)[a-z]+$", "$1")  # 5apples, 60mph
    parts = flat.str.split("/")
    over = parts.list.get(0, null_on_oob=True).cast(pl.Float64, strict=False)
    under = parts.list.get(1, null_on_oob=True).cast(pl.Float64, strict=False)
    value = pl.when(parts.list.len() == 1).then(over).when(parts.list.len() == 2).then(over / under)
    return pl.when(value.is_finite()).then(value)
