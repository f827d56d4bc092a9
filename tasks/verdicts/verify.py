"""verify: every finished trace against the gold answer, in processes that can be killed.

A trace that never reached an answer (truncated, unclosed, empty) is `incorrect` with the reason
`no_answer.*`: it did not solve the problem, and a pass rate that left it out would call the hardest
problems easy. `undecided` is left for what the verifier itself could not decide.
"""

from collections.abc import Callable

import polars as pl

from schemas.tables import VERDICTS
from schemas.vocabulary import State, Verdict
from tasks.pool.jobs import Output, aside_of
from tasks.verdicts.labels import BY_STATE
from tasks.verdicts.limits import Limits
from tasks.verdicts.own_verifier import NONE, OwnVerifiers
from tasks.verdicts.verifier_pool import words
from verifiers import Problem

BY_STATE_VERSION = "1"

KindOf = Callable[[str | None, str, str | None], str | None]

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
    own: OwnVerifiers = NONE,
    kind_of: KindOf | None = None,
) -> Output:
    """One verdict per trace; traces of problems that were set aside are set aside too.

    kind_of: (prompt, teacher, the problem's kind) to the kind of the trace's answer
    """
    aside = traces.filter(pl.col("set_aside").is_not_null())
    judged = traces.filter(pl.col("set_aside").is_null())
    finished = judged.filter(pl.col("state") == State.COMPLETE)
    if kind_of:
        asked_by = finished.select("prompt", "teacher", "answer_kind").iter_rows()
        kinds = pl.Series([kind_of(*row) for row in asked_by], dtype=pl.String)
        finished = finished.with_columns(answer_kind=kinds)
    asked = finished.select("problem_id", "options", "answer", "answer_kind", "tests", "response")
    items: list[tuple[Problem, str | None]] = [
        (Problem(i, o or "", a, k, t), r) for i, o, a, k, t, r in asked.iter_rows()
    ]
    said = words("verify", items, limits, own)
    rows = [
        (t, w.verifier, w.version, str(w.verdict), w.extracted, w.reason, w.seconds, w.score)
        for t, w in zip(finished["trace_id"], said, strict=True)
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
