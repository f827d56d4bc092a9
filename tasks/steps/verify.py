"""verify: every finished trace against the gold answer, in processes that can be killed.

A trace that never reached an answer (truncated, unclosed, empty) is `incorrect` with the reason
`no_answer.*`: it did not solve the problem, and a pass rate that left it out would call the hardest
problems easy. `undecided` is left for what the verifier itself could not decide.
"""

import polars as pl

from schemas.recipe import Verify
from schemas.tables import REJECTS, VERDICTS
from schemas.vocabulary import State, Verdict
from tasks.pool.jobs import Mapper, Output
from tasks.verdicts.verifier_pool import judges
from verifiers import VERSION as VERIFIERS
from verifiers import Problem

VERSION = "2"

BY_STATE = "state"
"""The verifier of traces that are judged by how they ended."""

UNFINISHED = {
    State.TRUNCATED: (Verdict.INCORRECT, "no_answer.truncated"),
    State.UNCLOSED: (Verdict.INCORRECT, "no_answer.unclosed"),
    State.EMPTY: (Verdict.INCORRECT, "no_answer.empty"),
    State.FAILED: (Verdict.UNDECIDED, "undecided.failed"),
    State.FURTHER_TURN: (Verdict.UNDECIDED, "undecided.further_turn"),
}


def verify(traces: pl.DataFrame, options: Verify) -> Output:
    """One verdict per trace; traces of problems that were set aside are set aside too."""
    aside = traces.filter(pl.col("set_aside").is_not_null())
    judged = traces.filter(pl.col("set_aside").is_null())
    finished = judged.filter(pl.col("state") == State.COMPLETE)
    asked = finished.select("problem_id", "options", "answer", "answer_kind", "tests", "response")
    items = [(Problem(i, o or "", a, k, t), r) for i, o, a, k, t, r in asked.iter_rows()]
    words = judges(options.deadline, options.memory_mb).map("verify", items)
    rows = [
        (t, w.verifier, w.version, str(w.verdict), w.extracted, w.reason, w.seconds, w.score)
        for t, w in zip(finished["trace_id"], words, strict=True)
    ]
    for trace, state in judged.select("trace_id", "state").iter_rows():
        if state != State.COMPLETE:
            verdict, reason = UNFINISHED[State(state)]
            rows.append((trace, BY_STATE, VERSION, str(verdict), None, reason, 0.0, None))
    schema = dict(zip(VERDICTS.names, [pl.String] * 6 + [pl.Float32] * 2, strict=True))
    verdicts = pl.DataFrame(rows, schema=schema, orient="row")
    # In the order of the traces: later stages walk both shards side by side.
    verdicts = judged.select("trace_id").join(verdicts, on="trace_id", maintain_order="left")
    rejects = aside.select(
        pl.lit("verify").alias("stage"),
        pl.col("trace_id").alias("row_id"),
        pl.col("teacher").alias("source"),
        pl.lit("problem_set_aside").alias("reason"),
        pl.col("set_aside").alias("detail"),
    )
    counts = {"in": len(traces), "out": len(verdicts), "aside.problem_set_aside": len(aside)}
    cut = (pl.col("verifier") == BY_STATE) & (pl.col("verdict") == Verdict.INCORRECT)
    named = verdicts.select(pl.when(cut).then(pl.lit("unfinished")).otherwise("verdict"))
    counts.update(named.to_series().value_counts().iter_rows())
    return Output(
        {
            "verdicts": verdicts.to_arrow().cast(VERDICTS),
            "rejects": rejects.to_arrow().cast(REJECTS),
        },
        counts,
    )


MAPPER = Mapper(
    name="verify",
    version=f"{VERSION}/{VERIFIERS}",
    over="traces",
    reads=["trace_id", "problem_id", "teacher", "response", "state"],
    function=verify,
    looks_up=["answer", "answer_kind", "options", "tests"],
)
