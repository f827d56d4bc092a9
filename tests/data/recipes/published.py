"""What the papers select, as SQL written from the papers, and how much is sampled of whom.

`t` is a trace, `v` its verdict, `p` its problem, `told` what the models said that were asked about
it, `rates` a row of each decided sample.
"""

from collections.abc import Callable
from typing import Any

SAMPLES = {
    "openr1-math": {"r1": 2}, "open-r1-pass-rates": {"student": 10}, "redi": {"r1": 4},
    "limo": {"qwen-7b": 4, "r1-32b": 32, "r1": 1, "qwq": 1},
    "s1k": {"qwen-7b": 1, "qwen-32b": 1, "r1": 1},
    "light-r1": {"small": 8, "r1": 4, "stage-2": 8},
    "deepdistill": {"r1-1.5b": 4, "r1-7b": 4, "r1": 4},
    "openreasoning": {"r1": 4}, "phi-4-mini-reasoning": {"r1": 8},
    "llama-nemotron": {"r1": 2, "instruct": 2, "student": 8},
    "opencodereasoning": {"r1": 4}, "acereason": {"r1": 2},
    "turning-dust-into-gold": {"teacher": 3},
    "openmathreasoning": {"qwen-72b": 4, "r1": 4, "qwq": 4},
    "skywork-or1": {"r1-1.5b": 16, "r1-7b": 16, "r1-32b": 16}, "deepmath": {"r1": 3},
    "synthetic-2": {"r1": 4, "qwen3-32b": 4, "qwen3-4b": 4, "r1-8b": 4},
    "opencodereasoning-2": {"r1": 4}, "dapo-math": {"student": 16},
    "dolci-think": {"qwq": 16},
    "omnithought": {"r1": 2, "r1-0528": 3, "qwq": 4}, "synthetic-1": {"r1": 4},
    "mix-distillation": {"long": 1, "short": 1, "large": 1, "small": 1},
    "big-math": {"llama-8b": 64, "llama-405b": 8}, "am-thinking": {"am": 4, "qwen3": 4, "r1": 4},
    "dolci-think-rl": {"student": 8}, "dolci-think-dpo": {"qwen3-32b": 1, "qwen3-0.6b": 1},
    "mixture-of-thoughts": {"r1": 4}, "openthoughts": {"r1": 1},
    "openthoughts3": {"short": 1, "qwq": 4}, "am-deepseek-r1": {"r1": 4},
}  # fmt: skip

ELECTED = ("openreasoning", "openmathreasoning")
"""Where problems without a gold answer get one by vote."""

TOLD: dict[str, Callable[[int], dict[str, Any]]] = {
    "omnithought": lambda i: {"verbosity": i % 10, "difficulty": i // 2 % 10},
    "opencodereasoning-2": lambda i: {"critique": "Look.", "judgement": ("right", "wrong")[i % 2]},
    "deepmath": lambda i: {"rating": 1 + i // 4},
    "openthoughts3": lambda i: {"rating": 1 + (i // 3) % 10},
    "am-deepseek-r1": lambda i: {"score": (i // 3) % 11 / 10},
}
"""What the models that a recipe asks say of problem `i`."""

SOURCES = {
    "redi": "problem_is_valid = 'Yes' AND source <> 'cn_k12'",
    "openthoughts": "domain <> 'math' OR source <> 'cn_k12'",
    "openr1-math": "problem_is_valid = 'Yes' AND source <> 'cn_k12'",
}
"""Which rows of a source come in, where the paper says it."""

OK = "t.state = 'complete'"
RIGHT = f"{OK} AND v.verdict = 'correct'"
WRONG = "v.verdict = 'incorrect'"
RATE = "(SELECT avg(ok) FROM rates r WHERE r.problem_id = t.problem_id AND r.teacher = '{}')"
SOLVED = "(SELECT sum(ok) FROM rates r WHERE r.problem_id = t.problem_id AND r.teacher = '{}')"
ALL = "(SELECT avg(ok) FROM rates r WHERE r.problem_id = t.problem_id)"
SPREAD = "(SELECT stddev_pop(ok) / avg(ok) FROM rates r WHERE r.problem_id = t.problem_id)"

LONGER = (
    "t.teacher = 'qwq' AND p.domain = '{0}' AND t.problem_id IN (SELECT s.problem_id FROM traces s "
    "JOIN problems q USING (problem_id) WHERE s.teacher = 'short' AND q.domain = '{0}' AND "
    "s.problem_id NOT IN (SELECT row_id FROM set_aside) "
    "QUALIFY percent_rank() OVER (ORDER BY s.completion_tokens) >= 0.5)"
)
LOOPS = """CREATE MACRO loops(x) AS coalesce(list_max(map_values(list_aggregate(list_transform(
    range(1, len(string_split_regex(trim(x), '[[:space:]]+')) - 18),
    lambda i: string_split_regex(trim(x), '[[:space:]]+')[i:i + 19]), 'histogram'))), 0)"""
"""How often the commonest 20 words in a row stand in a text."""

EVER = "(SELECT sum(ok) FROM rates r WHERE r.problem_id = t.problem_id)"
COUNT = "len(string_split(t.reasoning, '{}')) - 1"

PUBLISHED: dict[tuple[str, str], str] = {
    ("openr1-math", "sft"): RIGHT,
    ("open-r1-pass-rates", "dapo"): f"{ALL} >= 0.1 AND {ALL} <= 0.6",
    ("open-r1-pass-rates", "generic"): f"{ALL} > 0.1 AND {ALL} < 0.9",
    ("open-r1-pass-rates", "demo"): f"{ALL} >= 0.2 AND {ALL} <= 0.8",
    ("redi", "positives"): f"{RIGHT} AND t.label",
    ("limo", "sft"): f"{RIGHT} AND t.teacher <> 'qwen-7b' AND {SOLVED.format('qwen-7b')} = 0 "
    f"AND {SOLVED.format('r1-32b')} BETWEEN 1 AND 3",
    ("s1k", "sft"): f"{OK} AND t.teacher = 'r1' AND {SOLVED.format('qwen-7b')} = 0 "
    f"AND {SOLVED.format('qwen-32b')} = 0",
    ("light-r1", "stage1"): f"{RIGHT} AND t.teacher = 'r1' AND {RATE.format('small')} < 0.5",
    ("light-r1", "stage2"): f"{RIGHT} AND t.teacher = 'r1' AND {RATE.format('r1')} < 0.5",
    ("light-r1", "rlvr"): f"{RATE.format('stage-2')} BETWEEN 0.25 AND 0.625",
    ("deepdistill", "sft"): f"{RIGHT} AND t.teacher = 'r1' AND {SPREAD} > 0.05",
    ("openreasoning", "sft"): "v.verdict = 'correct' AND t.reasoning IS NOT NULL",
    ("phi-4-mini-reasoning", "midtrain"): RIGHT,
    ("phi-4-mini-reasoning", "sft"): RIGHT,
    ("phi-4-mini-reasoning", "rlvr"): f"{ALL} > 0 AND {ALL} < 1",
    ("llama-nemotron", "think"): "v.verdict = 'correct' AND t.teacher = 'r1' "
    "AND t.reasoning IS NOT NULL",
    ("llama-nemotron", "plain"): "v.verdict = 'correct' AND t.teacher = 'instruct' "
    "AND t.reasoning IS NULL",
    ("llama-nemotron", "rlvr"): f"{RATE.format('student')} < 0.75",
    ("opencodereasoning", "sft"): f"{OK} AND t.reasoning NOT LIKE '%```%' "
    "AND t.response LIKE '%```%'",
    ("acereason", "sft"): f"{RIGHT} AND (t.completion_tokens > 2000 "
    "OR md5_number_lower(t.problem_id) % 2 = 0)",
    ("mixture-of-thoughts", "math"): f"{RIGHT} AND p.domain = 'math'",
    ("mixture-of-thoughts", "code"): f"{OK} AND p.domain = 'code'",
    ("mixture-of-thoughts", "science"): f"{OK} AND p.domain = 'science'",
    ("openthoughts", "sft"): f"{OK} AND t.reasoning IS NOT NULL "
    "AND (v.verdict = 'correct' OR p.domain = 'science')",
    ("openthoughts3", "code"): "t.teacher = 'qwq' AND p.domain = 'code' AND told.rating >= 6",
    ("openthoughts3", "math"): LONGER.format("math"),
    ("openthoughts3", "science"): LONGER.format("science"),
    ("am-deepseek-r1", "sft"): f"{OK} AND t.reasoning IS NOT NULL AND loops(t.reasoning) <= 20 AND "
    "CASE WHEN p.domain IN ('math', 'code') THEN v.verdict = 'correct' ELSE told.score >= 0.7 END",
    ("openmathreasoning", "sft"): "v.verdict = 'correct' AND t.teacher IN ('r1', 'qwq') "
    "AND t.reasoning IS NOT NULL AND p.problem NOT LIKE '%(A)%(B)%(C)%' "
    "AND p.problem NOT LIKE '%Is it%?'",
    ("skywork-or1", "rl-1.5b"): f"{RATE.format('r1-1.5b')} > 0 AND {RATE.format('r1-1.5b')} < 1",
    ("skywork-or1", "rl-7b"): f"{RATE.format('r1-7b')} > 0 AND {RATE.format('r1-7b')} < 1",
    ("skywork-or1", "rl-32b"): f"{RATE.format('r1-32b')} > 0 AND {RATE.format('r1-32b')} < 1",
    ("deepmath", "rlvr"): f"told.rating >= 5 AND {SOLVED.format('r1')} = 3",
    ("deepmath", "sft"): f"{OK} AND told.rating >= 5 AND {SOLVED.format('r1')} = 3",
    ("dolci-think", "sft"): f"{OK} AND t.reasoning IS NOT NULL "
    "AND (p.domain <> 'code' OR v.verdict = 'correct') AND t.reasoning NOT LIKE '%Qwen%' "
    "AND t.reasoning NOT LIKE '%cutoff%' "
    "AND len(regexp_extract_all(t.reasoning, '[一-鿿]')) < 0.05 * length(t.reasoning) "
    f"AND {COUNT.format('So it is one more step')} < 40 AND {COUNT.format('Once more.')} < 10",
    ("omnithought", "easy"): f"{RIGHT} AND {EVER} >= 2 AND told.difficulty < 3",
    ("omnithought", "medium"): f"{RIGHT} AND {EVER} >= 2 AND told.difficulty >= 3 "
    "AND told.difficulty < 6",
    ("omnithought", "hard"): f"{RIGHT} AND {EVER} >= 2 AND told.difficulty >= 6",
    ("omnithought", "matched"): f"{RIGHT} AND {EVER} >= 2",
    **{
        ("mix-distillation", name): f"{RIGHT} AND t.teacher = '{name}'"
        for name in ("long", "short", "large", "small")
    },
    ("synthetic-1", "sft"): f"{RIGHT} AND p.problem NOT LIKE '%(A)%(B)%(C)%'",
    ("big-math", "rlvr"): "p.problem NOT LIKE '%(A)%(B)%(C)%' AND p.problem NOT LIKE '%Is it%?' "
    f"AND p.problem NOT LIKE '%http%' AND (p.source = 'math' OR {EVER} > 0)",
    **{
        ("am-thinking", name): f"{RIGHT} AND t.teacher = '{name}' "
        "AND loops(coalesce(t.reasoning, t.response)) <= 20 AND p.problem NOT LIKE '%http%'"
        for name in ("am", "qwen3", "r1")
    },
    ("dolci-think-rl", "rlvr"): f"{ALL} <= 0.625",
    ("synthetic-2", "verified"): f"{RIGHT} AND t.teacher = 'r1'",
    ("synthetic-2", "unverified"): "t.teacher = 'r1'",
    ("opencodereasoning-2", "sft"): f"{OK} AND t.reasoning NOT LIKE '%```%' "
    "AND t.response LIKE '%```%'",
    ("opencodereasoning-2", "critique"): f"{OK} AND t.reasoning NOT LIKE '%```%' "
    "AND t.response LIKE '%```%' AND told.judgement IN ('right', 'wrong')",
    ("dapo-math", "rlvr"): "p.answer NOT LIKE '%.%'",
    ("dapo-math", "sometimes"): f"p.answer NOT LIKE '%.%' AND {ALL} > 0 AND {ALL} < 1",
    ("turning-dust-into-gold", "gold"): RIGHT,
    ("turning-dust-into-gold", "dust"): f"{OK} AND {WRONG}",
}
"""Which traces (of RL views: problems with a trace) a view takes, before one a problem is drawn."""

SHORT = "t.completion_tokens <= 19000"
PAIRS = {
    "redi": (f"{RIGHT} AND t.label AND {SHORT}", f"{OK} AND {WRONG} AND {SHORT}"),
    "light-r1": (f"{RIGHT} AND t.teacher = 'r1'", f"{WRONG} AND t.teacher = 'stage-2'"),
    "dolci-think-dpo": (
        f"{OK} AND t.teacher = 'qwen3-32b' AND coalesce(t.reasoning, '') NOT LIKE '%Qwen%'",
        "t.teacher = 'qwen3-0.6b'",
    ),
}
"""The better and the worse trace of a pair, where they are not any right and any wrong one."""
