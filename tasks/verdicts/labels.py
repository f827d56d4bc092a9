"""The machine's verdict on a trace: what the rules say, and a model's word where they cannot.

Every verdict stays in `verdicts`. A model that judges is asked last and never overturns a rule: it
settles only what the rules left undecided.
"""

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from schemas.tables import VERDICTS
from schemas.vocabulary import HUMAN, PEERS, Verdict
from tasks.pool.jobs import Done, frame_of
from tasks.pool.parquet import nothing
from tasks.pool.store import Pool, Receipt
from tasks.query.machine_sql import JUDGE

BY_STATE = "state"
"""The verifier of traces that are judged by how they ended."""


def machine(rules: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The same in polars: rows (trace_id, verdict, score) of the rules, settled by the model's."""
    decided = judged.filter(pl.col("verdict") != Verdict.UNDECIDED)
    both = rules.join(decided, on="trace_id", how="left", suffix="_judge", maintain_order="left")
    left = pl.col("verdict") == Verdict.UNDECIDED
    settled = pl.when(left).then(pl.coalesce("verdict_judge", "verdict")).otherwise("verdict")
    score = pl.when(~left).then("score")  # a model's word, or a person's, has none
    return both.select("trace_id", verdict=settled, score=score)


def judged(done: Done) -> list[tuple[Receipt, list[Receipt]]]:
    """Each trace shard that was judged, with the receipts of its verdicts, in order."""
    found: dict[str, list[Receipt]] = {}
    for receipt in done.of("verdicts"):
        for parent in receipt.parents:
            found.setdefault(parent, []).append(receipt)
    return [(shard, found[shard.key]) for shard in done.traces if shard.key in found]


def people(done: Done) -> list[Receipt]:
    """The receipts of what people decided: of any traces, wherever these stand."""
    return [receipt for receipt in done.of("verdicts") if not receipt.parents]


def verdicts_of(pool: Pool, receipts: Sequence[Receipt], columns: list[str]) -> pl.DataFrame:
    """Columns of the verdicts that these receipts stand for, in order."""
    shards = [shard for receipt in receipts if (shard := receipt.shard("verdicts"))]
    tables = [pool.read(shard, columns) for shard in shards]
    return frame_of(pa.concat_tables([nothing(VERDICTS).select(columns), *tables]))


def rules_of(pool: Pool, receipts: Sequence[Receipt], columns: list[str]) -> pl.DataFrame:
    """What the rules said, as the view `rules`: one row a trace."""
    said = verdicts_of(pool, receipts, list(dict.fromkeys([*columns, "verifier"])))
    return said.filter(RULES).select(columns)


def published_of(pool: Pool, receipts: Sequence[Receipt]) -> pl.DataFrame:
    """The labels (trace_id, verdict, score) of a shard's traces: the machine's verdicts but where a
    person decided, as in the view `published`.

    receipts: those of the shard's verdicts, and of what people decided
    """
    said = verdicts_of(pool, receipts, ["trace_id", "verdict", "score", "verifier"])
    labels = machine(*(said.filter(who).drop("verifier") for who in (RULES, MODELS)))
    human = said.filter(pl.col("verifier") == HUMAN).drop("verifier")
    if not len(human):
        return labels
    human = human.select("trace_id", said="verdict")
    score = pl.when(pl.col("said").is_null()).then("score")
    return labels.join(human, on="trace_id", how="left", maintain_order="left").select(
        "trace_id", verdict=pl.coalesce("said", "verdict"), score=score
    )


MODELS = pl.col("verifier").str.starts_with(JUDGE)
RULES = ~MODELS & ~pl.col("verifier").is_in([*PEERS, HUMAN])
