"""Asking one question until its answer fits its form, or has failed for good."""

import asyncio
import time
from typing import Any, NamedTuple

from schemas.finish_reasons import ending
from schemas.vocabulary import State
from tasks.llm.asking.question import Draw, Misfit, Question, said
from tasks.llm.engine import Engine
from tasks.llm.lengths import CHARACTERS, Lengths
from tasks.llm.requests import Completion, Request

REPLIES = 4
"""Replies that are bought for one answer, at most: the first and three after a complaint."""


class Answer(NamedTuple):
    """How a draw ended: `answer` (JSON) or `failure`; tokens and seconds of all its replies."""

    answer: str | None
    failure: str | None
    detail: str | None
    replies: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float


class Asker:
    """Asks one question of one engine. Belongs to one event loop.

    Whether the server can hold the model to a JSON schema is found out with the first requests: a
    server that refuses the field but answers without it is asked without it from then on.
    """

    def __init__(self, running: Engine, question: Question) -> None:
        self.running, self.question = running, question
        self.lengths = Lengths(question.asked.limit)
        self.constrained: bool | None = None if question.form else False
        self.probing = asyncio.Lock()

    async def answer(self, draw: Draw) -> Answer:
        """Draw an answer. Raises TeacherError, and NotBought where the budget is spent."""
        began, misfit = time.monotonic(), None
        prompt = completion = 0

        def ended(answer: str | None, failure: str | None, detail: str | None) -> Answer:
            seconds = time.monotonic() - began
            return Answer(answer, failure, detail, bought, prompt, completion, seconds)

        bought = 0
        while True:
            done = await self._submit(self.question.body(draw, bought, misfit), bought > 0)
            reply = done.reply
            if reply is None:
                return ended(None, done.failure, done.detail)
            bought += 1
            prompt += reply.prompt_tokens or 0
            completion += reply.completion_tokens or 0
            self.lengths.learn(reply.completion_tokens or 0)
            state = ending(reply.finish_reason)
            if state == State.FILTERED:
                return ended(None, "content_filter", "the server's filter ended the reply")
            if state == State.TRUNCATED:  # asking again would only be cut again
                most = self.question.asked.limit
                return ended(None, "invalid", f"cut at max_tokens ({most})")
            try:
                return ended(self.question.read(reply), None, None)
            except Misfit as why:
                misfit = said(reply), str(why)
            if bought == REPLIES:
                return ended(None, "invalid", f"{misfit[1]}: {misfit[0][:200]!r}")

    async def _submit(self, body: dict[str, Any], begun: bool) -> Completion:
        if self.constrained is None:
            async with self.probing:
                if self.constrained is None:
                    return await self._probe(body, begun)
        constrained = {**body, **self.question.constraint()} if self.constrained else body
        return await self._send(constrained, begun)

    async def _probe(self, body: dict[str, Any], begun: bool) -> Completion:
        """One request by itself, to learn what the server can do."""
        held = await self._send({**body, **self.question.constraint()}, begun)
        if held.failure != "bad_request":
            self.constrained = True if held.reply else None
            return held
        free = await self._send(body, begun)
        if free.reply:
            self.constrained = False
        return free

    async def _send(self, body: dict[str, Any], begun: bool) -> Completion:
        size = sum(len(message["content"]) for message in body["messages"])
        expected = self.lengths.expected([]) + size / CHARACTERS
        return await self.running.submit(Request("chat/completions", body, expected, begun))
