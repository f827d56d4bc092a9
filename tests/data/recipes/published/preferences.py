"""Better against worse traces."""

from tests.data.recipes.published.paper import ALL, OK, RIGHT, WRONG, Paper

SHORT = "t.completion_tokens <= 19000"

PAPERS = {
    "dolci-think-dpo": Paper(
        {"qwen3-32b": 1, "qwen3-0.6b": 1},
        {},
        pairs=(
            f"{OK} AND t.teacher = 'qwen3-32b' AND coalesce(t.reasoning, '') NOT LIKE '%Qwen%'",
            "t.teacher = 'qwen3-0.6b'",
        ),
    ),
    "phi-4-mini-reasoning": Paper(
        {"r1": 8}, {"midtrain": RIGHT, "sft": RIGHT, "rlvr": f"{ALL} > 0 AND {ALL} < 1"}
    ),
    "redi": Paper(
        {"r1": 4},
        {"positives": f"{RIGHT} AND t.label"},
        pairs=(f"{RIGHT} AND t.label AND {SHORT}", f"{OK} AND {WRONG} AND {SHORT}"),
        comes_in="problem_is_valid = 'Yes' AND source <> 'cn_k12'",
    ),
    "turning-dust-into-gold": Paper({"teacher": 3}, {"gold": RIGHT, "dust": f"{OK} AND {WRONG}"}),
}
