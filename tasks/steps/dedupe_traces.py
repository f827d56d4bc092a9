"""dedupe_traces: which traces of a problem say nearly the same.

Nothing is set aside: `trace_duplicates` names the trace that stays, and views choose with
`duplicate_of is null`. Numbers count like words here: in 30 kB of reasoning one other number makes
no other trace.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.identity import digest
from schemas.recipe import DedupeTraces, Strict
from schemas.tables import DUPLICATES, SIGNATURES
from schemas.vocabulary import State, Verdict
from tasks.dedupe import near_duplicates
from tasks.pool.jobs import Done, Job, Mapper, Output, frame_of
from tasks.pool.store import Receipt
from tasks.verdicts.labels import published_of

VERSION = "2"

TEXT = pl.concat_str("reasoning", "response", separator="\n", ignore_nulls=True)
NOTHING = frame_of(SIGNATURES.empty_table().drop_columns(["signature"]))


def sign(traces: pl.DataFrame, options: DedupeTraces) -> Output:
    """Signatures of traces, reasoning and response together; the block is their problem."""
    rows = traces.select(
        row_id="trace_id",
        text=TEXT,
        source="teacher",
        sound=pl.col("state") == State.COMPLETE,
        length=TEXT.str.len_chars().cast(pl.Int64),
    )
    problem = pl.col("problem_id").str.head(16).str.to_integer(base=16, dtype=pl.UInt64)
    blocks = traces.select(problem).to_series().to_numpy()
    none = np.zeros(len(rows), np.uint64)
    content = near_duplicates.Content(blocks, none, none, none)
    table = near_duplicates.sign(rows, near_duplicates.shingling(options), lambda _: content)
    return Output({"trace_signatures": table}, {"in": len(traces)})


def plan_signatures(done: Done, options: DedupeTraces) -> Iterator[Job]:
    """One job per trace shard."""
    mapper = Mapper(
        name="sign_traces",
        version=digest(VERSION, near_duplicates.shingling(options)),
        over="traces",
        reads=["trace_id", "problem_id", "teacher", "reasoning", "response", "state"],
        function=lambda frame, _: sign(frame, options),
    )
    return mapper.plan(done, Strict())


def plan(done: Done, options: DedupeTraces) -> Iterator[Job]:
    """The comparison of all signatures, one job."""
    signed, judged = done.receipts.get("sign_traces", []), done.receipts.get("verify", [])
    opinions = (r for step in ("judge", "adjudicate") for r in done.receipts.get(step, []))
    parents = [r.key for r in (*signed, *judged, *opinions)]
    key = digest("dedupe_traces", VERSION, options.model_dump(mode="json"), parents)[:16]

    def run() -> Receipt:
        rows, keys = _signed(done, signed, judged, options)

        def texts(ids: list[str]) -> Iterable[tuple[list[str], pl.Series]]:
            wanted = pl.Series(ids, dtype=pl.String)
            for receipt in done.traces:
                shard = receipt.shard("traces")
                if shard and ids:
                    columns = ["trace_id", "reasoning", "response"]
                    frame = frame_of(done.pool.read(shard, columns))
                    frame = frame.filter(pl.col("trace_id").is_in(wanted.implode()))
                    yield frame["trace_id"].to_list(), frame.select(TEXT).to_series()

        found = near_duplicates.compare(
            rows, keys, texts, options, near_duplicates.shingling(options)
        )
        counts = {
            "in": sum(receipt.counts["in"] for receipt in signed),
            "out": sum(receipt.counts["in"] for receipt in signed),
            "duplicates": len(found.duplicates),
            "pairs checked": found.checked,
        }
        facts = {"bands": near_duplicates.explained(options)}
        receipt = Receipt("dedupe_traces", key, "all", [], parents, counts, facts=facts)
        table = found.duplicates.to_arrow().cast(DUPLICATES)
        tables = {"trace_duplicates": table} if len(found.duplicates) else {}
        return done.pool.commit(receipt, dict(tables), done.recipe)

    yield Job("dedupe_traces", key, "all traces", sum(r.counts["in"] for r in signed), run)


def _signed(
    done: Done, signed: list[Receipt], judged: list[Receipt], options: DedupeTraces
) -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """Every signed trace that was judged: those of problems set aside are not, and are left out."""
    verdicts = [pl.DataFrame(schema={"trace_id": pl.String, "verdict": pl.String})]
    verdicts += [published_of(done, receipt) for receipt in judged]
    words = pl.concat(verdicts).select(
        row_id="trace_id", verdict=pl.col("verdict") == Verdict.CORRECT
    )
    chosen = near_duplicates.bands(options)
    frames, keys = [NOTHING], [np.empty((0, chosen.b), np.uint64)]
    for receipt in signed:
        shard = receipt.shard("trace_signatures")
        assert shard is not None
        frame, own = near_duplicates.read(done.pool.read(shard), chosen)
        usable = frame.select(pl.col("row_id").is_in(words["row_id"].implode())).to_series()
        frames.append(frame.filter(usable))
        keys.append(own[usable.to_numpy()])
    rows = pl.concat(frames).join(words, on="row_id", how="left", maintain_order="left")
    return rows.with_columns(rank=pl.lit(0, pl.Int32)), np.concatenate(keys)
