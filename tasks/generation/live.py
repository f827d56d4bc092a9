"""generate, live: problems in, traces out, with the server full from first to last.

One problem is one task of the event loop; it draws its samples, looks at the verdicts where the
recipe samples adaptively, and draws more. Problems are read shard by shard and only as fast as
requests leave the queue, so memory does not grow with the pool. Finished samples go to the journal
and from there to shards; what the pool holds already is not asked for.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from schemas.teachers import Live
from schemas.vocabulary import State, Verdict
from tasks.generation.continuation import Draft
from tasks.generation.existing_samples import ExistingSamples, held
from tasks.generation.online_verification import OnlineVerifier
from tasks.generation.plan import Draw, Plan, plan_of
from tasks.generation.recorded import Index
from tasks.generation.sample import take
from tasks.generation.sampling import advise
from tasks.generation.shards import compact, settle
from tasks.llm.engine import Meter
from tasks.llm.journal import Journal, Record
from tasks.llm.lengths import Lengths
from tasks.llm.prompts import COLUMNS, GIVEN_AWAY
from tasks.llm.task_group import together
from tasks.llm.vllm.server import served
from tasks.pool.growth import Intake
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Receipt

READS = ["problem_id", *COLUMNS]

TAIL = 0.5
"""Share of needless samples that is risked once no other work is left for the server."""

Show = Callable[[Meter, float], None]
"""Told once a second of the meter and the share of the problems that is done, 0 to 1."""


def generate(
    done: Done,
    teacher: Live,
    base: Path,
    verify: Any,
    retry_failed: bool,
    only: frozenset[str] | None,
    show: Show,
) -> Intake:
    """Bring a live teacher's traces up to date: ask for what the pool does not hold.

    `verify` is the recipe's step of that kind, None where it has none; `base` is the recipe's
    folder; `only` names the problems to ask, None for all. Raises TeacherError, PoolError;
    whatever was received until then is kept.
    """
    plan = plan_of(teacher, base)
    run = Run(done, plan, verify, retry_failed, only, show)
    run.recover()
    run.live, counts = settle(done.pool, plan, run.index, done.recipe)
    if any(len(run.missing(receipt)[0]) for receipt in done.problems):
        done.pool.writing()
        log = Path(done.pool.root if done.pool.local else ".") / "logs" / f"{teacher.name}.log"
        asyncio.run(run.ask(log))
        run.live, counts = settle(done.pool, plan, run.index, done.recipe)
    return Intake(run.live, [], counts)


@dataclass
class Run:
    """One teacher's run."""

    done: Done
    plan: Plan
    verify: Any
    retry_failed: bool
    only: frozenset[str] | None
    show: Show
    live: list[Receipt] = field(default_factory=list)
    drafts: dict[str, Record] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    finished: int = 0

    def __post_init__(self) -> None:
        self.index = Index(self.done.pool, self.done.problems)
        self.journal = Journal(self.done.pool, self.plan.spec)
        self.lengths = Lengths(self.plan.teacher.max_tokens)

    def compact(self, number: int, wall: float) -> list[Record]:
        """Turn a closed journal file into shards; returns the samples that are still open."""
        pool, recipe = self.done.pool, self.done.recipe
        return compact(pool, self.plan, self.journal, number, self.index, recipe, wall)

    def recover(self) -> None:
        """Make shards of what an interrupted run left in the journal."""
        for number in self.journal.files():
            still = self.compact(number, 0.0)
            self.drafts.update((record["id"], record) for record in still)
            if still:
                self.left.append(number)  # it holds the only copy of them
            else:
                self.journal.drop(number)
        self.journal = Journal(self.done.pool, self.plan.spec)

    def missing(self, receipt: Receipt) -> tuple[pl.DataFrame, ExistingSamples]:
        """The problems of a shard that want more samples, and what is held of the shard's."""
        samples = self.plan.teacher.samples
        judged = self.verify if samples.until else None
        shard = receipt.shard("problems")
        assert shard is not None
        has = held(self.done, self.plan, self.live, receipt.key, judged, self.retry_failed)
        out = pl.col("problem_id").is_in(self.done.set_aside([receipt.key])["row_id"].implode())
        rows = frame_of(self.done.pool.read(shard, READS)).filter(~out)
        if self.only is not None:
            rows = rows.filter(pl.col("problem_id").is_in(list(self.only)))
        wanting = [
            advise(samples, self.known(row, has)).answer is None
            for row in rows.select("problem_id", *sorted(GIVEN_AWAY)).iter_rows(named=True)
        ]
        return rows.filter(pl.Series(wanting, dtype=pl.Boolean)), has

    def draws(self, problem: str) -> list[Draw]:
        """All the draws that a problem may get."""
        return list(self.plan.draws(problem, self.plan.teacher.samples.max))

    def known(self, row: dict[str, Any], has: ExistingSamples) -> list[Verdict | None]:
        """The outcomes of a problem's draws; a hint that there is not can tell nothing."""
        return [
            Verdict.UNDECIDED if draw.template.lacks(row) else has.verdicts.get(draw.trace_id)
            for draw in self.draws(row["problem_id"])
        ]

    async def ask(self, log: Path) -> None:
        """Ask for everything that is missing."""
        await self._keep(list(self.drafts.values()))
        for number in self.left:
            self.journal.drop(number)
        async with served(self.plan.teacher, log) as self.engine:
            self.verifier = OnlineVerifier(self.verify) if self.verify else None
            self.total = sum(shard.rows for r in self.done.problems for shard in r.outputs[:1])
            self.idle = asyncio.Event()  # every problem is open: nothing new will fill the server
            self.since, self.rotating = time.monotonic(), asyncio.Lock()
            telling = asyncio.create_task(self._tell())
            try:
                async with together() as group:
                    for receipt in self.done.problems:
                        wanting, has = await asyncio.to_thread(self.missing, receipt)
                        self.total -= receipt.outputs[0].rows - len(wanting)
                        for row in wanting.iter_rows(named=True):
                            await self.engine.admission.shallow.wait()
                            group.create_task(self._problem(row, has))
                            await asyncio.sleep(0)
                    self.idle.set()
            finally:
                telling.cancel()
                await self.journal.flush()
        await self._rotate()

    async def _problem(self, row: dict[str, Any], has: ExistingSamples) -> None:
        """Draw the samples of one problem until its question is settled."""
        samples, draws = self.plan.teacher.samples, self.draws(row["problem_id"])
        known = self.known(row, has)
        drawn = [n for n, draw in enumerate(draws) if draw.trace_id in has.verdicts]
        outcomes = known[: max(drawn, default=-1) + 1]
        lengths = list(has.tokens.get(row["problem_id"], []))
        running: dict[asyncio.Task[Record], int] = {}

        def start(place: int) -> None:
            draw = draws[place]
            earlier = self.drafts.pop(draw.trace_id, None) or has.drafts.get(draw.trace_id)
            expected = self.lengths.expected(lengths)
            asked = take(self.engine, self.journal, self.plan, draw, row, expected, earlier)
            running[asyncio.create_task(asked)] = place

        idle = asyncio.create_task(self.idle.wait())
        try:
            for place in [n for n, verdict in enumerate(outcomes) if verdict is None]:
                start(place)
            while True:
                risk = TAIL if idle.done() and not self.engine.admission.queue else 0.0
                more = advise(samples, outcomes, risk).ask
                for place in range(len(outcomes), len(outcomes) + more):
                    outcomes.append(known[place])
                    if known[place] is None:
                        start(place)
                if not running:
                    if more:  # they were all hints that there are not
                        continue
                    break
                waited = running.keys() if idle.done() else {idle, *running}
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                for ended in [task for task in running if task.done()]:
                    record = ended.result()
                    lengths.append(self._learn(record))
                    outcomes[running.pop(ended)] = await self._verdict(row, record)
        finally:
            for task in (idle, *running):
                task.cancel()
            await asyncio.gather(idle, *running, return_exceptions=True)
        self.finished += 1
        if self.journal.full():
            await self._rotate()

    def _learn(self, record: Record) -> int:
        tokens: int = record["usage"][1] or 0
        if record["failure"] is None:
            self.lengths.learn(tokens)
        return tokens

    async def _verdict(self, row: dict[str, Any], record: Record) -> Verdict:
        """What the sample counts as; one that never answered is wrong, as in `verify`."""
        if record["failure"] is not None or self.verifier is None:
            return Verdict.UNDECIDED
        parts, _ = Draft(record["reasoning"], record["content"]).parts(record["finish"])
        if parts.state != State.COMPLETE:
            return Verdict.INCORRECT
        verdict = await self.verifier.judge(row, parts.response)
        self.engine.meter.accepted += verdict == Verdict.CORRECT
        return verdict

    async def _rotate(self) -> None:
        async with self.rotating:
            now = time.monotonic()
            wall, self.since = now - self.since, now
            number = await self.journal.rotate()
            await self._keep(await asyncio.to_thread(self.compact, number, wall))
            self.journal.drop(number)

    async def _keep(self, still: list[Record]) -> None:
        """Write open samples again, so that the file which held them may go."""
        for record in still:
            self.journal.write(record)
        await self.journal.flush()

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.show(self.engine.meter, self.finished / max(1, self.total))
