"""adjudicate: a person judges traces in the terminal, the disputed ones first."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console

from flows.cli.tables import print_record
from schemas.vocabulary import Verdict
from tasks.pool.store import Pool
from tasks.reports.label_quality import case, queue
from tasks.verdicts.adjudication import decide

if TYPE_CHECKING:
    import duckdb

ANSWERS = {
    "c": Verdict.CORRECT,
    "i": Verdict.INCORRECT,
    "u": Verdict.UNDECIDED,
    "s": None,
    "q": None,
}
QUESTION = "[c]orrect, [i]ncorrect, [u]nsure, [s]kip, [q]uit"


def adjudicate(
    connection: "duckdb.DuckDBPyConnection",
    pool: Pool,
    console: Console,
    ask: Callable[[], str],
    n: int,
    seed: int,
) -> int:
    """Show up to `n` traces and store each decision at once; returns how many were decided."""
    decided = 0
    cases = queue(connection, n, seed)
    for number, row in enumerate(cases, 1):
        disputed = "disputed" if row["disputed"] else "undisputed"
        console.rule(f"{number} of {len(cases)}: {disputed}, {row['trace_id']}", align="left")
        print_record(console, case(connection, row["trace_id"]))
        answer = ask()
        while answer not in ANSWERS:
            console.print(QUESTION, markup=False)
            answer = ask()
        if answer == "q":
            break
        verdict = ANSWERS[answer]
        if verdict:
            decide(pool, row["trace_id"], verdict)
            decided += 1
    return decided
