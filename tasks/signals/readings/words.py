"""Words that show what a thought is doing, counted by kind.

The kinds are those by which thoughts are counted in print: reflection and transition of SEAL
(arXiv 2504.07986), switches of "Thoughts Are All Over the Place" (2501.18585), and the words of
LIMO's score (2502.03387): check and verify; perhaps and might; therefore and since.
"""

import polars as pl

from schemas.parts.signal import reading

EDGE = r"(?-u:\b)"

KINDS = {
    # "Wait, that is wrong.", "no wait", "Hmm, hold on"; not "await", "waiting"
    "backtracks": r"wait|hold on|scratch that|no, (?:that|this|it|wait)|oops|i made (?:a"
    r"|an) (?:mistake|error)"
    r"|start over|let me (?:re-?think|reconsider|try again|go back|restart|backtrack)"
    r"|(?:that|this)(?:'s| is|'s) (?:wrong|incorrect|not right|not correct)",
    # "Let me double-check", "to verify", "checking again"
    "checks": r"(?:double|cross|re|sanity)[- ]?check|check(?:s|ed|ing)?|verif(?:y|ies|ied"
    r"|ying)"
    r"|verification|make sure|confirm(?:s|ed|ing)?|let me (?:see if|review|re-?read|re-?examine)",
    # "perhaps", "it might be", "maybe"
    "explorations": r"perhaps|might|maybe|possibly|could be|what if|suppose",
    # "therefore", "since x is even", "which means that"
    "connectors": r"therefore|thus|hence|since|because|consequently|as a result|it follows"
    r"|so that|which (?:means|implies)|implies",
    # "Alternatively, ...", "another way": a turn to another approach
    "transitions": r"alternatively|another (?:way|approach|method|idea|possibility|angle|strategy)"
    r"|a different (?:way|approach|method|angle)|on the other hand|instead, (?:let|i|we)"
    r"|(?:try|think about it|approach this) differently",
    # The words that LIMO's own text names, and no others: "check", "verify"; ...
    "limo_checks": r"check|verify",
    "limo_tries": r"perhaps|might",
    "limo_joins": r"therefore|since",
}
"""Lower-case patterns by kind; each match is one occurrence."""


@reading(reads=("thought",))
def word_counts(traces: pl.DataFrame) -> pl.Series:
    """A struct with the occurrences of each kind in the thought."""
    lowered = pl.col("thought").str.to_lowercase().alias("lowered")
    counts = [
        pl.col("lowered").str.count_matches(f"{EDGE}(?:{pattern}){EDGE}").alias(kind)
        for kind, pattern in KINDS.items()
    ]
    return traces.select(lowered).select(pl.struct(counts)).to_series()
