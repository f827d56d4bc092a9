"""datatrove's inference runner against an endpoint, with its cache of answers."""

from typing import Any

from datatrove.data import Document
from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
from datatrove.pipeline.writers import JsonlWriter
from loguru import logger

from benchmarks.asking.clients.contender import MAX_TOKENS, MODEL, Errand, contend


async def rollout(document: Document, generate: Any) -> str:
    messages = [{"role": "user", "content": document.text}]
    told = await generate({"messages": messages, "temperature": 1.0, "max_tokens": MAX_TOKENS})
    return str(told.text)


def run(errand: Errand) -> list[tuple[str, str]]:
    import gzip
    import json

    logger.disable("datatrove")
    written = errand.work / "written"
    runner = InferenceRunner(
        rollout,
        InferenceConfig(
            server_type="endpoint",
            endpoint_url=errand.url.removesuffix("/v1"),
            model_name_or_path=MODEL,
            max_concurrent_generations=errand.in_flight,
        ),
        JsonlWriter(str(written), output_filename="${rank}_chunk_${chunk_index}.jsonl.gz"),
        checkpoints_local_dir=str(errand.work / "checkpoints"),
    )
    runner.run(Document(text=p, id=str(i)) for i, p in enumerate(errand.prompts))
    answers = []
    for path in sorted(written.glob("*.jsonl.gz")):
        with gzip.open(path, "rt") as lines:
            for row in map(json.loads, lines):
                answers.append((row["text"], row["metadata"]["rollout_results"][0]))
    return answers


if __name__ == "__main__":
    contend(run)
