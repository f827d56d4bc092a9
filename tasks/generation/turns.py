"""Where a response ends: at the first token that ends a turn, or where a model plays the user.

    It is 5.<|im_end|>                                       It is 5.
    It is 5.<|eot_id|><|start_header_id|>user...What is 4+4  It is 5., and a turn too many

What is cut stays in the column `frame`; nothing is lost, and nobody trains on it. A conversation
that goes on after its first answer is such a trace from the start (tasks/sources/chat.py).
"""

import re
from typing import NamedTuple

from schemas.vocabulary import State
from tasks.llm.reasoning_parser import Parts, frame

# A token that is quoted (`<|im_end|>` in back ticks) is what the text speaks of, not its end. Each
# alternative begins with a character of its own, so that the search leaps from one to the next.
END = re.compile(
    r"<(?<![`'\"]<)(?:"
    r"[|｜](?:im_end|endoftext|end_of_text|eot_id|eom_id|end|return|eos|end_of_turn"
    r"|end[▁_]of[▁_]sentence|EOT)[|｜]>"  # <|im_end|>, <｜end▁of▁sentence｜>
    r"|(?:end_of_turn|eos)>|/s>(?=\s*(?:$|\[INST\]|<)))"  # <end_of_turn>, </s>
)
START = re.compile(
    r"<(?<![`'\"]<)(?:[|｜](?:im_start|start_header_id|start|begin[▁_]of[▁_]sentence|user|assistant"
    r"|User|Assistant|system)[|｜]>"  # <|im_start|>user, <|start_header_id|>user, <｜User｜>
    r"|start_of_turn>)"
    r"|\[(?<![`'\"]\[)INST\]"
    r"|\n(?<![`'\"]\n)\n(?:###\s*)?(?:Human|User|Instruction):\s"  # a line of its own: `Human: `
)


class Ended(NamedTuple):
    """A response up to its end, and whether more turns came after it."""

    text: str
    further: bool


def ended(response: str) -> Ended:
    """Cut a response at its end."""
    end, start = END.search(response), START.search(response)
    cuts = [found.start() for found in (end, start) if found]
    if not cuts:
        return Ended(response, False)
    rest = START.sub("", END.sub("", response[min(cuts) :])).strip()
    further = bool(rest) or bool(start and start[0].strip().endswith(":"))
    return Ended(response[: min(cuts)].rstrip(), further)


def first_turn(parts: Parts, raw: str) -> tuple[Parts, str | None]:
    """A trace's parts with the response up to its end, and its frame; None where nothing was cut.

    `raw` is the raw text, or what stands for it where the parts came apart.
    """
    text, further = ended(parts.response)
    if text == parts.response and parts.state != State.FURTHER_TURN:
        return parts, None
    state = State.FURTHER_TURN if further and parts.state == State.COMPLETE else parts.state
    if not text and state in (State.COMPLETE, State.FURTHER_TURN):
        state = State.EMPTY
    cut = parts._replace(response=text, state=state)
    return cut, frame(raw, cut)
