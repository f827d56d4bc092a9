"""generate, live: problems in, traces out, with the server full from first to last.

One problem is one task of the event loop; it draws its samples, looks at the verdicts where the
recipe samples adaptively, and draws more. Problems are read shard by shard and only as fast as
requests leave the queue, so memory does not grow with the pool. Finished samples go to the ledger;
what the pool holds already is not asked for.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import PoolError
from schemas.recipe.teachers import Live
from schemas.vocabulary import State, Verdict
from tasks.generation.live.drawing import Drawing
from tasks.generation.live.existing_samples import ExistingSamples, held
from tasks.generation.live.heal import heal
from tasks.generation.live.ledger import Ledger
from tasks.generation.live.online_verification import OnlineVerifier
from tasks.generation.live.plan import Draw, Plan, plan_of
from tasks.generation.live.record import SampleRecord
from tasks.generation.live.sample import draft_of, take
from tasks.generation.live.shards import settle
from tasks.generation.recorded import Index
from tasks.generation.sampling import advise
from tasks.llm.ending import budget
from tasks.llm.engine import Engine
from tasks.llm.lengths import Lengths
from tasks.llm.prompts import COLUMNS, GIVEN_AWAY
from tasks.llm.requests import Meter
from tasks.llm.task_group import together
from tasks.llm.vllm.server import served
from tasks.pool.forgotten import forgotten
from tasks.pool.growth import Intake
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Receipt

READS = ["problem_id", *COLUMNS]

TAIL = 0.5
"""Share of needless samples that is risked once no other work is left for the server."""

Show = Callable[[Meter, float], None]
"""Told once a second of the meter and the share of the problems that is done, 0 to 1."""

_healing = threading.Lock()
"""Teachers run side by side, and each sees the shards of all."""


def generate(
    done: Done,
    teacher: Live,
    base: Path,
    verify: Any,
    retry_failed: bool,
    only: frozenset[str] | None,
    show: Show,
    rebuy: bool = False,
) -> Intake:
    """Bring a live teacher's traces up to date: ask for what the pool does not hold.

    `verify` is the recipe's step of that kind, None where it has none; `base` is the recipe's
    folder; `only` names the problems to ask, None for all; `rebuy` asks again for what was paid for
    and is lost. Raises TeacherError, PoolError, StoppedError; whatever was received until then is
    kept.
    """
    pool, plan = done.pool, plan_of(teacher, base)
    with _healing:
        heal(pool, done.recipe, rebuy, teacher.prices)
    index = Index(pool, done.problems)
    ledger = Ledger(pool, plan, index, done.recipe, rebuy)
    ledger.recover()
    try:
        live, counts = settle(pool, plan, index, done.recipe)
    except PoolError:  # a page is damaged in a file of the right size
        with _healing:
            heal(pool, done.recipe, rebuy, teacher.prices, deep=True)
        live, counts = settle(pool, plan, index, done.recipe)
    wanted = Wanted(done, plan, live, verify, retry_failed, only, forgotten(pool).ids)
    if not budget.reached() and any(len(wanted.of(receipt)[0]) for receipt in done.problems):
        pool.writing()
        log = Path(pool.root if pool.local else ".") / "logs" / f"{teacher.name}.log"
        asyncio.run(_ask(done, plan, wanted, ledger, verify, log, show))
        live, counts = settle(pool, plan, index, done.recipe)
    return Intake(live, [], counts)


@dataclass
class Wanted:
    """Which problems want more samples, and what the pool holds of them."""

    done: Done
    plan: Plan
    live: list[Receipt]
    verify: Any
    retry_failed: bool
    only: frozenset[str] | None
    gone: frozenset[str]

    def of(self, receipt: Receipt) -> tuple[pl.DataFrame, ExistingSamples]:
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
        """The outcomes of a problem's draws; a hint that there is not can tell nothing, nor can
        what is forgotten.
        """
        return [
            Verdict.UNDECIDED
            if draw.template.lacks(row) or draw.trace_id in self.gone
            else has.verdicts.get(draw.trace_id)
            for draw in self.draws(row["problem_id"])
        ]


async def _ask(
    done: Done,
    plan: Plan,
    wanted: Wanted,
    ledger: Ledger,
    verify: Any,
    log: Path,
    show: Show,
) -> None:
    """Ask for everything that is missing."""
    await ledger.begin()
    async with served(plan.teacher, log) as engine:
        asking = Asking(plan, wanted, ledger, engine, verify)
        telling = asyncio.create_task(asking.tell(done, show))
        try:
            async with together() as group:
                for receipt in done.problems:
                    wanting, has = await asyncio.to_thread(wanted.of, receipt)
                    asking.settled += receipt.outputs[0].rows - len(wanting)
                    for row in wanting.iter_rows(named=True):
                        if budget.reached():
                            break
                        await engine.admission.shallow.wait()
                        group.create_task(asking.problem(row, has))
                        await asyncio.sleep(0)
                asking.all_open.set()
        finally:
            telling.cancel()
            await ledger.flush()
    await ledger.rotate()


class Asking:
    """The asking of one run: what it learns on the way. Belongs to one event loop."""

    def __init__(
        self, plan: Plan, wanted: Wanted, ledger: Ledger, engine: Engine, verify: Any
    ) -> None:
        self.plan, self.wanted, self.ledger, self.engine = plan, wanted, ledger, engine
        self.verifier = OnlineVerifier(verify) if verify else None
        self.lengths = Lengths(plan.teacher.limit)
        self.all_open = asyncio.Event()  # nothing new will fill the server
        self.finished = self.settled = 0

    async def problem(self, row: dict[str, Any], has: ExistingSamples) -> None:
        """Draw the samples of one problem until its question is settled."""
        draws = self.wanted.draws(row["problem_id"])
        begun = max((n + 1 for n, d in enumerate(draws) if d.trace_id in has.verdicts), default=0)
        drawing = Drawing(self.plan.teacher.samples, self.wanted.known(row, has), begun)
        lengths = list(has.tokens.get(row["problem_id"], []))
        under_way: dict[asyncio.Task[SampleRecord], int] = {}

        def start(place: int) -> None:
            draw = draws[place]
            earlier = self.ledger.open.pop(draw.trace_id, None) or has.drafts.get(draw.trace_id)
            expected = self.lengths.expected(lengths)
            asked = take(self.engine, self.ledger.write, self.plan, draw, row, expected, earlier)
            under_way[asyncio.create_task(asked)] = place

        nothing_new = asyncio.create_task(self.all_open.wait())
        try:
            for place in drawing.unfinished():
                start(place)
            while True:
                idle = nothing_new.done() and not self.engine.admission.queue
                for place in [] if budget.reached() else drawing.next(TAIL if idle else 0.0):
                    start(place)
                if not under_way:
                    break
                waited = {*under_way} if nothing_new.done() else {nothing_new, *under_way}
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                for ended in [task for task in under_way if task.done()]:
                    if isinstance(ended.exception(), budget.NotBought):
                        del under_way[ended]
                        continue
                    record = ended.result()
                    lengths.append(self._learn(record))
                    drawing.judged(under_way.pop(ended), await self._verdict(row, record))
        finally:
            for task in (nothing_new, *under_way):
                task.cancel()
            await asyncio.gather(nothing_new, *under_way, return_exceptions=True)
        self.finished += 1
        await self.ledger.rotate_when_full()

    def _learn(self, record: SampleRecord) -> int:
        tokens = record.usage[1] or 0
        if record.failure is None:
            self.lengths.learn(tokens)
        return tokens

    async def _verdict(self, row: dict[str, Any], record: SampleRecord) -> Verdict:
        """What the sample counts as; one that never answered is wrong, as in `verify`."""
        if record.failure is not None or self.verifier is None:
            return Verdict.UNDECIDED
        parts, _ = draft_of(record).parts(record.finish)
        if parts.state != State.COMPLETE:
            return UNFINISHED.get(parts.state, Verdict.INCORRECT)
        verdict = await self.verifier.judge(row, parts.response)
        self.engine.meter.accepted += verdict == Verdict.CORRECT
        return verdict

    async def tell(self, done: Done, show: Show) -> None:
        """Tell once a second how far it is."""
        total = sum(shard.rows for r in done.problems for shard in r.outputs[:1])
        while True:
            await asyncio.sleep(1)
            show(self.engine.meter, self.finished / max(1, total - self.settled))


UNFINISHED = dict.fromkeys((State.FILTERED, State.INTERRUPTED, State.UNKNOWN), Verdict.UNDECIDED)
"""Ends that say nothing of the model; `verify` has the same."""
