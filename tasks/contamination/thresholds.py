"""From evidence to a decision, by the recipe's thresholds."""

import polars as pl

from tasks.contamination.options import Comparison

CANDIDATE = 0.2
"""Coverage from which a pair is aligned, if nothing else brings it up."""

SAME_NUMBERS = 0.9
"""Share of the item's numbers from which they are the same: the size of a drawing may differ."""

INSIDE = 0.8
"""Share of a text in n-grams of an item from which a person should look: it may be a part of it."""

RELATED = 0.75
"""Share of `words` from which the nearest item with the same numbers is the same problem: it is the
nearest by meaning already, which says of words what their number cannot."""

MILDER = {"drop": [], "review": ["drop"], "keep": ["drop", "review"]}
"""The decisions that a limit (`variant: review`) turns into the limit itself."""


def judged(evidence: pl.DataFrame, options: Comparison) -> pl.DataFrame:
    """The pairs that are hits, with `test`, `score` (0 to 1) and `decision`; the others leave.

    Reads the evidence (tasks/contamination/evidence.py) and `agree`: whether the answers are the
    same, null where one is not known. A quotation is only ever found by its n-grams.

    Where meaning counts, the item that is nearest by it, and near, confirms what is otherwise for
    review. A model's word on a pair (`relation`: same, variant, neither; null: none) decides it.
    """
    coverage, similarity = pl.col("coverage").fill_null(0), pl.col("similarity")
    whole = ~pl.col("quoted")
    inside = whole & (coverage >= CANDIDATE) & (pl.col("share") >= INSIDE)
    ngram = coverage >= options.ngram.review
    fuzzy = whole & (similarity >= options.fuzzy.review)
    exact, close = coverage >= options.ngram.drop, whole & (similarity >= options.fuzzy.drop)
    edits = fuzzy & ~exact & (close | ~ngram)  # what decides is the edit similarity
    renumbered = pl.col("numbers") < SAME_NUMBERS
    restated = pl.col("figures") & whole & (pl.col("words") >= options.words)
    how = options.meaning
    near = (pl.col("rank") == 1) & (pl.col("cosine") >= (how.near if how else 2))
    near = near.fill_null(value=False)
    likely = near & pl.col("figures") & whole & (pl.col("words") >= RELATED * options.words)
    said = pl.col("relation")
    test = (
        pl.when(said == "same")
        .then(pl.lit("paraphrase"))
        .when(said == "variant")
        .then(pl.lit("variant"))
        .when((ngram | fuzzy) & renumbered)
        .then(pl.lit("variant"))
        .when(edits)
        .then(pl.lit("fuzzy"))
        .when(ngram)
        .then(pl.lit("ngram"))
        .when(restated & pl.col("agree").fill_null(True))
        .then(pl.lit("paraphrase"))
        .when(inside)
        .then(pl.lit("ngram"))
        .when(likely & pl.col("agree").fill_null(True))
        .then(pl.lit("meaning"))
    )
    found = evidence.with_columns(test=test).filter(pl.col("test").is_not_null())
    paraphrase, variant = pl.col("test") == "paraphrase", pl.col("test") == "variant"
    certain = pl.when(paraphrase).then(pl.col("agree").fill_null(False)).otherwise(exact | close)
    decision = (
        pl.when(said == "neither")
        .then(pl.lit("keep"))
        .when(certain | near | said.is_not_null())
        .then(pl.lit("drop"))
        .otherwise(pl.lit("review"))
    )
    for kind, limit in ((variant, options.variant), (paraphrase, options.paraphrase)):
        softer = kind & decision.is_in(MILDER[limit])
        decision = pl.when(softer).then(pl.lit(limit)).otherwise(decision)
    score = (
        pl.when((pl.col("test") == "meaning") | said.is_in(["same", "variant"]))
        .then("cosine")
        .when(paraphrase)
        .then("words")
        .when(edits)
        .then(similarity)
    )
    return found.with_columns(decision=decision, score=score.otherwise(coverage))
