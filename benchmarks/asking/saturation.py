"""How full longcot keeps vLLM: output tokens/s of a build beside vLLM's own offline `LLM.chat`.

    python benchmarks/asking/saturation.py --vllm VENV/bin/vllm --model FOLDER [--runs 3]

Both sides load the same weights with the same engine arguments and answer the same prompts with the
same seeds, taking turns. The clock runs from the first request to the last answer on either side;
loading is left out. Answers end where the model ends them, so their lengths are mixed. Asserted:
every prompt is answered once on both sides, and the tokens of both agree within 5 % (batches of
other sizes round differently).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))

from schemas.recipe.teachers import Live
from schemas.recipe.views import Source
from tasks.generation.live.run import generate
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool
from tasks.sources.ingest import Answers, ingest

SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "problems"

ENGINE: dict[str, Any] = {
    "max_model_len": 1024,
    "enforce_eager": True,
    # vLLM's CPU engine stops when a request with a seed is prefilled in chunks.
    "enable_chunked_prefill": False,
    "max_num_batched_tokens": 32_768,
    "max_num_seqs": 32,
    "dtype": "bfloat16" if "avx512" in Path("/proc/cpuinfo").read_text() else "float32",
}

ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "VLLM_CPU_KVCACHE_SPACE": "2", "VLLM_NO_USAGE_STATS": "1"}

OFFLINE = """
import json, sys, time
from vllm import LLM, SamplingParams

if __name__ == "__main__":
    asked = json.load(open(sys.argv[1]))
    llm = LLM(model=asked["model"], **asked["engine"])
    params = [SamplingParams(seed=s, **asked["sampling"]) for s in asked["seeds"]]
    began = time.perf_counter()
    found = llm.chat(asked["messages"], params, use_tqdm=False)
    seconds = time.perf_counter() - began
    tokens = sum(len(o.outputs[0].token_ids) for o in found)
    print(json.dumps({"answers": len(found), "tokens": tokens, "seconds": seconds}))
"""

SAMPLING = {"temperature": 0.7, "max_tokens": 384}


class Side(NamedTuple):
    """What one side did; `seconds` without loading."""

    answers: int
    tokens: int
    seconds: float


def build(told: argparse.Namespace, folder: Path) -> tuple[Side, pl.DataFrame]:
    """The generate step of a build with a managed server; also its rows."""
    done = Done(Pool(folder / "pool"), "benchmark")
    wanted = "domain in ('math', 'science')"
    taken = ingest(
        done.pool, Source(path=str(SAMPLES), where=wanted), folder, Answers(), "b", lambda _: None
    )
    done.tables["problems"] = taken.shards
    ids = frame_of(done.pool.read(taken.shards[0].outputs[0], ["problem_id"]))["problem_id"]
    only = frozenset(sorted(ids)[: told.problems])
    managed = {
        "command": told.vllm,
        "path": told.model,
        "args": ENGINE,
        "env": ENVIRONMENT,
    }
    teacher = Live.model_validate(
        {"name": "t", "model": "small", "vllm": managed, "prompt": "boxed", **SAMPLING}
    )
    made = generate(done, teacher, folder, None, False, only, lambda meter, share: None)
    rows = pl.concat([frame_of(done.pool.read(r.outputs[0])) for r in made.shards])
    start = (rows["started_at"].dt.epoch("ms") / 1000).to_numpy()
    seconds = float((start + rows["seconds"].to_numpy()).max() - start.min())
    problems = frame_of(done.pool.read(taken.shards[0].outputs[0], ["problem_id", "problem"]))
    rows = rows.join(problems, on="problem_id")
    return Side(len(rows), int(rows["completion_tokens"].sum()), seconds), rows


def offline(told: argparse.Namespace, folder: Path, rows: pl.DataFrame) -> Side:
    """`LLM.chat` over the prompts that the build asked, with their seeds."""
    from tasks.llm.prompts import load

    template = load("boxed", folder)
    asked = {
        "model": told.model,
        "engine": ENGINE,
        "sampling": SAMPLING,
        "seeds": rows["seed"].to_list(),
        "messages": [template.body({"problem": p})[1]["messages"] for p in rows["problem"]],
    }
    (folder / "asked.json").write_text(json.dumps(asked))
    (folder / "offline.py").write_text(OFFLINE)
    python = Path(told.vllm).parent / "python"
    run = subprocess.run(
        [python, folder / "offline.py", folder / "asked.json"],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    result = [line for line in run.stdout.splitlines() if line.startswith('{"answers"')]
    return Side(**json.loads(result[0]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vllm", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--problems", type=int, default=48)
    parser.add_argument("--runs", type=int, default=3)
    told = parser.parse_args()
    ratios = []
    for run in range(told.runs):
        with tempfile.TemporaryDirectory() as name:
            ours, rows = build(told, Path(name))
            theirs = offline(told, Path(name), rows)
        assert ours.answers == theirs.answers == told.problems, (ours, theirs)
        assert abs(ours.tokens - theirs.tokens) <= 0.05 * theirs.tokens, (ours, theirs)
        speeds = [side.tokens / side.seconds for side in (ours, theirs)]
        ratios.append(speeds[0] / speeds[1])
        print(
            f"run {run + 1}: longcot {ours.tokens:,} tokens, {speeds[0]:,.1f}/s; "
            f"LLM.chat {theirs.tokens:,} tokens, {speeds[1]:,.1f}/s; ratio {ratios[-1]:.3f}",
            flush=True,
        )
    print(f"median ratio {median(ratios):.3f} over {told.runs} runs of {told.problems} prompts")


if __name__ == "__main__":
    main()
