"""A small pool of sums and a live teacher at the fault-injecting server, without Prefect."""

from pathlib import Path
from typing import Any

import polars as pl

from schemas.recipe.teachers import Live
from tasks.generation.live.run import generate
from tasks.llm.requests import Meter
from tasks.pool.growth import Intake
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool, Receipt
from tasks.steps.verify import Verify
from tests.servers.faulty import Server
from tests.tasks.rows import problem, put

VERIFY = Verify()


def question(n: int) -> str:
    return f"What is {n}+{n % 7}?"


def sums(pool: Pool, count: int, shard: int = 1000) -> list[Receipt]:
    """Problem shards of `count` sums."""
    rows = [problem(question(n), answer=str(n + n % 7), answer_kind="math") for n in range(count)]
    return [put(pool, "ingest", {"problems": rows[i : i + shard]}) for i in range(0, count, shard)]


def teacher(server: Server | str, **more: Any) -> Live:
    url = server if isinstance(server, str) else server.url
    plain = {"name": "t", "model": "teacher", "endpoint": url, "max_tokens": 256}
    return Live.model_validate({**plain, **more})


def _quiet(meter: Meter, share: float) -> None:
    """Shows nothing."""


def ask(
    pool: Pool,
    problems: list[Receipt],
    asked: Live,
    verify: Verify | None = VERIFY,
    retry_failed: bool = False,
    rebuy: bool = False,
) -> Intake:
    """One run of generate."""
    done = Done(pool, "recipe", {"problems": problems})
    return generate(done, asked, Path("."), verify, retry_failed, None, _quiet, rebuy)


def rows(pool: Pool, taken: Intake) -> pl.DataFrame:
    """The live rows of `traces`, whole."""
    shards = [receipt.shard("traces") for receipt in taken.shards]
    return pl.concat([frame_of(pool.read(shard)) for shard in shards if shard])
