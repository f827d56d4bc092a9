"""The viewer on a big pool: seconds to its index, to pages and filters, and its memory.

    python benchmarks/viewer.py WORK_DIR [--rows 1000000]

Writes a pool of narrow rows with short texts (no build: tables as a build writes them, in shards of
100,000 traces), starts `longcot view`, asks for pages as a browser does, and prints seconds and the
memory of the process (PSS). Text that is longer costs the page that shows it, not the filters,
which never read it.
"""

import argparse
import json
import random
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa

from schemas.identity import digest
from schemas.tables import TABLES
from tasks import __version__
from tasks.pool.store import FORMAT, Pool, Receipt, Shard

SAMPLES = 8
SHARD = 100_000
TEACHERS = ("R1", "QwQ-32B", "Qwen3-32B", "gpt-oss-120b")
DOMAINS = ("math", "logic", "science", "code")
PAGES = {
    "first page": "",
    "page 1,000": "page=1000",
    "verdict": "verdict=incorrect",
    "verdict, teacher, domain": "verdict=incorrect&teacher=R1&domain=math",
    "a rare reason": "reason=undecided.timeout",
    "SQL": "sql=tokens+%3E+2000+and+pass_rate+%3C+0.3",
    "SQL over the text": "sql=response+like+%27%25999%25%27",
}


def make(pool: Pool, rows: int) -> None:
    """Write `rows` traces of rows/8 problems, their verdicts, signals and grades."""
    rng = random.Random(rows)
    tables: dict[str, list[Shard]] = {}
    count = rows // SAMPLES

    def put(table: str, key: int, content: list[dict[str, Any]]) -> None:
        receipt = Receipt("made", f"{table}{key:08d}"[-16:].replace("-", "_"), "made")
        whole = pa.Table.from_pylist(content, TABLES[table])
        tables.setdefault(table, []).extend(pool.commit(receipt, {table: whole}, "made").outputs)

    ids = [digest("problem", i) for i in range(count)]
    rates = [rng.randrange(SAMPLES + 1) for _ in range(count)]
    for start in range(0, count, SHARD):
        part = range(start, min(start + SHARD, count))
        put("problems", start, [
            {"problem_id": ids[i], "problem": f"A crate holds {i} lids. What is ${i} + {i % 97}$?",
             "domain": DOMAINS[i % 4], "answer": str(i + i % 97), "answer_kind": "math",
             "source": f"source {i % 5}", "content": ids[i]} for i in part])  # fmt: skip
        put("grades", start, [
            {"problem_id": ids[i], "solver": "all", "n": SAMPLES, "correct": rates[i],
             "undecided": 0, "unfinished": 0, "pass_rate": rates[i] / SAMPLES,
             "difficulty": ("unsolved", "hard", "medium", "easy")[min(3, rates[i])]}
            for i in part])  # fmt: skip
    for start in range(0, rows, SHARD):
        traces, verdicts, signals = [], [], []
        for number in range(start, min(start + SHARD, rows)):
            i, sample = number // SAMPLES, number % SAMPLES
            trace = digest("trace", number)
            right = sample < rates[i]
            cut = not right and number % 29 == 0
            traces.append(
                {"trace_id": trace, "problem_id": ids[i], "teacher": TEACHERS[sample % 4],
                 "sample": sample, "reasoning": f"{number} lids. Adding, we find {i + i % 97}.",
                 "response": f"It is \\boxed{{{i + i % 97 + (not right)}}}.", "dialect": "think",
                 "state": "truncated" if cut else "complete", "content": trace})  # fmt: skip
            reason = "equal.exact" if right else "no_answer.truncated" if cut else "differ.value"
            verdict = "correct" if right else "incorrect"
            if number % 50_021 == 7:
                verdict, reason = "undecided", "undecided.timeout"
            verdicts.append(
                {"trace_id": trace, "verifier": "math", "version": "1", "verdict": verdict,
                 "extracted": str(i + i % 97 + (not right)), "reason": reason})  # fmt: skip
            tokens = int(rng.lognormvariate(7, 0.8))
            signals.append(
                {"trace_id": trace, "reasoning_chars": 4 * tokens, "response_chars": 20,
                 "tokens": tokens, "tokenizer": "characters/4", "compression": rng.random() / 2,
                 "repeated_lines": 0.0, "tail_repeats": 1})  # fmt: skip
        for name, content in (("traces", traces), ("verdicts", verdicts), ("signals", signals)):
            put(name, start, content)
    pool.put_json(
        "manifest.json",
        {"format": FORMAT, "code": __version__, "name": "big", "recipe": "made", "stages": {},
         "tables": {t: [s.__dict__ for s in shards] for t, shards in tables.items()},
         "views": {}},
    )  # fmt: skip


def get(url: str) -> tuple[float, bytes]:
    """Seconds and bytes of a page."""
    began = time.monotonic()
    with urllib.request.urlopen(url, timeout=600) as reply:
        body: bytes = reply.read()
    return time.monotonic() - began, body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--port", type=int, default=8431)
    arguments = parser.parse_args()
    place = arguments.folder.resolve() / str(arguments.rows)
    if not (place / "manifest.json").exists():
        make(Pool(place), arguments.rows)
    url = f"http://127.0.0.1:{arguments.port}"
    command = [str(Path(sys.executable).parent / "longcot"), "view", str(place), "--no-open"]
    began = time.monotonic()
    server = subprocess.Popen([*command, "--port", str(arguments.port)])
    try:
        process, figures = psutil.Process(server.pid), {}
        while True:
            try:
                get(f"{url}/traces")
                break
            except OSError:
                time.sleep(0.1)
        figures["start to first page"] = time.monotonic() - began
        while b'id="indexing"' in get(f"{url}/traces")[1]:
            time.sleep(0.2)
        figures["start to index"] = time.monotonic() - began
        figures["memory after the index, MB"] = process.memory_full_info().pss / 2**20
        for name, query in PAGES.items():
            figures[name] = get(f"{url}/traces?{query}")[0]
            figures[f"{name}, again"] = get(f"{url}/traces?{query}")[0]
        body = get(f"{url}/traces")[1].decode()
        trace = body.split('href="/trace/', 1)[1].split('"', 1)[0].split("?", 1)[0]
        for page in ("trace", "history"):
            figures[page] = get(f"{url}/{page}/{urllib.parse.quote(trace)}")[0]
        figures["memory, MB"] = process.memory_full_info().pss / 2**20
        print(json.dumps({k: round(v, 3) for k, v in figures.items()}, indent=1))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
