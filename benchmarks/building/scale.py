"""Memory, time and bytes of a build, per step, at two sizes.

    python benchmarks/building/scale.py WORK_DIR [--rows 100000 1000000]

Makes traces of about 8 kB by repeating and altering real ones (LONGCOT_REAL_DATA) or, without
these, the shipped recordings; builds them with `longcot build`; samples the memory of the whole
process tree (PSS: pages shared by several processes count once) and reads what each process read
and wrote. Prints the ratio of the peaks and of the times per row; absolute times depend on the
machine.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

BYTES = 8_000
SAMPLES = 8
RECIPE = """
name: scale
sources:
  - {{path: {folder}/problems}}
teachers:
  - {{name: scale, recorded: {folder}/traces}}
steps: [screen, dedupe, generate, verify, measure, grade]
views:
  sft:
    where: verdict = 'correct' and state = 'complete'
    per_problem: {{keep: 4, by: completion_tokens}}
  pairs: {{chosen: "verdict = 'correct'", rejected: "verdict = 'incorrect'", per_problem: 1}}
"""


def real_texts() -> list[str]:
    """Real traces, or the shipped ones, as material."""
    folder = os.environ.get("LONGCOT_REAL_DATA")
    if folder:
        import io

        import zstandard

        path = Path(folder) / "traces_lineage_2025h2.jsonl.zst"
        with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
            lines = io.TextIOWrapper(stream, "utf-8")
            return [json.loads(line)["trace"] for line in lines]
    shipped = Path(__file__).parents[2] / "data" / "samples" / "traces"
    return pl.read_parquet(shipped / "*.parquet")["trace"].to_list()


def make(folder: Path, rows: int) -> None:
    """Write `rows` traces of rows/8 problems, in files of 50,000 rows, shuffled over problems."""
    rng = random.Random(rows)
    material = "\n".join(real_texts()).replace("think>", "thought>")
    (folder / "problems").mkdir(parents=True, exist_ok=True)
    (folder / "traces").mkdir(parents=True, exist_ok=True)
    count = rows // SAMPLES
    problems = [
        {
            "problem": f"A crate holds {i % 97 + 3} jars and {i} lids. What is {i} + {i % 97 + 3}?",
            "answer": str(i + i % 97 + 3),
        }
        for i in range(count)
    ]
    pq.write_table(pa.Table.from_pylist(problems), folder / "problems" / "problems.parquet")
    for start in range(0, rows, 50_000):
        batch = []
        for number in range(start, min(start + 50_000, rows)):
            problem = problems[(number * 7919) % count]
            at = rng.randrange(len(material) - BYTES)
            answer = problem["answer"] if rng.random() < 0.6 else str(rng.randrange(10_000))
            thought = f"Sample {number}. {material[at : at + BYTES - 300]}"
            close = "</think>" if rng.random() < 0.97 else ""
            text = f"<think>\n{thought}\n{close}\n\nSo it is \\boxed{{{answer}}}."
            sample = number // count
            batch.append({**problem, "trace": text, "sample": sample, "teacher": "repeated"})
        path = folder / "traces" / f"part-{start:09d}.parquet"
        pq.write_table(pa.Table.from_pylist(batch), path, compression="zstd", row_group_size=5000)


def tree(process: psutil.Process) -> tuple[int, dict[int, tuple[int, int]]]:
    """PSS of the process and its descendants, and bytes read and written by pid."""
    total, moved = 0, {}
    for member in [process, *process.children(recursive=True)]:
        try:
            total += member.memory_full_info().pss
            io = member.io_counters()
            moved[member.pid] = (io.read_chars, io.write_chars)
        except psutil.Error:
            continue
    return total, moved


def run(folder: Path, rows: int) -> dict[str, Any]:
    """Build once; the peak in bytes, seconds in all and per step, bytes moved."""
    recipe = folder / "scale.yaml"
    recipe.write_text(RECIPE.format(folder=folder))
    pool = folder / "pool"
    log = folder / "log.txt"
    began = time.time()
    peak, peak_at, moved = 0, "", {}
    with log.open("w") as sink:
        command = [str(Path(sys.executable).parent / "longcot"), "build", str(recipe)]
        child = subprocess.Popen([*command, "--pool", str(pool)], stdout=sink, stderr=sink)
        process = psutil.Process(child.pid)
        while child.poll() is None:
            try:
                used, now = tree(process)
            except psutil.NoSuchProcess:
                break
            moved.update(now)
            if used > peak:
                lines = log.read_text().splitlines()
                peak, peak_at = used, lines[-1] if lines else "start"
            time.sleep(1)
    assert child.wait() == 0, log.read_text()
    report = json.loads((pool / "report.json").read_text())
    return {
        "rows": rows,
        "seconds": round(time.time() - began),
        "peak_mb": peak // 2**20,
        "peak_after": peak_at,
        "read_gb": round(sum(r for r, _ in moved.values()) / 1e9, 2),
        "written_gb": round(sum(w for _, w in moved.values()) / 1e9, 2),
        "steps": [line for line in log.read_text().splitlines() if line.startswith("longcot:")],
        "funnel": [(x["stage"], x["label"], x["in"], x["out"]) for x in report["funnel"]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    arguments = parser.parse_args()
    results = []
    for rows in arguments.rows:
        folder = arguments.folder.resolve() / str(rows)
        if not (folder / "traces").exists():
            make(folder, rows)
        results.append(run(folder, rows))
        print(json.dumps(results[-1], indent=1), flush=True)
    first, last = results[0], results[-1]
    per_row = [r["seconds"] / r["rows"] for r in (first, last)]
    print(f"{last['rows']:,} rows against {first['rows']:,}:")
    print(f"  peak memory    {last['peak_mb'] / first['peak_mb']:.2f} times")
    print(f"  seconds a row  {per_row[1] / per_row[0]:.2f} times")


if __name__ == "__main__":
    main()
