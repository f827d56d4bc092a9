"""A pool with every table that a view selects from, made of a few small rows."""

from typing import Any

from tasks.pool.store import Pool, Shard
from tests.tasks.rows import Row, fill, problem, trace, verdict

Tables = dict[str, list[Shard]]


class Judged:
    """Problems, judged traces and grades, in shards of a chosen size."""

    def __init__(self) -> None:
        self.problems: list[Row] = []
        self.traces: list[Row] = []
        self.verdicts: list[Row] = []
        self.grades: list[Row] = []
        self.set_aside: list[Row] = []
        self.rejects: list[Row] = []

    def ask(self, text: str, *answers: str, aside: str | None = None, **facts: Any) -> "Judged":
        """A problem with one trace per answer; `7` is right. Traces are as long as their place."""
        row = problem(text, **facts)
        self.problems.append(row)
        right = 0
        for number, answer in enumerate(answers):
            sample = trace(f"{answer} ({number})", text, completion_tokens=10 * (number + 1))
            word = "correct" if answer == "7" else "incorrect"
            right += answer == "7"
            reason = "equal.exact" if answer == "7" else "differ.value"
            self.traces.append(sample)
            self.verdicts.append(verdict(sample, word, reason))
        grade = {"problem_id": row["problem_id"], "n": len(answers), "correct": right}
        rate = {"pass_rate": right / len(answers)} if answers else {}
        plain = {"undecided": 0, "unfinished": 0, **grade, **rate}
        self.grades += [{"solver": solver, **plain} for solver in ("t", "all")]
        if aside:
            gone = {"step": "screen", "row_id": row["problem_id"], "reason": aside}
            self.set_aside.append(gone)
        return self

    def into(self, pool: Pool, shard: int = 1000) -> Tables:
        """Commit everything, `shard` rows to a shard; empty tables are left out."""

        def cut(rows: list[Row]) -> list[list[Row]]:
            return [rows[at : at + shard] for at in range(0, len(rows), shard)]

        tables = {name: cut(rows) for name, rows in vars(self).items() if rows}
        return fill(pool, **tables)


def many(problems: int = 40) -> Judged:
    """Problems with right and wrong answers in a fixed mixture."""
    judged = Judged()
    for number in range(problems):
        judged.ask(f"q{number}", *("7" if (number + n) % 3 else str(n) for n in range(4)))
    return judged
