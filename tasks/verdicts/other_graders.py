"""second: what other graders say of the same traces. Recorded beside the verdict, never published.

Only finished mathematical traces are asked about: the peers know no other kind.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any, cast

import polars as pl

from schemas.tables import VERDICTS
from schemas.vocabulary import PEERS, State
from tasks.pool.jobs import Done, Job, Mapping, Output, map_jobs
from tasks.verdicts.limits import Limits
from tasks.verdicts.verifier_pool import judges
from verifiers import Problem, answer_kind
from verifiers.workers.pool import Call

VERSION = "2"


def second(traces: pl.DataFrame, graders: Sequence[str], limits: Limits) -> Output:
    """One row per asked trace and grader."""
    asked = traces.filter(pl.col("set_aside").is_null(), pl.col("state") == State.COMPLETE)
    columns = asked.select("trace_id", "problem_id", "options", "answer", "answer_kind", "response")
    items = [
        (t, Problem(i, o or "", a, k), r)
        for t, i, o, a, k, r in columns.iter_rows()
        if (k or answer_kind(a, o or "")) == "math"
    ]
    pool = judges(limits)
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
        for name in graders
        for (trace, _, _), w in zip(
            items, pool.map(cast(Call, name), [item[1:] for item in items]), strict=True
        )
    ]
    schema = dict(zip(VERDICTS.names, [pl.String] * 6 + [pl.Float32] * 2, strict=True))
    verdicts = pl.DataFrame(rows, schema=schema, orient="row")
    counts = {
        "in": len(traces),
        "out": len(items),
        "aside.nothing_to_compare": len(traces) - len(items),
    }
    return Output({"verdicts": verdicts.to_arrow().cast(VERDICTS)}, counts)


def plan(
    done: Done, options: dict[str, Any], graders: Sequence[str], limits: Limits
) -> Iterator[Job]:
    """One job per trace shard; `options` are those of the step."""
    mapping = Mapping(
        over="traces",
        reads=("trace_id", "problem_id", "response", "state"),
        looks_up=("answer", "answer_kind", "options"),
        rows=partial(second, graders=list(graders), limits=limits),
    )
    stamp = "/".join([VERSION, *map(version, PEERS)])
    return map_jobs(done, "second", stamp, options, mapping)
