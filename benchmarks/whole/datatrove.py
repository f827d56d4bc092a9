"""datatrove: its four stages of MinHash over the problems, then one pipeline over the traces.

Words are split at blanks: its default, spaCy, is ten times slower. Two workers, as there are CPUs.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
from datatrove.data import Document, DocumentsPipeline
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import minhash
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter
from loguru import logger

from benchmarks.whole.grading import correct, messages

WORKERS = 2
TURN = pa.struct({"role": pa.string(), "content": pa.string()})


class Split:
    def word_tokenize(self, text: str) -> list[str]:
        return text.split()


class Judge(PipelineStep):
    """Keeps the complete and correct traces of the problems that were kept."""

    name = "judge"

    def __init__(self, kept: set[str]) -> None:
        super().__init__()
        self.kept = kept

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        for document in data:
            if document.metadata["problem_id"] not in self.kept:
                continue
            self.stat_update("traces")
            if correct(document.metadata["answer"], document.text):
                self.stat_update("correct")
                yield document


def row(writer: Any, document: Document) -> dict[str, Any]:
    return {"messages": messages(document.metadata["problem"], document.text)}


def run(pipeline: list[Any], logs: Path, tasks: int) -> Any:
    return LocalPipelineExecutor(
        pipeline,
        tasks=tasks,
        workers=WORKERS,
        logging_dir=str(logs),
        start_method="fork",  # its default imports everything anew for each task
    ).run()


def main() -> None:
    given, out = map(Path, sys.argv[1:])
    out.mkdir()
    logger.remove()
    config = minhash.MinhashConfig(n_grams=5)
    problems = ParquetReader(str(given / "problems"), text_key="problem", id_key="problem_id")
    stages = [str(out / name) for name in ("signatures", "buckets", "clusters", "kept")]
    with patch.object(minhash, "load_word_tokenizer", lambda _: Split()):
        sign = minhash.MinhashDedupSignature(stages[0], config)
    for number, (pipeline, tasks) in enumerate(
        [
            ([problems, sign], 2),
            ([minhash.MinhashDedupBuckets(stages[0], stages[1], config=config)], 14),
            ([minhash.MinhashDedupCluster(stages[1], stages[2], config=config)], 1),
            (
                [
                    problems,
                    minhash.MinhashDedupFilter(stages[2]),
                    ParquetWriter(stages[3], expand_metadata=True),
                ],
                2,
            ),
        ]
    ):
        run(pipeline, out / f"logs-{number}", tasks)
    rows = sum(pq.read_metadata(path).num_rows for path in (given / "problems").glob("*.parquet"))
    kept = set(pq.read_table(stages[3], columns=["id"])["id"].to_pylist())
    traces = ParquetReader(str(given / "traces"), text_key="trace")
    schema = pa.schema({"messages": pa.list_(TURN)})
    writer = ParquetWriter(
        str(out / "written"), compression="zstd", adapter=row, schema=schema, batch_size=500
    )
    stats = run([traces, Judge(kept), writer], out / "logs-traces", 8)
    counts: Counter[str] = Counter({"problems": rows, "duplicates": rows - len(kept)})
    for step in stats.stats:
        if step.name.endswith("judge"):
            counts |= {k: int(step.stats[k].total) for k in ("traces", "correct")}
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
