"""The steps of a thought, and what each does.

A step is a paragraph, as SEAL (arXiv 2504.07986) cuts thoughts, or begins with a sentence that
turns round ("Wait, ...") inside of one. Paragraphs that hold no words of their own (formulas, rows
of tables, code, an item of a list) belong to the step before; a text without empty lines is cut at
its lines. Fenced code is no step, unless there is nothing else; nor is a mark that opens a thought.
What a step does is told by its first words, and by whether it is the last: the kinds are those of
"Thought Anchors" (arXiv 2506.19143) with facts and computing in one, and its two kinds of ends in
one.
"""

import polars as pl

from schemas.abstention import ABSTENTION
from schemas.parts.signal import reading

HEAD = 120
"""Characters at the beginning of a step that say what it does."""

CODE = r"(?s)```.*?(?:```|\z)"  # a fenced block, to the end where it never closes
FENCE = r"```\w*"
OPENED = (  # "<think>", "<|begin_of_thought|>", `{"reasoning": "`
    r"^(\s*(?:(?:<[|]?\w+[|]?>|(?:json\s*)?\{\s*\"\w+\":\s*\")\s*)+)"
)
TURN = (  # " Wait, that is wrong." in the middle of a paragraph begins a step
    r"([.!?)*]\s)((?:But |Oh |So |Hmm, |Okay, )?(?:wait|Wait|Hold on|hold on|Hmm|Alternatively"
    r"|Let me (?:double|re-?check|check|verify|reconsider))(?-u:\b))"
)
WORDED = r"^(?:[#>*_\s]|\d+[.)]\s|[-•]\s)*[\p{Lu}\p{Lt}\p{Lo}]"  # "So", "**Step", "- We", "2. Then"
ITEM = (
    r"^\s*(?:[-•*]\s|\d+[.)]\s|\|)"  # a list's item or a table's row, a step only where it is long
)

BRANCH = (  # "Alternatively, we could", "Another approach": a turn to another way
    r"^(?:(?:but|or|hmm|wait|so|maybe|perhaps),? )*(?:alternatively|another (?:way|approach"
    r"|method|idea"
    r"|possibility|angle)|on the other hand|instead,|a different (?:way|approach|method)|what if)"
)

KINDS = (
    # "Wait for the rope to burn", "Let's see: 3k = 8"
    (
        "compute",
        r"^(?:(?:then|now|so|okay),? )*(?:wait (?:for|until|till) |let(?:'s| me) see[:,])",
    ),
    # "Wait, that is wrong", "Hmm, wait", "But hold on", "Actually, no"
    (
        "backtrack",
        r"^(?:(?:but|oh|so|no|okay|ah|and|hmm+|well),? )*(?:wait|hold on|oops"
        r"|actually"
        r"|scratch that|no,|that's (?:not|wrong)|this is (?:wrong|not right)|i (?:made"
        r"|think i made) a"
        r"|let me (?:re-?think|reconsider|start over|try again|go back))(?-u:\b)",
    ),
    # "Let me double-check", "To verify, ...", "Checking:"
    (
        "verify",
        r"(?-u:\b)(?:(?:double|re|cross|sanity)[- ]?check|check(?:ing|s)?|verif(?:y|ies|ying)"
        r"|verification|confirm|make sure|to be (?:[a-z]+ )?sure"
        r"|plug(?:ging)? (?:it|this|these|that|them|back))"
        r"(?-u:\b)",
    ),
    # "That seems right.", "Does that make sense?", "Looking back at the options"
    (
        "verify",
        r"^(?:(?:so|and|okay|yes|yep|hmm+|but),? )*(?:(?:that|this|it) (?:seems|looks|sounds"
        r"|appears) (?:to be )?(?:right|correct|good|fine|reasonable|consistent)"
        r"|(?:that|this|it)(?:'s| is) (?:right|correct|fine|consistent)"
        r"|(?:that|this|it) (?:makes sense|checks out)|(?:is|does) (?:that|this|it) (?:right"
        r"|correct|possible|true|make sense|seem right)|looking back)(?-u:\b)",
    ),
    ("plan", BRANCH),
    # "So the answer is 5", "**Final Answer**", "\boxed{5}", "<answer>5</answer>", "A: 5"
    (
        "conclude",
        r"final answer|\\boxed|<answer>|^a: "
        r"|(?-u:\b)(?:the|my|our) (?:\w+ )?(?:answer (?:is|should|must|would|will|=)|conclusion is)"
        r"|(?-u:\b)(?:that|this|it)(?:'s| is| must be| would be) (?:the|my|our) (?:\w+ )?answer"
        r"|^(?:[#*\s]*)(?:in conclusion|in summary|to summarize|conclusion|summary|answer(?-u:\b))"
        r"|^(?:[#*\s]*)(?:so|therefore|thus|hence|finally),? (?:the )?(?:answer|final|result"
        r"|solution|total|correct|number of)",
    ),
    ("compute", r"^given (?:that|this|all (?:that|this)),"),  # "Given that, he has 3"
    # "Okay, so the problem asks", "We are given", "The question is"
    (
        "restate",
        r"(?:the|this) (?:problem|question|puzzle|task|statement|user|code) (?:says?"
        r"|states?|asks?"
        r"|is|wants|gives|mentions|provides|needs|requires)|(?:we|i)(?:'re| are|'m| am"
        r"| have been) (?:given"
        r"|told|asked)|(?:problem|question) (?:here|about|where)|^given(?-u:\b)"
        r"|(?:^|(?:^(?:so|okay|here|well)|(?:problem|question|this)), ?)(?:so )?(?:we"
        r"|i) need to find(?-u:\b)|according to the (?:problem|question|puzzle|statement)"
        r"|^(?:okay|ok|alright|so),? (?:so )?(?:i|we|let's|let me)[^.]{0,40}(?:problem|question"
        r"|puzzle)",
    ),
    # "So I have this equation to solve", "I've got a function"
    (
        "restate",
        r"^(?:(?:okay|ok|alright|so|well),? )*i(?:'ve| have)(?: got)? (?:this|a|an|the) (?:\w+ )?"
        r"(?:problem|equation|question|puzzle|task|function|expression|system|code)(?-u:\b)",
    ),
    # "Let's try", "First, I need to", "Alternatively, maybe I can", "Step 2:"
    (
        "plan",
        r"^(?:(?:now|so|okay|ok|alright|first|next|then|maybe|perhaps|and|but"
        r"|well|hmm+),? )*(?:let me"
        r"|let's|let us|(?:i|we)(?:'ll| will| need to| should| have to| must| can| could| might"
        r"| want to)"
        r"|to (?:solve|find|determine|do|approach|tackle|figure|compute|calculate|get|answer|prove"
        r"|show)"
        r"|alternatively|(?:another|one) (?:way|approach|method|idea|angle|thing|thought|option"
        r"|possibility)"
        r"|what if|how (?:do|can|about|to)"
        r"|(?:my|the|our) (?:plan|approach|strategy|idea|goal)|(?:maybe|perhaps) (?:i|we"
        r"|there))(?-u:\b)"
        r"|^(?:[#*\s]*)step \d|^(?:[#*\s]*)(?:first|next)(?:ly)?,"
        r"|^here(?:'s| is| are) (?:how|(?:a|the|my) (?:step|plan|approach|breakdown|solution))"
        r"|^(?:(?:my|the|our|solution) )?(?:approach|plan|strategy|method|steps)[:*\s]*$",
    ),
)
"""What a step does, by its first words in lower case; the first kind that fits. Else: compute."""

TOLD = "|".join(
    (
        r"check|verif|confirm|sure|plug|answer|boxed|conclu|summar|final|result|solution|total"
        r"|correct|number of|problem|question|puzzle|task|statement|user|code|given|told|asked"
        r"|to find|^a: ",
        *(pattern for _, pattern in KINDS if pattern.startswith("^")),
    )
)
"""What a step of a kind holds, or how it begins: one expression, far faster to look for."""

DRAWN = rf"^(?:[#*\s]*)(?:so|therefore|thus|hence|finally|in total|overall)(?-u:\b)|{ABSTENTION}"
"""How a thought's last step begins that states the answer in words of its own, or what it holds
where there is none.
"""

FIELDS = ("steps", "restate", "plan", "compute", "verify", "backtrack", "conclude", "branches")


@reading(version="3", reads=("thought",))
def step_counts(traces: pl.DataFrame) -> pl.Series:
    """A struct with the number of steps, of each kind of them, and of turns to another way."""
    heads = step_heads(traces["thought"])
    head = pl.col("head")
    kind = pl.lit("compute")
    for name, pattern in reversed(KINDS):
        kind = pl.when(head.str.contains(pattern)).then(pl.lit(name)).otherwise(kind)
    last = pl.col("trace").ne_missing(pl.col("trace").shift(-1))
    ends = pl.when(last).then(head).otherwise(pl.lit(""))
    heads = heads.with_columns(drawn=ends.str.contains(DRAWN))
    kind = pl.when("drawn").then(pl.lit("conclude")).otherwise(kind)
    told = heads.filter(pl.col("drawn") | head.str.contains(TOLD))  # a third: the others compute
    told = told.select("trace", kind=kind, branch=head.str.contains(BRANCH))
    others = ("restate", "plan", "verify", "backtrack", "conclude")
    counts = told.group_by("trace").agg(
        *((pl.col("kind") == name).sum().alias(name) for name in others),
        branches=pl.col("branch").sum(),
    )
    whole = pl.DataFrame({"trace": pl.int_range(len(traces), dtype=pl.UInt32, eager=True)})
    for counted in (heads.group_by("trace").agg(pl.len().alias("steps")), counts):
        whole = whole.join(counted, on="trace", how="left", maintain_order="left")
    compute = pl.col("steps") - pl.sum_horizontal(others)
    return whole.fill_null(0).with_columns(compute=compute).select(pl.struct(FIELDS)).to_series()


def step_heads(thoughts: pl.Series) -> pl.DataFrame:
    """A row per step in order: `trace`, the place of its thought, and the `head` of the step."""
    text = pl.col("text")
    fenced = text.str.contains("```", literal=True)
    code = pl.when(fenced).then(text).otherwise(pl.lit(""))  # few: the others are not searched
    worded = code.str.replace_all(CODE, "")
    unfenced = code.str.replace_all(FENCE, "")
    inside = pl.when(worded.str.contains(r"\S")).then(worded).otherwise(unfenced)
    plain = pl.when(fenced).then(inside).otherwise(text)
    plain = plain.str.slice(plain.str.extract(OPENED).str.len_chars().fill_null(0))
    frame = pl.DataFrame({"text": thoughts}).select(text=plain.str.replace_all(TURN, "$1\n\n$2"))
    airy = text.str.contains("\n\n", literal=True)
    paragraphs = pl.when(airy).then(text.str.split("\n\n")).otherwise(text.str.split("\n"))
    cut = frame.select(part=paragraphs).with_row_index("trace").explode("part")
    part = pl.col("part").str.strip_chars_start()
    cut = cut.select("trace", part=part).filter(pl.col("part") != "")
    first = pl.col("trace").ne_missing(pl.col("trace").shift(1))
    own = pl.col("part").str.head(20).str.contains(WORDED) & ~(
        pl.col("part").str.contains(ITEM) & (pl.col("part").str.len_bytes() < 60)
    )
    head = pl.col("part").str.head(HEAD).str.to_lowercase().str.strip_chars_start("#*_> ")
    return cut.filter(first | own).select("trace", head=head)
