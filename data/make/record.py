"""Record teacher traces from an OpenAI-compatible endpoint, exactly as they come.

    python -m data.make.record MODEL --endpoint URL --journal FILE --samples 4
    python -m data.make.record MODEL --journal FILE --pack

Every completion is appended to the journal at once, so a stopped run goes on where it was. It works
sample by sample over all problems, in an order mixed by hash, so that it may stop anywhere; --pack
writes what there is. Wrong, endless and cut answers stay in: they are what the later stages are
there to judge.
"""

import argparse
import asyncio
import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

SAMPLES = Path(__file__).parents[1] / "samples"
PROBLEMS = SAMPLES / "problems" / "problems.parquet"
COLLECTED = SAMPLES / "problems" / "collected.jsonl"
PREFILL = "<think>\n"
SYSTEM = (
    "Think inside <think> </think> before you answer: say in your own words what is asked, plan, "
    "work it out in short lines, then check the result in another way. If a check fails, say what "
    "went wrong and mend it. {ending}"
)
EXAMPLES = (
    (
        "A box has 6 rows of 7 eggs. 3 eggs are broken, and a third of the whole ones are brown. "
        "How many are brown?",
        "<think>\nI need a third of the eggs that are not broken.\nAll eggs: 6 * 7 = 42.\n"
        "A third of 42 is 14. Wait, only the whole eggs count, so the broken ones come off first.\n"
        "Whole eggs: 42 - 3 = 39.\nA third of them: 39 / 3 = 13.\n"
        "Check backwards: 13 * 3 = 39, and 39 + 3 = 42 = 6 * 7, which fits.\n</think>\n"
        "A third of the 39 whole eggs are brown: \\boxed{13}.",
    ),
    (
        "Ben is older than Ann. Ann is older than Cid. Who is the youngest?\n"
        "(A) Ann\n(B) Ben\n(C) Cid",
        "<think>\nI have to order three people by age.\nBen is older than Ann, and Ann is older "
        "than Cid, so from old to young: Ben, Ann, Cid.\nThe youngest is the last one, Cid.\n"
        "Check the others: Ann is older than Cid, so not Ann; Ben is older still, so not Ben.\n"
        "Cid is option C.\n</think>\nThe youngest is Cid: \\boxed{C}.",
    ),
)
BOXED = (
    "After </think> give the final answer in \\boxed{}. For a multiple choice problem the box "
    "holds only the letter."
)
PROGRAM = "After </think> give the program in one ```python block, and nothing else."
PROMPT = "plan-and-check"
"""The name of this prompt in the column `prompt`: worked examples, then an opened <think>."""

SCHEMA = pa.schema(
    {
        "problem": pa.string(),
        "teacher": pa.string(),
        "sample": pa.int32(),
        "trace": pa.string(),
        "finish_reason": pa.string(),
        "prompt_tokens": pa.int32(),
        "completion_tokens": pa.int32(),
        "seed": pa.int64(),
        "params": pa.string(),
        "prompt": pa.string(),
        "seconds": pa.float32(),
        "label": pa.bool_(),
    }
)
Key = tuple[str, int]


def golds() -> dict[str, str | None]:
    """The gold answers of both files by what their problems ask; of programs there is none."""
    collected = [json.loads(line) for line in COLLECTED.read_text("utf-8").splitlines()]
    rows = [*pq.read_table(PROBLEMS, columns=["problem", "answer"]).to_pylist(), *collected]
    return {row["problem"]: row.get("answer") for row in rows}


def seed_of(problem: str, teacher: str, sample: int) -> int:
    """A seed that depends on the problem, the teacher and the sample index alone."""
    digest = hashlib.sha256(json.dumps([problem, teacher, sample]).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def request(args: argparse.Namespace, problem: str, sample: int) -> dict[str, Any]:
    """The body of one chat request."""
    program = problem.startswith("Write a Python")
    turns = [("system", SYSTEM.format(ending=PROGRAM if program else BOXED))]
    for asked, answered in () if program else EXAMPLES:
        turns += [("user", asked), ("assistant", answered)]
    turns += [("user", problem), ("assistant", PREFILL)]
    messages = [{"role": role, "content": content} for role, content in turns]
    body = {"model": args.teacher, "messages": messages, **sampling(args)}
    body["seed"] = seed_of(problem, args.teacher, sample)
    return body | {"continue_final_message": True, "add_generation_prompt": False, "echo": True}


def sampling(args: argparse.Namespace) -> dict[str, Any]:
    """The sampling parameters, as sent and as stored."""
    return {
        "temperature": args.temperature,
        "top_p": args.top_p,
        "top_k": args.top_k,
        "min_p": 0.0,
        "max_tokens": args.max_tokens,
    }


def opened(text: str) -> str:
    """A completion with the thought's opening, which some servers send back and others not."""
    return text if text.startswith(PREFILL.strip()) else PREFILL + text


def label_of(trace: str, gold: str | None) -> bool | None:
    """What a simple grader says: whether the last box holds the gold answer, letter for letter."""
    if gold is None:
        return None
    boxes = re.findall(r"\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}", trace)
    return bool(boxes) and boxes[-1].strip() == gold


async def one(
    client: httpx.AsyncClient, args: argparse.Namespace, problem: str, sample: int
) -> dict[str, Any]:
    """Ask once and return the row of the table."""
    started = time.monotonic()
    body = request(args, problem, sample)
    reply = await client.post("chat/completions", json=body)
    reply.raise_for_status()
    answer = reply.json()
    choice = answer["choices"][0]
    return {
        "problem": problem,
        "teacher": args.teacher,
        "sample": sample,
        "trace": opened(choice["message"]["content"] or ""),
        "finish_reason": choice["finish_reason"],
        "prompt_tokens": answer["usage"]["prompt_tokens"],
        "completion_tokens": answer["usage"]["completion_tokens"],
        "seed": body["seed"],
        "params": json.dumps(sampling(args), sort_keys=True),
        "prompt": PROMPT,
        "seconds": round(time.monotonic() - started, 3),
    }


def journal(path: Path) -> dict[Key, dict[str, Any]]:
    """What is recorded already, by problem and sample; a line cut by a crash is skipped."""
    found: dict[Key, dict[str, Any]] = {}
    if path.exists():
        for line in path.read_text().splitlines():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue
            found[row["problem"], row["sample"]] = row
    return found


async def record(args: argparse.Namespace, problems: list[str]) -> int:
    """Ask for whatever is missing; return how many requests failed."""
    done = journal(args.journal)
    todo = ((p, s) for s in range(args.samples) for p in problems if (p, s) not in done)
    failed = 0
    limits = httpx.Limits(max_connections=args.in_flight)
    base = args.endpoint.rstrip("/") + "/"
    with args.journal.open("a") as out:
        async with httpx.AsyncClient(base_url=base, timeout=None, limits=limits) as client:

            async def worker() -> None:
                """Take the next missing sample until none is left."""
                nonlocal failed
                for problem, sample in todo:
                    try:
                        row = await one(client, args, problem, sample)
                    except (httpx.HTTPError, KeyError) as error:
                        failed += 1
                        print(f"sample {sample}: {error!r}", flush=True)
                        continue
                    out.write(json.dumps(row) + "\n")
                    out.flush()

            await asyncio.gather(*(worker() for _ in range(args.in_flight)))
    return failed


def pack(args: argparse.Namespace, problems: list[str]) -> None:
    """Write what the journal has as Parquet, problem by problem, with the label of each."""
    rows, answers = journal(args.journal), golds()
    order = {problem: at for at, problem in enumerate(problems)}
    kept = sorted((key for key in rows if key[0] in order), key=lambda k: (order[k[0]], k[1]))
    out = SAMPLES / "traces" / f"{args.teacher}.parquet"
    out.parent.mkdir(parents=True, exist_ok=True)
    told = [{**rows[k], "label": label_of(rows[k]["trace"], answers[k[0]])} for k in kept]
    table = pa.Table.from_pylist(told, schema=SCHEMA)
    pq.write_table(table, out, compression="zstd", compression_level=9)
    print(f"{len(kept)} traces; {len(rows) - len(kept)} of other problems left out")


def main() -> int:
    """Parse the command line, then record or pack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("teacher", help="the name under which the endpoint serves the model")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--endpoint", help="base URL that ends in /v1")
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--top-p", type=float, default=0.95)
    parser.add_argument("--top-k", type=int, default=40)
    parser.add_argument("--max-tokens", type=int, default=400)
    parser.add_argument("--every", type=int, default=1, help="only every nth problem, for a trial")
    parser.add_argument("--pack", action="store_true")
    args = parser.parse_args()
    problems = list(golds())
    problems.sort(key=lambda p: hashlib.sha256(p.encode()).digest())
    problems = problems[:: args.every]
    if args.pack:
        pack(args, problems)
        return 0
    if not args.endpoint:
        parser.error("recording needs --endpoint")
    return 1 if asyncio.run(record(args, problems)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
