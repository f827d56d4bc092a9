from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flows.viewer.app import viewer
from schemas.identity import problem_id
from tasks import __version__
from tasks.pool.store import FORMAT, Pool
from tests.tasks.judged import Judged
from tests.tasks.rows import trace, verdict

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "ansi": "\x1b[31mred\x1b[0m",
    "bidi": "a\u202egnp.exe",
    "latex": r"$\frac{1}{$ and $\text{<script>}$ and \[ \href{javascript:alert(1)}{x} \]",
    "line": "x" * 5_000_000,
    "cjk": "漢字仮名交じり文",
    "rtl": "שלום עולם",
    "loop": "begin. " + "and so on, and on, round and round it goes for ever and ever again. " * 50,
}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Judged], Pool]:
    """Writes a pool as a build leaves it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def make(judged: Judged) -> Pool:
        pool = Pool(tmp_path / "pool")
        tables = judged.into(pool)
        pool.put_json(
            "manifest.json",
            {"format": FORMAT, "code": __version__, "name": "small", "recipe": "r", "stages": {},
             "tables": {t: [s.__dict__ for s in shards] for t, shards in tables.items()},
             "views": {}, "deciding": []},
        )  # fmt: skip
        return pool

    return make


def hostile() -> Judged:
    """A pool with every hostile text as problem, thought, response and answer."""
    judged = Judged()
    for name, text in HOSTILE.items():
        judged.ask(f"{name}: {text[:3000]}", answer=text[:3000])
        problem = judged.problems[-1]["problem"]
        row = trace(text, problem, reasoning=text, teacher=text[:60])
        row["problem_id"] = problem_id(problem)
        judged.traces.append(row)
        judged.verdicts.append(
            {**verdict(row, "incorrect", "differ.value"), "extracted": text[:99]}
        )
    return judged


@pytest.fixture
def client(made: Callable[[Judged], Pool]) -> TestClient:
    """A viewer of forty problems with four traces each."""
    from tests.tasks.judged import many

    return TestClient(viewer(made(many()).url), base_url="http://127.0.0.1")
