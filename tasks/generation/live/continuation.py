"""A trace in the making: its text so far, and how it is gone on with where it was cut.

A server either tells reasoning and answer apart (fields) or sends the model's text with its tags.
Both become a draft; a draft that met its limit is continued from its last character, and what
comes is appended as if it had never been cut.
"""

from typing import Any, NamedTuple

from tasks.generation.turns import first_turn
from tasks.llm.http.client import Failure, Wire
from tasks.llm.http.replies import Reply
from tasks.llm.reasoning_parser import REASONING, RESPONSE, Parts, fields, frame, split, unframe
from verifiers.extract.reasoning import marks

FIELDS = "\x1f"
"""Stands in a frame between reasoning and answer that came in fields of their own."""

HELPER_SECONDS = 120.0
"""Deadline of a call that tokenizes a text."""


class Draft(NamedTuple):
    """Text as received. `reasoning` is None where it stands inside `content` with its tags."""

    reasoning: str | None
    content: str

    def parts(self, finish_reason: str | None) -> tuple[Parts, str]:
        """The trace taken apart, its response up to its end; and its frame, the raw text."""
        if self.reasoning is None:
            raw, parts = self.content, split(self.content, finish_reason)
        else:
            raw = self.reasoning + FIELDS + self.content
            parts = fields(self.reasoning, self.content, finish_reason, "field")
        parts, framed = first_turn(parts, raw)
        return parts, framed or frame(raw, parts)

    def text(self) -> str:
        """The text as a model with think tags wrote it.

        vLLM's parsers leave the line ends around the tags in the fields, others strip them.
        """
        if self.reasoning is None:
            return self.content
        opened = "<think>" + ("" if self.reasoning.startswith("\n") else "\n") + self.reasoning
        if not self.content:
            return opened
        closed = opened + ("" if opened.endswith("\n") else "\n") + "</think>"
        return closed + ("" if self.content.startswith("\n") else "\n\n") + self.content


def begun(reply: Reply, prefix: str) -> Draft:
    """The draft of a first answer; `prefix` is what the prompt had put into the model's mouth."""
    if reply.reasoning is None:
        return Draft(None, prefix + reply.content)
    return Draft(reply.reasoning, reply.content)


def restored(row: dict[str, Any]) -> Draft:
    """The draft of a row of `traces`."""
    raw = unframe(row["frame"] or REASONING + RESPONSE, row["reasoning"], row["response"])
    reasoning, fields, content = raw.partition(FIELDS)
    return Draft(reasoning, content) if fields else Draft(None, raw)


def extended(draft: Draft, reply: Reply) -> Draft:
    """The draft with one more answer appended."""
    if draft.reasoning is None:
        return Draft(None, draft.content + (reply.reasoning or "") + reply.content)
    if draft.content:
        return Draft(draft.reasoning, draft.content + reply.content)
    if reply.reasoning is not None:
        return Draft(draft.reasoning + reply.reasoning, reply.content)
    closing = next((mark for mark in marks(reply.content) if mark.closes), None)
    if closing is None:
        return Draft(draft.reasoning + reply.content, "")
    before, after = reply.content[: closing.start], reply.content[closing.end :]
    return Draft(draft.reasoning + before, after)


async def continuation(
    wire: Wire, url: str, path: str, body: dict[str, Any], draft: Draft
) -> tuple[str, dict[str, Any]]:
    """Path and body of the request that goes on with a draft. `url` ends with /v1.

    On vLLM the chat is turned into tokens by the server itself and the text appended to them:
    chat templates drop the thoughts of earlier turns, and a request by tokens keeps them, hits the
    prefix cache, and cannot be mistaken for a new turn. Other servers are asked to go on with a
    last assistant message. Raises Failure.
    """
    if path == "completions":
        return path, {**body, "prompt": body["prompt"] + draft.text()}
    chat: dict[str, Any] = {
        k: body[k] for k in ("model", "messages", "chat_template_kwargs") if k in body
    }
    prefilled = chat["messages"][-1]["role"] == "assistant"
    if prefilled:
        chat["messages"] = chat["messages"][:-1]
    rest = {k: v for k, v in body.items() if k not in KEYS_OF_CHAT}
    root = url.removesuffix("/v1")
    try:
        asked = {**chat, "add_generation_prompt": True}
        prompt = (await wire.post(f"{root}/tokenize", asked, HELPER_SECONDS))["tokens"]
        end = {"model": chat["model"], "tokens": prompt[-16:]}
        tail = (await wire.post(f"{root}/detokenize", end, HELPER_SECONDS))["prompt"]
        text = draft.text()
        if tail.rstrip().endswith("<think>"):  # the template has opened the thought already
            text = text.removeprefix("<think>").removeprefix("\n" if tail.endswith("\n") else "")
        more = {"model": chat["model"], "prompt": text, "add_special_tokens": False}
        tokens = (await wire.post(f"{root}/tokenize", more, HELPER_SECONDS))["tokens"]
    except Failure as failure:
        if failure.kind not in ("not_found", "bad_request"):
            raise
    except (KeyError, TypeError, AttributeError):
        pass
    else:
        # Think tags are special tokens in some models; they must not vanish from the text.
        return "completions", {**rest, "prompt": prompt + tokens, "skip_special_tokens": False}
    messages = [*chat["messages"], {"role": "assistant", "content": draft.text()}]
    going_on = {"add_generation_prompt": False, "continue_final_message": True}
    return path, {**body, "messages": messages, **going_on}


KEYS_OF_CHAT = {
    "messages",
    "chat_template_kwargs",
    "add_generation_prompt",
    "continue_final_message",
    "reasoning_effort",
    "thinking_token_budget",
}
