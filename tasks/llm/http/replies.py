"""What an answer says, read as servers write it: the text counts, the metadata may be missing.

An answer was paid for. Only a missing text makes it worthless; a token count, a finish reason or a
name that cannot be read is None, and `unread` names it.
"""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

INT32, INT64 = 2**31 - 1, 2**63 - 1
"""The largest token count, and the largest seed, that a table holds."""

WHOLE = re.compile(r"[+-]?[0-9]{1,25}\Z")
"""12, -7; not 1e5, and no number of a million digits."""

THOUGHTS = ("reasoning", "reasoning_content", "thinking", "reasoning_details")
"""Names of the reasoning: vLLM since 2025-10 and OpenRouter; older vLLM, SGLang and DeepSeek;
Anthropic's and Ollama's; OpenRouter's list of parts."""

T = TypeVar("T")


class Reply(NamedTuple):
    """What a server answered. Token counts are None where it did not say.

    `unread` names the metadata that was there and could not be read.
    """

    reasoning: str | None
    content: str
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    unread: tuple[str, ...] = ()


def whole_number(value: Any, most: int = INT32, least: int = 0) -> int | None:
    """A number as an integer: 12, 12.0, "12", "123.0". None stays None, and so does "".

    Raises ValueError where it is no whole number from `least` to `most`.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool):
        raise ValueError(f"{value} is no number")
    try:
        if isinstance(value, str):  # not by way of a float: that would round a long seed
            digits = value.strip()
            number = int(digits) if WHOLE.match(digits) else _exact(float(digits))
        elif isinstance(value, float):
            number = _exact(value)
        else:
            number = int(value)
    except (TypeError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if not least <= number <= most:
        raise ValueError(f"{value!r:.80} is not between {least} and {most}")
    return number


def _exact(value: float) -> int:
    if not math.isfinite(value) or value != int(value):
        raise ValueError(f"{value} is no whole number")
    return int(value)


def clean(text: str) -> str:
    """A text that can be written: half of a surrogate pair becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Reader:
    """Reads metadata and remembers what could not be read."""

    def __init__(self) -> None:
        self.unread: list[str] = []

    def take(self, name: str, value: Any, read: Callable[[Any], T]) -> T | None:
        """The value as `read` reads it, or None."""
        try:
            return read(value)
        except (ValueError, TypeError):
            self.unread.append(name)
            return None


def word(value: Any) -> str | None:
    """A short text, or None where there is none. Raises ValueError."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.80} is no text")
    return clean(value)


def texts_of(value: Any) -> tuple[list[str], list[str]]:
    """Thoughts and texts of a content that is a text or a list of parts, each in order.

    Parts are `{"type": "text", "text": ...}`, `{"type": "thinking", "thinking": text or parts}`
    (Mistral, Anthropic), `{"type": "reasoning.text", "text": ...}` (OpenRouter), or plain texts.
    Raises TypeError where it is neither.
    """
    if value is None:
        return [], []
    if isinstance(value, str):
        return [], [value]
    if not isinstance(value, list):
        raise TypeError(f"{type(value).__name__} where text is promised")
    thoughts: list[str] = []
    texts: list[str] = []
    for part in value:
        if isinstance(part, str):
            texts.append(part)
            continue
        kind = str(part.get("type", "text"))
        if "think" in kind or "reasoning" in kind:
            told = next((part[k] for k in (*THOUGHTS, "text", "summary") if part.get(k)), None)
            thoughts += [text for found in texts_of(told) for text in found]
        elif isinstance(told := part.get("text") or part.get("refusal"), str):
            texts.append(told)
    return thoughts, texts


def message_of(message: dict[str, Any]) -> tuple[str | None, str]:
    """Reasoning (None where nothing tells it apart) and content of a message. Raises TypeError."""
    thoughts, texts = texts_of(message.get("content") or message.get("refusal"))
    for name in THOUGHTS:
        if message.get(name):
            thoughts = [text for found in texts_of(message[name]) for text in found] or thoughts
            break
    return _joined(thoughts) or None, _joined(texts)


def _joined(texts: Iterable[str]) -> str:
    return clean("".join(texts))


def reply_of(answer: Any) -> Reply:
    """The first choice of a chat or text completion. Raises ValueError where it is not one."""
    try:
        choice = answer["choices"][0]
        message = choice.get("message")
        if message is None:
            reasoning, content = None, _joined(texts_of(choice["text"])[1])
        else:
            reasoning, content = message_of(message)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"{error!r} in {str(answer)[:200]}") from None
    reader = Reader()
    finish = reader.take("finish_reason", choice.get("finish_reason"), word)
    usage = answer.get("usage") or {}
    if not isinstance(usage, dict):
        reader.unread.append("usage")
        usage = {}
    details = usage.get("completion_tokens_details") or {}
    if not isinstance(details, dict):
        reader.unread.append("completion_tokens_details")
        details = {}
    told = {**usage, "reasoning_tokens": details.get("reasoning_tokens")}
    prompt, completion, reasoned = (
        reader.take(name, told.get(name), whole_number)
        for name in ("prompt_tokens", "completion_tokens", "reasoning_tokens")
    )
    unread = tuple(reader.unread)
    return Reply(reasoning, content, finish, prompt, completion, reasoned, unread)
