"""How many bands of how many rows find the pairs that are wanted.

Two signatures agree in one row with probability J, their texts' Jaccard similarity, and so in all r
rows of a band with J^r. Pairs that agree in at least one of b bands are candidates:

    P(candidate | J) = 1 - (1 - J^r)^b

(Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4.) P grows with J, so a pair at
the threshold is the one most easily missed, and the wanted recall is asked of it; above it recall
is higher. More rows mean fewer candidates that turn out to be none, so the most rows are taken that
the permutations allow, and then the fewest bands that reach the recall. Candidates are checked by
exact Jaccard: bands decide what is found, never what is merged.

datasketch's own default weighs misses and false alarms alike, which suits an index whose answer is
final: at 0.8 it takes 9 bands of 13 rows and finds 40 % of the pairs there.
"""

from math import ceil, log, log1p
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.errors import RecipeError
from tasks.dedupe.minhash import HALF
from tasks.dedupe.tokenizer import OFFSET, PRIME, compiled, mixed


class Bands(NamedTuple):
    """How a signature is cut: `b` bands of `r` hashes; a pair that shares a band is compared."""

    b: int
    r: int

    def recall(self, jaccard: float) -> float:
        """The probability that a pair of this similarity becomes a candidate."""
        return 1 - (1 - jaccard**self.r) ** self.b


def choose(threshold: float, recall: float, permutations: int) -> Bands:
    """The bands for a threshold and a recall (of pairs just there), both above 0.

    Raises RecipeError where so many permutations cannot reach it.

    >>> choose(0.8, 0.995, 128)
    Bands(b=18, r=6)
    """
    for r in range(permutations, 0, -1):
        hit = threshold**r
        # As many as the recall asks for; all there are where `hit` rounds to nothing or to one.
        b = ceil(log(1 - recall) / log1p(-hit)) if 1e-12 < hit < 1 else permutations // r
        if b * r <= permutations and Bands(b, r).recall(threshold) >= recall:
            return Bands(b, r)
    raise RecipeError(
        f"dedupe: {permutations} permutations cannot find {recall:.4%} of the pairs at "
        f"{threshold}; lower `recall` or raise `threshold`"
    )


def curve(bands: Bands, threshold: float) -> str:
    """One line that explains the choice: recall below, at and above the threshold."""
    points = sorted({round(threshold + step, 2) for step in (-0.3, -0.2, -0.1, 0, 0.05, 0.1)})
    shown = ", ".join(f"{bands.recall(p):.3f} at {p:g}" for p in points if 0 < p <= 1)
    return f"{bands.b} bands of {bands.r} rows; finds {shown}"


@compiled
def _hash(signatures: Any, blocks: Any, rows: int, keys: Any) -> None:
    for text in range(len(signatures)):
        for band in range(keys.shape[1]):
            value = OFFSET ^ blocks[text]
            for k in range(rows * band, rows * (band + 1)):
                value = (value ^ np.uint64(signatures[text, k])) * PRIME
                value ^= value >> HALF
            keys[text, band] = mixed(value)


def keys(
    signatures: NDArray[np.uint32], blocks: NDArray[np.uint64], bands: Bands
) -> NDArray[np.uint64]:
    """uint64 (texts, bands): texts are candidates where a column agrees.

    Texts of different blocks never are, so a block costs nothing: the numbers of a problem, say, or
    the problem of a trace.
    """
    found = np.empty((len(signatures), bands.b), np.uint64)
    _hash(signatures, blocks, bands.r, found)
    return found
