"""Verdicts while generation runs, many at a time, off the event loop."""

import asyncio
from typing import Any

from schemas.vocabulary import Verdict
from tasks.verdicts.limits import Limits
from tasks.verdicts.verifier_pool import judges
from verifiers import Problem

PAUSE = 0.02
"""Seconds that a verdict may wait for others to share a batch with."""


class OnlineVerifier:
    """Asks the run's pool of verifier processes. Belongs to one event loop."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.waiting: list[tuple[Problem, str, asyncio.Future[Verdict]]] = []
        self.job: asyncio.Task[None] | None = None

    async def judge(self, row: dict[str, Any], response: str) -> Verdict:
        """The verdict on a finished response."""
        problem = Problem(
            row["problem_id"],
            row["options"] or "",
            row["answer"],
            row["answer_kind"],
            row["tests"],
        )
        word: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self.waiting.append((problem, response, word))
        if self.job is None:
            self.job = asyncio.create_task(self._work())
        return await word

    async def _work(self) -> None:
        pool = judges(self.limits)
        while self.waiting:
            await asyncio.sleep(PAUSE)
            batch, self.waiting = self.waiting, []
            items = [(problem, response) for problem, response, _ in batch]
            try:
                words = await asyncio.to_thread(pool.map, "verify", items)
            except Exception as error:  # nobody may wait for ever for a verdict that never comes
                for _, _, word in batch:
                    if not word.done():
                        word.set_exception(error)
                continue
            for (_, _, word), said in zip(batch, words, strict=True):
                if not word.done():
                    word.set_result(said.verdict)
        self.job = None
