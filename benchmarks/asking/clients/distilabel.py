"""distilabel: a pipeline of one TextGeneration step, whose batch is what is in flight."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration

from benchmarks.asking.clients.contender import MAX_TOKENS, MODEL, Errand, contend


def run(errand: Errand) -> list[tuple[str, str]]:
    with Pipeline("asking", cache_dir=errand.work) as pipeline:
        rows = [{"instruction": prompt} for prompt in errand.prompts]
        load = LoadDataFromDicts(data=rows, batch_size=errand.in_flight)
        llm = OpenAILLM(
            model=MODEL,
            base_url=errand.url,
            api_key="none",
            timeout=600,
            generation_kwargs={"temperature": 1.0, "max_new_tokens": MAX_TOKENS},
        )
        load >> TextGeneration(llm=llm, input_batch_size=errand.in_flight)
    told = pipeline.run(use_cache=True)["default"]["train"]
    return list(zip(told["instruction"], told["generation"], strict=True))


if __name__ == "__main__":
    contend(run)
