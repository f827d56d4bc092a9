"""nearest: of each direction, the k others that point most the same way.

Directions are compared as whole numbers: SCALE times the unit vector, rounded. A product of two
sums to less than 2^24, which float32 adds exactly in whatever order; so a cosine is the same for
any number of threads, and equal ones are equal.

Up to EXACT rows all are compared. Of more, an index of small worlds (HNSW, by usearch) names a few
dozen for each, and these are compared: no longer all pairs, n log n. It is built in the order of
the rows by one thread, over whole numbers of 8 bits, so that it too is the same each time.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.errors import RecipeError

SCALE = 2048
"""Float16 holds every whole number to it. A direction's product with itself is 2^22."""

EXACT = 32_768
"""Rows up to which all are compared: a matrix of 256 dimensions is 32 MB, and 20,000 directions a
second and core are compared with it."""

COARSE = 360
"""The scale of the index's 8 bits: no component of a static direction of 36,106 problems was over
0.35; what is over 127 / 360 is cut, and the exact comparison sees it whole."""

WIDER = 8
"""The index is asked for so many times k, of which the exact comparison keeps the best."""

TILE = 512
"""Directions that are compared at once: with EXACT rows, 64 MB of products."""


class Nearest(NamedTuple):
    """(directions, k): which rows, by place, the nearest first, of equal ones the earlier; -1 where
    there are no more. The cosine of each; -1 there.
    """

    places: NDArray[np.int64]
    cosines: NDArray[np.float32]


def nearest(directions: NDArray[np.float16], rows: NDArray[np.float16], k: int) -> Nearest:
    """The k rows nearest to each direction; a direction of zeros has none. Both (n, dimension).

    Raises RecipeError where there are more than EXACT rows and usearch is missing.
    """
    found = Nearest(
        np.full((len(directions), k), -1, np.int64), np.full((len(directions), k), -1, np.float32)
    )
    told = np.flatnonzero(directions.any(axis=1))
    if not len(rows) or not len(told):
        return found
    search = _all_of if len(rows) <= EXACT else _indexed
    for start in range(0, len(told), TILE) if search is _all_of else (0,):
        own = told[start : start + TILE] if search is _all_of else told
        search(directions, rows, own, found)
    return found


def whole(directions: NDArray[np.float16]) -> NDArray[np.float32]:
    """The directions as whole numbers."""
    return np.rint(directions.astype(np.float32) * SCALE)


def _all_of(
    directions: NDArray[np.float16],
    rows: NDArray[np.float16],
    own: NDArray[np.int64],
    found: Nearest,
) -> None:
    """Compare the directions `own` with all rows."""
    k = min(found.places.shape[1], len(rows))
    products = whole(directions[own]) @ whole(rows).T
    least = np.partition(products, len(rows) - k, axis=1)[:, len(rows) - k]
    at, place = np.nonzero(products >= least[:, None])  # more than k where some are equal
    _keep(own[at], place, products[at, place], found)


def _indexed(
    directions: NDArray[np.float16],
    rows: NDArray[np.float16],
    own: NDArray[np.int64],
    found: Nearest,
) -> None:
    """Compare the directions `own` with those rows that an index names for each."""
    try:
        from usearch.index import Index, MetricKind, ScalarKind
    except ImportError:
        raise RecipeError(
            f"{len(rows):,} texts are too many to compare each with all ({EXACT:,} at most); the "
            "index that finds the near ones needs usearch: `pip install 'longcot[semantic]'`"
        ) from None
    index = Index(ndim=rows.shape[1], metric=MetricKind.IP, dtype=ScalarKind.I8)
    for start in range(0, len(rows), TILE):  # in order, by one thread: the same graph each time
        tile = np.arange(start, min(start + TILE, len(rows)))
        index.add(tile, _coarse(rows[tile]), threads=1)
    wide = min(WIDER * found.places.shape[1], len(rows))
    for start in range(0, len(own), TILE):
        tile = own[start : start + TILE]
        named: Any = index.search(_coarse(directions[tile]), wide)
        keys = np.reshape(named.keys, (len(tile), -1)).astype(np.int64)
        counts = np.atleast_1d(getattr(named, "counts", keys.shape[1]))  # of one alone: all found
        at = np.repeat(np.arange(len(tile)), counts)
        place = np.concatenate([row[:n] for row, n in zip(keys, counts, strict=True)])
        products = np.einsum("ij,ij->i", whole(directions[tile])[at], whole(rows[place]))
        _keep(tile[at], place, products, found)


def _coarse(directions: NDArray[np.float16]) -> NDArray[np.int8]:
    scaled = np.rint(directions.astype(np.float32) * COARSE)
    return np.clip(scaled, -127, 127).astype(np.int8)


def _keep(
    at: NDArray[np.int64],
    place: NDArray[np.int64],
    products: NDArray[np.float32],
    found: Nearest,
) -> None:
    """Note the k best rows of each direction `at`, of equal ones the earlier."""
    order = np.lexsort((place, -products, at))
    at, place, products = at[order], place[order], products[order]
    rank = np.arange(len(at)) - np.searchsorted(at, at)
    best = rank < found.places.shape[1]
    found.places[at[best], rank[best]] = place[best]
    found.cosines[at[best], rank[best]] = products[best] / SCALE**2
