"""Small sets, chosen with care."""

from tests.data.recipes.published.paper import (
    EVER,
    OK,
    RATE,
    RIGHT,
    SOLVED,
    WRONG,
    Paper,
    rewritten,
)

SPREAD = "(SELECT stddev_pop(ok) / avg(ok) FROM rates r WHERE r.problem_id = t.problem_id)"

FROM_R1 = f"{RIGHT} AND t.teacher = 'r1'"

PAPERS = {
    "deepdistill": Paper(
        {"r1-1.5b": 4, "r1-7b": 4, "r1": 4},
        {
            "sft": f"{FROM_R1} AND t.reasoning IS NOT NULL AND loops(t.reasoning) <= 20 "
            f"AND p.problem NOT LIKE '%http%' AND {SPREAD} > 0.05"
        },
    ),
    "light-r1": Paper(
        {"small": 8, "r1": 4, "stage-2": 8},
        {
            "stage1": f"{RIGHT} AND t.teacher = 'r1' AND {RATE.format('small')} < 0.5",
            "stage2": f"{RIGHT} AND t.teacher = 'r1' AND {RATE.format('r1')} < 0.5",
            "rlvr": f"{RATE.format('stage-2')} BETWEEN 0.25 AND 0.625",
        },
        pairs=(f"{RIGHT} AND t.teacher = 'r1'", f"{WRONG} AND t.teacher = 'stage-2'"),
    ),
    "limo": Paper(
        {"qwen-7b": 4, "r1-32b": 32, "r1": 1, "qwq": 1},
        {
            "sft": f"{RIGHT} AND t.teacher <> 'qwen-7b' AND {SOLVED.format('qwen-7b')} = 0 "
            f"AND {SOLVED.format('r1-32b')} BETWEEN 1 AND 3"
        },
    ),
    "llama-nemotron": Paper(
        {"r1": 2, "instruct": 2, "student": 8},
        {
            "think": "v.verdict = 'correct' AND t.teacher = 'r1' AND t.reasoning IS NOT NULL",
            "plain": "v.verdict = 'correct' AND t.teacher = 'instruct' AND t.reasoning IS NULL",
            "rlvr": f"{RATE.format('student')} < 0.75",
        },
    ),
    "long-cot-collection": Paper(
        {},
        {
            "sft": "v.verdict = 'correct' AND len(told.steps) > 0 "
            "AND t.trace_id IN (SELECT child FROM lineage WHERE how = 'long')"
        },
        values={"sft.outline_steps": "len(told.steps)"},
        told={
            "planner": lambda i: {"steps": ["First."] * (i % 3)},
            "writer": lambda i: rewritten(i, 0, "writer"),
        },
    ),
    "mix-distillation": Paper(
        {"long": 1, "short": 1, "large": 1, "small": 1},
        {name: f"{RIGHT} AND t.teacher = '{name}'" for name in ("long", "short", "large", "small")},
    ),
    "omnithought": Paper(
        {"r1": 2, "r1-0528": 3, "qwq": 4},
        {
            "easy": f"{RIGHT} AND {EVER} >= 2 AND told.difficulty < 3",
            "medium": f"{RIGHT} AND {EVER} >= 2 AND told.difficulty >= 3 AND told.difficulty < 6",
            "hard": f"{RIGHT} AND {EVER} >= 2 AND told.difficulty >= 6",
            "matched": f"{RIGHT} AND {EVER} >= 2",
        },
        told={"grader": lambda i: {"verbosity": i % 10, "difficulty": i // 2 % 10}},
    ),
    "s1k": Paper(
        {"qwen-7b": 1, "qwen-32b": 1, "r1": 1},
        {
            "sft": f"{OK} AND t.teacher = 'r1' AND {SOLVED.format('qwen-7b')} = 0 "
            f"AND {SOLVED.format('qwen-32b')} = 0"
        },
    ),
    "student-graded": Paper(
        {"student": 1, "r1": 1},
        {
            "easy": f"{FROM_R1} AND {SOLVED.format('student')} = 1",
            **{
                f"level-{level}": f"{FROM_R1} AND {SOLVED.format('student')} = 0 "
                f"AND told.level = {level}"
                for level in (2, 3, 4, 5)
            },
        },
        told={"grader": lambda i: {"level": 2 + (i // 2 + i // 8) % 4}},
    ),
}
