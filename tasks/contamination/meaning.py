"""meaning: items that a problem resembles in what it says, whatever its words; only candidates.

Cosines of embeddings do not tell a problem told anew from another one of its topic, but they name
the item: of 32 problems that people call contaminated, all have theirs among the first three of
500 items, 28 among the first five of 5,000. So they propose, by rank, and confirm what numbers and
n-grams only suggest (tasks/contamination/thresholds.py); the rest is a question to a model, if the
recipe names one.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.contamination.benchmark_index import Against
from tasks.contamination.options import Meaning
from tasks.dedupe.meaning import static
from tasks.dedupe.meaning.nearest import nearest
from tasks.verdicts.limits import Limits
from tasks.verdicts.verifier_pool import judges
from verifiers.base.protocol import Problem

PROPOSED = {"row": pl.Int32, "item": pl.Int32, "rank": pl.Int32, "cosine": pl.Float32}
"""A text and an item, by position; the item's rank in its benchmark, from 1; the cosine of both."""


def proposed(
    rows: NDArray[np.int64], texts: pl.Series, known: Against, how: Meaning
) -> pl.DataFrame:
    """The items of each benchmark nearest to the texts at these `rows`, as `PROPOSED`, by text and
    then by item.

    The rank is among the items of its benchmark, so that no other one takes its place; items of the
    same text share one.
    """
    units = static.embed(texts.gather(rows).to_list())
    found = [pl.DataFrame(schema=PROPOSED)]
    for benchmark in known.directions():
        near = nearest(units, benchmark.units, how.top)
        at, rank = np.nonzero(near.cosines >= how.least)
        place, cosine = near.places[at, rank], near.cosines[at, rank]
        own = pl.DataFrame({"row": rows[at], "place": place, "rank": rank + 1, "cosine": cosine})
        whole = own.join(benchmark.items, on="place")
        found.append(whole.select(pl.col(name).cast(kind) for name, kind in PROPOSED.items()))
    return pl.concat(found).sort("row", "item")


def verified(agree: pl.Series, pairs: pl.DataFrame, doubted: pl.Series) -> pl.Series:
    """`agree`, where answers that are written otherwise are compared by the verifier.

    pairs: text, answer and theirs (the item's answer); doubted: which of them are worth it
    """
    at = (doubted & agree.not_().fill_null(value=False)).arg_true()
    if not len(at):
        return agree
    asked = [
        (Problem("", text, gold, None), answer)
        for text, answer, gold in pairs[at].select("text", "answer", "theirs").iter_rows()
    ]
    said = judges(Limits()).map("compare", asked)
    return agree.scatter(at, [one.reason.startswith("equal.") for one in said])
