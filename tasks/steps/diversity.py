"""diversity: how unlike each other the samples of a problem are.

By the MinHash signatures of `dedupe_traces`, which estimate the Jaccard similarity of two traces'
shingles to about 0.04. Finished samples count; derived traces, which were not drawn, do not.
"""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from schemas.parts.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl
    import pyarrow as pa

    from tasks.pool.build import Build
    from tasks.pool.jobs import Done, Job
    from tasks.pool.store import Pool, Receipt

BUCKET_ROWS = 250_000
"""Samples whose signatures (512 bytes each) are held at once."""


class Diversity(Step, kind="diversity"):
    """Measure how unlike each other the samples of a problem are."""

    reads = ("trace_signatures",)
    reasons = ("unfinished",)

    name: str = Field(
        "diversity", pattern=r"^[a-z][a-z0-9_]*$", description="its name, and that of its column"
    )

    def adds(self) -> "Mapping[str, pa.Schema]":
        """A column for problems."""
        return {self.name: schema_of(self.name)}

    def run(self, build: "Build | Any") -> None:
        """One job over all signatures."""
        receipts = build.jobs(self.called, plan(build.done, self.called), [*self.adds()])
        build.line(self.called, "", "traces", receipts)


def schema_of(name: str) -> "pa.Schema":
    """Its table: a row per problem with a finished sample."""
    import pyarrow as pa

    from schemas.tables import ID, field

    kind = pa.struct([("samples", pa.int32()), ("mean", pa.float64()), ("least", pa.float64())])
    told = (
        "how many samples were compared; mean and least distance of two of them, 0 (the same "
        "shingles) to 1 (none in common), null of a single one"
    )
    return pa.schema(
        [field("problem_id", ID, "the problem", False), field(name, kind, told, False)]
    )


def diversity(samples: "pl.DataFrame") -> "pl.DataFrame":
    """`problem_id, samples, mean, least` from samples (`problem_id, signature`), by id. Pure."""
    import polars as pl

    rows = [(str(key[0]), *spread(own["signature"])) for key, own in samples.group_by("problem_id")]
    schema = {
        "problem_id": pl.String, "samples": pl.Int32, "mean": pl.Float64, "least": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").sort("problem_id")


def spread(signatures: "pl.Series") -> tuple[int, float | None, float | None]:
    """How many signatures there are, and the mean and least distance of any two."""
    import numpy as np

    from tasks.views.diverse import jaccard_distances

    count = len(signatures)
    if count < 2:
        return count, None, None
    from_one = jaccard_distances(signatures.sort())  # sums of floats depend on their order
    pairs = np.concatenate([from_one(row)[row + 1 :] for row in range(count - 1)])
    return count, float(pairs.mean(dtype=np.float64)), float(pairs.min())


def plan(done: "Done", stage: str) -> "Iterator[Job]":
    """One job, which reads the signatures of every drawn shard once."""
    from schemas.identity import digest
    from tasks.pool.jobs import Job

    made = {receipt.stage for receipt in done.of("lineage")}  # derived traces were not drawn
    signed = {receipt.parents[0]: receipt for receipt in done.of("trace_signatures")}
    shards = [
        (traces, signed[traces.key])
        for traces in done.traces
        if traces.stage not in made and traces.key in signed
    ]
    key = digest(stage, Diversity.version, [own.key for _, own in shards])[:16]
    rows = sum(own.counts["in"] for _, own in shards)
    yield Job(stage, key, "all problems", rows, done.recipe, measure, (stage, shards))


def measure(
    pool: "Pool", job: "Job", name: str, shards: "list[tuple[Receipt, Receipt]]"
) -> "Receipt":
    """Compare the samples of all problems, a range of ids after the other.

    shards: the receipts of traces and of their signatures
    """
    import polars as pl

    from tasks.pool.jobs import frame_of
    from tasks.pool.spill import SpillFile
    from tasks.pool.store import Receipt

    rows = sum(own.counts["in"] for _, own in shards)
    buckets = max(1, -(-rows // BUCKET_ROWS))
    found = [diversity(pl.DataFrame(schema={"problem_id": pl.String, "signature": pl.Binary}))]
    finished = 0
    with SpillFile() as waiting:
        filled: set[int] = set()
        for traces, own in shards:
            ids = frame_of(pool.read(traces.whole("traces"), ["trace_id", "problem_id"]))
            columns = ["row_id", "signature", "sound"]
            signed = frame_of(pool.read(own.whole("trace_signatures"), columns)).filter("sound")
            samples = ids.join(signed, left_on="trace_id", right_on="row_id")
            finished += len(samples)
            prefix = pl.col("problem_id").str.slice(0, 6).str.to_integer(base=16)
            for (bucket,), part in (
                samples.select("problem_id", "signature", bucket=prefix * buckets // 2**24)
                .partition_by("bucket", include_key=False, as_dict=True)
                .items()
            ):
                waiting.add(bucket, "samples", part)
                filled.add(bucket)
        found += [diversity(waiting.take(bucket, "samples")) for bucket in sorted(filled)]
    whole = pl.concat(found)
    counts = {"in": rows, "out": finished, "aside.unfinished": rows - finished}
    counts["problems"] = len(whole)
    column = whole.select("problem_id", pl.struct("samples", "mean", "least").alias(name))
    receipt = Receipt(job.stage, job.key, "all", [], [own.key for _, own in shards], counts)
    table = column.to_arrow().cast(schema_of(name))
    return pool.commit_rows(receipt, {name: table}, job.recipe)
