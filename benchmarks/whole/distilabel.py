"""distilabel: a pipeline with its MinHash over the problems, then one over the traces.

Its word shingles need a download, so it compares 5 characters in a row. The judging step has two
replicas, as there are CPUs; batches are large, and nothing is kept for a second run.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "DISTILABEL_LOG_LEVEL": "ERROR"}

from datasets import Dataset, disable_progress_bars, load_dataset
from distilabel.pipeline import Pipeline
from distilabel.steps import MinHashDedup, StepInput, StepResources, step

from benchmarks.whole.grading import correct, messages

WORKERS, BATCH = 2, 500


@step(inputs=["trace", "answer"], outputs=["correct"])
def judge(inputs: StepInput) -> Any:
    for row in inputs:
        row["correct"] = correct(row["answer"], row["trace"])
    yield inputs


def run(name: str, rows: Dataset, made: Any, cache: Path) -> Dataset:
    """What a pipeline of one step makes of rows."""
    with Pipeline(name, cache_dir=cache) as pipeline:
        made()
    return pipeline.run(dataset=rows, dataset_batch_size=BATCH, use_cache=False)["default"]["train"]


def main() -> None:
    given, out = map(Path, sys.argv[1:])
    out.mkdir()
    disable_progress_bars()

    def table(name: str) -> Dataset:
        files = str(given / name / "*.parquet")
        return load_dataset("parquet", data_files=files, split="train", cache_dir=str(out / "hf"))

    problems = run(
        "dedupe",
        table("problems").rename_column("problem", "text"),
        lambda: MinHashDedup(tokenizer="ngrams", n=5, threshold=0.8, input_batch_size=BATCH),
        out / "cache",
    )
    new = problems["keep_row_after_minhash_filtering"]
    kept = {one for one, is_new in zip(problems["problem_id"], new, strict=True) if is_new}
    traces = table("traces").filter(lambda one: one in kept, input_columns="problem_id")
    judged = run(
        "judge",
        traces,
        lambda: judge(input_batch_size=BATCH, resources=StepResources(replicas=WORKERS)),
        out / "cache",
    )
    right = judged.filter(lambda one: one, input_columns="correct")
    chosen = right.map(
        lambda row: {"messages": messages(row["problem"], row["trace"])},
        remove_columns=right.column_names,
    )
    (out / "written").mkdir()
    chosen.to_parquet(str(out / "written" / "part.parquet"))
    counts = {"problems": len(problems), "duplicates": len(problems) - len(kept)}
    counts |= {"traces": len(judged), "correct": len(chosen)}
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
