"""How fast, beside the peers that are installed: every method in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

import polars as pl

from benchmarks.dedupe.signers import SIGNERS
from benchmarks.dedupe.texts import corpus

METHODS = list(SIGNERS)


def speed(short: int, long: int, share: int) -> None:
    for kind, rows, words in (("short", short, 60), ("long", long, 3000)):
        with tempfile.TemporaryDirectory() as folder:
            texts = corpus(rows, words, 1)
            whole, part = f"{folder}/whole.parquet", f"{folder}/part.parquet"
            pl.DataFrame({"text": texts}).write_parquet(whole)
            pl.DataFrame({"text": texts[: rows // share]}).write_parquet(part)
            size = texts.str.len_bytes().sum() / rows
            print(f"{kind}: {rows:,} texts of {words} words ({size:,.0f} bytes), 5-word shingles")
            print(f"  peers on the first {rows // share:,} of them", flush=True)
            results = {}
            for method in METHODS:
                for workers in (1, 2):
                    results[method, workers] = alone(method, part, workers)
                    print(line(method, workers, results[method, workers]), flush=True)
            for workers in (1, 2):
                print(line("longcot, all", workers, alone("longcot", whole, workers)), flush=True)
            for method in METHODS[1:]:
                for workers in (1, 2):
                    other, own = results[method, workers], results["longcot", workers]
                    if "seconds" in other:
                        assert other["docs"] == own["docs"]
                        ratio = other["seconds"] / own["seconds"]
                        print(f"  {ratio:6.1f} times {method} on {workers} core(s)")
            assert results["longcot", 1]["recall"] >= 0.98


def alone(method: str, path: str, workers: int) -> dict[str, Any]:
    """A method in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.dedupe", "one", method, path, str(workers)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": str(workers)}
    environment |= {"RAYON_NUM_THREADS": str(workers)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def line(method: str, workers: int, result: dict[str, Any]) -> str:
    if "missing" in result:
        return f"  {method:<13} not installed, skipped ({result['missing']})"
    text = (
        f"  {method:<13} {workers} core(s) {result['docs'] / result['seconds']:>10,.0f} docs/s "
        f"{result['mb']:>6,} MB"
    )
    if "recall" in result:
        text += (
            f"  recall {result['recall']:.4f} of {result['planted']}, "
            f"precision {result['precision']:.3f} of {result['candidates']} candidates"
        )
    return text
