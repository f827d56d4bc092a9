"""What the pretended model says: a pure function of the question and the seed.

So a test knows every answer before it asks. A token is a word with the space around it: counting,
cutting and joining tokens are exact.
"""

import hashlib
import json
import operator
import re
from dataclasses import dataclass
from typing import Any

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
SUM = re.compile(r"(-?\d+)\s*([-+*])\s*(-?\d+)")
DRAFT = re.compile(r"Draft (\d+)\.")


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but the parts."""
    told = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(told, "big") / 2**64


def tokens(text: str) -> list[str]:
    """The tokens of a text; joined they are the text again."""
    return re.findall(r"\s*\S+\s*", text) or ([text] if text else [])


def asked(question: str) -> str:
    """What is asked, whatever template it came in: the last `a+b`, else the whole text."""
    found = SUM.findall(question)
    return "".join(found[-1]) if found else question.strip()


def right_answer(question: str) -> int:
    """The value of the last `a+b`, `a-b` or `a*b` in the question; a fixed number without one."""
    found = SUM.fullmatch(asked(question))
    if not found:
        return int(chance("answer", question.strip()) * 1000)
    left, sign, right = found.groups()
    return int(OPERATORS[sign](int(left), int(right)))


def is_right(question: str, seed: int, accuracy: float) -> bool:
    """Whether this sample answers rightly."""
    return chance("right", asked(question), seed) < accuracy


def raw_text(question: str, seed: int, accuracy: float, words: tuple[int, int]) -> str:
    """The whole text of a sample, reasoning in think tags; `words` of it is filler, from and to.

    The seed stands in the text, so that a text that was cut can be continued under another seed.
    """
    right = right_answer(question)
    answer = right if is_right(question, seed, accuracy) else right + 1 + seed % 7
    filler = words[0] + int(chance("words", asked(question), seed) * (words[1] - words[0] + 1))
    thought = " ".join(f"step{i}" for i in range(filler))
    return (
        f"<think>\nDraft {seed}. {thought} Wait, check: {answer}.\n</think>\n\n"
        f"The answer is \\boxed{{{answer}}}."
    )


def continued(question: str, seed: int, accuracy: float, words: tuple[int, int], cut: str) -> str:
    """What follows `cut`. If the model never wrote it, what stands after as many tokens."""
    draft = DRAFT.search(cut)
    whole = raw_text(question, int(draft[1]) if draft else seed, accuracy, words)
    for start in (whole, whole.removeprefix("<think>\n")):
        if start.startswith(cut):
            return start.removeprefix(cut)
    return "".join(tokens(whole)[len(tokens(cut)) :])


def canned(question: str, size: int) -> str:
    """An answer of `size` bytes that names its question, for servers that must be fast."""
    told = hashlib.blake2b(question.encode(), digest_size=8).hexdigest()
    return f"answer to {told} ".ljust(size, "x")


@dataclass(frozen=True)
class Message:
    """A text as a server returns it: with the reasoning apart, or in one piece."""

    content: str | None
    reasoning: str | None = None


def parsed(text: str, dialect: str) -> Message:
    """The message of a raw text. `reasoning` splits as vLLM's deepseek_r1 parser does.

    That parser calls everything reasoning until the tag closes, also where the text continues an
    answer whose tag closed before.
    """
    if dialect == "inline":
        return Message(text)
    if dialect == "prefilled":  # the chat template wrote the opening tag, the model did not
        return Message(text.removeprefix("<think>\n"))
    head, closed, tail = text.removeprefix("<think>").partition("</think>")
    return Message(tail or None, head) if closed else Message(None, head)


def instance(schema: dict[str, Any], fields: dict[str, Any], seed: int) -> str:
    """JSON of an instance of the schema; `fields` decides properties by their name."""
    definitions = schema.get("$defs", {})

    def value(part: dict[str, Any], path: str) -> Any:
        drawn = chance("instance", path, seed)
        if "$ref" in part:
            return value(definitions[part["$ref"].rsplit("/", 1)[1]], path)
        if "const" in part:
            return part["const"]
        for choices in (part.get("enum"), part.get("anyOf"), part.get("oneOf")):
            if choices:
                chosen = choices[int(drawn * len(choices))]
                return chosen if choices is part.get("enum") else value(chosen, path)
        if "allOf" in part:
            return value(part["allOf"][0], path)
        low = part.get("minimum", part.get("exclusiveMinimum", -1) + 1)
        high = part.get("maximum", part.get("exclusiveMaximum", low + 10) - 1)
        match part.get("type"):
            case "object":
                names = part.get("properties", {})
                return {
                    k: fields.get(k, value(v, f"{path}.{k}") if k not in fields else None)
                    for k, v in names.items()
                }
            case "array":
                length = max(part.get("minItems", 1), min(2, part.get("maxItems", 2)))
                return [value(part["items"], f"{path}[{i}]") for i in range(length)]
            case "integer":
                return low + int(drawn * (high - low + 1))
            case "number":
                return low + drawn * (high - low)
            case "boolean":
                return drawn < 0.5
            case "null":
                return None
            case _:
                word = f"word{int(drawn * 1000)}"
                return word.ljust(part.get("minLength", 0), "x")[: part.get("maxLength", 80)]

    return json.dumps(value(schema, "$"))


def direction(text: str, dimension: int = 256) -> list[float]:
    """A hashed bag of a text's words and of the 4-grams of their letters: near texts are near."""
    vector = [0.0] * dimension
    padded = f" {' '.join(text.lower().split())} "
    for at in range(max(len(padded) - 3, 1)):
        place = int(chance("gram", padded[at : at + 4]) * 2 * dimension)
        vector[place % dimension] += 1.0 if place < dimension else -1.0
    return vector
