"""Tasks of reasoning-gym, judged by their own scorers.

The problem's `tests` are `{"dataset": "countdown", "metadata": {...}, "threshold": 1.0}`: the name
of the task (default: `source_dataset` of the metadata), the metadata of the entry as reasoning-gym
made it, and the least score that is correct (default 1.0: full marks). Needs the extra
`longcot[gym]`.

Some scorers run `eval` or sympy's parser on the answer. Here such an `eval` reads literals only,
and an answer that goes to sympy's parser has to be arithmetic.
"""

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from verifiers.base.kinds import Kind, declare
from verifiers.base.problem_tests import read_tests
from verifiers.base.protocol import Problem
from verifiers.extract.final_answer import final_answer
from verifiers.math.parsing.tree import UnreadableError

LONGEST = 20_000  # characters of an answer
FULL_MARKS = 1.0
_TAG = re.compile(r"<answer>((?:(?!<answer>).)*?)</answer>", re.DOTALL)
_PARSES = re.compile(r"(?:\b(?:sp|sympy)\.|import )(?:parse_expr|sympify)|import sympify")
_ARITHMETIC = re.compile(r"(?:[\d\s+\-*/^(),]|\d\.\d*|\.\d+|[A-Za-z]+)*\Z")
_NAMES = frozenset(
    "sin cos tan cot sec csc asin acos atan sinh cosh tanh exp log ln sqrt pi Abs abs".split()
)
_MOST_ARITHMETIC = 500  # characters
_COMPUTED = re.compile(r"[\s0-9a-fA-Fx+\-*()<>&|^~]*\Z")  # what bitwise_arithmetic computes itself
_GRIDS = ("arc_agi", "rearc")  # they compare tuples, of which JSON makes lists

Score = Callable[[str, dict[str, Any]], float]


def extract(response: str) -> str | None:
    """What the last `<answer>` tag holds, as it is written; without one, the final answer."""
    tagged = _TAG.findall(response)
    return (tagged[-1].strip() or None) if tagged else final_answer(response, "text")


def compare(problem: Problem, answer: str) -> str:
    """`equal.score`, `differ.score`, `differ.type`, or why the scorer cannot be asked."""
    try:
        tests = read_tests(problem.tests)
        metadata = tests.get("metadata") or {}
        name = str(tests.get("dataset") or metadata.get("source_dataset") or "")
        threshold = float(tests.get("threshold", FULL_MARKS))
        score, parses = scorer(name)
    except (UnreadableError, AttributeError, TypeError, ValueError):
        return "undecided.tests"
    except ImportError:
        return "undecided.extra"
    if len(answer) > LONGEST:
        return "undecided.limit"
    if parses and not _is_arithmetic(answer):
        return "differ.type"
    if not _COMPUTED.match(str(metadata.get("problem", ""))) and name == "bitwise_arithmetic":
        return "undecided.tests"
    if name in _GRIDS and "output" in metadata:
        metadata = {**metadata, "output": tuple(map(tuple, metadata["output"]))}
    entry = {
        "question": tests.get("question", problem.problem),
        "answer": problem.answer,
        "metadata": metadata,
    }
    reached = _reached(score, answer, entry)
    if reached is None:
        return "undecided.tests"
    return "equal.score" if reached >= threshold else "differ.score"


def audit(problem: Problem) -> str:
    """Whether the scorer gives the gold answer the threshold; without a gold, whether there is one.

    An entry without a gold answer is judged by its metadata alone.
    """
    if problem.answer:
        return compare(problem, problem.answer)
    reason = compare(problem, "?")
    return reason if reason.startswith("undecided.") else "equal.score"


@lru_cache(maxsize=256)
def scorer(name: str) -> tuple[Score, bool]:
    """A task's score function, and whether it hands the answer to sympy's parser.

    Raises ImportError without reasoning-gym and ValueError for a task that it does not have.
    """
    factory = importlib.import_module("reasoning_gym.factory")
    importlib.import_module("reasoning_gym")
    if name not in factory.DATASETS:
        raise ValueError(f"reasoning-gym has no task {name!r}")
    dataset, _ = factory.DATASETS[name]
    module = sys.modules[dataset.__module__]
    source = inspect.getsource(module)
    if "eval(" in source and name != "bitwise_arithmetic":
        vars(module)["eval"] = ast.literal_eval  # instead of the built-in one
    score: Score = factory.get_score_answer_fn(name)
    return score, bool(_PARSES.search(source))


def _reached(score: Score, answer: str, entry: dict[str, Any]) -> float | None:
    """The score; 0 where the scorer fails on this answer, None where it fails on the gold, too.

    A scorer fails on its gold where the metadata is not all that it needs.
    """
    for text, reached in ((answer, None), (entry["answer"], 0.0)):
        try:
            found = score(text, entry)
        except (MemoryError, RecursionError):
            raise
        except Exception:
            continue
        return found if reached is None else reached
    return None


def _is_arithmetic(text: str) -> bool:
    """Numbers, operators, one-letter names and known functions, and nothing that could be code."""
    if len(text) > _MOST_ARITHMETIC or not _ARITHMETIC.match(text):
        return False
    return all(len(name) == 1 or name in _NAMES for name in re.findall(r"[A-Za-z]+", text))


declare(Kind("reasoning_gym", extract, compare, audit, goldless=True, package="reasoning_gym"))
