"""The machine's verdict on a trace: what the rules say, and a model's word where they cannot.

Every verdict stays in `verdicts`. A model that judges is asked last and never overturns a rule: it
settles only what the rules left undecided.
"""

import polars as pl

from schemas.tables import VERDICTS
from schemas.vocabulary import HUMAN, PEERS, Verdict
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Receipt

JUDGE = "llm_judge:"
"""How the verifier is called that is a model; the model's name follows."""

MACHINE = f"""
CREATE TEMP VIEW judged AS FROM verdicts WHERE starts_with(verifier, '{JUDGE}');
CREATE TEMP VIEW rules AS FROM verdicts
  WHERE NOT starts_with(verifier, '{JUDGE}') AND verifier NOT IN {(*PEERS, HUMAN)};
CREATE TEMP VIEW machine AS
FROM rules r LEFT JOIN (FROM judged WHERE verdict <> '{Verdict.UNDECIDED}') j
  ON j.trace_id = r.trace_id AND r.verdict = '{Verdict.UNDECIDED}'
SELECT r.trace_id, coalesce(j.verifier, r.verifier) AS verifier,
  coalesce(j.version, r.version) AS version, coalesce(j.verdict, r.verdict) AS verdict,
  coalesce(j.extracted, r.extracted) AS extracted, coalesce(j.reason, r.reason) AS reason
"""
"""`rules` and `machine` have one row per trace, `judged` one per trace that a model saw."""


def machine(rules: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The same in polars: rows (trace_id, verdict, score) of the rules, settled by the model's."""
    decided = judged.filter(pl.col("verdict") != Verdict.UNDECIDED)
    both = rules.join(decided, on="trace_id", how="left", suffix="_judge", maintain_order="left")
    left = pl.col("verdict") == Verdict.UNDECIDED
    settled = pl.when(left).then(pl.coalesce("verdict_judge", "verdict")).otherwise("verdict")
    score = pl.when(~left).then("score")  # a model's word, or a person's, has none
    return both.select("trace_id", verdict=settled, score=score)


def published_of(done: Done, verified: Receipt) -> pl.DataFrame:
    """The labels (trace_id, verdict, score) of the traces of a receipt of `verify`: the machine's
    verdicts but where a person decided, as in the view `published`.
    """
    judges = [r for r in done.receipts.get("judge", []) if r.parents == verified.parents]
    rules, judged = (
        pl.concat(
            frame_of(done.pool.read(shard, COLUMNS)) if shard else frame_of(NONE)
            for shard in [None, *(receipt.shard("verdicts") for receipt in receipts)]
        )
        for receipts in ([verified], judges)
    )
    labels = machine(rules, judged) if judges else rules
    for receipt in done.receipts.get("adjudicate", []):
        shard = receipt.shard("verdicts")
        assert shard is not None
        said = frame_of(done.pool.read(shard, COLUMNS[:2])).rename({"verdict": "said"})
        score = pl.when(pl.col("said").is_null()).then("score")
        labels = labels.join(said, on="trace_id", how="left", maintain_order="left").select(
            "trace_id", verdict=pl.coalesce("said", "verdict"), score=score
        )
    return labels


COLUMNS = ["trace_id", "verdict", "score"]
NONE = VERDICTS.empty_table().select(COLUMNS)
