"""second: what other graders say of the same traces. Recorded beside the verdict, never published.

Only finished mathematical traces are asked about: the peers know no other kind.
"""

from importlib.metadata import version
from typing import cast

import polars as pl

from schemas.recipe import Verify
from schemas.tables import VERDICTS
from schemas.vocabulary import PEERS, State
from tasks.pool.jobs import Mapper, Output
from tasks.verdicts.verifier_pool import judges
from verifiers import Problem, answer_kind
from verifiers.workers.pool import Call

VERSION = "2"


def second(traces: pl.DataFrame, options: Verify) -> Output:
    """One row per asked trace and grader in `options.second`."""
    asked = traces.filter(pl.col("set_aside").is_null(), pl.col("state") == State.COMPLETE)
    columns = asked.select("trace_id", "problem_id", "options", "answer", "answer_kind", "response")
    items = [
        (t, Problem(i, o or "", a, k), r)
        for t, i, o, a, k, r in columns.iter_rows()
        if (k or answer_kind(a, o or "")) == "math"
    ]
    pool = judges(options.deadline, options.memory_mb)
    rows = [
        (
            trace,
            w.verifier,
            version(name),
            str(w.verdict),
            w.extracted,
            w.reason,
            w.seconds,
            w.score,
        )
        for name in options.second
        for (trace, _, _), w in zip(
            items, pool.map(cast(Call, name), [item[1:] for item in items]), strict=True
        )
    ]
    schema = dict(zip(VERDICTS.names, [pl.String] * 6 + [pl.Float32] * 2, strict=True))
    verdicts = pl.DataFrame(rows, schema=schema, orient="row")
    counts = {"in": len(traces), "out": len(items), "aside.not_asked": len(traces) - len(items)}
    return Output({"verdicts": verdicts.to_arrow().cast(VERDICTS)}, counts)


MAPPER = Mapper(
    name="second",
    version="/".join([VERSION, *map(version, PEERS)]),
    over="traces",
    reads=["trace_id", "problem_id", "response", "state"],
    function=second,
    looks_up=["answer", "answer_kind", "options"],
)
