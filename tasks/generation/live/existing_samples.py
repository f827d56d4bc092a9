"""What the pool holds already of a teacher's samples, one problem shard at a time."""

from dataclasses import dataclass, field, replace

import polars as pl

from schemas.vocabulary import State, Verdict
from tasks.generation.live.continuation import restored
from tasks.generation.live.plan import Plan
from tasks.generation.live.record import SampleRecord
from tasks.pool.jobs import Done, frame_of
from tasks.pool.map_step import MapStep
from tasks.pool.store import Receipt

COLUMNS = ["trace_id", "problem_id", "state", "finish_reason", "rounds", "completion_tokens"]

LONG = [
    "trace_id", "problem_id", "sample", "prompt", "hinted", "params", "seed", "rounds", "reasoning",
    "response", "frame", "finish_reason", "prompt_tokens", "completion_tokens", "reasoning_tokens",
    "started_at", "seconds",
]  # fmt: skip


@dataclass
class ExistingSamples:
    """Samples that need not be asked for.

    verdicts: by trace id; UNDECIDED where nothing was asked of it or nothing can be said
    tokens: completion tokens of the samples of each problem, by problem id
    drafts: by trace id, the cut samples that are to be continued
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    tokens: dict[str, list[int]] = field(default_factory=dict)
    drafts: dict[str, SampleRecord] = field(default_factory=dict)


def held(
    done: Done,
    plan: Plan,
    live: list[Receipt],
    problems: str,
    judged: MapStep | None,
    retry_failed: bool,
) -> ExistingSamples:
    """What is held of the problems of one shard (its key is `problems`).

    `judged`: the recipe's step verify where verdicts matter; verdicts that the pool
    does not have yet are made, and are there for the step itself.
    """
    found = ExistingSamples()
    limit = plan.teacher.continue_.rounds if plan.teacher.continue_ else 0
    for receipt in live:
        if problems not in receipt.parents:
            continue
        shard = receipt.shard("traces")
        assert shard is not None
        rows = frame_of(done.pool.read(shard, COLUMNS))
        failed = pl.col("state") == State.FAILED
        stuck = pl.col("finish_reason").str.starts_with("length.")
        again = ~stuck | pl.lit(retry_failed)
        cut = (pl.col("state") == State.TRUNCATED) & (pl.col("rounds") <= limit) & again
        if limit:
            found.drafts.update(_drafts(done, receipt, rows.filter(cut)["trace_id"]))
        rows = rows.filter(~(cut | (failed & pl.lit(retry_failed))))
        said = _verdicts(done, receipt, judged) if judged else {}
        for trace, problem, tokens in rows.select(
            "trace_id", "problem_id", "completion_tokens"
        ).iter_rows():
            found.verdicts[trace] = said.get(trace, Verdict.UNDECIDED)
            found.tokens.setdefault(problem, []).append(tokens or 0)
    return found


def _verdicts(done: Done, receipt: Receipt, judged: MapStep) -> dict[str, Verdict]:
    """The verdicts of one trace shard, from the pool or made now."""
    alone = replace(done, tables={**done.tables, "traces": [receipt]})
    found: dict[str, Verdict] = {}
    for job in judged.plan(alone):
        made = done.pool.receipt(job.stage, job.key) or job.run(done.pool)
        shard = made.shard("verdicts")
        if shard:
            columns = done.pool.read(shard, ["trace_id", "verdict"]).to_pydict()
            said = zip(columns["trace_id"], columns["verdict"], strict=True)
            found.update((trace, Verdict(verdict)) for trace, verdict in said)
    return found


def _drafts(done: Done, receipt: Receipt, cut: pl.Series) -> dict[str, SampleRecord]:
    """Records of cut traces, as if their last round had just come in."""
    if not len(cut):
        return {}
    shard = receipt.shard("traces")
    assert shard is not None
    rows = frame_of(done.pool.read(shard, LONG))
    found = {}
    for row in rows.filter(pl.col("trace_id").is_in(cut.implode())).iter_rows(named=True):
        draft = restored(row)
        found[row["trace_id"]] = SampleRecord(
            id=row["trace_id"],
            problem=row["problem_id"],
            reasoning=draft.reasoning,
            content=draft.content,
            finish="length",
            usage=(row["prompt_tokens"], row["completion_tokens"], row["reasoning_tokens"]),
            started=row["started_at"].timestamp(),
            failure=None,
            stuck=None,
            detail=None,
            open=True,
            seconds=row["seconds"],
            **{k: row[k] for k in ("sample", "prompt", "hinted", "params", "seed", "rounds")},
        )
    return found
