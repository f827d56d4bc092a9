"""What traces and answers cost: tokens, hours and money, all and per accepted trace."""

from typing import TYPE_CHECKING, Any

from schemas.recipe.teachers import Asked, Live
from tasks.pool.store import Pool, Receipt, Shard
from tasks.query.sql import connect, query

if TYPE_CHECKING:
    import duckdb

SPENT = """
SELECT p.source, t.teacher, count(*) AS traces,
  count(*) FILTER (t.state = 'complete') AS finished,
  count(*) FILTER (v.verdict = 'correct') AS accepted,
  sum(t.prompt_tokens)::BIGINT AS prompt_tokens,
  sum(t.completion_tokens)::BIGINT AS completion_tokens,
  sum(t.completion_tokens) FILTER (t.state = 'complete')::BIGINT AS finished_tokens,
  sum(t.completion_tokens) FILTER (v.verdict = 'correct')::BIGINT AS accepted_tokens
FROM traces t JOIN problems p USING (problem_id) LEFT JOIN machine v USING (trace_id)
ANTI JOIN lineage l ON l.child = t.trace_id
WHERE list_contains($teachers, t.teacher) GROUP BY ALL ORDER BY ALL
"""


ASKED = """
SELECT what, model, count(*) AS answers, count(failure) AS failed, sum(replies)::BIGINT AS replies,
  sum(prompt_tokens)::BIGINT AS prompt_tokens, sum(completion_tokens)::BIGINT AS completion_tokens
FROM (SELECT DISTINCT ON (answer_id) * FROM answers) GROUP BY ALL ORDER BY ALL
"""


SAMPLED = """
SELECT p.source, t.teacher,
  sum(coalesce(t.completion_tokens, s.tokens))::BIGINT AS tokens,
  sum(t.completion_tokens)::BIGINT AS completion_tokens
FROM traces t JOIN problems p USING (problem_id) LEFT JOIN signals s USING (trace_id)
SEMI JOIN {problems} r ON r.problem_id = t.problem_id
ANTI JOIN lineage l ON l.child = t.trace_id
GROUP BY ALL ORDER BY ALL
"""


def cost_of(
    connection: "duckdb.DuckDBPyConnection", problems: str, told: list[dict[str, Any]]
) -> dict[str, Any]:
    """What was spent on the traces of some problems, also on those that nobody took.

    problems: a relation with `problem_id`; told: rows of `costs` of the whole pool
    `tokens` are those of all traces, recorded ones too; `hours` and `money` those of live teachers,
    by their share of the tokens that each source and teacher took. None where nothing is told of
    them: no live teacher, or (`money`) one without prices.
    """
    sampled = query(connection, SAMPLED.format(problems=problems), "costs").to_pylist()
    whole = {(row["source"], row["teacher"]): row for row in told}
    found: dict[str, float | None] = {"hours": None, "money": None}
    spent = [
        (row, whole[key]) for row in sampled if (key := (row["source"], row["teacher"])) in whole
    ]
    for name in found:
        if spent and all(line[name] is not None for _, line in spent):
            found[name] = sum(
                line[name] * (row["completion_tokens"] or 0) / line["completion_tokens"]
                for row, line in spent
                if line["completion_tokens"]
            )
    return {"tokens": sum(row["tokens"] or 0 for row in sampled), **found}


def answer_costs(
    pool: Pool, tables: dict[str, list[Shard]], asked: dict[str, Asked]
) -> list[dict[str, Any]]:
    """A row per question that was put to a model about rows; `asked` says to whom, by its name.
    `prices` are those of the recipe (money per million tokens), None where it names none.
    """
    if not asked:
        return []
    with connect(pool, tables) as connection:
        rows: list[dict[str, Any]] = query(connection, ASKED, "report").to_pylist()
    prices = {what: one.prices and one.prices.model_dump() for what, one in asked.items()}
    return [
        {**row, "money": _money(row, asked[row["what"]]), "prices": prices[row["what"]]}
        for row in rows
    ]


def costs(
    pool: Pool, tables: dict[str, list[Shard]], teachers: list[Live], generated: list[Receipt]
) -> list[dict[str, Any]]:
    """A row per source and live teacher; `hours` is the teacher's wall time by share of tokens.

    `money` is in the recipe's own currency; None where it names no prices.
    """
    if not teachers:
        return []
    names = [teacher.name for teacher in teachers]
    with connect(pool, tables) as connection:
        said = "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in names) + "]"
        rows = query(connection, SPENT.replace("$teachers", said), "report").to_pylist()
    walls = dict.fromkeys(names, 0.0)
    for receipt in generated:
        if receipt.label in walls:
            walls[receipt.label] += receipt.facts.get("wall", 0.0)
    by_name = {teacher.name: teacher for teacher in teachers}
    return [_costs(row, by_name[row["teacher"]], walls[row["teacher"]], rows) for row in rows]


def _costs(
    row: dict[str, Any], teacher: Live, wall: float, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    own = row["completion_tokens"] or 0
    everything = sum(r["completion_tokens"] or 0 for r in rows if r["teacher"] == teacher.name)
    hours = wall / 3600 * (own / everything if everything else 0)
    money = _money(row, teacher)
    accepted = row["accepted"]
    return {
        **row,
        "hours": round(hours, 4),
        "money": money,
        "tokens_per_accepted": own / accepted if accepted else None,
        "hours_per_accepted": hours / accepted if accepted else None,
        "money_per_accepted": money / accepted if money is not None and accepted else None,
    }


def _money(row: dict[str, Any], asked: Asked) -> float | None:
    prompt, completion = row["prompt_tokens"] or 0, row["completion_tokens"] or 0
    prices = asked.prices
    return (prompt * prices.prompt + completion * prices.completion) / 1e6 if prices else None
