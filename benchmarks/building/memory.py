"""Memory of live generation: a million samples planned, a hundred thousand drawn; is it flat?

    python benchmarks/building/memory.py DIR [--problems 250000] [--samples 4] [--drawn 100000]

Peak resident memory of the process that asks, at each tenth of the way. The server is the loopback
stand-in of the tests, in a process of its own, and answers with 4 kB each.
"""

import argparse
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from schemas.recipe.teachers import Live
from schemas.recipe.views import Source
from tasks.generation.live.run import generate
from tasks.llm.requests import Meter
from tasks.pool.jobs import Done
from tasks.pool.store import Pool
from tasks.sources.ingest import Answers, ingest
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import serve_apart


class Enough(Exception):
    """As many as were asked for are drawn."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--problems", type=int, default=250_000)
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--drawn", type=int, default=100_000)
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    with (told.folder / "problems.jsonl").open("w") as file:
        for n in range(told.problems):
            file.write(json.dumps({"problem": f"What is {n}+{n % 97}?", "answer": str(n)}) + "\n")
    done = Done(Pool(told.folder / "pool"), "benchmark")
    source = Source(path="problems.jsonl")
    taken = ingest(done.pool, source, told.folder, Answers(), "benchmark", lambda _: None)
    done.tables["problems"] = taken.shards
    own = psutil.Process()
    looks: list[tuple[int, int]] = []
    began = time.monotonic()

    def look(meter: Meter, share: float) -> None:
        looks.append((meter.done, own.memory_info().rss))
        if meter.done >= told.drawn:
            os.kill(os.getpid(), 2)

    with serve_apart(Behaviour(canned=4096), told.folder / "server.jsonl") as url:
        teacher = Live.model_validate(
            {"name": "t", "model": "teacher", "endpoint": url, "samples": told.samples}
        )
        with suppress(KeyboardInterrupt):
            generate(done, teacher, told.folder, None, False, None, look)
    print(f"{told.problems * told.samples:,} samples planned, {looks[-1][0]:,} drawn, "
          f"{looks[-1][0] / (time.monotonic() - began):,.0f}/s")  # fmt: skip
    peaks = []
    for tenth in range(1, 11):
        low, high = (told.drawn * t / 10 for t in (tenth - 1, tenth))
        seen = [rss for count, rss in looks if low <= count < high]
        if seen:
            peaks.append(max(seen))
            print(f"{tenth * 10:4d} %: {max(seen) / 1e6:,.0f} MB")
    print(f"last over second tenth: {peaks[-1] / peaks[1]:.2f}")


if __name__ == "__main__":
    main()
