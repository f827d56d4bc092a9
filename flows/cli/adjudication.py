"""adjudicate: a person judges traces in the terminal, the disputed ones first."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console

from flows.cli.tables import print_record
from schemas.vocabulary import Verdict
from tasks.pool.store import Pool
from tasks.reports.label_quality import case, queue, said
from tasks.verdicts.adjudication import decide

if TYPE_CHECKING:
    import duckdb

ANSWERS = {"c": Verdict.CORRECT, "i": Verdict.INCORRECT, "u": Verdict.UNDECIDED}
QUESTION = "[c]orrect, [i]ncorrect, [u]nsure (and a note), [m]ore, [s]kip, [b]ack, [q]uit"
FOLD = 1500
"""Characters of a response that are shown of its start and of its end."""


def adjudicate(
    connection: "duckdb.DuckDBPyConnection",
    pool: Pool,
    console: Console,
    ask: Callable[[], str],
    n: int,
    seed: int,
) -> int:
    """Show up to `n` traces and store each decision at once; returns how many were decided.

    What verifiers said is shown after the decision, so that it does not sway it. `b` goes back to
    the trace before and takes its decision back.
    """
    decided: set[str] = set()
    cases = queue(connection, n, seed)
    number = 0
    while number < len(cases):
        trace = cases[number]["trace_id"]
        record = case(connection, trace)
        console.rule(f"{number + 1} of {len(cases)}: {trace}", align="left")
        print_record(console, {**record, "response": folded(record["response"] or "")})
        word, note = _answer(console, ask, record["response"] or "")
        if word == "q":
            break
        if word == "b":
            number = max(0, number - 1)
            trace = cases[number]["trace_id"]
            if trace in decided:
                decide(pool, trace, None)
                decided.discard(trace)
            continue
        if word in ANSWERS:
            decide(pool, trace, ANSWERS[word], note)
            decided.add(trace)
            print_record(console, said(connection, trace))
        number += 1
    return len(decided)


def folded(text: str) -> str:
    """A long text without its middle, and how much of it is left out."""
    left = len(text) - 2 * FOLD
    if left <= 0:
        return text
    return f"{text[:FOLD]}\n[... {left:,} characters; m shows them ...]\n{text[-FOLD:]}"


def _answer(console: Console, ask: Callable[[], str], response: str) -> tuple[str, str]:
    """The letter and the note that a person typed; what is no answer is asked again."""
    while True:
        word, _, note = ask().strip().partition(" ")
        if word == "m":
            print_record(console, {"response": response})
        elif word in ANSWERS or word in ("s", "b", "q"):
            return word, note.strip()
        else:
            console.print(QUESTION, markup=False, emoji=False)
