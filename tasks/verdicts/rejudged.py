"""What a new version of the verifiers no longer decides, and is not bought from a model unasked.

A trace that the rules had decided in the last whole state of the pool and leave undecided now would
go to the judge: a build that runs by schedule would pay for that. So these traces wait, with a row
of their own in `verdicts` (reason `undecided.not_asked`), until somebody allows it.
"""

from collections.abc import Collection, Sequence

import polars as pl

from schemas.vocabulary import Verdict
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool, Receipt, Shard
from tasks.verdicts.labels import BY_STATE, MODELS, RULES, judged, rules_of

NOT_ASKED = "undecided.not_asked"

_SAID = ["trace_id", "verifier", "verdict", "reason"]


def last_verdicts(pool: Pool) -> list[Shard]:
    """The verdicts of the last whole state of the pool; [] where there was none."""
    last = pool.get_json("manifest.json") if pool.exists("manifest.json") else {}
    # As in Pool.put_manifest: a manifest without the key is older and whole.
    whole = last.get("whole", bool(last))
    return [Shard(**shard) for shard in last["tables"].get("verdicts", [])] if whole else []


def waiting(
    done: Done, before: Sequence[Shard], unjudged: Collection[str], allowed: int | None
) -> dict[str, list[str]]:
    """By the key of the trace shard: the traces that a model is not asked about.

    before: the verdicts of the last whole state
    unjudged: the kinds of answers that no model is asked about
    allowed: how many may be asked about without leave; if there are more, none is. None: all.
    """
    now = {shard.path for receipt in done.of("verdicts") for shard in receipt.outputs}
    old = [shard for shard in before if shard.path not in now]
    if allowed is None or not old:
        return {}
    unsure = {shard.key: _unsure(done.pool, said, unjudged) for shard, said in judged(done)}
    left = pl.concat([pl.Series([], dtype=pl.String), *unsure.values()])
    lost: set[str] = set()
    for shard in old:
        said = frame_of(done.pool.read(shard, _SAID))
        decided = RULES & (pl.col("verdict") != Verdict.UNDECIDED)
        held = MODELS & (pl.col("reason") == NOT_ASKED)
        lost.update(
            said.filter(decided | held, pl.col("trace_id").is_in(left.implode()))["trace_id"]
        )
    if len(lost) <= allowed:
        return {}
    found = {key: sorted(lost.intersection(ids)) for key, ids in unsure.items()}
    return {key: ids for key, ids in found.items() if ids}


def _unsure(pool: Pool, verdicts: list[Receipt], unjudged: Collection[str]) -> pl.Series:
    """The traces of a shard that a judge would be asked about because the rules cannot tell."""
    said = rules_of(pool, verdicts, _SAID)
    asked = (pl.col("verdict") == Verdict.UNDECIDED) & (pl.col("verifier") != BY_STATE)
    never = pl.col("verifier").is_in(list(unjudged)) | (pl.col("reason") == "undecided.no_gold")
    return said.filter(asked & ~never)["trace_id"]
