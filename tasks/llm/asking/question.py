"""A question: a prompt template and the form of its answer, asked of a model about rows.

Without a form the reply itself is the answer, its reasoning and its response, read as a teacher's.

The identity of an answer is everything that decides it: the text that the model sees, the model,
its parameters, the form, and which draw it is. So rows that ask the same share one answer, and
whatever changes asks anew.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ValidationError

from schemas.errors import TeacherError
from schemas.identity import digest
from schemas.recipe.teachers import Asked
from schemas.vocabulary import State
from tasks.llm.http.replies import Reply
from tasks.llm.prompts import Template
from tasks.llm.reasoning_parser import fields, split

COMPLAINT = (
    "This reply cannot be used: {why}. Reply again, with one JSON object and nothing else, "
    "of this JSON schema: {schema}"
)

FENCE = "fence"
"""Name that a template may use for a code in the marks around foreign text. It is a hash of all the
text, so that no author can know it and put an end mark of his own into his text."""

QUOTED = 2000
"""Characters of an unusable reply that the model is shown again."""


LONGEST = 500_000
"""Characters of a reply that is read for an answer; what is longer fits no form."""


class Misfit(Exception):
    """A reply that is no answer; the message says why, for the model to read."""


class Draw(NamedTuple):
    """One answer to be drawn. `messages` is the chat without later complaints."""

    answer_id: str
    row_id: str
    n: int
    messages: list[dict[str, str]]

    def seed(self, replies: int) -> int:
        """The seed of the request after so many replies."""
        return int(digest(self.answer_id, replies)[:8], 16) & 0x7FFFFFFF


@dataclass(frozen=True)
class Question:
    """What is asked. `what` names it in the pool; `n` answers are drawn for each row."""

    what: str
    asked: Asked
    template: Template
    form: type[BaseModel] | None
    n: int = 1

    def __post_init__(self) -> None:
        check_chat(self.template)

    @cached_property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema of an answer; None where the reply itself is it."""
        return self.form.model_json_schema() if self.form else None

    @cached_property
    def identity(self) -> str:
        """What all answers of this model, with these parameters, in this form have in common."""
        return digest("answer", self.what, self.asked.model, self.asked.sent(), self.schema)

    @property
    def spec(self) -> str:
        """What decides the answers for given rows."""
        return digest(self.identity, self.template.label, self.n)

    def draws(self, row: dict[str, Any]) -> list[Draw]:
        """The draws for a row (`row_id` and the template's columns). Raises TeacherError."""
        seen = {name: row[name] for name in self.template.names if name in row}
        fenced = {**row, FENCE: digest(seen)[:12]}
        messages = self.template.body(fenced)[1]["messages"]
        shown = digest(self.identity, messages)
        return [Draw(digest(shown, n), row["row_id"], n, messages) for n in range(self.n)]

    def body(self, draw: Draw, replies: int, misfit: tuple[str, str] | None) -> dict[str, Any]:
        """The body of a request; `misfit` is the last reply, if it was none, and why."""
        messages = draw.messages
        if self.form and misfit and misfit[0].strip():  # chat templates refuse an empty turn
            complaint = COMPLAINT.format(why=misfit[1], schema=json.dumps(self.schema))
            messages = [
                *messages,
                {"role": "assistant", "content": misfit[0][-QUOTED:]},
                {"role": "user", "content": complaint},
            ]
        asked = {"model": self.asked.model, "messages": messages, **self.asked.sent()}
        return asked if self.asked.seed == "none" else {**asked, "seed": draw.seed(replies)}

    def constraint(self) -> dict[str, Any]:
        """The fields that make a server keep to the form (OpenAI's, which vLLM knows too)."""
        named = {"name": self.what, "schema": self.schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": named}}

    def read(self, reply: Reply) -> str:
        """The answer in a reply, as JSON. Raises Misfit."""
        text = said(reply) if self.form else reply.content + (reply.reasoning or "")
        if len(text) > LONGEST:
            raise Misfit(f"it has {len(text):,} characters, more than {LONGEST:,}")
        if self.form is None:
            return whole(reply)
        found = objects(text)
        if not found:
            raise Misfit("it holds no JSON object" if text else "it is empty")
        try:
            # Models that are not held to the form explain themselves first: the last one counts.
            return self.form.model_validate(found[-1]).model_dump_json()
        except ValidationError as error:
            wrong = [
                f"{'.'.join(map(str, e['loc'])) or 'the object'}: {e['msg']}"
                for e in error.errors()
            ]
            raise Misfit("; ".join(wrong)) from None


def check_chat(template: Template) -> None:
    """Raises TeacherError unless a template can ask a question."""
    if not template.file.messages or template.prefill:
        raise TeacherError(
            f"prompt {template.label}: a question needs `messages` that end with the user"
        )


def said(reply: Reply) -> str:
    """The text of a reply without its reasoning."""
    if reply.reasoning is not None:
        return reply.content.strip()
    return split(reply.content, reply.finish_reason).response


def whole(reply: Reply) -> str:
    """A reply as JSON: `reasoning` (null: none is marked) and `response`. Raises Misfit."""
    if reply.reasoning is None:
        parts = split(reply.content, reply.finish_reason)
    else:
        parts = fields(reply.reasoning, reply.content, reply.finish_reason)
    if parts.state != State.COMPLETE:
        raise Misfit(f"it is {parts.state}")
    told = {"reasoning": parts.reasoning, "response": parts.response}
    return json.dumps(told, ensure_ascii=False)


def objects(text: str) -> list[Any]:
    """The JSON objects in a text, in order, none inside another."""
    found, at = [], text.find("{")
    while at >= 0:
        try:
            _, end = json.JSONDecoder().raw_decode(text, at)
            found.append(orjson.loads(text[at:end]))  # refuses NaN and lone surrogates
        except (ValueError, RecursionError):
            end = at + 1
        at = text.find("{", end)
    return found
