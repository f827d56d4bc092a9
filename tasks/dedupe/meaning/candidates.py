"""candidates: problems that may say the same, and what settles it.

No cosine tells a problem told anew from another one about the same things, so being near only names
candidates: of each problem the few nearest among those with the same numbers. What `dedupe` keeps
apart stays apart, but golds are compared by the verifier: 1/2 and 0.5 are one answer. A pair is one
problem

    - by itself, if the numbers are some, the gold is a value, not a choice among a few, and the two
      are as near as the threshold;
    - or because a model says so, where the recipe names one: it is asked about the other
      candidates, once per problem.

Each job does a whole pool. Nothing is compared with everything: groups of more than 32,768 are
searched by an index (tasks/dedupe/meaning/nearest.py).
"""

import tempfile
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.identity import digest
from schemas.tables import SEMANTIC_CANDIDATES
from tasks.dedupe.kin import Kin, codes, kin_of
from tasks.dedupe.kin import pairs as pairs_of
from tasks.dedupe.meaning.nearest import nearest
from tasks.dedupe.meaning.restated import relations, shown
from tasks.dedupe.meaning.semantic import collect, committed, duplicates
from tasks.dedupe.near_duplicates import FACTS, FALLING, NOBODY, RULE
from tasks.dedupe.problems import ranked
from tasks.llm.asking.ask import Part, answers_of
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.parquet import nothing
from tasks.pool.store import Pool, Receipt
from tasks.verdicts.limits import Limits
from tasks.verdicts.verifier_pool import judges
from verifiers.base.protocol import Problem

VERSION = "1"

TOP = 3
"""Nearest problems that are looked at: of 60 noisy rewrites among 13,000 problems all are found."""

LEAST = 0.5
"""Cosine from which a pair is looked at."""

TAG = np.uint64(56)
"""Where a fact's tag begins: facts of the same tag and another hash contradict each other."""

NUMBERED = ["row_id", "number"]


class Read(NamedTuple):
    """What the comparison reads: embeddings, signatures by problem shard, and whence they come."""

    embedded: list[Receipt]
    signed: dict[str, Receipt]
    sources: list[str]
    kin: Kin

    @property
    def keys(self) -> list[str]:
        """The receipts that decide what is compared."""
        return [receipt.key for receipt in (*self.embedded, *self.signed.values())]


def read_of(done: Done, embedded: list[Receipt], sources: list[str], ancestors: bool) -> Read:
    """What there is to read; `sources` in the order of the recipe."""
    signed = {receipt.parents[0]: receipt for receipt in done.of("signatures")}
    return Read(embedded, signed, sources, kin_of(done, ancestors))


def plan(done: Done, step: str, read: Read) -> Iterator[Job]:
    """The job that finds the candidates among all problems."""
    shards = [receipt.parents[0] for receipt in read.embedded]
    golds = [receipt.facts["content"] for receipt in done.of("golds")]
    how = (VERSION, TOP, LEAST, read.sources, read.keys, *read.kin.stamp)
    key = digest("candidates", *how, *([golds] if golds else []))[:16]
    rows = sum(receipt.counts["in"] for receipt in read.embedded)
    given = (read, done.part(shards))
    yield Job(f"candidates of {step}", key, "all problems", rows, done.recipe, find, given)


def find(pool: Pool, job: Job, read: Read, known: Done) -> Receipt:
    """Write the candidates (`SEMANTIC_CANDIDATES`)."""
    with tempfile.TemporaryFile() as file:
        rows, vectors = collect(pool, read.embedded, read.signed, file)
        rows = ranked(rows, read.sources)
        pairs = near_pairs(rows, vectors, pairs_of(pool, read.kin))
        del vectors
    parents = [receipt.key for receipt in known.problems]
    texts = known.problems_of(parents, ["problem", "answer", "answer_kind"], ids_of(pairs))
    compared = settled(pairs, texts)
    receipt = Receipt(job.stage, job.key, "all", [], read.keys, {"in": job.rows, "out": job.rows})
    tables = {"semantic_candidates": compared.to_arrow().cast(SEMANTIC_CANDIDATES)}
    return pool.commit_rows(receipt, tables, job.recipe)


def ids_of(pairs: pl.DataFrame) -> pl.Series:
    """The ids that stand in pairs, each once."""
    return pl.concat([pairs["row_id"], pairs["other_id"].alias("row_id")]).unique(
        maintain_order=True
    )


def near_pairs(
    rows: pl.DataFrame, vectors: NDArray[np.float16], related: pl.DataFrame = NOBODY
) -> pl.DataFrame:
    """Pairs (row_id, other_id, cosine, figures) of rows (row_id, block, `FACTS`, `RULE`), by the
    place of the row in the rule of tasks/dedupe/near_duplicates.py, the nearest other first.

    other_id: the one that would stay, which the rule has first; figures: whether they state
    numbers. Golds do not matter here. Pure.
    """
    rows = rows.with_row_index("vector").sort(*RULE, descending=list(FALLING))
    facts = rows.select(name for name in FACTS if name != "answer").to_numpy()
    kin, found = codes(rows["row_id"], related), [np.empty((0, 2), np.int64)]
    cosines, places = [np.empty(0, np.float32)], rows["vector"].to_numpy()
    groups = rows.with_row_index("at").group_by("block", maintain_order=True).agg("at")
    for at in groups.filter(pl.col("at").list.len() > 1)["at"]:
        own = at.to_numpy().astype(np.int64)
        mine = vectors[places[own]]
        near = nearest(mine, mine, TOP + 1)
        one, rank = np.nonzero(near.cosines >= LEAST)
        other = near.places[one, rank]
        pair = np.sort(np.stack([own[one], own[other]], axis=1), axis=1)[one != other]
        found.append(pair)
        cosines.append(near.cosines[one, rank][one != other])
    pair, first = np.unique(np.concatenate(found), axis=0, return_index=True)
    a, b = facts[pair[:, 0]], facts[pair[:, 1]]
    apart = ((a != b) & (a >> TAG == b >> TAG)).any(axis=1)
    keep = ~apart & ~np.isin(pair[:, 0] * len(rows) + pair[:, 1], kin)
    pair, cosine = pair[keep], np.concatenate(cosines)[first[keep]]
    ids, block = rows["row_id"], rows["block"].to_numpy()
    order = np.lexsort((pair[:, 0], -cosine, pair[:, 1]))
    pair, cosine = pair[order], cosine[order]
    return pl.DataFrame(
        {
            "row_id": ids[pair[:, 1]],
            "other_id": ids[pair[:, 0]],
            "cosine": cosine,
            "figures": block[pair[:, 0]] != 0,
        }
    )


def settled(pairs: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """The pairs whose golds do not differ, with `agree`: they are the same value; null: unknown.

    problems: problem_id, problem, answer, answer_kind of all that stand in pairs
    """
    if pairs.is_empty():
        return pairs.with_columns(agree=pl.lit(None, pl.Boolean))
    own = problems.select("problem_id", "problem", "answer", "answer_kind")
    both = pairs.join(own, left_on="row_id", right_on="problem_id", maintain_order="left").join(
        own.select(other_id="problem_id", gold="answer"), on="other_id", maintain_order="left"
    )
    known = both.with_row_index("at").drop_nulls(["answer", "gold"])
    items = [
        (Problem("", problem, gold, kind), answer)
        for problem, gold, kind, answer in known.select(
            "problem", "gold", "answer_kind", "answer"
        ).iter_rows()
    ]
    said = judges(Limits()).map("compare", items) if items else []
    # That two choose the same option, or say the same word, tells little.
    equal = [(one.verifier == "math" and one.reason.startswith("equal.")) or None for one in said]
    differ = [one.reason.startswith("differ.") for one in said]
    words = {
        "agree": pl.Series(equal, dtype=pl.Boolean),
        "differ": pl.Series(differ, dtype=pl.Boolean),
    }
    told = known.select("at", **words)
    whole = both.with_row_index("at").join(told, on="at", how="left", maintain_order="left")
    left = whole.filter(~pl.col("differ").fill_null(value=False))
    return left.select(*pairs.columns, "agree")


def sure(threshold: float) -> pl.Expr:
    """Whether a candidate needs nobody's word."""
    agree = pl.col("agree").fill_null(value=False)
    return pl.col("figures") & agree & (pl.col("cosine") >= threshold)


def open_of(pairs: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """The candidates that a model is asked about, numbered from 1, the nearest of a row first."""
    number = pl.col("row_id").cum_count().over("row_id").cast(pl.Int64)
    return pairs.filter(~sure(threshold)).with_columns(number=number)


def candidates_of(pool: Pool, found: Receipt) -> pl.DataFrame:
    """The candidates that a receipt of `find` stands for."""
    shard = found.shard("semantic_candidates")
    return frame_of(pool.read(shard) if shard else nothing(SEMANTIC_CANDIDATES))


def part(done: Done, found: Receipt, threshold: float, only: frozenset[str] | None) -> Part:
    """What a model is asked about; `only`: about these problems, None for all."""
    chosen = [] if only is None else [sorted(only)]
    stamp = digest("candidates", found.key, threshold, *chosen)
    return Part(stamp, partial(_shown, done, found, threshold, only))


def _shown(
    done: Done, found: Receipt, threshold: float, only: frozenset[str] | None
) -> pl.DataFrame:
    pairs = open_of(candidates_of(done.pool, found), threshold)
    pairs = pairs if only is None else pairs.filter(pl.col("row_id").is_in(only))
    parents = [receipt.key for receipt in done.problems]
    texts = done.problems_of(parents, ["problem"], ids_of(pairs))
    one = pairs.join(texts.rename({"problem_id": "row_id"}), on="row_id")
    other = texts.rename({"problem_id": "other_id", "problem": "other"})
    return shown(one.join(other, on="other_id"))


class Heard(NamedTuple):
    """A model's answers about the open candidates; `spec`: what it was asked, and how."""

    answers: Receipt
    spec: str


def plan_decision(
    done: Done, step: str, threshold: float, read: Read, found: Receipt, heard: Heard | None
) -> Iterator[Job]:
    """The job that sets aside what repeats another problem."""
    word = [heard.spec, heard.answers.facts["content"]] if heard else []
    key = digest(step, VERSION, threshold, read.sources, found.key, *word)[:16]
    given = (threshold, read, found, heard)
    yield Job(step, key, "all problems", found.counts["in"], done.recipe, decide, given)


def decide(
    pool: Pool, job: Job, threshold: float, read: Read, found: Receipt, heard: Heard | None
) -> Receipt:
    """Set aside the problems that repeat another, by themselves or by a model's word."""
    pairs, same = candidates_of(pool, found), sure(threshold)
    if heard:
        asked = open_of(pairs, threshold)
        told = asked.join(relations(answers_of(pool, heard.answers), asked), on=NUMBERED)
        word = told.select("row_id", "other_id", "relation")
        pairs = pairs.join(word, on=["row_id", "other_id"], how="left", maintain_order="left")
        same = same | (pl.col("relation") == "same").fill_null(value=False)
    with tempfile.TemporaryFile() as file:
        rows, vectors = collect(pool, read.embedded, read.signed, file)
        del vectors
    rows = ranked(rows, read.sources)
    repeats = elect(pairs.filter(same))
    one, other = (rows[places(rows["row_id"], repeats[name])] for name in ("row_id", "other_id"))
    found_pairs = duplicates(one, other, repeats["cosine"].cast(pl.Float64).to_numpy())
    return committed(pool, job, read.embedded, [found.key], rows, found_pairs)


def elect(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs of which one repeats the other: of (row_id, other_id), sorted by the rule and then
    by nearness, each row repeats the nearest other that stays. Pure.
    """
    gone: set[str] = set()
    kept = []
    for row, other in pairs.select("row_id", "other_id").iter_rows():
        kept.append(row not in gone and other not in gone)
        if kept[-1]:
            gone.add(row)
    return pairs.filter(pl.Series(kept, dtype=pl.Boolean))


def places(ids: pl.Series, wanted: pl.Series) -> NDArray[np.int64]:
    """Where the wanted ids stand among others."""
    known = pl.DataFrame({"id": ids, "at": np.arange(len(ids))})
    asked = pl.DataFrame({"id": wanted})
    return asked.join(known, on="id", how="left", maintain_order="left")["at"].to_numpy()
