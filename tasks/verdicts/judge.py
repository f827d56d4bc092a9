"""judge: a model compares the answers that the rules could not, and is itself measured.

It is asked about finished traces with a gold answer that the rules left undecided, and about a
sample of those that they decided, which shows how far it can be trusted. Its verdicts stand beside
the rules' in `verdicts`; tasks/verdicts/labels.py says which one counts.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from schemas.identity import digest
from schemas.tables import VERDICTS
from schemas.vocabulary import Verdict
from tasks.llm.asking.ask_step import Shown
from tasks.pool.id_set import keys_of
from tasks.pool.jobs import Done, Output, frame_of
from tasks.pool.store import Pool, Receipt
from tasks.verdicts.labels import BY_STATE, judged, rules_of
from tasks.verdicts.rejudged import NOT_ASKED, last_verdicts, waiting
from verifiers.dispatch import GOLDLESS, RATIONALES

VERSION = "2"

ENDING = 2000
"""Characters of the response that are shown, from its end: final answers stand there."""

PROGRAMS = GOLDLESS | {"code", "sql", *RATIONALES}
"""Kinds of answers that are run or scored, and not compared with a final answer."""

SCHEMA = dict(zip(VERDICTS.names, [pl.String] * 6 + [pl.Float32] * 2, strict=True))

SEED = 0x5EED5EED5EED5EED
"""Orders the sample: trace ids are hashes, and so is an id with some of its bits turned."""


class Judgement(BaseModel):
    """What the model says."""

    model_config = ConfigDict(extra="forbid")

    answer: str | None = Field(description="the response's final answer, copied; null: none")
    verdict: Literal["same", "different", "unclear"]


def parts(
    done: Done, sample: int, only: frozenset[str] | None, allowed: int | None
) -> Iterator[Shown]:
    """The rows of every trace shard that was verified; `only`: of these problems, None for all.

    allowed: see `rejudged.waiting`
    """
    chosen = [] if only is None else [sorted(only)]
    drawn = sampled(done, sample)
    waits = waiting(done, last_verdicts(done.pool), PROGRAMS, allowed)
    for source, verdicts in judged(done):
        extra, held = drawn.get(source.key, []), waits.get(source.key, [])
        about = [*(receipt.key for receipt in verdicts), *held]
        read = (source.key, source.parents, *about, extra)
        stamp = digest("judge", VERSION, ENDING, *read, *chosen)
        known = done.part(source.parents)
        rows = partial(
            rows_of,
            source=source,
            verdicts=verdicts,
            known=known,
            sample=extra,
            only=only,
            held=held,
        )
        yield Shown(source, stamp, rows, tuple(about))


def sampled(done: Done, size: int) -> dict[str, list[str]]:
    """`size` traces that the rules decided by their answer, by the key of their shard."""
    best = pl.DataFrame(schema={"draw": pl.UInt64, "trace_id": pl.String, "shard": pl.String})
    for source, verdicts in judged(done) if size else []:
        rows = rules_of(done.pool, verdicts, RULED).filter(
            (pl.col("verdict") != Verdict.UNDECIDED) & (pl.col("verifier") != BY_STATE)
        )
        draw = keys_of(rows["trace_id"].to_list()) ^ np.uint64(SEED)
        mine = pl.DataFrame({"draw": draw, "trace_id": rows["trace_id"]})
        best = pl.concat([best, mine.with_columns(shard=pl.lit(source.key))]).sort("draw")
        best = best.head(size)
    groups = best.group_by("shard").agg(pl.col("trace_id").sort())
    return dict(groups.iter_rows())


def ask_about(traces: pl.DataFrame, sample: list[str], held: Sequence[str] = ()) -> pl.DataFrame:
    """The rows to ask about, of traces joined with their verdicts and problems. Pure.

    sample: traces that the rules decided; held: traces that wait for leave
    """
    undecided = (pl.col("verdict") == Verdict.UNDECIDED) & (pl.col("state") == "complete")
    judgeable = ~pl.col("answer_kind").is_in(list(PROGRAMS)).fill_null(value=False)
    comparable = pl.col("answer").is_not_null() & judgeable
    wanted = (undecided & comparable) | pl.col("trace_id").is_in(sample)
    return traces.filter(wanted & ~pl.col("trace_id").is_in(list(held))).select(
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
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def unasked(held: list[str], verifier: str, version: str) -> pl.DataFrame:
    """The verdicts on traces that wait for leave: a new version is not sure of them. Pure."""
    facts = (verifier, version, str(Verdict.UNDECIDED), None, NOT_ASKED, None, None)
    return pl.DataFrame([(trace, *facts) for trace in held], schema=SCHEMA, orient="row")


def count(rules: pl.DataFrame, told: pl.DataFrame, held: Sequence[str] = ()) -> dict[str, int]:
    """The funnel's figures: rows that the rules judged in, rows that the model judged out."""
    rules = rules.with_columns(held=pl.col("trace_id").is_in(list(held)))
    both = rules.join(told, on="trace_id", how="left", suffix="_judge")
    left = pl.col("verdict") == Verdict.UNDECIDED
    unsure = pl.col("verdict_judge") == Verdict.UNDECIDED
    same = pl.col("verdict_judge") == pl.col("verdict")
    alone = pl.col("verdict_judge").is_null()
    kinds = {
        "aside.decided": alone & ~left,
        "aside.nothing_to_compare": alone & left & ~pl.col("held"),
        "aside.not_asked": pl.col("held"),
        "settled": left & ~unsure,
        "unsettled": left & unsure,
        "sample_agrees": ~left & same,
        "sample_differs": ~left & ~same & ~unsure,
        "sample_unsure": ~left & unsure,
    }
    sums = both.select(**{name: kind.sum() for name, kind in kinds.items()}).row(0, named=True)
    return {"in": len(rules), "out": len(told), **sums}


def take(
    pool: Pool, said: pl.DataFrame, part: Shown, asked: int, verifier: str, version: str
) -> Output:
    """The verdicts that answers about a part come to."""
    assert isinstance(part.read, partial)
    known = part.read.keywords
    said = said.rename({"answer": "said"})
    shown = rows_of(pool, **{**known, "sample": said["row_id"].to_list(), "only": None})
    told = judge(said.join(shown, on="row_id", maintain_order="left"), verifier, version)
    held = known["held"]
    counts = count(rules_of(pool, known["verdicts"], RULED), told, held)
    told = pl.concat([told, unasked(held, verifier, version)])
    return Output({"verdicts": told.to_arrow().cast(VERDICTS)}, counts)


def rows_of(
    pool: Pool,
    source: Receipt,
    verdicts: list[Receipt],
    known: Done,
    sample: list[str],
    only: frozenset[str] | None,
    held: list[str],
) -> pl.DataFrame:
    """The rows of a trace shard to ask about."""
    columns = ["trace_id", "problem_id", "state", "response"]
    traces = frame_of(pool.read(source.whole("traces"), columns))
    if only is not None:
        traces = traces.filter(pl.col("problem_id").is_in(only))
    ruled = traces.join(rules_of(pool, verdicts, RULED), on="trace_id", maintain_order="left")
    looked_up = ["problem", "answer", "answer_kind"]
    problems = known.problems_of(source.parents, looked_up, ruled["problem_id"])
    return ask_about(ruled.join(problems, on="problem_id", maintain_order="left"), sample, held)


RULED = ["trace_id", "verdict", "verifier", "extracted"]
"""What is read of the rules' verdicts."""
