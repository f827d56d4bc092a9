"""Texts against benchmarks: the rows of the table `contamination`."""

from functools import cached_property
from threading import Lock
from typing import Any

import polars as pl
from numpy.typing import NDArray

from schemas.recipe import Decontaminate
from schemas.tables import CONTAMINATION
from tasks.contamination.benchmarks import ITEMS, Loaded
from tasks.contamination.evidence import Items, compare, items_of
from tasks.contamination.ngrams import Index, Pairs, candidates, index_of
from tasks.contamination.similar_items import Sketches, resembling, sketch
from tasks.contamination.thresholds import CANDIDATE, judged
from tasks.contamination.tokens import tokenise
from tasks.dedupe.shingles import Shingling, composed, signatures
from tasks.pool.jobs import frame_of

SHOWN = 2000
"""Characters of a text that a hit shows."""

EMPTY: pl.DataFrame = frame_of(CONTAMINATION.empty_table())


class Against:
    """The benchmarks that texts are compared with; the index is made when it is first needed."""

    def __init__(self, benchmarks: list[Loaded], n: int) -> None:
        self.benchmarks, self.n, self.lock = benchmarks, n, Lock()

    @cached_property
    def items(self) -> pl.DataFrame:
        """Every item: benchmark, item_id, text, answer."""
        frames = [b.items().with_columns(benchmark=pl.lit(b.name)) for b in self.benchmarks]
        return pl.concat(frames).select("benchmark", *ITEMS)

    def index(self) -> tuple[Index, Sketches, Items]:
        """The n-grams of all items, their sketches, and their tokens."""
        with self.lock:  # jobs are threads; one of them makes it
            return self._index

    @cached_property
    def _index(self) -> tuple[Index, Sketches, Items]:
        texts = composed(self.items["text"])
        tokens = tokenise(texts)
        return index_of(tokens, self.n), sketch(texts), items_of(texts, tokens)


def hits(texts: pl.DataFrame, against: Against, options: Decontaminate) -> pl.DataFrame:
    """The hits among texts: rows of CONTAMINATION, by the order of the texts, then of the items.

    `texts` has problem_id, trace_id (null: not a trace), place, text and answer (null where the
    text is no problem, or has none).
    """
    index, sketches, known = against.index()
    text = composed(texts["text"])
    pairs = candidates(text, index, CANDIDATE)
    problems = (texts["place"] == "problem").arg_true().to_numpy()
    rows, items = resembling(text.gather(problems), sketches)
    pairs = merged(pairs, problems[rows], items)
    evidence = compare(text, pairs, known, index.n, (CANDIDATE, options.words))
    if evidence.is_empty():
        return EMPTY
    mine = texts.with_columns(text=text)[evidence["row"]]
    theirs = against.items[evidence["item"]]
    found = evidence.drop("row", "item").hstack(
        [
            *mine.select("problem_id", "trace_id", "place", "text"),
            *theirs.select("benchmark", "item_id", item="text"),
            (mine["place"] != "problem").alias("quoted"),
            agree(mine["answer"], theirs["answer"]).alias("agree"),
        ]
    )
    found = judged(found, options)
    spans = [_shown(*row) for row in found.select("text", "start", "stop").iter_rows()]
    shown: Any = list(zip(*spans, strict=True)) or [[], [], []]
    columns = {"text": pl.String, "overlap": pl.String, "start": pl.Int64}
    return found.with_columns(
        *(pl.Series(name, shown[k], kind) for k, (name, kind) in enumerate(columns.items())),
        item=pl.col("item").str.head(SHOWN),
        decided_by=pl.lit("thresholds"),
        note=pl.lit(None, pl.String),
    ).select(pl.col(name).cast(kind) for name, kind in EMPTY.schema.items())


def merged(pairs: Pairs, rows: NDArray[Any], items: NDArray[Any]) -> Pairs:
    """The pairs of both searches, each once; what only the sketches found has coverage NaN."""
    frame = pl.DataFrame(dict(zip(("row", "item", "coverage"), pairs, strict=True)))
    other = pl.DataFrame({"row": rows, "item": items}, schema=frame.drop("coverage").schema)
    both = frame.join(other, on=["row", "item"], how="full", coalesce=True).sort("row", "item")
    row, item, coverage = (both[name].to_numpy() for name in frame.columns)
    return row, item, coverage


def agree(one: pl.Series, other: pl.Series) -> pl.Series:
    """Whether two answers are the same tokens; null where one has none."""
    how = Shingling()
    a, b = (signatures(answers.str.strip_chars(), how).sequence for answers in (one, other))
    same = pl.Series(a == b)
    return pl.select(pl.when(pl.Series((a != 0) & (b != 0))).then(same)).to_series()


def _shown(text: str, start: int, stop: int) -> tuple[str, str, int]:
    """(the text around the overlap, the overlap, where it begins in characters)."""
    data = text.encode()
    begin = len(data[:start].decode("utf-8", "ignore"))
    overlap = data[start:stop].decode("utf-8", "ignore")
    if len(text) <= SHOWN:
        return text, overlap, begin
    first = max(0, min(begin - (SHOWN - len(overlap)) // 2, len(text) - SHOWN))
    return text[first : first + SHOWN], overlap[:SHOWN], begin
