"""Licences: what the rows of a release stand under, combined, and what a user refuses."""

import re
from collections.abc import Iterable
from typing import Any

from schemas.errors import LongcotError

UNKNOWN = "unknown"

KNOWN = frozenset(
    "apache-2.0 mit cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 "
    "cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 "
    "cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 "
    "cdla-permissive-2.0 odc-by odbl pddl gpl gpl-2.0 gpl-3.0 lgpl-2.1 lgpl-3.0 agpl-3.0 "
    "bsd-2-clause bsd-3-clause mpl-2.0 isc unlicense wtfpl openrail gfdl".split()
)
"""Identifiers that the Hub's cards take; https://huggingface.co/docs/hub/repositories-licenses."""

LONG = (
    (r"non[- ]?commercial", "nc"),
    (r"share[- ]?alike", "sa"),
    (r"no[- ]?deriv\w*", "nd"),
    (r"attribution", "by"),
    (r"creative commons", "cc"),
)
"""Spelt-out terms: "Creative Commons Attribution-NonCommercial 4.0" is cc-by-nc-4.0."""


def identifier(stated: str | None) -> str:
    """A licence in the Hub's spelling, such as "CC BY-SA 4.0" as cc-by-sa-4.0; unknown for none."""
    text = (stated or UNKNOWN).strip().lower()
    for pattern, short in LONG:
        text = re.sub(pattern, short, text)
    words = re.sub(r"\b(the|licen[cs]ed?|version|international|public)\b", " ", text)
    joined = "-".join(re.findall(r"[a-z]+|v?\d+(?:\.\d+)*", words)).replace("-v", "-")
    return joined if joined in KNOWN else f"{joined}.0" if f"{joined}.0" in KNOWN else joined


def combined(stated: Iterable[str | None]) -> list[str]:
    """The distinct licences of rows, as a card lists them."""
    return sorted({identifier(one) for one in stated}) or [UNKNOWN]


def for_card(found: list[str]) -> str | list[str]:
    """The card's `license`: what the Hub knows, `other` for the rest, `unknown` for none."""
    listed = sorted({one if one in KNOWN or one == UNKNOWN else "other" for one in found})
    return listed[0] if len(listed) == 1 else listed


def _terms(licence: str) -> set[str]:
    return set(re.findall(r"[a-z]+", licence))


def refuse(sources: list[dict[str, Any]], forbidden: Iterable[str]) -> None:
    """Raises LongcotError naming the sources whose licence has a forbidden term.

    sources: rows with `source`, `license`, `rows`. forbidden: terms such as nc, sa, gpl, or
    `unknown` for sources that state none. A term that no licence has is refused, too: spelt
    otherwise, it would let through what it is there to stop.
    """
    terms = [identifier(term) for term in forbidden if term.strip()]
    stated = {identifier(row["license"]) for row in sources}
    known = {word for one in KNOWN | {UNKNOWN} | stated for word in _terms(one)}
    if strange := [term for term in terms if not _terms(term) or not _terms(term) <= known]:
        raise LongcotError(
            f"--forbid {','.join(strange)}: no licence has this term; terms are nc "
            "(non-commercial), sa (share-alike), nd (no derivatives), gpl ..., and unknown. "
            "Nothing was published"
        )
    wrong = [
        f"{row['source']} ({row['license'] or 'no licence stated'}, {row['rows']:,} rows)"
        for row in sources
        if any(_terms(term) <= _terms(identifier(row["license"])) for term in terms)
    ]
    if wrong:
        raise LongcotError(
            f"not published: --forbid {','.join(terms)} refuses {'; '.join(wrong)}. Leave these "
            "sources out of the view (`where: source <> ...`) and build again"
        )
