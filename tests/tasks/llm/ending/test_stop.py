"""A stop: nothing more is asked, what is under way ends or is kept, and the rest is asked later."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.errors import StoppedError
from tasks.llm.ending import stop
from tasks.pool.store import Pool
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import serve
from tests.tasks.llm.site import ask, rows, sums, teacher


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    yield
    stop.forget()


@pytest.mark.parametrize("stream", [False, True])
def test_a_stop_loses_nothing(pool: Pool, monkeypatch: pytest.MonkeyPatch, stream: bool) -> None:
    monkeypatch.setattr(stop, "IN_FLIGHT", 0.5)
    problems = sums(pool, 40)
    pace = {"pace": 0.05, "words": (100, 100)} if stream else {"delay": 0.3}
    with serve(Behaviour(metrics=False, **pace)) as server:  # type: ignore[arg-type]
        asked = teacher(server, in_flight=4, stream=stream)
        threading.Timer(1.0, stop.request).start()
        with pytest.raises(StoppedError):
            ask(pool, problems, asked, verify=None)
        assert stop.wait(1)
        count, at = len(server.log), time.time()
        assert 0 < count < 40
        journal = b"".join(p.read_bytes() for p in Path(pool.path("journal")).rglob("*.jsonl"))
        assert (b'"finish":"interrupted"' in journal) == stream
        stop.forget()
        server.behaviour = Behaviour(metrics=False, words=pace.get("words", (20, 60)))  # type: ignore[arg-type]
        found = rows(pool, ask(pool, problems, asked, verify=None))
        assert len(found) == 40
        assert found["state"].unique().to_list() == ["complete"]
        again = [got for got in server.log if got.attempt > 1]
        assert again == [], "no request came twice"
        assert (found["rounds"].max() == 2) == stream, "broken off, and gone on with"
        assert all(got.at > at for got in server.log[count:])
