"""A fault-injecting OpenAI-compatible server on loopback.

    with serve(Behaviour(rates={"500": 0.2})) as server:
        ask(server.url)                      # http://127.0.0.1:PORT/v1
        assert server.log[0].status == 500   # every request, in order of arrival

`serve` runs it in a thread; `serve_apart` in a process of its own, which benchmarks need and which
may die; `python -m tests.servers.faulty serve MODEL --port N` stands in for `vllm serve`, with its
behaviour as JSON in the environment variable FAULTY.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

from aiohttp import web

from tests.servers import speaker
from tests.servers.behaviour import Behaviour, Received
from tests.servers.capacity import Capacity
from tests.servers.faults import broken_off, error, not_an_answer, refusal, streamed
from tests.servers.metrics import PrefixCache, exposition
from tests.servers.wire import (
    Choice,
    Json,
    Vocabulary,
    canned,
    constraint,
    embedded,
    first_user,
    read,
    rendered,
    whole,
)


class Server:
    """One server: its behaviour, its log, and what it counts."""

    def __init__(self, behaviour: Behaviour, sink: TextIO | None = None) -> None:
        self.behaviour, self.sink = behaviour, sink
        self.url = ""
        self.log: list[Received] = []
        self.peak = 0
        """Most requests at a time so far."""
        self.busy = 0
        self.started = time.monotonic()
        self.attempts: Counter[str] = Counter()
        self.schema_answers: Counter[str] = Counter()
        self.finished: Counter[str] = Counter()
        self.prompt_tokens = self.output_tokens = 0
        self.prefixes, self.vocabulary = PrefixCache(), Vocabulary()
        b = behaviour
        self.capacity = Capacity(b.rate, b.total, b.slots, b.cache)

    def app(self) -> web.Application:
        """The endpoints."""
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/chat/completions", self.generate)
        app.router.add_post("/v1/completions", self.generate)
        app.router.add_post("/v1/embeddings", self.generate)
        app.router.add_post("/tokenize", self.tokenize)
        app.router.add_post("/detokenize", self.detokenize)
        app.router.add_get("/v1/models", self.models)
        app.router.add_get("/health", self.health)
        app.router.add_get("/metrics", self.metrics)
        return app

    async def models(self, _: web.Request) -> web.Response:
        """The one model."""
        card: Json = {"id": self.behaviour.model, "object": "model", "owned_by": "vllm"}
        card["max_model_len"] = self.behaviour.context
        return web.json_response({"object": "list", "data": [card]})

    async def health(self, _: web.Request) -> web.Response:
        """200 once it is `healthy_after` seconds old; how many requests for completions came."""
        young = time.monotonic() - self.started < self.behaviour.healthy_after
        return web.json_response({"received": len(self.log)}, status=503 if young else 200)

    async def tokenize(self, request: web.Request) -> web.Response:
        """A prompt or a chat in numbers, as vLLM has it; 404 where the behaviour lacks it."""
        body = await request.json()
        if not self.behaviour.tokenizes:
            return web.json_response({"detail": "Not Found"}, status=404)
        numbers = self.vocabulary.encode(rendered(body))
        return web.json_response({"tokens": numbers, "count": len(numbers)})

    async def detokenize(self, request: web.Request) -> web.Response:
        """The inverse of /tokenize."""
        if not self.behaviour.tokenizes:
            return web.json_response({"detail": "Not Found"}, status=404)
        return web.json_response(
            {"prompt": self.vocabulary.decode((await request.json())["tokens"])}
        )

    async def metrics(self, _: web.Request) -> web.Response:
        """Prometheus text, the part of vLLM's that a client can use."""
        if not self.behaviour.metrics:
            return web.json_response({"detail": "Not Found"}, status=404)
        return web.Response(text=exposition(self))

    async def generate(self, request: web.Request) -> web.StreamResponse:
        """Both completion endpoints: log, fault or answer, log."""
        began = time.time()
        raw = await request.read()
        digest = hashlib.blake2b(raw, digest_size=8).hexdigest()
        self.attempts[digest] += 1
        got = Received(began, request.path, digest, self.attempts[digest])
        got.authorization = request.headers.get("Authorization")
        self.log.append(got)
        if len(self.log) == self.behaviour.dies_after:
            os._exit(1)
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        try:
            response = await self._respond(request, raw, got)
            open_still = request.transport is not None and not request.transport.is_closing()
            got.status = response.status
            got.delivered = open_still
            return response
        finally:
            self.busy -= 1
            got.seconds = time.time() - began
            if self.sink:
                self.sink.write(json.dumps(asdict(got)) + "\n")

    async def _respond(self, request: web.Request, raw: bytes, got: Received) -> web.StreamResponse:
        b = self.behaviour
        try:
            body = json.loads(raw)
            if isinstance(body.get("prompt"), list) and isinstance(body["prompt"][0], int):
                body["prompt"] = self.vocabulary.decode(body["prompt"])
            read(body, got)
        except (ValueError, KeyError, TypeError, IndexError) as wrong:
            return error(400, "BadRequestError", f"the request is not valid: {wrong!r}")
        if b.canned is not None:
            await asyncio.sleep(b.delay)
            got.tokens, got.finish = b.canned // 4, "stop"
            return canned(got, b.canned, b.model)
        got.body = body
        fault = got.fault = self._fault(got)
        prompt = speaker.tokens(rendered(body))
        words = {"model": body.get("model"), "served": b.model}
        words |= {"context": b.context, "prompt": len(prompt)}
        if b.delay:
            await asyncio.sleep(b.delay)
        refused = ("overflow", "filtered_400", "quota", "moderated", "elsewhere")
        if fault and (fault[0].isdigit() or fault in refused):
            return refusal(fault, b.retry_after, **words)
        if unsupported := self._unsupported(body):
            return error(400, "BadRequestError", unsupported)
        if "input" in body:
            return embedded(body)
        choices = [self._choice(body, got, i, len(prompt)) for i in range(body.get("n") or 1)]
        answer = whole(body, got, choices, len(prompt), self.prefixes.look_up(prompt))
        sent = json.dumps(answer).encode()
        if fault in ("drop", "reset", "hang"):
            return await broken_off(request, fault, sent)
        if body.get("stream"):
            return await streamed(request, answer, b.pace)
        got.tokens = sum(choice.tokens for choice in choices)
        got.finish = choices[0].finish
        await self.capacity.serve(len(prompt), max(choice.tokens for choice in choices))
        self.prompt_tokens += len(prompt)
        self.output_tokens += got.tokens
        self.finished.update(choice.finish for choice in choices)
        self.prefixes.keep(speaker.tokens(rendered(body) + choices[0].raw))
        return not_an_answer(fault or "", sent) or web.Response(
            body=sent, content_type="application/json"
        )

    def _fault(self, got: Received) -> str | None:
        """The fault of a request: scripted, poisoned, refused by a rule, or drawn."""
        b, number = self.behaviour, len(self.log)
        if number <= len(b.script):
            return b.script[number - 1]
        asked = rendered(got.body)
        for part, fault in b.poison.items():
            if part in asked:
                return fault
        if b.key is not None and got.authorization != f"Bearer {b.key}":
            return "401"
        if got.body.get("model", b.model) != b.model:
            return "404"
        if b.in_flight is not None and self.busy > b.in_flight:
            return b.over
        if len(speaker.tokens(asked)) > b.context:
            return "overflow"
        drawn = speaker.chance("fault", got.digest, got.attempt)
        for fault, rate in b.rates.items():
            if drawn < rate:
                return fault
            drawn -= rate
        return None

    def _unsupported(self, body: Json) -> str | None:
        """Why a request is refused that no fault concerns."""
        if body.get("continue_final_message") and body.get("add_generation_prompt", True):
            return "Cannot set both `continue_final_message` and `add_generation_prompt` to True."
        if constraint(body) and self.behaviour.structured == "unsupported":
            return "structured outputs are not supported by this server"
        return None

    def _choice(self, body: Json, got: Received, index: int, prompt: int) -> Choice:
        """One sample; with `n`, the i-th has the seed + i, as in vLLM."""
        b, chat = self.behaviour, "messages" in body
        if got.fault in ("empty", "content_filter"):
            return Choice("", "stop" if got.fault == "empty" else "content_filter", 0, b.dialect)
        seed = (got.seed or 0) + index
        raw, dialect = self._text(body, got, seed), b.dialect if chat else "inline"
        limit = body.get("max_completion_tokens") or body.get("max_tokens")
        limit = min(limit or (16 if not chat else b.context), max(b.context - prompt, 1))
        words = speaker.tokens(raw)
        if got.fault == "length":
            limit = min(limit, max(len(words) // 2, 1))
        finish = "length" if len(words) > limit else "stop"
        text = "".join(words[:limit])
        if constraint(body) and b.structured == "yes" and text[:1] != "<":
            dialect = "inline"
        return Choice(text, finish, min(len(words), limit), dialect)

    def _text(self, body: Json, got: Received, seed: int) -> str:
        """The whole text the model would write."""
        b = self.behaviour
        for part, text in b.says.items():
            if part in got.question:
                return text
        wanted = constraint(body)
        if wanted and b.structured == "yes":
            self.schema_answers[first_user(body)] += 1
            if self.schema_answers[first_user(body)] <= b.invalid_first:
                return '{"half an object": '
            if "choice" in wanted:
                choices = wanted["choice"]
                return str(
                    choices[int(speaker.chance("choice", got.question, seed) * len(choices))]
                )
            return speaker.instance(wanted["json"], dict(b.fields), seed)
        accuracy = b.accuracies.get(speaker.asked(got.question), b.accuracy)
        return speaker.continued(got.question, seed, accuracy, b.words, got.cut)


async def listen(server: Server, port: int) -> web.AppRunner:
    """Start listening on loopback; 0 takes a free port. Sets `server.url`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    # A client that goes away ends its request, as in vLLM.
    runner = web.AppRunner(
        server.app(), access_log=None, handler_cancellation=True, shutdown_timeout=0
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=8192)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    return runner


@contextlib.contextmanager
def serve(behaviour: Behaviour | None = None, *, port: int = 0) -> Iterator[Server]:
    """Run a server in a thread; its `behaviour` may be replaced while it runs."""
    server = Server(behaviour or Behaviour())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(listen(server, port), loop).result()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextlib.contextmanager
def serve_apart(behaviour: Behaviour, log: Path, *, port: int = 0) -> Iterator[str]:
    """Run a server in a process of its own; yields its url. `read_log(log)` has the requests."""
    command = [sys.executable, "-m", "tests.servers.faulty"]
    command += ["--port", str(port), "--log", str(log)]
    environment = {**os.environ, "FAULTY": behaviour.to_json()}
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            url = process.stdout.readline().strip()
            assert url, "the server did not start"
            yield url
        finally:
            process.terminate()
            process.wait()


def main() -> None:
    """Serve until told to stop; prints the url."""
    parser = argparse.ArgumentParser(description="A fault-injecting OpenAI-compatible server.")
    parser.add_argument("vllm", nargs="*", help="`serve MODEL`, as vLLM is called; ignored")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, help="a file that gets a line of JSON per request")
    parser.add_argument("--served-model-name", default=None)
    arguments, _ = parser.parse_known_args()
    behaviour = Behaviour.from_json(os.environ.get("FAULTY") or Behaviour().to_json())
    if arguments.served_model_name:
        behaviour = replace(behaviour, model=arguments.served_model_name)
    with contextlib.suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

    async def run() -> None:
        with (
            arguments.log.open("a", buffering=1)
            if arguments.log
            else contextlib.nullcontext() as sink
        ):
            runner = await listen(server := Server(behaviour, sink), arguments.port)
            print(server.url, flush=True)
            stop = asyncio.Event()
            for name in (2, 15):
                asyncio.get_running_loop().add_signal_handler(name, stop.set)
            await stop.wait()
            await runner.cleanup()

    asyncio.run(run())


if __name__ == "__main__":
    main()
