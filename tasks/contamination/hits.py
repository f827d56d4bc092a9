"""Texts against benchmarks: the rows of the table `contamination`."""

from typing import Any

import polars as pl
from numpy.typing import NDArray

from tasks.contamination.benchmark_index import EMPTY, Against
from tasks.contamination.evidence import compare
from tasks.contamination.ngrams import Pairs, candidates
from tasks.contamination.options import Comparison
from tasks.contamination.similar_items import resembling
from tasks.contamination.thresholds import CANDIDATE, judged
from tasks.dedupe.options import Shingling
from tasks.dedupe.shingles import composed, signatures

SHOWN = 2000
"""Characters of a text that a hit shows."""


def hits(texts: pl.DataFrame, against: Against, options: Comparison) -> pl.DataFrame:
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
