"""What texts are compared with: the items of all benchmarks, and their index."""

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.tables import CONTAMINATION
from tasks.contamination.benchmarks import ITEMS, Loaded
from tasks.pool.jobs import frame_of
from tasks.pool.parquet import nothing

if TYPE_CHECKING:
    from tasks.contamination.evidence import Items
    from tasks.contamination.ngrams import Index
    from tasks.contamination.similar_items import Sketches

# What imports numba (half a second) is imported where it is used.

EMPTY: pl.DataFrame = frame_of(nothing(CONTAMINATION))
"""No hits."""


class Against:
    """The benchmarks that texts are compared with; the index is made when it is first needed."""

    def __init__(self, benchmarks: list[Loaded], n: int) -> None:
        self.benchmarks, self.n, self.lock = benchmarks, n, Lock()

    @cached_property
    def items(self) -> pl.DataFrame:
        """Every item: benchmark, item_id, text, answer."""
        frames = [b.items().with_columns(benchmark=pl.lit(b.name)) for b in self.benchmarks]
        return pl.concat(frames).select("benchmark", *ITEMS)

    def index(self) -> "tuple[Index, Sketches, Items]":
        """The n-grams of all items, their sketches, and their tokens."""
        with self.lock:  # jobs are threads; one of them makes it
            return self._index

    @cached_property
    def _index(self) -> "tuple[Index, Sketches, Items]":
        from tasks.contamination.evidence import items_of
        from tasks.contamination.ngrams import index_of
        from tasks.contamination.similar_items import sketch
        from tasks.contamination.tokens import tokenise
        from tasks.dedupe.shingles import composed

        texts = composed(self.items["text"])
        tokens = tokenise(texts)
        index = index_of(tokens, self.n)
        return index, sketch(texts), items_of(texts, tokens, index)

    def directions(self) -> "list[Directions]":
        """What the items of each benchmark mean."""
        with self.lock:
            return self._directions

    @cached_property
    def _directions(self) -> "list[Directions]":
        from tasks.dedupe.meaning import static

        items = self.items.with_row_index("item")
        found = []
        for _, own in items.group_by("benchmark", maintain_order=True):
            texts = own["text"].unique(maintain_order=True)
            places = pl.DataFrame({"text": texts, "place": np.arange(len(texts))})
            placed = own.join(places, on="text", maintain_order="left").select("item", "place")
            found.append(Directions(static.embed(texts.to_list()), placed))
        return found


class Directions(NamedTuple):
    """The direction of each distinct text of a benchmark, and which (`place`) is whose (`item`, by
    its position among all items)."""

    units: NDArray[np.float16]
    items: pl.DataFrame
