"""The door to all verifiers over HTTP: one item or many, each within its deadline.

For trainers that live in an environment of their own. The pool's processes judge; this process
reads requests, waits, and answers 429 when more is asked than it can hold.
"""

import asyncio
import hmac
import json
import time
from dataclasses import asdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from schemas.errors import NoSandboxError
from schemas.vocabulary import Verdict, Verification
from verifiers.adapters import item, reward_of
from verifiers.workers.pool import Pool

LONGEST = 64 << 20
"""Bytes of one request."""
MOST_ITEMS = 1024
"""Items of one batch."""


class Metrics:
    """What the server counts; `waiting` is the number of items that it holds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.waiting = 0
        self.items = Counter("longcot_items", "Items judged", ["verdict"], registry=self.registry)
        self.refused = Counter(
            "longcot_refused", "Requests answered with 429", registry=self.registry
        )
        self.seconds = Histogram(
            "longcot_request_seconds", "Seconds of a request", registry=self.registry
        )
        gauge = Gauge("longcot_waiting", "Items held", registry=self.registry)
        gauge.set_function(lambda: self.waiting)


_POOL = web.AppKey("pool", Pool)
_METRICS = web.AppKey("metrics", Metrics)
_LIMIT = web.AppKey("limit", int)


def application(pool: Pool, token: str = "", limit: int = 4096) -> web.Application:
    """The application: `POST /verify` (an item, or `{"items": [...]}`), `/health`, `/metrics`.

    `token` is asked for as `Authorization: Bearer ...` where it is not empty; `limit` is the most
    items that are held at once, beyond which a request is answered with 429.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
        if token and not known and request.path != "/health":
            return _problem(401, "the header Authorization: Bearer TOKEN is missing or wrong")
        return await handler(request)

    app = web.Application(client_max_size=LONGEST, middlewares=[guard])
    app[_POOL], app[_METRICS], app[_LIMIT] = pool, Metrics(), limit
    app.router.add_post("/verify", _verify)
    app.router.add_get("/health", _health)
    app.router.add_get("/metrics", _metrics)
    return app


async def _verify(request: web.Request) -> web.Response:
    started = time.monotonic()
    metrics = request.app[_METRICS]
    try:
        asked = json.loads(await request.read())
        batch = asked["items"] if isinstance(asked, dict) and "items" in asked else [asked]
        if not isinstance(batch, list) or len(batch) > MOST_ITEMS:
            raise ValueError(f"items: a list of at most {MOST_ITEMS}")
        items = [item(row, f"item {number}") for number, row in enumerate(batch)]
    except (ValueError, TypeError, RecursionError) as error:
        return _problem(400, str(error))
    if metrics.waiting + len(items) > request.app[_LIMIT] and metrics.waiting:
        metrics.refused.inc()
        return _problem(429, "too much is waiting; ask again", {"Retry-After": "1"})
    metrics.waiting += len(items)
    try:
        words = await asyncio.to_thread(request.app[_POOL].map, "verify", items)
    except NoSandboxError as error:
        return _problem(503, str(error))
    finally:
        metrics.waiting -= len(items)
        metrics.seconds.observe(time.monotonic() - started)
    for word in words:
        metrics.items.labels(str(word.verdict)).inc()
    told = [_told(word) for word in words]
    return web.json_response({"items": told} if "items" in asked else told[0])


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok", "waiting": request.app[_METRICS].waiting})


async def _metrics(request: web.Request) -> web.Response:
    text = generate_latest(request.app[_METRICS].registry)
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})


def _told(word: Verification) -> dict[str, Any]:
    """A verification with its reward and `is_valid`, which DataDesigner's validator asks for."""
    return {**asdict(word), "reward": reward_of(word), "is_valid": word.verdict == Verdict.CORRECT}


def _problem(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": message}, status=status, headers=headers)
