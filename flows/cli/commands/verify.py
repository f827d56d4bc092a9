"""verify: judge one answer and explain the verdict."""

import sys
from typing import Annotated

import typer

from flows.cli.app import app


@app.command("verify")
def verify_(
    gold: Annotated[str, typer.Option(help="the gold answer")],
    answer: Annotated[str, typer.Option(help="an answer or a whole response; `-` reads stdin")],
    problem: Annotated[str, typer.Option(help="the problem, for the options it lists")] = "",
    kind: Annotated[
        str | None, typer.Option(help="kind of answer; default: the gold tells")
    ] = None,
) -> None:
    """Judge one answer and explain the verdict: what was taken as the answer, what decided, why.

    Exit code 0: correct, 1: incorrect, 2: undecided.

    Example:

        longcot verify --gold "1/2" --answer "So it is \\boxed{0.5}."
    """
    from flows.cli.tables import print_record, terminal
    from verifiers import Problem, verify
    from verifiers.explain import evidence

    asked = Problem("", problem, gold, kind)
    response = sys.stdin.read() if answer == "-" else answer
    found = verify(asked, response)  # in this process: whoever waits at a terminal can stop it
    print_record(terminal(), evidence(asked, response, found))
    raise typer.Exit(["correct", "incorrect", "undecided"].index(found.verdict))
