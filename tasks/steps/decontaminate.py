"""decontaminate: problems that a benchmark has, by several tests, each with its evidence.

One job per shard writes its hits (`contamination`) and what they set aside. Problems that an
earlier step set aside are compared too, for the sake of what was made from them: one job after the
others follows `parent_id`, because a rewrite of a contaminated problem is contaminated.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from schemas.identity import digest, digest_all
from schemas.recipe import Decontaminate
from schemas.tables import CONTAMINATION, REJECTS
from tasks.contamination import benchmarks, overrides
from tasks.contamination.hits import EMPTY, Against, hits
from tasks.contamination.overrides import Override
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Receipt

VERSION = "1"
TRACE = ("reasoning", "response")


class Setup(NamedTuple):
    """What the jobs of a step share."""

    options: Decontaminate
    against: Against
    overrides: list[Override]
    key: str

    def own(self, ids: pl.Series) -> list[Override]:
        """The overrides that speak of these problems."""
        wanted = ids.filter(ids.is_in([o.problem_id for o in self.overrides])).to_list()
        return [o for o in self.overrides if o.problem_id in wanted]

    @property
    def facts(self) -> dict[str, str]:
        """Which benchmarks, at which commit."""
        return {b.name: b.stamp for b in self.against.benchmarks}


def setup(options: Decontaminate, base: Path) -> Setup:
    """Load benchmarks and overrides; `base` is the recipe's folder."""
    loaded = [benchmarks.load(name, base) for name in options.benchmarks]
    people = overrides.load((base / options.overrides).resolve()) if options.overrides else []
    how = options.model_dump(mode="json", exclude={"benchmarks", "overrides"})
    key = digest("decontaminate", VERSION, how, [(b.name, b.fingerprint) for b in loaded])
    return Setup(options, Against(loaded, options.n), people, key)


def plan(done: Done, ready: Setup) -> Iterator[Job]:
    """One job per problem shard, and one per trace shard if traces are scanned."""
    for receipt in done.problems:
        yield _job(done, ready, receipt, "problems", done.decided([receipt.key]))
    if {*TRACE} & {*ready.options.scan}:
        for receipt in done.traces:
            yield _job(done, ready, receipt, "traces", "")


def _job(done: Done, ready: Setup, source: Receipt, table: str, decided: str) -> Job:
    shard = source.shard(table)
    assert shard is not None
    people: list[Override] = []
    if ready.overrides:  # an edit concerns the shards of the problems it names, no other
        people = ready.own(frame_of(done.pool.read(shard, ["problem_id"]))["problem_id"])
    said = [one.model_dump() for one in people]
    key = digest(ready.key, source.key, table, decided, said)[:16]

    def run() -> Receipt:
        columns = [c for c in ready.options.scan if (c in TRACE) == (table == "traces")]
        ids = ["problem_id", "parent_id", *(["trace_id"] if table == "traces" else [])]
        more = ["answer", "source"] if table == "problems" else ["teacher"]
        frame = frame_of(done.pool.read(shard, [*ids, *more, *columns]))
        found = overrides.apply(scan(frame, columns, ready), people, add=table == "problems")
        row = "trace_id" if table == "traces" else "problem_id"
        aside = (
            done.set_aside([source.key])
            if table == "problems"
            else frame.clear().select(row_id=row)
        )
        receipt = Receipt("decontaminate", key, source.key, parents=[source.key])
        live = frame.filter(~pl.col(row).is_in(aside["row_id"].implode()))
        rejects = reasons(found, live, row, "source" if table == "problems" else "teacher")
        receipt.counts.update(counts(len(live), rejects, found))
        if table == "problems":
            receipt.aside[source.key] = digest_all(sorted(rejects["row_id"]))
            children = frame["parent_id"].drop_nulls().len()
            receipt.facts.update(benchmarks=ready.facts, children=children)
        return commit(done, receipt, found, rejects)

    return Job("decontaminate", key, shard.path, shard.rows, run)


def scan(frame: pl.DataFrame, columns: Sequence[str], ready: Setup) -> pl.DataFrame:
    """The hits among the texts of a shard, column by column."""
    nothing = pl.lit(None, pl.String)
    found = [EMPTY]
    for place in columns:
        texts = frame.select(
            "problem_id",
            trace_id="trace_id" if "trace_id" in frame.columns else nothing,
            place=pl.lit(place),
            text=place,
            answer="answer" if place == "problem" and "answer" in frame.columns else nothing,
        )
        found.append(hits(texts, ready.against, ready.options))
    return pl.concat(found)


def reasons(found: pl.DataFrame, live: pl.DataFrame, row: str, source: str) -> pl.DataFrame:
    """The rows of `live` that a hit drops, as rejects: the reason is the test of the best hit."""
    dropped = found.filter(pl.col("decision") == "drop").sort(
        "score", descending=True, nulls_last=True
    )
    first = dropped.unique(row, keep="first", maintain_order=True)
    named = live.select(row, source).join(first, on=row, how="inner", maintain_order="left")
    detail = pl.format(
        "{} {}: {}", "benchmark", "item_id", pl.col("item").fill_null("").str.head(200)
    )
    return named.select(
        pl.lit("decontaminate").alias("stage"),
        pl.col(row).alias("row_id"),
        pl.col(source).alias("source"),
        pl.col("test").alias("reason"),
        detail.alias("detail"),
    )


def counts(rows: int, rejects: pl.DataFrame, found: pl.DataFrame) -> dict[str, int]:
    """Rows in, out and aside per reason, and how many hits wait for a person."""
    told = {"in": rows, "out": rows - len(rejects)}
    for reason, count in rejects["reason"].value_counts().sort("reason").iter_rows():
        told[f"aside.{reason}"] = count
    told["to review"] = found.filter(pl.col("decision") == "review")["problem_id"].n_unique()
    return told


def commit(done: Done, receipt: Receipt, found: pl.DataFrame, rejects: pl.DataFrame) -> Receipt:
    """Write hits and rejects, where there are any, and the receipt."""
    tables: dict[str, Any] = {
        "contamination": found.to_arrow().cast(CONTAMINATION),
        "rejects": rejects.to_arrow().cast(REJECTS),
    }
    return done.pool.commit(receipt, {n: t for n, t in tables.items() if t.num_rows}, done.recipe)


def plan_lineage(done: Done, ready: Setup, scanned: list[Receipt]) -> Iterator[Job]:
    """The job that follows `parent_id`; none where no problem has a parent.

    `scanned` are the receipts of `plan` over the problems.
    """
    if not any(receipt.facts.get("children") for receipt in scanned):
        return
    shards = [receipt.parents[0] for receipt in scanned]
    people = [one.model_dump() for one in ready.overrides]
    key = digest("lineage", VERSION, [r.key for r in scanned], done.decided(shards), people)[:16]

    def run() -> Receipt:
        family = pl.concat([_family(done, receipt) for receipt in done.problems])
        frames = [
            frame_of(done.pool.read(shard))
            for receipt in scanned
            if (shard := receipt.shard("contamination"))
        ]
        found = inherited(family, pl.concat([EMPTY, *frames]), ready.overrides)
        aside = done.set_aside(shards)
        earlier = [s for r in scanned if (s := r.shard("rejects"))]
        gone = [frame_of(done.pool.read(s, ["row_id"])) for s in earlier]
        out = pl.concat([aside.select("row_id"), *gone])["row_id"]
        live = family.filter(~pl.col("problem_id").is_in(out.implode()))
        rejects = reasons(found, live, "problem_id", "source")
        receipt = Receipt("decontaminate", key, "lineage", [], [r.key for r in scanned])
        # These rows went in and came out with their shard; here they only leave.
        receipt.counts.update({"in": 0, "out": -len(rejects), "aside.lineage": len(rejects)})
        named = live.join(rejects.select(problem_id="row_id"), on="problem_id")
        for (shard,), group in named.group_by("shard"):
            receipt.aside[str(shard)] = digest_all(sorted(group["problem_id"]))
        return commit(done, receipt, found, rejects)

    yield Job("decontaminate", key, "lineage", sum(r.counts["in"] for r in scanned), run)


def _family(done: Done, receipt: Receipt) -> pl.DataFrame:
    shard = receipt.shard("problems")
    assert shard is not None
    frame = frame_of(done.pool.read(shard, ["problem_id", "parent_id", "source"]))
    return frame.with_columns(shard=pl.lit(receipt.key))


def inherited(family: pl.DataFrame, found: pl.DataFrame, people: list[Override]) -> pl.DataFrame:
    """The hits that problems inherit from their parents, and these from theirs.

    A child inherits the strongest decision among its parent's hits, unless one of its own is as
    strong; a person's decision on the child counts for it and for what was made from it. Parents
    that are not in the pool, and circles, end the walk.
    """
    found = found.filter(pl.col("trace_id").is_null())
    fresh, made = found, [EMPTY]
    while len(fresh := strongest(fresh.filter(pl.col("decision") != "keep"))):
        told = fresh.select("benchmark", "item_id", "item", "decision", parent_id="problem_id")
        held = strongest(pl.concat([found, *made])).select("problem_id", held="strength")
        children = family.join(told, on="parent_id").join(held, on="problem_id", how="left")
        children = children.filter(pl.col("held").fill_null(-1) < STRENGTH)
        rows = children.select(
            "problem_id", "benchmark", "item_id", "item", "decision",
            place=pl.lit("parent"), test=pl.lit("lineage"), decided_by=pl.lit("thresholds"),
            note="parent_id",
        )  # fmt: skip
        fresh = pl.concat([EMPTY, rows], how="diagonal")
        fresh = overrides.apply(fresh, people)
        made.append(fresh)
    return pl.concat(made).sort("problem_id", "benchmark", "item_id")


STRENGTH = pl.col("decision").replace_strict(
    {"keep": 0, "review": 1, "drop": 2}, return_dtype=pl.Int8
)


def strongest(found: pl.DataFrame) -> pl.DataFrame:
    """Of each problem's hits the one with the strongest decision, then the highest score."""
    ranked = found.with_columns(strength=STRENGTH)
    by = ["strength", "score", "benchmark", "item_id"]
    ranked = ranked.sort(by, descending=[True, True, False, False], nulls_last=True)
    return ranked.unique("problem_id", keep="first", maintain_order=True)
