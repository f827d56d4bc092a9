"""Problems for RL, or for choosing what to distil."""

from collections.abc import Callable
from typing import Any

from tests.data.recipes.published.paper import ALL, EVER, OK, RATE, RIGHT, SOLVED, WRONG, Paper
from tests.flows.problems import gold, statement

SOUND = (
    "(told.{0}.problem AND told.{0}.language AND told.{0}.conditions AND told.{0}.consistent "
    "AND told.{0}.complete)::INT"
)
CHILD = "t.problem_id IN (SELECT child FROM lineage)"
ASKED_RIGHTLY = f"(NOT {CHILD} OR NOT told.solvable)"


def checks(shift: int) -> Callable[[int], dict[str, Any]]:
    """Whether a question is sound: one check fails, or none, another for each model."""
    names = ("problem", "language", "conditions", "consistent", "complete")
    return lambda i: {name: (i + shift) % 7 != k for k, name in enumerate(names)}


def insufficient(i: int) -> str:
    """Problem `i` without a premise."""
    return f"Ann has apples and buys {i % 7 + 1} more, in shop {i}. How many does she have now?"


def contradicted(i: int) -> str:
    """Problem `i` with a condition that contradicts it, or without a premise."""
    return f"{statement(i)} Ann has fewer apples than at first." if i % 2 else insufficient(i)


def doubting(i: int, said: str) -> str:
    """A response that says that there is no answer, or answers all the same."""
    if said == str(gold(i)):
        return "There is not enough information: the answer cannot be determined."
    return f"The answer is \\boxed{{{said}}}."


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
    "deepscaler": Paper(
        {},
        {"rlvr": "told.rating IS NOT NULL"},
        values={"rlvr.rating": "told.rating"},
        told={"rate": lambda i: None if i % 8 == 5 else {"rating": 1 + i // 4}},
    ),
    "dolci-think-rl": Paper({"student": 8}, {"rlvr": f"{ALL} <= 0.625"}),
    "mathq-verify": Paper(
        {"r1": 1},
        {"rlvr": " + ".join(SOUND.format(name) for name in ("first", "second", "third")) + " >= 2"},
        told={"first": checks(0), "second": checks(1), "third": checks(3)},
    ),
    "missing-premise": Paper(
        {"r1": 4},
        {"abstains": f"{RIGHT} AND {CHILD}"},
        best={
            "abstains": "t.completion_tokens = (SELECT min(x.completion_tokens) FROM traces x "
            "JOIN verdicts w USING (trace_id) WHERE x.problem_id = t.problem_id "
            "AND x.state = 'complete' AND w.verdict = 'correct')"
        },
        pairs=(f"{RIGHT} AND {CHILD}", f"{OK} AND {WRONG} AND {CHILD}"),
        told={"remover": lambda i: {"premise": "How many.", "problem": insufficient(i)}},
        about={"r1": insufficient},
        answers={"r1": doubting},
    ),
    "open-r1-pass-rates": Paper(
        {"student": 10},
        {
            "dapo": f"{ALL} >= 0.1 AND {ALL} <= 0.6",
            "generic": f"{ALL} > 0.1 AND {ALL} < 0.9",
            "demo": f"{ALL} >= 0.2 AND {ALL} <= 0.8",
        },
    ),
    "orz": Paper({"first-stage": 16}, {"hard": f"{RATE.format('first-stage')} <= 0.25"}),
    "reliablemath": Paper(
        {"solves": 4, "doubts": 4},
        {"sft": f"{RIGHT} AND {ASKED_RIGHTLY}"},
        values={"sft.unsolvable": CHILD},
        pairs=(f"{RIGHT} AND {ASKED_RIGHTLY}", f"{OK} AND {WRONG} AND {ASKED_RIGHTLY}"),
        told={
            "remover": lambda i: {"premise": "How many.", "problem": insufficient(i)},
            "contradicter": lambda i: {"condition": "Fewer.", "problem": contradicted(i)},
            "checker": lambda i: {"reason": "So.", "solvable": i % 5 == 1},
        },
        about={"doubts": contradicted},
        answers={"doubts": doubting},
    ),
    "rule-reasoner": Paper({}, {"rlvr": "true"}),
    "skywork-or1": Paper(
        {"r1-1.5b": 16, "r1-7b": 16, "r1-32b": 16},
        {
            f"rl-{size}": f"{RATE.format(f'r1-{size}')} > 0 AND {RATE.format(f'r1-{size}')} < 1"
            for size in ("1.5b", "7b", "32b")
        },
    ),
}
