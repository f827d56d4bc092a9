"""Items per second of `longcot serve` beside the call in the process, and its memory.

    python benchmarks/judging/serve.py [--items 4000] [--batch 64] [--rounds 3]

The same pairs of a gold and a response go to `Pool.map` and, in batches and one by one, to a server
of this machine's own loopback with as many worker processes. The verdicts have to be the same.
"""

import argparse
import asyncio
import statistics
import time

import psutil
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from verifiers import Pool, Problem
from verifiers.server import application


def items(count: int) -> list[dict[str, str]]:
    """Pairs, two thirds of them right: numbers, fractions, expressions."""
    golds = ["{}", "\\frac{{{}}}{{7}}", "x^2+{}x"]
    return [
        {"answer": golds[i % 3].format(i % 97),
         "response": f"So \\boxed{{{golds[i % 3].format((i % 97) + (i % 9 == 0))}}}."}
        for i in range(count)
    ]  # fmt: skip


def inside(pool: Pool, rows: list[dict[str, str]]) -> list[str]:
    asked = [(Problem("", "", row["answer"]), row["response"]) for row in rows]
    return [str(word.verdict) for word in pool.map("verify", asked)]


async def over(pool: Pool, rows: list[dict[str, str]], batch: int) -> list[str]:
    """All rows in batches, eight requests at a time."""
    parts = [rows[at : at + batch] for at in range(0, len(rows), batch)]
    gate = asyncio.Semaphore(8)
    async with TestServer(application(pool)) as server, ClientSession() as client:

        async def ask(part: list[dict[str, str]]) -> list[str]:
            async with gate, client.post(server.make_url("/verify"), json={"items": part}) as got:
                return [row["verdict"] for row in (await got.json())["items"]]

        return [verdict for found in await asyncio.gather(*map(ask, parts)) for verdict in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=4000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    rows = items(told.items)
    with Pool() as pool:
        expected = inside(pool, rows)
        sides = {
            "in the process": lambda: inside(pool, rows),
            f"over HTTP, batches of {told.batch}": lambda: asyncio.run(
                over(pool, rows, told.batch)
            ),
            "over HTTP, one by one": lambda: asyncio.run(over(pool, rows, 1)),
        }
        spent: dict[str, list[float]] = {name: [] for name in sides}
        before = psutil.Process().memory_info().rss
        for _ in range(told.rounds):
            for name, side in sides.items():
                started = time.perf_counter()
                assert side() == expected
                spent[name].append(time.perf_counter() - started)
        for name, seconds in spent.items():
            print(f"{name:32} {told.items / statistics.median(seconds):8.0f} items/s")
        grown = (psutil.Process().memory_info().rss - before) / 1e6
        print(f"resident memory grew by {grown:.1f} MB in {told.rounds} rounds")


if __name__ == "__main__":
    main()
