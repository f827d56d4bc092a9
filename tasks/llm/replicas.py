"""The servers of one teacher: which of them answer, what they serve, and how loaded they are."""

import asyncio
import sys
import time

import aiohttp
import orjson

from schemas.errors import LongcotError, TeacherError
from schemas.recipe.teachers import Served
from tasks.llm.admission import Admission, Gate, load_of
from tasks.llm.http.client import Failure, Wire
from tasks.llm.http.refusals import ENDS, kind_of

PATIENCE = 900.0
"""Seconds without one reachable replica after which the run gives up; what is done is kept."""

POLL = 2.0
"""Seconds between two looks at a replica's metrics, or at a replica that is down."""

LISTING = 10.0
"""Seconds that a server may take to list its models."""

LAST_SECONDS = 15.0
"""Seconds that answers which are under way get when another request ends the run."""


class Replicas:
    """The base URLs of a teacher, and the admission to them."""

    def __init__(self, teacher: Served, urls: list[str], wire: Wire) -> None:
        self.teacher, self.urls, self.wire = teacher, urls, wire
        self.admission = Admission([Gate(teacher.in_flight) for _ in urls])
        self.listed: list[str] = []
        self._down_since: float | None = None
        self._watchers: dict[int, asyncio.Task[None]] = {}

    def halt(self, why: LongcotError, seconds: float) -> None:
        """End the run with an error: nothing new is sent, what is under way gets `seconds`."""
        self.admission.close(why)
        self.wire.break_off(seconds)

    def served(self) -> bool:
        """Whether a replica lists the teacher's model."""
        return any(same_model(self.teacher.model, name) for name in self.listed)

    def refusal(self, failure: Failure, replica: int) -> TeacherError:
        """What is told where no request of the run could survive a failure."""
        url, name = self.urls[replica], f"teacher {self.teacher.name}"
        kept = "Everything received is kept; what is missing is asked for by the next build"
        if failure.kind == "out_of_money":
            return TeacherError(f"{name}: {url}: no money left: {failure.detail}. {kept}")
        if failure.kind == "not_found" and self.listed:
            return TeacherError(
                f"{name}: {url} serves no model {self.teacher.model!r}; it serves "
                f"{', '.join(self.listed[:10])}"
            )
        return TeacherError(
            f"{name}: {url} refuses every request: {failure.detail}. Check `model`, `endpoint` and "
            f"the variable that `key_env` names. {kept}"
        )

    def mark_down(self, replica: int, failure: Failure) -> None:
        """Send it nothing until it answers again."""
        gate = self.admission.gates[replica]
        if gate.up:
            gate.up = False
            if not any(other.up for other in self.admission.gates):
                self._down_since = time.monotonic()
            self._watchers[replica] = asyncio.create_task(self._until_up(replica, failure))

    async def _until_up(self, replica: int, failure: Failure) -> None:
        """Look at a replica that is down until it answers; give up when all have been gone long."""
        while True:
            await asyncio.sleep(POLL)
            try:
                if (await self.wire.get(f"{self.urls[replica]}/models", 10))[0] < 500:
                    break
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            if self._down_since is not None and time.monotonic() - self._down_since > PATIENCE:
                self.halt(
                    TeacherError(
                        f"teacher {self.teacher.name}: no server answers since {PATIENCE:.0f} s "
                        f"({failure.detail}). Everything received is kept; start the server "
                        "and run again"
                    ),
                    LAST_SECONDS,
                )
                return
        self.admission.gates[replica].up = True
        self._down_since = None
        self.admission.admit()

    async def check(self) -> None:
        """Ask each for its models, so that a wrong address is told at once.

        A replica that does not listen is down, and looked at until it is up; one that listens and
        does not list is asked as it is. Raises TeacherError where none listens, the key is
        refused, or the server is another one.
        """
        looks = await asyncio.gather(*map(self._look, range(len(self.urls))))
        silent = [(n, look) for n, look in enumerate(looks) if isinstance(look, Exception)]
        if len(silent) == len(looks):
            raise TeacherError(
                f"teacher {self.teacher.name}: nothing answers at {', '.join(self.urls)}: "
                f"{self.wire.hide(str(silent[0][1]))}"
            )
        for number, error in silent:
            print(
                f"longcot: {self.teacher.name}: nothing answers at {self.urls[number]} "
                f"({self.wire.hide(str(error))}); going on with the others",
                file=sys.stderr,
            )
            self.mark_down(number, Failure("refused", str(error)))
        for number, look in enumerate(looks):
            if isinstance(look, Exception) or look is None:
                continue
            status, text = look
            kind = kind_of(status, text) if status != 200 else ""
            if kind in ENDS or status == 403:
                raise self.refusal(Failure(kind, f"HTTP {status}: {text}"), number)
            self.listed += models_of(text) if status == 200 else []

    async def _look(self, replica: int) -> tuple[int, str] | OSError | aiohttp.ClientError | None:
        """The answer to GET /models; an error where nobody listens, None where it hangs."""
        try:
            return await self.wire.get(f"{self.urls[replica]}/models", LISTING)
        except TimeoutError:  # it is an OSError
            return None
        except (aiohttp.ClientError, OSError) as error:
            return error

    async def watch(self) -> None:
        """Follow the replicas' metrics for as long as the engine runs."""
        roots = [url.removesuffix("/v1") for url in self.urls]
        while True:
            for root, gate in zip(roots, self.admission.gates, strict=True):
                if not gate.up:
                    continue
                try:
                    status, text = await self.wire.get(f"{root}/metrics", 10)
                    load = load_of(text) if status == 200 else None
                except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
                    load = None
                if load:
                    gate.observe(load)
            self.admission.admit()
            await asyncio.sleep(POLL)

    async def close(self) -> None:
        """Look no more at those that are down."""
        for watcher in self._watchers.values():
            watcher.cancel()
        await asyncio.gather(*self._watchers.values(), return_exceptions=True)


def models_of(text: str) -> list[str]:
    """The ids in an answer to GET /models; empty where it is none."""
    try:
        return [str(model["id"]) for model in orjson.loads(text)["data"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return []


def same_model(one: str, other: str) -> bool:
    """Whether two names may mean one model: `models/gemini-x`, `Org/Model`, `model:latest`."""

    def plain(name: str) -> str:
        return name.lower().removesuffix(":latest").rpartition("/")[2]

    return plain(one) == plain(other)
