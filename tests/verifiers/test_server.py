"""The server as its clients see it: over a socket, with the pool of processes behind it."""

import asyncio
import threading
import time

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from verifiers import Pool, compare
from verifiers.server import application

RIGHT = {"response": r"So \boxed{0.5}.", "answer": "1/2"}
WRONG = {"response": r"So \boxed{0.4}.", "answer": "1/2"}
PROGRAM = {"response": "```python\ndef f(n): return n + 1\n```", "answer_kind": "code",
           "tests": {"entry_point": "f", "cases": [[[1], 2], [[2], 3]]}}  # fmt: skip


@pytest.fixture(scope="module")
def pool():
    with Pool(1) as pool:
        yield pool


def talk(pool, *requests, token="", limit=64, headers=None):
    """Status and body of each request, one after the other."""

    async def run():
        found = []
        async with TestServer(application(pool, token, limit)) as server, ClientSession() as client:
            for method, path, body in requests:
                url = server.make_url(path)
                async with client.request(method, url, json=body, headers=headers) as got:
                    is_json = got.content_type == "application/json"
                    found.append((got.status, await (got.json() if is_json else got.text())))
        return found

    return asyncio.run(run())


def test_single_and_batch(pool):
    single, batch = talk(pool, ("POST", "/verify", RIGHT),
                         ("POST", "/verify", {"items": [RIGHT, WRONG, PROGRAM]}))  # fmt: skip
    assert single[0] == 200 and single[1]["verdict"] == "correct" and single[1]["is_valid"]
    rows = batch[1]["items"]
    assert [row["reward"] for row in rows] == [1.0, 0.0, 1.0] and rows[2]["score"] == 1.0
    mine = compare("1/2", "0.5")
    assert (single[1]["reason"], single[1]["version"]) == (mine.reason, mine.version)


@pytest.mark.parametrize("body", [[], "text", {}, {"items": 3}, {"items": [3]},
                                  {"response": "x", "answer": None}])  # fmt: skip
def test_bad_requests_are_told_what_is_missing(pool, body):
    ((status, told),) = talk(pool, ("POST", "/verify", body))
    assert status == 400 and told["error"]


def test_health_and_metrics(pool):
    found = talk(pool, ("GET", "/health", None), ("POST", "/verify", RIGHT),
                 ("GET", "/metrics", None))  # fmt: skip
    assert found[0] == (200, {"status": "ok", "waiting": 0})
    assert 'longcot_items_total{verdict="correct"} 1.0' in found[2][1]


def test_a_token_where_one_is_set(pool):
    asked = [("GET", "/health", None), ("POST", "/verify", RIGHT)]
    assert [status for status, _ in talk(pool, *asked, token="s3cret")] == [200, 401]
    known = {"Authorization": "Bearer s3cret"}
    assert [s for s, _ in talk(pool, *asked, token="s3cret", headers=known)] == [200, 200]


def test_more_than_it_holds_is_429():
    class Slow:
        def map(self, call, items):
            entered.set()
            time.sleep(1)
            return [compare("1", "1")] * len(items)

    entered = threading.Event()

    async def run():
        async with TestServer(application(Slow(), "", 2)) as server, ClientSession() as client:
            url = server.make_url("/verify")
            first = asyncio.create_task(client.post(url, json={"items": [RIGHT, WRONG]}))
            await asyncio.to_thread(entered.wait, 5)
            async with client.post(url, json=RIGHT) as second:
                assert second.status == 429 and second.headers["Retry-After"] == "1"
            return (await first).status

    assert asyncio.run(run()) == 200


def test_an_item_beyond_its_deadline_is_undecided():
    hostile = {"response": r"\boxed{9^{9^{9^{9}}}}", "answer": "42"}
    with Pool(1, wall=2.0) as pool:
        ((status, told),) = talk(pool, ("POST", "/verify", {"items": [hostile, RIGHT]}))
    assert status == 200 and told["items"][0]["reward"] is None
    assert told["items"][1]["reward"] == 1.0
