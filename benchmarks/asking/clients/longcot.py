"""longcot: the steps ingest and generate of a build, journal and shards included.

Without the flow around them: what Prefect takes to start does not depend on the number of prompts.
"""

import json

import polars as pl

from benchmarks.asking.clients.contender import MAX_TOKENS, MODEL, Errand, contend
from schemas.recipe.teachers import Live
from schemas.recipe.views import Source
from tasks.generation.live.run import generate
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool
from tasks.sources.ingest import Answers, ingest

PROMPT = {"description": "the problem as it stands"}
PROMPT |= {"messages": [{"role": "user", "content": "{{ problem }}"}]}  # type: ignore[dict-item]


def run(errand: Errand) -> list[tuple[str, str]]:
    work = errand.work
    work.mkdir(exist_ok=True)
    rows = [{"problem": prompt, "answer": str(n)} for n, prompt in enumerate(errand.prompts)]
    (work / "problems.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (work / "asis.yaml").write_text(json.dumps(PROMPT))
    done = Done(Pool(str(work / "pool")), "benchmark")
    source = Source(path="problems.jsonl")
    teacher = Live(
        name=MODEL,
        model=MODEL,
        endpoint=[errand.url],
        prompt=["asis.yaml"],
        temperature=1.0,
        max_tokens=MAX_TOKENS,
        in_flight=errand.in_flight,
    )
    taken = ingest(done.pool, source, work, Answers(), done.recipe, lambda *_: None)
    done.tables["problems"] = taken.shards
    traces = generate(done, teacher, work, None, False, None, lambda *_: None)

    def table(name: str, receipts: list) -> pl.DataFrame:
        shards = [receipt.shard(name) for receipt in receipts]
        return pl.concat([frame_of(done.pool.read(shard)) for shard in shards if shard])

    problems = table("problems", taken.shards).select("problem_id", "problem")
    answers = table("traces", traces.shards).select("problem_id", "response")
    return list(problems.join(answers, on="problem_id").drop("problem_id").iter_rows())


if __name__ == "__main__":
    contend(run)
