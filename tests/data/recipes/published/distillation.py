"""Traces by the million."""

from tests.data.recipes.published.paper import COUNT, OK, RIGHT, Paper

LONGER = (
    "t.teacher = 'qwq' AND p.domain = '{0}' AND t.problem_id IN (SELECT s.problem_id FROM traces s "
    "JOIN problems q USING (problem_id) WHERE s.teacher = 'short' AND q.domain = '{0}' AND "
    "s.problem_id NOT IN (SELECT row_id FROM set_aside) "
    "QUALIFY percent_rank() OVER (ORDER BY s.completion_tokens) >= 0.5)"
)

PAPERS = {
    "acereason": Paper(
        {"r1": 2},
        {
            "sft": f"{RIGHT} AND (t.completion_tokens > 2000 "
            "OR md5_number_lower(t.problem_id) % 2 = 0)"
        },
    ),
    "am-deepseek-r1": Paper(
        {"r1": 4},
        {
            "sft": f"{OK} AND t.reasoning IS NOT NULL AND loops(t.reasoning) <= 20 AND CASE WHEN "
            "p.domain IN ('math', 'code') THEN v.verdict = 'correct' ELSE told.score >= 0.7 END"
        },
        told={"grader": lambda i: {"score": (i // 3) % 11 / 10}},
    ),
    "am-thinking": Paper(
        {"am": 4, "qwen3": 4, "r1": 4},
        {
            name: f"{RIGHT} AND t.teacher = '{name}' "
            "AND loops(coalesce(t.reasoning, t.response)) <= 20 AND p.problem NOT LIKE '%http%'"
            for name in ("am", "qwen3", "r1")
        },
    ),
    "dolci-think": Paper(
        {"qwq": 16},
        {
            "sft": f"{OK} AND t.reasoning IS NOT NULL "
            "AND (p.domain <> 'code' OR v.verdict = 'correct') AND t.reasoning NOT LIKE '%Qwen%' "
            "AND t.reasoning NOT LIKE '%cutoff%' AND "
            "len(regexp_extract_all(t.reasoning, '[一-鿿]')) < 0.05 * length(t.reasoning) "
            f"AND {COUNT.format('So it is one more step')} < 40 "
            f"AND {COUNT.format('Once more.')} < 10"
        },
    ),
    "mixture-of-thoughts": Paper(
        {"r1": 4},
        {
            "math": f"{RIGHT} AND p.domain = 'math'",
            "code": f"{OK} AND p.domain = 'code'",
            "science": f"{OK} AND p.domain = 'science'",
        },
    ),
    "opencodereasoning": Paper(
        {"r1": 4},
        {"sft": f"{OK} AND t.reasoning NOT LIKE '%```%' AND t.response LIKE '%```%'"},
    ),
    "opencodereasoning-2": Paper(
        {"r1": 4},
        {
            "sft": f"{OK} AND t.reasoning NOT LIKE '%```%' AND t.response LIKE '%```%'",
            "critique": f"{OK} AND t.reasoning NOT LIKE '%```%' AND t.response LIKE '%```%' "
            "AND told.judgement IN ('right', 'wrong')",
        },
        told={"critic": lambda i: {"critique": "Look.", "judgement": ("right", "wrong")[i % 2]}},
    ),
    "openmathreasoning": Paper(
        {"qwen-72b": 4, "r1": 4, "qwq": 4},
        {
            "sft": "v.verdict = 'correct' AND t.teacher IN ('r1', 'qwq') "
            "AND t.reasoning IS NOT NULL AND p.problem NOT LIKE '%(A)%(B)%(C)%' "
            "AND p.problem NOT LIKE '%Is it%?'"
        },
        elected="sft",
    ),
    "openr1-math": Paper(
        {"r1": 2}, {"sft": RIGHT}, comes_in="problem_is_valid = 'Yes' AND source <> 'cn_k12'"
    ),
    "openreasoning": Paper(
        {"r1": 4},
        {"sft": "v.verdict = 'correct' AND t.reasoning IS NOT NULL"},
        elected="sft",
    ),
    "openthoughts": Paper(
        {"r1": 1},
        {
            "sft": f"{OK} AND t.reasoning IS NOT NULL "
            "AND (v.verdict = 'correct' OR p.domain = 'science')"
        },
        comes_in="domain <> 'math' OR source <> 'cn_k12'",
    ),
    "openthoughts3": Paper(
        {"short": 1, "qwq": 4},
        {
            "code": "t.teacher = 'qwq' AND p.domain = 'code' AND told.rating >= 6",
            "math": LONGER.format("math"),
            "science": LONGER.format("science"),
        },
        told={"rater": lambda i: {"rating": 1 + (i // 3) % 10}},
    ),
    "synthetic-1": Paper({"r1": 4}, {"sft": f"{RIGHT} AND p.problem NOT LIKE '%(A)%(B)%(C)%'"}),
    "synthetic-2": Paper(
        {"r1": 4, "qwen3-32b": 4, "qwen3-4b": 4, "r1-8b": 4},
        {"verified": f"{RIGHT} AND t.teacher = 'r1'", "unverified": "t.teacher = 'r1'"},
    ),
}
