"""vote: the answer that most samples of a problem agree on.

Samples vote with the answers that the verifier took out of them. Two answers are one where the
verifier calls them equal, either way round, not where they are the same text; so 0.5 and 1/2 stand
together. Majority voting over samples: X. Wang et al., arXiv 2203.11171. Entropy over answers that
mean the same: L. Kuhn et al., arXiv 2302.09664 (there with a model as the judge of meaning).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import log
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from schemas.identity import digest, digest_all
from schemas.tables import GOLDS, ID, field
from schemas.vocabulary import State, Verdict
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.spill import SpillFile
from tasks.pool.store import Pool, Receipt
from tasks.verdicts.labels import judged, rules_of
from tasks.verdicts.limits import Limits
from tasks.verdicts.verifier_pool import judges
from verifiers import Problem

VERSION = "2"

BUCKET_ROWS = 250_000
"""Samples that are held at once."""

MOST = 32
"""Different texts of a problem's answers that are compared, the commonest; what is rarer stands
alone. All pairs of these are 496 comparisons."""

Pair = tuple[str, str, str]
"""A problem's id and two answers to it."""

Same = Callable[[Sequence[Pair]], list[bool]]
"""Of each pair of answers, whether the verifier calls them equal."""


class Election(NamedTuple):
    """When a majority becomes the gold of a problem that has none: so many votes, such a share of
    all; where `least` is 0 none does.
    """

    least: int
    share: float


def struct() -> pa.StructType:
    """What a problem's column holds."""
    return pa.struct(
        [
            ("answer", pa.large_string()),
            ("count", pa.int32()),
            ("votes", pa.int32()),
            ("share", pa.float64()),
            ("groups", pa.int32()),
            ("tied", pa.bool_()),
            ("agrees", pa.bool_()),
        ]
    )


def schema_of(name: str) -> pa.Schema:
    """The table of a vote: a row per problem."""
    return pa.schema(
        [
            field("problem_id", ID, "the problem", False),
            field(
                name,
                struct(),
                "the majority's answer, as its commonest text; its votes and all votes; its share; "
                "different answers; whether another answer has as many votes; whether it is the "
                "gold answer, null where there is none or nobody can tell",
                False,
            ),
        ]
    )


def voters(name: str) -> str:
    """The table, and column, of the traces that voted with the majority."""
    return f"{name}_voter"


def voters_of(name: str) -> pa.Schema:
    """The schema of that table."""
    return pa.schema(
        [
            field("trace_id", ID, "the trace", False),
            field(voters(name), pa.bool_(), "true: it voted with the majority", False),
        ]
    )


def entropy(name: str) -> str:
    """The table, and column, of how far the samples of a problem are from one answer."""
    return f"{name}_entropy"


def entropy_of(name: str) -> pa.Schema:
    """The schema of that table; the vote's own column stays what releases carry of it."""
    told = "entropy of a problem's answers in nats: 0 where all agree, ln(n) where n answers tie"
    return pa.schema(
        [
            field("problem_id", ID, "the problem", False),
            field(entropy(name), pa.float64(), told, False),
        ]
    )


def nats(sizes: Sequence[int]) -> float:
    """Shannon's entropy of groups of these sizes.

    >>> nats([4]), nats([2, 2]) == log(2)
    (0.0, True)
    """
    votes = sum(sizes)
    return sum(size / votes * log(votes / size) for size in sizes)


def grouped(answers: Counter[str], same: dict[tuple[str, str], bool]) -> list[list[str]]:
    """The texts in groups of equal ones, the group with most votes first; ties by text. Pure.

    answers: how often each text was given; same: what is known of pairs (in the order of texts)
    """
    texts = ordered(answers)
    group = {text: text for text in texts}

    def root(text: str) -> str:
        while group[text] != text:
            text = group[text]
        return text

    for (one, other), equal in same.items():
        if equal:
            first, second = sorted((root(one), root(other)), key=texts.index)
            group[second] = first
    found: dict[str, list[str]] = {}
    for text in texts:
        found.setdefault(root(text), []).append(text)
    return sorted(found.values(), key=lambda of: (-sum(answers[text] for text in of), of[0]))


def ordered(answers: Counter[str]) -> list[str]:
    """The texts, the commonest first, ties by text."""
    return sorted(answers, key=lambda text: (-answers[text], text))


def pairs_of(answers: Counter[str]) -> list[tuple[str, str]]:
    """The pairs of texts to compare."""
    texts = ordered(answers)[:MOST]
    return [(one, other) for at, one in enumerate(texts) for other in texts[at + 1 :]]


def tally(samples: pl.DataFrame, same: Same) -> pl.DataFrame:
    """The votes of problems: problem_id, answer, count, votes, share, groups, tied, agrees,
    entropy, and `voters`, the traces of the majority.

    samples: problem_id, trace_id, answer, verdict, of those that gave an answer
    """
    problems = {str(key[0]): rows for key, rows in samples.group_by("problem_id")}
    answers = {one: Counter(rows["answer"].to_list()) for one, rows in problems.items()}
    asked = [(one, *pair) for one in sorted(answers) for pair in pairs_of(answers[one])]
    told: dict[str, dict[tuple[str, str], bool]] = {}
    for (one, first, second), equal in zip(asked, same(asked), strict=True):
        told.setdefault(one, {})[first, second] = equal
    rows = [
        (one, *_outcome(problems[one], answers[one], told.get(one, {}))) for one in sorted(answers)
    ]
    columns: dict[str, Any] = {
        "problem_id": pl.String, "answer": pl.String, "count": pl.Int32, "votes": pl.Int32,
        "share": pl.Float64, "groups": pl.Int32, "tied": pl.Boolean, "agrees": pl.Boolean,
        "entropy": pl.Float64, "voters": pl.List(pl.String),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=columns, orient="row")


def _outcome(
    rows: pl.DataFrame, answers: Counter[str], same: dict[tuple[str, str], bool]
) -> tuple[Any, ...]:
    groups = grouped(answers, same)
    sizes = [sum(answers[text] for text in group) for group in groups]
    voted = rows.filter(pl.col("answer").is_in(groups[0])).sort("trace_id")
    said = set(voted["verdict"])
    agrees = True if Verdict.CORRECT in said else None if Verdict.UNDECIDED in said else False
    tied = len(sizes) > 1 and sizes[0] == sizes[1]
    votes = sum(sizes)
    return (
        groups[0][0], sizes[0], votes, sizes[0] / votes, len(groups), tied, agrees,
        nats(sizes), voted["trace_id"].to_list(),
    )  # fmt: skip


def elected(
    votes: pl.DataFrame, goldless: pl.Series, election: Election, origin: str
) -> pl.DataFrame:
    """The golds of problems that had none: problem_id, gold, origin. A tie elects nobody. Pure."""
    wins = (pl.col("count") >= election.least) & (pl.col("share") >= election.share)
    wins = wins & (election.least > 0)
    without = pl.col("problem_id").is_in(goldless.implode())
    return votes.filter(wins & without & ~pl.col("tied")).select(
        "problem_id", gold="answer", origin=pl.lit(origin)
    )


def plan(
    done: Done, stage: str, teachers: list[str], election: Election, limits: Limits
) -> Iterator[Job]:
    """One job, which reads every judged shard once."""
    from verifiers import VERSION as VERIFIERS

    made = {receipt.stage for receipt in done.of("lineage")}  # derived traces were not drawn
    shards = [(traces, of) for traces, of in judged(done) if traces.stage not in made]
    inputs = [receipt.key for traces, of in shards for receipt in (traces, *of)]
    problems = [receipt.key for receipt in done.problems]
    key = digest("vote", VERSION, VERIFIERS, stage, teachers, list(election), inputs, problems)[:16]
    rows = sum(of[0].counts["out"] for _, of in shards)
    given = (
        stage,
        teachers,
        election,
        Limits(deadline=limits.deadline, memory_mb=limits.memory_mb),
        shards,
        done.problems,
    )
    yield Job(stage, key, "all problems", rows, done.recipe, count, given)


def count(
    pool: Pool,
    job: Job,
    name: str,
    teachers: list[str],
    election: Election,
    limits: Limits,
    shards: list[tuple[Receipt, list[Receipt]]],
    problems: list[Receipt],
) -> Receipt:
    """Count the votes of all problems, a range of ids after the other."""
    asked, silent, rows = 0, 0, sum(of[0].counts["out"] for _, of in shards)
    buckets = max(1, -(-rows // BUCKET_ROWS))
    votes: list[pl.DataFrame] = []
    with SpillFile() as waiting:
        filled: set[int] = set()
        for traces, of in shards:
            samples = samples_of(pool, traces, of, teachers)
            asked_now = len(samples)
            asked += asked_now
            samples = samples.filter(pl.col("answer").is_not_null())
            silent += asked_now - len(samples)
            prefix = pl.col("problem_id").str.slice(0, 6).str.to_integer(base=16)
            for (bucket,), part in (
                samples.with_columns(bucket=prefix * buckets // 2**24)
                .partition_by("bucket", include_key=False, as_dict=True)
                .items()
            ):
                waiting.add(bucket, "samples", part)
                filled.add(bucket)
        for bucket in sorted(filled):
            samples = waiting.take(bucket, "samples")
            ids = samples["problem_id"].unique()
            votes.append(tally(samples, same_by_rules(pool, problems, ids, limits)))
    whole = pl.concat(votes) if votes else tally(nobody(), lambda pairs: [])
    golds = elected(whole, without_gold(pool, problems), election, name)
    counts = {
        "in": asked, "out": asked - silent, "aside.no_answer": silent,
        "problems": len(whole), "golds": len(golds),
        "disagree_with_gold": int((~whole["agrees"]).sum()),
    }  # fmt: skip
    facts = {"content": digest_all(map(str, golds.iter_rows()))}
    receipt = Receipt(job.stage, job.key, "all", counts=counts, facts=facts)
    return pool.commit_rows(receipt, tables_of(name, whole, golds), job.recipe)


def tables_of(name: str, votes: pl.DataFrame, golds: pl.DataFrame) -> dict[str, pa.Table]:
    """The tables that a vote writes."""
    parts = [one.name for one in struct()]
    column = votes.select("problem_id", pl.struct(parts).alias(name))
    member = voters(name)
    traces = votes.select(trace_id="voters").explode("trace_id").drop_nulls().sort("trace_id")
    return {
        name: column.to_arrow().cast(schema_of(name)),
        entropy(name): votes.select("problem_id", pl.col("entropy").alias(entropy(name)))
        .to_arrow()
        .cast(entropy_of(name)),
        member: traces.with_columns(pl.lit(True).alias(member)).to_arrow().cast(voters_of(name)),
        "golds": golds.to_arrow().cast(GOLDS),
    }


def samples_of(
    pool: Pool, traces: Receipt, verdicts: list[Receipt], teachers: list[str]
) -> pl.DataFrame:
    """The finished samples of a shard: problem_id, trace_id, answer, verdict."""
    columns = ["trace_id", "problem_id", "teacher", "state"]
    own = frame_of(pool.read(traces.whole("traces"), columns))
    own = own.filter(pl.col("state") == State.COMPLETE)
    if teachers:
        own = own.filter(pl.col("teacher").is_in(teachers))
    said = rules_of(pool, verdicts, ["trace_id", "verdict", "extracted"])
    return own.join(said, on="trace_id", how="inner").select(
        "problem_id", "trace_id", answer="extracted", verdict="verdict"
    )


def nobody() -> pl.DataFrame:
    """No sample."""
    return pl.DataFrame(
        schema=dict.fromkeys(("problem_id", "trace_id", "answer", "verdict"), pl.String)
    )


def without_gold(pool: Pool, problems: list[Receipt]) -> pl.Series:
    """The ids of problems that have neither an answer nor tests."""
    columns = ["problem_id", "answer", "tests"]
    frames = [frame_of(pool.read(one.whole("problems"), columns)) for one in problems]
    bare = pl.col("answer").is_null() & pl.col("tests").is_null()
    ids = [frame.filter(bare)["problem_id"] for frame in frames]
    return pl.concat(ids) if ids else pl.Series([], dtype=pl.String)


def same_by_rules(pool: Pool, problems: list[Receipt], ids: pl.Series, limits: Limits) -> Same:
    """The verifier as the judge of whether two answers to a problem are equal."""
    columns = ["problem_id", "options", "answer_kind"]
    frames = [
        frame_of(pool.read(one.whole("problems"), columns)).filter(
            pl.col("problem_id").is_in(ids.implode())
        )
        for one in problems
    ]
    known = {one: (options, kind) for one, options, kind in pl.concat(frames).iter_rows()}

    def same(pairs: Sequence[Pair]) -> list[bool]:
        items = []
        for one, first, second in pairs:
            options, kind = known[one]
            items.append((Problem("", options or "", first, kind, None), second))
        words = judges(limits).map("compare", items)
        return [word.verdict == Verdict.CORRECT for word in words]

    return same
