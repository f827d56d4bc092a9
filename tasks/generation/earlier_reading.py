"""How texts were taken apart when the first pools were built: which traces are read anew since.

A trace's `content` tells that it is read in another way only where it is. So a shard of traces that
are read as ever keeps its key, and a longer recording of an old pool writes only what it adds.
"""

import re

from tasks.llm.reasoning_parser import Parts

OPEN = re.compile(r"<think>|<\|begin_of_thought\|>")
CLOSE = re.compile(r"</think(?:>|(?=\s|$))|<\|end_of_thought\|(?:>|(?=\s|$))")  # </think>, </think
SOLUTION = re.compile(r"<\|(?:begin|end)_of_solution\|?>?")  # <|begin_of_solution|>


def reads_as_ever(parts: Parts, text: str) -> bool:
    """Whether a raw text came apart as it did then."""
    first, last = OPEN.search(text), next(reversed([*CLOSE.finditer(text)]), None)
    thought, answer = (text[: last.start()], text[last.end() :]) if last else (text, "")
    if first and (last is None or first.start() < last.start()):
        thought = thought[: first.start()] + thought[first.end() :]
    if not (first or last):
        return parts.reasoning is None and parts.response == text.strip()
    answer = SOLUTION.sub("", answer)
    return (parts.reasoning, parts.response) == (thought.strip(), answer.strip())


def stands_as_ever(parts: Parts, reasoning: str | None, response: str | None) -> bool:
    """Whether the parts of a trace that came apart stand as they did then: as they came."""
    thought = reasoning and reasoning.strip()
    return (parts.reasoning, parts.response) == (thought, (response or "").strip())
