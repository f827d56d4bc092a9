"""Problems for RL, or for choosing what to distil."""

from tests.data.recipes.published.paper import ALL, EVER, OK, RATE, SOLVED, Paper

PAPERS = {
    "big-math": Paper(
        {"llama-8b": 64, "llama-405b": 8},
        {
            "rlvr": "p.problem NOT LIKE '%(A)%(B)%(C)%' AND p.problem NOT LIKE '%Is it%?' "
            f"AND p.problem NOT LIKE '%http%' AND (p.source = 'math' OR {EVER} > 0)"
        },
    ),
    "dapo-math": Paper(
        {"student": 16},
        {
            "rlvr": "p.answer NOT LIKE '%.%'",
            "sometimes": f"p.answer NOT LIKE '%.%' AND {ALL} > 0 AND {ALL} < 1",
        },
    ),
    "deepmath": Paper(
        {"r1": 3},
        {
            "rlvr": f"told.rating >= 5 AND {SOLVED.format('r1')} = 3",
            "sft": f"{OK} AND told.rating >= 5 AND {SOLVED.format('r1')} = 3",
        },
        told={"rate": lambda i: {"rating": 1 + i // 4}},
    ),
    "dolci-think-rl": Paper({"student": 8}, {"rlvr": f"{ALL} <= 0.625"}),
    "open-r1-pass-rates": Paper(
        {"student": 10},
        {
            "dapo": f"{ALL} >= 0.1 AND {ALL} <= 0.6",
            "generic": f"{ALL} > 0.1 AND {ALL} < 0.9",
            "demo": f"{ALL} >= 0.2 AND {ALL} <= 0.8",
        },
    ),
    "skywork-or1": Paper(
        {"r1-1.5b": 16, "r1-7b": 16, "r1-32b": 16},
        {
            f"rl-{size}": f"{RATE.format(f'r1-{size}')} > 0 AND {RATE.format(f'r1-{size}')} < 1"
            for size in ("1.5b", "7b", "32b")
        },
    ),
}
