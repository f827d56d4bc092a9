"""What contenders share: the command line, the files, the clock. Standard library only."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

MODEL = "teacher"
MAX_TOKENS = 2048
os.environ.setdefault("OPENAI_API_KEY", "none")


@dataclass(frozen=True)
class Errand:
    """What a contender is asked to do."""

    url: str
    """The server, with /v1."""
    prompts: list[str]
    work: Path
    """A folder of its own, kept from one run to the next."""
    in_flight: int


def cpu() -> float:
    """CPU seconds of this process and its finished children."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


def contend(run: Callable[[Errand], Iterable[tuple[str, str]]]) -> None:
    """Run a contender as its command line says; `run` returns pairs of prompt and answer."""
    url, prompts, answers, work, in_flight = sys.argv[1:]
    wall, used = time.perf_counter(), cpu()
    errand = Errand(url, Path(prompts).read_text().splitlines(), Path(work), int(in_flight))
    with Path(answers).open("w") as out:
        for pair in run(errand):
            out.write(json.dumps(pair) + "\n")
    print(json.dumps({"seconds": time.perf_counter() - wall, "cpu": cpu() - used}), flush=True)
