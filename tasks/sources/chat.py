"""Structured values as text: conversations, content parts, boxed golds; read, or refused by name.

    [{"role": "user", "content": "2+3?"}, {"role": "assistant", "content": "5"}]     messages
    [{"from": "human", "value": "2+3?"}, {"from": "gpt", "value": "5"}]              ShareGPT
    [{"type": "text", "text": "2+3?"}]                                               content parts
    ["5"], {"ground_truth": "5"}                                                     golds

What is none of these is a BadRow that says how to map it: a list or an object is never written as
JSON where a text belongs.
"""

from typing import Any, NamedTuple

from tasks.sources.rows import BadRow

ROLES = {
    "user": "user", "human": "user", "problem": "user",
    "assistant": "assistant", "gpt": "assistant", "model": "assistant", "bot": "assistant",
    "system": "system", "developer": "system",
}  # fmt: skip
THOUGHT = ("reasoning_content", "reasoning", "thinking", "thought")
TEXT_PARTS = ("text", "input_text", "output_text")
THOUGHT_PARTS = ("thinking", "reasoning")


class Turn(NamedTuple):
    """One message: whose it is, what it says, and the thought where it stands apart."""

    role: str
    text: str
    thought: str | None = None


def turns_of(value: Any, column: str) -> list[Turn] | None:
    """The turns of a conversation; None where the value is none. Raises BadRow."""
    messages = [value] if isinstance(value, dict) else value
    if not (isinstance(messages, list) and messages and all(map(_is_message, messages))):
        return None
    return [_turn(message, column) for message in messages]


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and (
        ("role" in value and "content" in value) or ("from" in value and "value" in value)
    )


def _turn(message: dict[str, Any], column: str) -> Turn:
    said = message.get("role") or message.get("from")
    role = ROLES.get(str(said).lower())
    if role is None:
        raise BadRow("wrong_type", f"{column}: a message of {said!r:.40}, not of user or assistant")
    if message.get("tool_calls"):
        raise BadRow("wrong_type", f"{column}: a message that calls a tool")
    content = message.get("content") if "content" in message else message.get("value")
    parts = content if isinstance(content, list) else [content]
    texts = [_part(part, column) for part in parts if part is not None]
    thought = "".join(text for text, is_thought in texts if is_thought)
    for name in THOUGHT:
        if isinstance(message.get(name), str):
            thought = thought or message[name]
    return Turn(
        role, "".join(text for text, is_thought in texts if not is_thought), thought or None
    )


def _part(part: Any, column: str) -> tuple[str, bool]:
    """The text of a content part, and whether it is a thought. Raises BadRow for a picture."""
    if isinstance(part, str):
        return part, False
    if isinstance(part, dict):
        kind = part.get("type", "text")
        for names, is_thought in ((TEXT_PARTS, False), (THOUGHT_PARTS, True)):
            for name in (kind, "text"):
                if kind in names and isinstance(part.get(name), str):
                    return part[name], is_thought
        raise BadRow("wrong_type", f"{column}: a content part of type {kind!r:.40}, no text")
    raise BadRow("wrong_type", f"{column}: content of type {type(part).__name__}")


def asked(value: Any, column: str) -> Any:
    """A problem or prompt: the user's turn of a conversation. Other values come back as they are.

    Of a conversation that goes on after an answer, and ends with one, it is the first turn. Raises
    BadRow `multi_turn` where several turns of a user stand there otherwise: a problem is one text.
    """
    turns = turns_of(value, column)
    if turns is None:
        return _unboxed(value, column)
    users = [turn for turn in turns if turn.role == "user"]
    if len(users) != 1 and not (users and _in_turn(turns)):
        raise BadRow("multi_turn", f"{column}: {len(users)} turns of a user, not one")
    system = "\n".join(turn.text for turn in turns if turn.role == "system").strip()
    return f"{system}\n\n{users[0].text}" if system else users[0].text


def answered(value: Any, column: str) -> tuple[Turn, list[Turn]] | None:
    """The assistant's first turn of a conversation, and all turns where more follow (else none).

    None where the value is no conversation. Raises BadRow `multi_turn` where the turns of user and
    assistant do not alternate.
    """
    turns = turns_of(value, column)
    if turns is None:
        return None
    own = [turn for turn in turns if turn.role == "assistant"]
    users = [turn for turn in turns if turn.role == "user"]
    if len(own) == 1 and len(users) <= 1:
        return own[0], []
    if not _in_turn(turns):
        told = f"{len(own)} turns of an assistant and {len(users)} of a user do not alternate"
        raise BadRow("multi_turn", f"{column}: {told}")
    return own[0], turns


def _in_turn(turns: list[Turn]) -> bool:
    """Whether user and assistant alternate, from a user to an assistant."""
    roles = [turn.role for turn in turns if turn.role != "system"]
    return bool(roles) and roles == ["user", "assistant"] * (len(roles) // 2)


def gold(value: Any, column: str) -> Any:
    """A gold answer out of its box: `["5"]`, `{"ground_truth": "5"}`. Raises BadRow."""
    if isinstance(value, dict) and "ground_truth" in value:
        return gold(value["ground_truth"], column)
    return _unboxed(value, column)


def _unboxed(value: Any, column: str) -> Any:
    """Text, numbers and lists of one of them. Raises BadRow for what has more to it."""
    if isinstance(value, list):
        if all(isinstance(part, dict) and "type" in part for part in value) and value:
            return _turn({"role": "user", "content": value}, column).text
        if len(value) == 1:
            return _unboxed(value[0], column)
        if not value:
            return None
        raise BadRow(
            "wrong_type",
            f"{column}: a list of {len(value)} values, not one; map one, such as "
            f"`{column}: NAME[0]`, or every one as a row of its own: `{column}: NAME[*]`",
        )
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            return _part(value, column)[0]
        keys = ", ".join(map(str, value))
        raise BadRow(
            "wrong_type", f"{column}: an object ({keys:.80}); map a part: `{column}: NAME.KEY`"
        )
    return value
