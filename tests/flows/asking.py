"""Recipes with operators, built in this process against a server on loopback."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import yaml

from flows.build import run
from tasks.pool.build import PLAIN, Choices
from tasks.pool.store import Pool
from tasks.query.sql import connect, query
from tests import ROOT
from tests.flows.inline import Inline
from tests.flows.problems import lines, problems, traces
from tests.patience import wait_for
from tests.servers.faulty import Server


class Workshop:
    """A folder with problems, traces, prompts and a recipe; each build goes to `pool`."""

    def __init__(self, folder: Path, last: int = 12) -> None:
        self.folder, self.runner = folder, Inline()
        self.write("p.jsonl", problems(last))
        self.write("t.jsonl", traces(0, last))

    def write(self, name: str, rows: list[dict[str, Any]]) -> None:
        (self.folder / name).write_bytes(lines(rows))

    def prompt(self, name: str, text: str, system: str = "You say JSON.") -> None:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
        told = {"description": "of a test", "messages": messages}
        (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(told))

    def recipe(self, steps: list[Any], *models: dict[str, Any], **more: Any) -> None:
        plain = {
            "name": "asking",
            "sources": [{"path": "p.jsonl"}],
            "teachers": [{"name": "t", "recorded": "t.jsonl"}],
            "models": list(models),
            "steps": steps,
        }
        (self.folder / "recipe.yaml").write_text(yaml.safe_dump({**plain, **more}))

    def build(self, choices: Choices = PLAIN, **more: Any) -> dict[str, Any]:
        """Build; its report."""
        self.runner = Inline()
        place = str(self.folder / more.pop("pool", "pool"))
        return run(str(self.folder / "recipe.yaml"), place, self.runner, choices)

    def killed(self, server: Server, requests: int, pool: str = "pool") -> float:
        """Build in a process of its own until the server has so many more; when it was killed."""
        before = len(server.log)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.inline", "recipe.yaml", str(self.folder / pool)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        enough = before + requests
        wait_for(lambda: len(server.log) >= enough or process.poll() is not None, 60)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return time.time()

    @property
    def pool(self) -> Pool:
        return Pool(self.folder / "pool")

    def sql(self, statement: str) -> list[dict[str, Any]]:
        """The rows of a query to the pool as its manifest shows it."""
        pool = self.pool
        tables = {name: pool.live(name) for name in pool.manifest["tables"]}
        with connect(pool, tables, pool.manifest["deciding"]) as connection:
            return list(query(connection, statement, "test").to_pylist())

    def view(self, name: str) -> pl.DataFrame:
        """The released rows of a view."""
        files = sorted((self.folder / "pool" / "releases" / name).rglob("*.parquet"))
        found = pl.concat(pl.read_parquet(file) for file in files)
        assert isinstance(found.to_arrow(), pa.Table)
        return found


def model(server: Server, name: str = "m", **more: Any) -> dict[str, Any]:
    """A model of a recipe that is served there."""
    told = {"model": server.behaviour.model, "endpoint": server.url, "max_tokens": 300}
    return {"name": name, **told, **more}


def line(report: dict[str, Any], stage: str, label: str = "") -> dict[str, Any]:
    """The funnel's line of a step."""
    (found,) = [row for row in report["funnel"] if (row["stage"], row["label"]) == (stage, label)]
    return dict(found)


READING = 0.3
"""Seconds from the server's last byte to the journal on a busy machine."""


def asked_again(server: Server, kills: list[float]) -> list[str]:
    """The questions that were answered, with time to read the answer, and asked again."""
    again = {got.digest for got in server.log if got.attempt > 1}
    return [
        got.question
        for got in server.log
        if got.completed and got.attempt == 1 and got.digest in again
        and not any(got.at < kill < got.at + (got.seconds or 0) + READING for kill in kills)
    ]  # fmt: skip
