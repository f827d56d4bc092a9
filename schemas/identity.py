"""Identity is content: ids are hashes of what a row says, never of where it stands."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable


def normalise(text: str) -> str:
    """The form of a problem that decides its identity.

    NFC, runs of white space (newlines too) as one blank, stripped. Nothing else: two problems that
    differ in one digit, sign or letter case are different problems.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest(*parts: object) -> str:
    """32 hex digits (128 bits of BLAKE2b) over the parts; each part is length-prefixed.

    Strings count as UTF-8, everything else as JSON with sorted keys, so that `("ab", "c")` and
    `("a", "bc")` differ and a dictionary's order does not matter.
    """
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        text = part if isinstance(part, str) else json.dumps(part, sort_keys=True, default=str)
        data = text.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def digest_all(ids: Iterable[str]) -> str:
    """One digest for a sequence of ids, in order; a stream of them is never held as a whole."""
    state = hashlib.blake2b(digest_size=16)
    for one in ids:
        state.update(one.encode("utf-8", "surrogatepass") + b"\n")
    return state.hexdigest()


def problem_id(problem: str) -> str:
    """The id of a problem: the hash of its normalised statement."""
    return digest("problem", normalise(problem))


def derived_id(problem: str, reasoning: str | None, response: str) -> str:
    """The id of a trace that a step derived: the hash of the problem's id and of what it says.

    Whom it was asked of, and about which row, is no part of it: two parents may have one child.
    """
    return digest("derived", problem, reasoning or "", response)


def trace_id(
    problem: str,
    teacher: str,
    prompt: str | None,
    params: str | None,
    sample: int | None,
    recording: str | None = None,
) -> str:
    """The id of a sample: what was asked of whom, how, and which draw it is.

    `problem` is a problem id, `params` the sampling parameters as JSON text. A recorded trace adds
    a digest of its text (`recording`), because recordings are often not numbered, or numbered
    twice, and two different texts must never share an id.
    """
    return digest("trace", problem, teacher, prompt or "", params or "", sample, recording or "")
