"""verify: every finished trace against the gold answer, in processes that can be killed.

A trace that never reached an answer (truncated, unclosed, empty) is `incorrect` with the reason
`no_answer.*`: it did not solve the problem, and a pass rate that left it out would call the hardest
problems easy. `undecided` is left for what the verifier itself could not decide.
"""

import operator
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import polars as pl

from schemas.tables import VERDICTS
from schemas.vocabulary import State, Verdict, Verification
from tasks.pool.jobs import Output, aside_of
from tasks.verdicts.labels import BY_STATE
from tasks.verdicts.limits import Limits
from tasks.verdicts.own_verifier import NONE, OwnVerifiers
from tasks.verdicts.verifier_pool import words
from verifiers import Problem

BY_STATE_VERSION = "1"


class Kinds(NamedTuple):
    """Which kinds judge a trace, whatever its problem's kind is.

    of: (prompt, teacher, the problem's kind) to the kinds
    label: whether a trace is right by "all" of its kinds, or by "any"
    """

    of: Callable[[str | None, str, str | None], list[str | None]]
    label: str = "all"


UNFINISHED = {
    State.TRUNCATED: (Verdict.INCORRECT, "no_answer.truncated"),
    State.UNCLOSED: (Verdict.INCORRECT, "no_answer.unclosed"),
    State.EMPTY: (Verdict.INCORRECT, "no_answer.empty"),
    State.FAILED: (Verdict.UNDECIDED, "undecided.failed"),
    State.REPETITION: (Verdict.INCORRECT, "no_answer.repetition"),
    State.FILTERED: (Verdict.UNDECIDED, "undecided.filtered"),
    State.INTERRUPTED: (Verdict.UNDECIDED, "undecided.interrupted"),
    State.UNKNOWN: (Verdict.UNDECIDED, "undecided.unknown_finish"),
    State.FURTHER_TURN: (Verdict.UNDECIDED, "undecided.further_turn"),
}


def verify(
    traces: pl.DataFrame,
    step: str,
    limits: Limits,
    verifiers: OwnVerifiers = NONE,
    kinds: Kinds | None = None,
) -> Output:
    """One verdict per trace; traces of problems that were set aside are set aside too."""
    aside = traces.filter(pl.col("set_aside").is_not_null())
    judged = traces.filter(pl.col("set_aside").is_null())
    finished = judged.filter(pl.col("state") == State.COMPLETE)
    every = finished
    if kinds:  # a row for each kind that judges a trace
        asked_by = finished.select("prompt", "teacher", "answer_kind").iter_rows()
        own = pl.Series([kinds.of(*row) for row in asked_by], dtype=pl.List(pl.String))
        finished = finished.with_columns(answer_kind=own).explode("answer_kind")
    asked = finished.select("problem_id", "options", "answer", "answer_kind", "tests", "response")
    items: list[tuple[Problem, str | None]] = [
        (Problem(i, o or "", a, k, t), r) for i, o, a, k, t, r in asked.iter_rows()
    ]
    said = words("verify", items, limits, verifiers)
    if kinds:
        said = _together(finished["trace_id"].to_list(), said, kinds.label)
    rows = [
        (t, w.verifier, w.version, str(w.verdict), w.extracted, w.reason, w.seconds, w.score)
        for t, w in zip(every["trace_id"], said, strict=True)
    ]
    for trace, state in judged.select("trace_id", "state").iter_rows():
        if state != State.COMPLETE:
            verdict, reason = UNFINISHED[State(state)]
            rows.append((trace, BY_STATE, BY_STATE_VERSION, str(verdict), None, reason, 0.0, None))
    schema = dict(zip(VERDICTS.names, [pl.String] * 6 + [pl.Float32] * 2, strict=True))
    verdicts = pl.DataFrame(rows, schema=schema, orient="row")
    # In the order of the traces: later stages walk both shards side by side.
    verdicts = judged.select("trace_id").join(verdicts, on="trace_id", maintain_order="left")
    rejects = aside.select(
        row_id="trace_id",
        source="teacher",
        reason=pl.lit("problem_set_aside"),
        detail="set_aside",
    )
    counts = {"in": len(traces), "out": len(verdicts), "aside.problem_set_aside": len(aside)}
    cut = (pl.col("verifier") == BY_STATE) & (pl.col("verdict") == Verdict.INCORRECT)
    named = verdicts.select(pl.when(cut).then(pl.lit("unfinished")).otherwise("verdict"))
    counts.update(named.to_series().value_counts().iter_rows())
    tables = {
        "verdicts": verdicts.to_arrow().cast(VERDICTS),
        "set_aside": aside_of(step, rejects),
    }
    return Output(tables, counts)


def _together(traces: list[str], words: list[Verification], label: str) -> list[Verification]:
    """One word for each trace of those that its kinds said, which stand one after the other.

    Right by all: one that is wrong makes it wrong. Right by any: one that is right makes it right.
    What decides gives the reason; the score is the least, or the most.
    """
    decides = [Verdict.INCORRECT, Verdict.UNDECIDED, Verdict.CORRECT]
    order = decides if label == "all" else decides[::-1]
    found = []
    for _, group in groupby(zip(traces, words, strict=True), key=operator.itemgetter(0)):
        said = [word for _, word in group]
        first = min(said, key=lambda word: order.index(word.verdict))
        scores = [word.score for word in said if word.score is not None]
        told = (min if label == "all" else max)(scores, default=None)
        names = [
            "+".join(dict.fromkeys(part))
            for part in zip(*((w.verifier, w.version) for w in said), strict=True)
        ]
        seconds = sum(word.seconds for word in said)
        found.append(
            replace(first, verifier=names[0], version=names[1], seconds=seconds, score=told)
        )
    return found
