"""How a response says that a problem cannot be answered: for a signal and for a verifier."""

ABSTENTION = (  # "cannot be determined", "there is not enough information"
    r"(?i)\b(?:can(?:no|'|’)t|can not|could not|impossible to|not possible to|unable to) (?:be )?"
    r"(?:uniquely |definitively |accurately |exactly )?(?:determined?|calculated?|compute[d]?"
    r"|answered?|solved?|find|found)\b"
    r"|\b(?:not|n't|without|in)[- ]?(?: have| provide| give| contain)?(?: us)? ?(?:enough"
    r"|sufficient)"
    r"(?: [a-z]+)? (?:information|data|details|context)|\binsufficient (?:information|data|details)"
    r"|\b(?:no|without|lacks?|(?:not|n't) (?:provide|give|have|contain)(?: any| us)?) "
    r"(?:[a-z]+ )?(?:information|data) (?:to|about|on)\b|\bmissing (?:information|data|a (?:piece"
    r"|premise))|\b(?:under-?specified|ill-?posed)\b"
)
"""A regular expression, for Python and for polars."""
