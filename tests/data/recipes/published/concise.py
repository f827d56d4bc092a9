"""Shorter thoughts."""

from typing import Any

from tests.data.recipes.published.paper import RIGHT, Paper, children, rewritten

SHORTEST = (
    "t.completion_tokens = (SELECT min(x.completion_tokens) FROM traces x "
    "JOIN verdicts w USING (trace_id) WHERE x.problem_id = t.problem_id AND x.state = 'complete' "
    "AND w.verdict = 'correct'{})"
)
THOUGHT = f"{RIGHT} AND t.reasoning IS NOT NULL"
THIRD = "md5_number_lower(t.trace_id) % 3"
KEPT = (
    "(SELECT string_agg(part, chr(10) || chr(10) ORDER BY place) FROM (SELECT "
    "unnest(string_split(t.reasoning, chr(10) || chr(10))) AS part, "
    "generate_subscripts(string_split(t.reasoning, chr(10) || chr(10)), 1) AS place) "
    "WHERE md5_number_lower(t.trace_id || place) % 10 NOT IN (0, 1, 2))"
)


def units(i: int, sample: int, teacher: str) -> dict[str, Any]:
    """No unit, one or two."""
    return {"units": [{"thought": f"{teacher} {sample}.{k}", "answer": "1"} for k in range(i % 3)]}


PAPERS = {
    "concise-self-training": Paper(
        {"plain": 4, "few-shot": 4},
        {"best-of-n": f"{RIGHT} AND t.teacher = 'plain'", "few-shot": RIGHT},
        best={
            "best-of-n": "t.teacher = 'plain' AND " + SHORTEST.format(" AND x.teacher = 'plain'"),
            "few-shot": SHORTEST.format(""),
        },
    ),
    "dlcot": Paper(
        {"r1": 1},
        {
            "sft": f"v.verdict = 'correct' AND {children('trunk', THOUGHT)}",
        },
        said={"editor": lambda i, s, t: {"segments": 4, "removed": i % 3, **rewritten(i, s, t)}},
    ),
    "dualformer": Paper(
        {"teacher": 1},
        {"slow": THOUGHT, "fast": RIGHT, "randomized": THOUGHT},
        values={
            "randomized.thought": f"CASE WHEN {THIRD} = 0 THEN t.reasoning "
            f"WHEN {THIRD} = 2 THEN '' ELSE coalesce({KEPT}, '') END"
        },
    ),
    "litecot": Paper(
        {"r1": 1},
        {"sft": f"v.verdict = 'correct' AND {children('lite', RIGHT)}"},
        said={"rewriter": lambda i, s, t: {"difficulty": "easy", **rewritten(i, s, t)}},
    ),
    "mind": Paper(
        {"student": 4},
        {"sft": f"{THOUGHT} AND len(said.units) > 0"},
        values={"sft.turns": "len(said.units)"},
        said={"segmenter": units},
    ),
    "shorter-better": Paper(
        {"student": 4},
        {"sft": RIGHT},
        best={"sft": SHORTEST.format("")},
        values={
            "rlvr.optimal_length": "(SELECT CASE WHEN count(*) FILTER (w.verdict = 'correct') > 0 "
            "THEN min(x.completion_tokens) FILTER (w.verdict = 'correct') "
            "ELSE avg(x.completion_tokens) END FROM traces x LEFT JOIN verdicts w USING (trace_id) "
            "WHERE x.problem_id = t.problem_id)"
        },
    ),
}
