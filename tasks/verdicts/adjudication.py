"""adjudication: what people decided, kept in the pool as a verifier of its own.

`adjudications.jsonl` holds one decision a line, with a note where there is one; the last one of a
trace counts, and one without a verdict takes the decision back. A build turns it
into rows of `verdicts` by the verifier `human`, which are the label wherever they stand.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa

from schemas.errors import PoolError
from schemas.identity import digest
from schemas.tables import VERDICTS
from schemas.vocabulary import HUMAN, Verdict
from tasks.pool.jobs import Done, Job
from tasks.pool.store import Pool, Receipt

FILE = "adjudications.jsonl"
VERSION = "2"

_REASONS = {
    Verdict.CORRECT: "equal.human",
    Verdict.INCORRECT: "differ.human",
    Verdict.UNDECIDED: "undecided.human",
}


def decisions(pool: Pool) -> dict[str, Verdict]:
    """The decision on each trace that a person judged. Raises PoolError naming a damaged line."""
    if not pool.exists(FILE):
        return {}
    found: dict[str, Verdict] = {}
    lines = pool.fs.cat_file(pool.path(FILE)).decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            trace, verdict = row["trace_id"], row["verdict"]
            found.pop(trace, None)
            if verdict is not None:
                found[trace] = Verdict(verdict)
        except (ValueError, KeyError, TypeError):
            raise PoolError(
                f"{pool.path(FILE)}, line {number}: no decision ({line[:60]!r}); a line is "
                '{"trace_id": "...", "verdict": "correct" | "incorrect" | "undecided" | null}'
            ) from None
    return found


def decide(pool: Pool, trace_id: str, verdict: Verdict | None, note: str | None = None) -> None:
    """Add one decision, or take one back (None).

    The file is replaced as a whole, so that a crash loses none.
    """
    old = pool.fs.cat_file(pool.path(FILE)) if pool.exists(FILE) else b""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    row = {"trace_id": trace_id, "verdict": verdict and str(verdict), "at": at}
    line = json.dumps({**row, "note": note} if note else row).encode() + b"\n"
    pool.put(FILE, lambda sink: sink.write(old + line))


def plan(done: Done) -> Iterator[Job]:
    """One job: the decisions as rows of `verdicts`; none where nobody decided anything."""
    decided = sorted(decisions(done.pool).items())
    if not decided:
        return
    key = digest("adjudicate", VERSION, decided)[:16]
    yield Job("adjudicate", key, HUMAN, len(decided), done.recipe, record, (decided,))


def record(pool: Pool, job: Job, decided: list[tuple[str, Verdict]]) -> Receipt:
    """Write the decisions as rows of `verdicts`."""
    rows = [
        {"trace_id": trace, "verifier": HUMAN, "version": VERSION, "verdict": str(verdict),
         "extracted": None, "reason": _REASONS[verdict], "seconds": None}
        for trace, verdict in decided
    ]  # fmt: skip
    receipt = Receipt("adjudicate", job.key, HUMAN, counts={"in": len(rows), "out": len(rows)})
    return pool.commit(receipt, {"verdicts": pa.Table.from_pylist(rows, VERDICTS)}, job.recipe)
