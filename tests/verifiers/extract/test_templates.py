"""Sentences in which a response states, denies or doubts its answer, times golds.

Every template is a kind of statement. With the real data, 300 golds of MATH, GSM8K and contests
fill each one; without, a few built-in golds.
"""

import os
import random
import re
from pathlib import Path

import pytest

from tests.real import rows
from verifiers import Problem, compare, verify

GOLDS = [
    "42",
    "-7",
    "3.5",
    r"\frac{1}{2}",
    "1024",
    r"2\sqrt{3}",
    "16",
    r"\frac{\pi}{4}",
    "9",
    "0.25",
]
REAL = os.environ.get("LONGCOT_REAL_DATA")
BAR = 0.97

STATED = [
    r"So the answer is $\boxed{G}$.",
    r"The probability that they never meet is $\boxed{G}$.",
    r"Hence the area that is not shaded is \boxed{G}.",
    r"The number of students who didn't pass is $\boxed{G}$.",
    r"It cannot be negative, so we get \[\boxed{G}\]",
    "The answer is $G$.",
    "Therefore, the final answer is: $G$",
    "**Final Answer**\n\n$G$",
    "**Answer:** $G$",
    "Answer: $G$\n\nNote: the answer is the same in every case.",
    "<answer>$G$</answer>",
    "<answer>G</answer>",
    "<think>maybe \\boxed{12345}</think>The answer is $G$.",
    "[THINK]maybe \\boxed{12345}[/THINK]\\boxed{G}",
    "◁think▷maybe \\boxed{12345}◁/think▷\\boxed{G}",
    "<seed:think>\\boxed{12345}</seed:think>\\boxed{G}",
    "<|channel|>analysis<|message|>\\boxed{12345}<|end|><|start|>assistant<|channel|>final<|message|>"
    "\\boxed{G}<|return|>",
    "think\nmaybe \\boxed{12345}\nanswer\nThe answer is \\boxed{G}",
    "\\boxed{12345} is wrong. The answer is \\boxed{G}.",
    "The answer is not $12345$ but $G$.",
    "Is the answer $12345$? No. The answer is $G$.",
    "A tempting wrong answer is $12345$. The answer is $G$.",
    "One might say \\boxed{12345}, but this is incorrect. In fact it is \\boxed{G}.",
    "Is it \\boxed{G}? Yes.",
    "$$x = G$$\n\nThus the answer is $G$.",
    "First \\boxed{12345}. Wait, I made an error. The final answer is \\boxed{G}.",
    "The answer is $G$ because the triangle is isosceles.",
    "#### G",
    "The result is $G$.",
    "答案是$G$。",
    "因此，最终答案为 $G$。",
    "所以答案是\\boxed{G}。",
    "不是$12345$，答案是$G$。",
    "答えは$G$です。",
    "したがって、答えは \\boxed{G} です。",
    "정답은 $G$입니다.",
    "따라서 답은 \\boxed{G}입니다.",
    "Jadi, jawabannya adalah $G$.",
    "Jawaban akhirnya adalah $\\boxed{G}$.",
    "La respuesta es $G$.",
    "Por lo tanto, la respuesta final es \\boxed{G}.",
    "La réponse est donc $G$.",
    "La réponse finale est \\boxed{G}.",
    "Die Antwort lautet $G$.",
    "Somit ist die Antwort \\boxed{G}.",
    "A resposta é $G$.",
    "Portanto, a resposta final é \\boxed{G}.",
    "Ответ: $G$",
    "Итак, ответ равен $G$.",
    "الجواب هو $G$.",
    "إذن الإجابة النهائية هي \\boxed{G}",
]

NOT_STATED = [
    "The answer is not $G$.",
    "The answer is less than $G$.",
    "The answer is about twice $G$.",
    "Is the answer $G$? No.",
    "One might say \\boxed{G}, but this is incorrect.",
    "A tempting wrong answer is $G$.",
    "\\boxed{G} is not the answer.",
    "\\boxed{G} is incorrect.",
    "<answer>12345</answer> or <answer>G</answer>",
    "\\boxed{12345}, or, if overlaps count, \\boxed{G}",
    "\\boxed{12345} or maybe \\boxed{G}",
    "\\boxed{G}. Wait, that is wrong.",
    "I ruled out $G$.",
    "It might be \\boxed{G}.",
    "<think>The answer is \\boxed{G}",
    "[THINK]The answer is \\boxed{G}. But wait",
    "<seed:think>The answer is \\boxed{G}",
    "<|channel|>analysis<|message|>The answer is \\boxed{G}",
    "think\nThe answer is \\boxed{G}",
    "答案不是$G$。",
    "答案小于$G$。",
    "$G$是错误的。",
    "答えは$G$ではありません。",
    "答えは$G$未満です。",
    "정답은 $G$가 아닙니다.",
    "Jawabannya bukan $G$.",
    "La respuesta no es $G$.",
    "La respuesta es menor que $G$.",
    "La réponse n'est pas $G$.",
    "La réponse est inférieure à $G$.",
    "Die Antwort ist nicht $G$.",
    "Die Antwort ist kleiner als $G$.",
    "A resposta não é $G$.",
    "A resposta é maior que $G$.",
    "Ответ не $G$.",
    "Ответ меньше $G$.",
    "الجواب ليس $G$.",
    "الجواب أقل من $G$.",
]


def _golds() -> list[str]:
    """Golds that are one value; 300 real ones where there are any."""
    if not REAL:
        return GOLDS
    found = [
        (row.get("answer") or "").strip()
        for name in ("gsm8k", "math", "competition")
        for row in rows(Path(REAL) / f"problems_{name}.jsonl.zst")
    ]
    one = [gold for gold in dict.fromkeys(found) if re.search(r"\d", gold) and _single(gold)]
    return random.Random(11).sample(one, 300)


def _single(gold: str) -> bool:
    """Whether a gold is one value that the comparison knows, and tells from the decoy."""
    plain = len(gold) < 30 and not re.search(r"\\text|[,=<>$%]|\\in|\\cup", gold)
    return plain and [compare(gold, other).verdict for other in (gold, "12345")] == [
        "correct",
        "incorrect",
    ]


GOLDS_USED = _golds()


def _share(template: str, right: set[str]) -> float:
    verdicts = [
        verify(Problem("p", "", gold, "math"), template.replace("G", gold)).verdict
        for gold in GOLDS_USED
    ]
    return sum(verdict in right for verdict in verdicts) / len(verdicts)


@pytest.mark.parametrize("template", STATED)
def test_what_is_stated_is_the_answer(template):
    assert _share(template, {"correct"}) >= BAR


@pytest.mark.parametrize("template", NOT_STATED)
def test_what_is_denied_doubted_or_compared_is_not(template):
    assert _share(template, {"incorrect", "undecided"}) >= BAR
