"""Places in a trace that a reader looks for: where the answer first stands, and where it loops."""

import re

from tasks.reports.html.markup import Mark
from tasks.signals.repetition import TAIL


def first_answer(text: str, answer: str | None) -> Mark | None:
    """Where the final answer stands for the first time, as a word of its own (`12` is not in
    `312`). None where it does not stand there in these characters.
    """
    if not answer or len(answer) > 200:
        return None
    before = r"(?<![\w.])" if answer[0].isalnum() else ""
    after = r"(?![\w]|\.\d)" if answer[-1].isalnum() else ""
    found = re.search(f"{before}{re.escape(answer)}{after}", text)
    return Mark(found.start(), found.end(), "answer") if found else None


def loop(text: str) -> tuple[Mark, int] | None:
    """Where the text's last 64 characters stand for the second time, and how often they do.

    None under four times: a formula that is written again is no loop.
    """
    tail = text.rstrip()[-TAIL:]
    times = text.count(tail) if len(tail) == TAIL else 0
    if times < 4:
        return None
    second = text.find(tail, text.find(tail) + TAIL)
    return Mark(second, second + TAIL, "loop"), times
