"""What a client costs: requests/s and CPU seconds per 1,000 requests, beside its peers.

    python -m benchmarks.asking.client WORK_DIR [--requests 20000] [--in-flight 5000] [--rounds 3]

A server in a process of its own answers each prompt after 4 seconds with 4 kB that name the prompt,
so 5,000 requests in flight can be 1,250 a second at most: who is slower spends the rest in the
client. Every contender gets the same prompts, `--rounds` times, in turn. After each run every
prompt must have been answered exactly once at the server and have its own answer at the client,
and never more requests than allowed may have been in the server at a time. longcot runs with its
journal; datatrove with its cache; curator and distilabel keep files by themselves; litellm, the
bare loop and the sockets alone keep nothing. Ratios are to the bare loop in the same round, least
and greatest.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.asking.contest import NEEDS, Run, answers, asked, begin, end, environment, peak
from tests.servers import speaker
from tests.servers.behaviour import Behaviour, read_log
from tests.servers.faulty import serve_apart

BYTES = 4096
DELAY = 4.0  # seconds before an answer


def once(name: str, python: Path, prompts: list[str], folder: Path, in_flight: int) -> Run:
    """One contender, once, against a fresh server; the counts hold or it does not count."""
    # Without metrics longcot keeps a fixed number in flight, like the others.
    behaviour = Behaviour(canned=BYTES, delay=DELAY, metrics=False)
    work = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    with serve_apart(behaviour, work / "server.jsonl") as url:
        run = end(begin(name, python, url, prompts, work, in_flight), work)
    log = read_log(work / "server.jsonl")
    counts = asked(log, prompts)
    assert counts.keys() == set(prompts), f"{name}: {len(counts)} of {len(prompts)} were answered"
    twice = {prompt: count for prompt, count in counts.items() if count > 1}
    assert not twice, f"{name}: asked again for {len(twice)} answers: {list(twice)[:3]}"
    most = peak(log)
    assert most <= in_flight, f"{name}: {most} requests at a time"
    told = answers(work)
    assert len(told) == len(prompts), f"{name}: {len(told)} answers to {len(prompts)} prompts"
    assert dict(told) == {prompt: speaker.canned(prompt, BYTES) for prompt in prompts}, name
    print(
        f"{name:10} {len(prompts) / run.seconds:8.0f} requests/s "
        f"{1000 * run.cpu / len(prompts):8.3f} CPU s per 1,000   {most:,} in flight",
        flush=True,
    )
    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", type=Path, help="where their environments are or go")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--in-flight", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contenders", nargs="+", choices=NEEDS, default=list(NEEDS))
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    peers = (arguments.peers or folder / "peers").resolve()
    pythons = {name: environment(name, peers, NEEDS[name]) for name in arguments.contenders}
    prompts = [
        f"A crate holds {i} jars and 7 lids. What is {i}+7?" for i in range(arguments.requests)
    ]
    runs: dict[str, list[Run]] = {name: [] for name, python in pythons.items() if python}
    for _ in range(arguments.rounds):
        for name, done in runs.items():
            python = pythons[name]
            assert python
            done.append(once(name, python, prompts, folder, arguments.in_flight))
    base = "bare" if "bare" in runs else next(iter(runs))
    print(f"\n{len(prompts):,} requests, {arguments.rounds} rounds, beside {base}:")
    for name, done in runs.items():
        pairs = list(zip(done, runs[base], strict=True))
        speed = sorted(peer.seconds / own.seconds for own, peer in pairs)
        cost = sorted(own.cpu / peer.cpu for own, peer in pairs)
        print(
            f"{name:10} {speed[0]:6.2f} to {speed[-1]:.2f} times the throughput, "
            f"{cost[0]:6.2f} to {cost[-1]:.2f} times the CPU"
        )


if __name__ == "__main__":
    main()
