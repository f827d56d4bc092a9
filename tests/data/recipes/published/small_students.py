"""What small students learn of large teachers."""

from tests.data.recipes.published.paper import OK, RIGHT, WRONG, Paper

BEST_WAY = (
    "t.prompt = (SELECT max_by(way, rate) FROM (SELECT x.prompt AS way, "
    "count(*) FILTER (w.verdict = 'correct') / count(*) AS rate FROM traces x "
    "JOIN problems q USING (problem_id) LEFT JOIN verdicts w USING (trace_id) "
    "WHERE q.domain = p.domain GROUP BY way))"
)
ASKED = "t.response LIKE '%Question:%'"


def program(i: int, said: str) -> str:
    """A program that prints what is said, or does not run."""
    return f"```python\nprint({said})\n```" if i % 8 else "```python\nprint(\n```"


def equations(i: int, said: str) -> str:
    """Equations with what is said as their solution."""
    return f"```\nx = {said} - 1\nans = x + 1\n```"


def chain(i: int, said: str) -> str:
    """A chain of smaller questions, most of the time."""
    asked = "Question: How many were there?\nSolution: Some.\n" * (i % 3)
    return f"{asked}The answer is \\boxed{{{said}}}."


PAPERS = {
    "knights-warm-up": Paper(
        {"qwq": 1},
        {
            "warmup": f"{RIGHT} AND t.reasoning IS NOT NULL AND p.source = 'knights'",
            "rlvr": "p.source = 'own'",
        },
    ),
    "mentor-kd": Paper(
        {"teacher": 3, "mentor": 3},
        {"all": OK, "right": RIGHT},
        values={"all.initial_correct": "v.verdict = 'correct'"},
    ),
    "mix-thoughts": Paper(
        {"chain": 1, "program": 1, "equations": 1},
        {
            form: f"{RIGHT} AND t.teacher = '{form}' AND v.verifier = '{kind}'"
            for form, kind in (
                ("chain", "math"),
                ("program", "program"),
                ("equations", "equations"),
            )
        },
        answers={"program": program, "equations": equations},
    ),
    "orca-2": Paper(
        {"gpt-4": 3},
        {"sft": f"{RIGHT} AND {BEST_WAY}"},
        prompts=("ways/direct", "ways/steps", "ways/recall"),
    ),
    "pad": Paper(
        {"coder": 4},
        {"sft": RIGHT},
        best={"refine": f"{OK} AND {WRONG}"},
        answers={"coder": program},
    ),
    "socratic-cot": Paper(
        {"teacher": 1},
        {"asks": f"{RIGHT} AND {ASKED}", "solves": f"{RIGHT} AND {ASKED}"},
        values={
            "asks.questions": "list_resize([]::VARCHAR[], "
            "len(string_split(t.response, 'Question:')) - 1, 'How many were there?')"
        },
        answers={"teacher": chain},
    ),
}
