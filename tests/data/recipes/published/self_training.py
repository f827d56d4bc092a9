"""Models that learn from their own traces."""

from tests.data.recipes.published.paper import (
    OK,
    RIGHT,
    SOLVED,
    WRONG,
    Paper,
    rewritten,
)

DRAWN = "t.trace_id NOT IN (SELECT child FROM lineage)"
PAPERS = {
    "dpo-self-training": Paper(
        {"warm": 4, "dpo": 4},
        {"pseudo": f"{RIGHT} AND t.teacher = 'dpo'"},
        pairs=(f"{RIGHT} AND t.teacher = 'warm'", f"{WRONG} AND t.teacher = 'warm'"),
    ),
    "sphere": Paper(
        {"student": 4},
        {"correction": f"{OK} AND {WRONG} AND {DRAWN} AND said.fixed"},
        best={"diverse": RIGHT},
        pairs=(RIGHT, f"{OK} AND {WRONG} AND {DRAWN}"),
        said={
            "corrector": lambda i, s, t: {"mistake": "There.", **rewritten(i, s, t)},
            "held": lambda i, s, t: {"fixed": (i + s) % 4 != 0},
        },
    ),
    "star": Paper(
        {"student": 1, "told": 1},
        {"sft": f"{RIGHT} AND (t.teacher = 'student' OR {SOLVED.format('student')} = 0)"},
    ),
}
