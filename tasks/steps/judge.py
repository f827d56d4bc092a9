"""judge: a model compares the answers that the rules could not, and is itself measured.

It is asked about finished traces with a gold answer that the rules left undecided, and about a
sample of those that they decided, which shows how far it can be trusted. Its verdicts stand beside
the rules' in `verdicts`; tasks/verdicts/labels.py says which one counts.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from schemas.identity import digest
from schemas.questions import Judge
from schemas.tables import VERDICTS
from schemas.vocabulary import Verdict
from tasks.llm.asking.ask import Part, answers_of
from tasks.llm.asking.question import FENCE, Question
from tasks.llm.prompts import load
from tasks.pool.id_set import keys_of
from tasks.pool.jobs import Done, Job, frame_of
from tasks.pool.store import Receipt, Shard
from tasks.steps.verify import BY_STATE
from tasks.verdicts.labels import JUDGE
from verifiers.dispatch import GOLDLESS, RATIONALES

VERSION = "2"

COLUMNS = frozenset(["problem", "answer", "answer_kind", "extracted", "ending", FENCE])
"""Names that the prompt may use."""

ENDING = 2000
"""Characters of the response that are shown, from its end: final answers stand there."""

PROGRAMS = GOLDLESS | {"code", "sql", *RATIONALES}
"""Kinds of answers that are run or scored, and not compared with a final answer."""

SEED = 0x5EED5EED5EED5EED
"""Orders the sample: trace ids are hashes, and so is an id with some of its bits turned."""


class Judgement(BaseModel):
    """What the model says."""

    model_config = ConfigDict(extra="forbid")

    answer: str | None = Field(description="the response's final answer, copied; null: none")
    verdict: Literal["same", "different", "unclear"]


def question(options: Judge, base: Path) -> Question:
    """The question that is asked; `base` is the recipe's folder. Raises TeacherError."""
    return Question("judge", options, load(options.prompt, base, COLUMNS), Judgement)


def parts(done: Done, options: Judge, only: frozenset[str] | None) -> Iterator[Part]:
    """One part per trace shard that was verified; `only`: of these problems, None for all."""
    chosen = [] if only is None else [sorted(only)]
    drawn = sampled(done, options.sample)
    traces = {receipt.key: receipt for receipt in done.traces}
    for verdicts in done.receipts["verify"]:
        source, extra = traces[verdicts.parents[0]], drawn.get(verdicts.key, [])
        read = (source.key, source.parents, verdicts.key, extra)
        stamp = digest("judge", VERSION, ENDING, *read, *chosen)
        yield Part(stamp, _reader(done, source, verdicts, extra, only))


def sampled(done: Done, size: int) -> dict[str, list[str]]:
    """`size` traces of the pool that the rules decided by their answer, by their shard's key."""
    best = pl.DataFrame(schema={"draw": pl.UInt64, "trace_id": pl.String, "shard": pl.String})
    for receipt in done.receipts["verify"] if size else []:
        rows = _rules(done, receipt).filter(
            (pl.col("verdict") != Verdict.UNDECIDED) & (pl.col("verifier") != BY_STATE)
        )
        draw = keys_of(rows["trace_id"].to_list()) ^ np.uint64(SEED)
        mine = pl.DataFrame({"draw": draw, "trace_id": rows["trace_id"]})
        best = pl.concat([best, mine.with_columns(shard=pl.lit(receipt.key))]).sort("draw")
        best = best.head(size)
    groups = best.group_by("shard").agg(pl.col("trace_id").sort())
    return dict(groups.iter_rows())


def ask_about(traces: pl.DataFrame, sample: list[str]) -> pl.DataFrame:
    """The rows to ask about, of traces joined with their verdicts and problems. Pure."""
    undecided = (pl.col("verdict") == Verdict.UNDECIDED) & (pl.col("state") == "complete")
    judgeable = ~pl.col("answer_kind").is_in(list(PROGRAMS)).fill_null(value=False)
    comparable = pl.col("answer").is_not_null() & judgeable
    wanted = (undecided & comparable) | pl.col("trace_id").is_in(sample)
    return traces.filter(wanted).select(
        pl.col("trace_id").alias("row_id"),
        "problem",
        "answer",
        "answer_kind",
        pl.col("extracted").fill_null("").str.head(ENDING),
        pl.col("response").str.tail(ENDING).alias("ending"),
    )


def word(
    said: Judgement | None, ending: str, extracted: str | None
) -> tuple[Verdict, str | None, str]:
    """Verdict, final answer and reason from the model's words. Pure.

    An answer that stands in neither text shown to the model was made up, or talked into it: then
    nothing is decided.
    """
    if said is None:
        return Verdict.UNDECIDED, None, "undecided.judge_failed"
    if said.verdict == "unclear":
        return Verdict.UNDECIDED, said.answer, "undecided.judge"
    if not bare(said.answer or ""):
        if said.verdict == "different":
            return Verdict.INCORRECT, None, "no_answer.judge"
        return Verdict.UNDECIDED, None, "undecided.judge"
    if not any(bare(said.answer or "") in bare(text) for text in (ending, extracted or "")):
        return Verdict.UNDECIDED, said.answer, "undecided.judge"
    if said.verdict == "same":
        return Verdict.CORRECT, said.answer, "equal.judge"
    return Verdict.INCORRECT, said.answer, "differ.judge"


def bare(text: str) -> str:
    """A text without what copying changes: spaces, case, and TeX's and Markdown's marks."""
    kept = "".join(c for c in text if c not in "$\\{}*`" and not c.isspace())
    return kept.casefold()


def judge(asked: pl.DataFrame, verifier: str, version: str) -> pl.DataFrame:
    """Verdicts, of rows (row_id, answer, failure, seconds, ending, extracted). Pure."""
    rows = []
    for row in asked.iter_rows(named=True):
        said = Judgement.model_validate_json(row["said"]) if row["said"] else None
        verdict, extracted, reason = word(said, row["ending"], row["extracted"])
        facts = (row["row_id"], verifier, version, str(verdict), extracted, reason)
        rows.append((*facts, row["seconds"], None))
    schema = dict(zip(VERDICTS.names, [pl.String] * 6 + [pl.Float32] * 2, strict=True))
    return pl.DataFrame(rows, schema=schema, orient="row")


def count(rules: pl.DataFrame, judged: pl.DataFrame) -> dict[str, int]:
    """The funnel's figures: rows that the rules judged in, rows that the model judged out."""
    both = rules.join(judged, on="trace_id", how="left", suffix="_judge")
    left = pl.col("verdict") == Verdict.UNDECIDED
    unsure = pl.col("verdict_judge") == Verdict.UNDECIDED
    same = pl.col("verdict_judge") == pl.col("verdict")
    alone = pl.col("verdict_judge").is_null()
    kinds = {
        "aside.decided": alone & ~left,
        "aside.nothing_to_compare": alone & left,
        "settled": left & ~unsure,
        "unsettled": left & unsure,
        "sample_agrees": ~left & same,
        "sample_differs": ~left & ~same & ~unsure,
        "sample_unsure": ~left & unsure,
    }
    sums = both.select(**{name: kind.sum() for name, kind in kinds.items()}).row(0, named=True)
    return {"in": len(rules), "out": len(judged), **sums}


def plan(done: Done, asked: Question, answers: list[Receipt]) -> Iterator[Job]:
    """One job per trace shard: answers become verdicts."""
    traces = {receipt.key: receipt for receipt in done.traces}
    for verdicts, said in zip(done.receipts["verify"], answers, strict=True):
        source = traces[verdicts.parents[0]]
        key = digest("judge", VERSION, asked.spec, verdicts.key, said.facts["content"])[:16]
        work = _bind(done, asked, source, verdicts, said, key)
        yield Job("judge", key, _trace_shard(source).path, said.facts["rows"], work)


def _bind(
    done: Done, asked: Question, source: Receipt, verdicts: Receipt, answers: Receipt, key: str
) -> Callable[[], Receipt]:
    def run() -> Receipt:
        said = answers_of(done.pool, answers).rename({"answer": "said"})
        shown = _rows(done, source, verdicts, said["row_id"].to_list())
        told = said.join(shown, on="row_id", maintain_order="left")
        judged = judge(told, JUDGE + asked.asked.model, asked.template.label)
        counts = count(_rules(done, verdicts), judged)
        receipt = Receipt("judge", key, source.key, parents=[source.key], counts=counts)
        tables = {"verdicts": judged.to_arrow().cast(VERDICTS)} if len(judged) else {}
        return done.pool.commit(receipt, dict(tables), done.recipe)

    return run


def _reader(
    done: Done,
    source: Receipt,
    verdicts: Receipt,
    sample: list[str],
    only: frozenset[str] | None,
) -> Callable[[], pl.DataFrame]:
    return lambda: _rows(done, source, verdicts, sample, only)


def _rows(
    done: Done,
    source: Receipt,
    verdicts: Receipt,
    sample: list[str],
    only: frozenset[str] | None = None,
) -> pl.DataFrame:
    columns = ["trace_id", "problem_id", "state", "response"]
    traces = frame_of(done.pool.read(_trace_shard(source), columns))
    if only is not None:
        traces = traces.filter(pl.col("problem_id").is_in(only))
    judged = traces.join(_rules(done, verdicts), on="trace_id", maintain_order="left")
    looked_up = ["problem", "answer", "answer_kind"]
    problems = done.problems_of(source.parents, looked_up, judged["problem_id"])
    return ask_about(judged.join(problems, on="problem_id", maintain_order="left"), sample)


def _rules(done: Done, verdicts: Receipt) -> pl.DataFrame:
    """What the rules said of the traces of a shard."""
    columns = ["trace_id", "verdict", "verifier", "extracted"]
    shard = verdicts.shard("verdicts")
    empty = VERDICTS.empty_table().select(columns)
    return frame_of(done.pool.read(shard, columns) if shard else empty)


def _trace_shard(source: Receipt) -> Shard:
    shard = source.shard("traces")
    assert shard is not None
    return shard
