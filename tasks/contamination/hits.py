"""Texts against benchmarks: the rows of the table `contamination`."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.contamination.benchmark_index import EMPTY, Against
from tasks.contamination.evidence import compare
from tasks.contamination.meaning import PROPOSED, proposed, verified
from tasks.contamination.ngrams import Pairs, candidates
from tasks.contamination.options import Comparison
from tasks.contamination.similar_items import resembling
from tasks.contamination.thresholds import CANDIDATE, judged
from tasks.dedupe.meaning.restated import relations
from tasks.dedupe.options import Shingling
from tasks.dedupe.shingles import composed, signatures

SHOWN = 2000
"""Characters of a text that a hit shows."""


class Said(NamedTuple):
    """A model's answers (row_id, answer) to which of its `open_pairs` a problem restates; which
    model it is."""

    answers: pl.DataFrame
    by: str


def hits(
    texts: pl.DataFrame, against: Against, options: Comparison, said: Said | None = None
) -> pl.DataFrame:
    """The hits among texts: rows of CONTAMINATION, by the order of the texts, then of the items.

    `texts` has problem_id, trace_id (null: not a trace), place, text and answer (null where the
    text is no problem, or has none).
    """
    pairs = weighed(texts, against, options)
    return EMPTY if pairs.is_empty() else _as_rows(judged(_heard(pairs, options, said), options))


def weighed(texts: pl.DataFrame, against: Against, options: Comparison) -> pl.DataFrame:
    """Every pair of a text and an item that one of the searches brings up, with its evidence."""
    index, sketches, known = against.index()
    text = composed(texts["text"])
    pairs = candidates(text, index, CANDIDATE)
    problems = (texts["place"] == "problem").arg_true().to_numpy()
    rows, items = resembling(text.gather(problems), sketches)
    pairs = merged(pairs, problems[rows], items)
    near = pl.DataFrame(schema=PROPOSED)
    if options.meaning:
        near = proposed(problems, text.fill_null(""), against, options.meaning)
        pairs = merged(pairs, near["row"].to_numpy(), near["item"].to_numpy())
    wanted = _among(pairs, near)
    evidence = compare(text, pairs, known, index.n, (CANDIDATE, options.words), wanted)
    evidence = evidence.join(near, on=["row", "item"], how="left", maintain_order="left")
    mine = texts.with_columns(text=text)[evidence["row"]]
    theirs = against.items[evidence["item"]]
    found = evidence.rename({"row": "at", "item": "place_of_item"}).hstack(
        [
            *mine.select("problem_id", "trace_id", "place", "text", "answer"),
            *theirs.select("benchmark", "item_id", item="text", theirs="answer"),
            (mine["place"] != "problem").alias("quoted"),
            agree(mine["answer"], theirs["answer"]).alias("agree"),
        ]
    )
    if options.meaning:
        doubted = found.select(pl.col("figures") & pl.col("rank").is_not_null()).to_series()
        found = found.with_columns(agree=verified(found["agree"], found, doubted))
    return found


def _among(pairs: Pairs, near: pl.DataFrame) -> NDArray[np.bool_]:
    """Which of the pairs (text, item, coverage) are among the near ones."""
    named = near.select("row", "item", found=pl.lit(value=True))
    kinds = named.drop("found").schema
    listed = pl.DataFrame({"row": pairs[0], "item": pairs[1]}, schema=kinds)
    both = listed.join(named, on=["row", "item"], how="left", maintain_order="left")
    return both["found"].fill_null(value=False).to_numpy()


def open_pairs(pairs: pl.DataFrame, options: Comparison) -> pl.DataFrame:
    """The pairs that a model is asked about: row_id, number (from 1, the nearest first), problem,
    other; beside them `at` and `place_of_item`, which name the pair.

    They are near by meaning, or for review; what is dropped without a word of meaning is not asked
    about.
    """
    plain = options.model_copy(update={"meaning": None})
    key, decided = ["at", "place_of_item"], judged(_heard(pairs, plain, None), plain)
    settled = decided.filter(pl.col("decision") == "drop")
    review = decided.filter(pl.col("decision") == "review", ~pl.col("quoted"))
    near = pairs.filter(pl.col("rank").is_not_null()).select(key)
    both = pl.concat([near, review.select(key)]).unique().join(settled, on=key, how="anti")
    ordered = pairs.join(both, on=key).sort("at", "rank", "place_of_item", nulls_last=True)
    return ordered.select(
        *key, row_id="problem_id", number=pl.col("at").cum_count().over("at").cast(pl.Int64),
        problem="text", other="item",
    )  # fmt: skip


def _heard(pairs: pl.DataFrame, options: Comparison, said: Said | None) -> pl.DataFrame:
    """The pairs with what the model said of each (`relation`), and which (`by`)."""
    if said is None:
        nothing = pl.lit(None, pl.String)
        return pairs.with_columns(relation=nothing, by=nothing)
    asked = open_pairs(pairs, options)
    told = asked.join(relations(said.answers, asked), on=["row_id", "number"])
    heard = told.select("at", "place_of_item", "relation", by=pl.lit(said.by))
    return pairs.join(heard, on=["at", "place_of_item"], how="left", maintain_order="left")


def _as_rows(found: pl.DataFrame) -> pl.DataFrame:
    spans = [_shown(*row) for row in found.select("text", "start", "stop").iter_rows()]
    shown: Any = list(zip(*spans, strict=True)) or [[], [], []]
    columns = {"text": pl.String, "overlap": pl.String, "start": pl.Int64}
    return found.with_columns(
        *(pl.Series(name, shown[k], kind) for k, (name, kind) in enumerate(columns.items())),
        item=pl.col("item").str.head(SHOWN),
        decided_by=pl.format("judge {}", "by").fill_null("thresholds"),
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
