"""Each grader as one function of a gold answer and a response; it imports what it is made of."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

Grader = Callable[[str, str], bool]


def longcot() -> Grader:
    from verifiers import Problem, verify

    return lambda gold, text: verify(Problem("", "", gold), text).verdict == "correct"


def math_verify() -> Grader:
    from math_verify import parse, verify

    def grade(gold: str, text: str) -> bool:
        marked = any(mark in gold for mark in ("$", "\\(", "\\[", "\\boxed"))
        return bool(verify(parse(gold if marked else f"${gold}$"), parse(text)))

    return grade


def mathruler() -> Grader:
    from mathruler.grader import extract_boxed_content, grade_answer

    return lambda gold, text: bool(grade_answer(extract_boxed_content(text), gold))


def inspect_ai() -> Grader:
    from inspect_ai.scorer import Target, math

    scorer, loop = math(), asyncio.new_event_loop()

    def grade(gold: str, text: str) -> bool:
        state: Any = SimpleNamespace(output=SimpleNamespace(completion=text))
        try:
            score = loop.run_until_complete(scorer(state, Target(gold)))
        except ValueError:  # "Could not parse any mathematical target"
            return False
        return score is not None and score.value == "C"

    return grade


def minerva() -> Grader:
    from lm_eval.tasks.minerva_math.utils import (
        get_unnormalized_answer,
        is_equiv,
        normalize_final_answer,
    )

    from verifiers.extract.boxes import last_box

    def grade(gold: str, text: str) -> bool:
        box = last_box(text)
        answer = box.content if box else get_unnormalized_answer(text)
        return bool(is_equiv(normalize_final_answer(answer), normalize_final_answer(gold)))

    return grade


GRADERS: dict[str, Callable[[], Grader]] = {
    "longcot": longcot,
    "math-verify": math_verify,
    "mathruler": mathruler,
    "inspect-ai": inspect_ai,
    "lm-eval minerva": minerva,
}
