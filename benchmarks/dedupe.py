"""Near-duplicates: what is found, how fast, in how much memory.

    python benchmarks/dedupe.py recall            planted copies in real problems and 30 kB traces
    python benchmarks/dedupe.py speed             signatures and pairs, beside the peers installed
    python benchmarks/dedupe.py scale DIR         the whole step at 200,000 and 2,000,000 problems

Texts are real where LONGCOT_REAL_DATA names their folder, else the shipped ones. `speed` runs every
method in a process of its own, on the same file, three times, on one core and on two, with 5-word
shingles and the same bands; the fastest run counts. Peers: datasketch (one MinHash per document,
its default SHA-1), rensa, datatrove (its sketch with a white-space tokeniser; its default, spaCy,
is ten times slower), text-dedup. A peer that is not installed is named and skipped.
"""

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))

from schemas.recipe import Dedupe, DedupeTraces, Near
from tasks import dedupe, dedupe_traces, near
from tasks.sketch.bands import Bands
from tasks.sketch.shingles import Shingling, jaccard, shingles, signatures, tokens

BANDS = Bands(18, 6)
FIVE_WORDS = Shingling("word", 5)
SHARED = BANDS.b * BANDS.r
METHODS = ["longcot", "datasketch", "rensa", "datatrove", "text-dedup"]
LEVELS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
RUNS = 3


# Texts.


def real(name: str, column: str) -> list[str]:
    """A column of a file of LONGCOT_REAL_DATA, or of what ships."""
    folder = os.environ.get("LONGCOT_REAL_DATA")
    if not folder:
        shipped = Path(__file__).parent.parent / "data" / "samples"
        files = [*(shipped / ("traces" if column == "trace" else "problems")).glob("*.parquet")]
        return [t for f in files for t in pl.read_parquet(f)[column].to_list() if t]
    import zstandard

    with (Path(folder) / f"{name}.jsonl.zst").open("rb") as raw:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8")
        return [text for line in lines if (text := json.loads(line)[column])]


def planted(text: str, level: float, how: Shingling, chance: random.Random) -> str:
    """A copy whose exact Jaccard is as near `level` as replacing words by others can bring it.

    Numbers stay: a problem with another number is another problem.
    """
    words = text.split(" ")
    places = [k for k, word in enumerate(words) if word.isalpha() and len(word) > 1]
    chance.shuffle(places)
    (own,) = shingles(pl.Series([text]), how)

    def copy(edits: int) -> str:
        changed = list(words)
        for k in places[:edits]:
            changed[k] = f"q{'abcdefghij'[k % 10]}{words[k]}"
        return " ".join(changed)

    low, high = 0, len(places)
    while low < high:  # the Jaccard falls with every edit
        middle = (low + high + 1) // 2
        (other,) = shingles(pl.Series([copy(middle)]), how)
        low, high = (middle, high) if jaccard(own, other) >= level else (low, middle - 1)
    return copy(low)


def python_jaccard(one: str, other: str, n: int) -> float:
    """The same by Python's sets of tuples of tokens: an independent count."""
    a, b = (
        {tuple(units[k : k + n]) for k in range(max(1, len(units) - n + 1))}
        for units in (tokens(text).hashes.tolist() for text in (one, other))
    )
    return len(a & b) / len(a | b)


# What is found.


def found(
    texts: pl.DataFrame, options: Near, sign: Callable[..., Any], table: str, parts: int, seed: int
) -> pl.DataFrame:
    """Duplicates of (id, text, block) rows in `parts` shards, rows in an order drawn by `seed`."""
    shuffled = texts.sample(fraction=1, shuffle=True, seed=seed)
    chosen, how = near.bands(options), near.shingling(options)
    read = [
        near.read(sign(shuffled[k::parts], options).tables[table], chosen) for k in range(parts)
    ]
    rows = pl.concat([frame for frame, _ in read]).with_columns(
        rank=pl.lit(0, pl.Int32), verdict=pl.lit(value=False)
    )
    keys = np.concatenate([keys for _, keys in read])
    by_id = dict(texts.select("row_id", "text").iter_rows())

    def look(ids: list[str]) -> Iterator[tuple[list[str], pl.Series]]:
        yield ids, pl.Series([by_id[i] for i in ids], dtype=pl.String)

    return near.compare(rows, keys, look, options, how).duplicates.sort("row_id")


def recall() -> None:
    chance = random.Random(5)
    problems = sorted({t for t in real("problems_math", "problem") if 40 <= len(t.split()) <= 400})
    traces = sorted({t for t in real("traces_lineage_2025h2", "trace") if 2e4 <= len(t) <= 4e4})
    chance.shuffle(problems)
    chance.shuffle(traces)
    for kind, material, options in (
        ("problems", problems[:1600], Dedupe()),
        ("traces", traces[:160], DedupeTraces()),
    ):
        how = near.shingling(options)
        rows = []
        for number, text in enumerate(material):
            copy = planted(text, LEVELS[number % len(LEVELS)], how, chance)
            rows += [(f"{number:08x}a", text, number), (f"{number:08x}b", copy, number)]
        schema = {"row_id": pl.String, "text": pl.String, "block": pl.Int64}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        frame = frame.with_columns(
            **{c: pl.lit(None, pl.String) for c in ("answer", "tests", "solution", "reasoning")},
            source=pl.lit("s"),
            teacher=pl.lit("t"),
            state=pl.lit("complete"),
            trace_id="row_id",
            response="text",
            problem="text",
        )
        if kind == "problems":
            ready, sign, table = (
                frame.with_columns(problem_id="row_id"), dedupe.sign, "signatures",
            )  # fmt: skip
        else:
            block = pl.col("block").map_elements("{:032x}".format, pl.String)
            ready, sign, table = (
                frame.with_columns(problem_id=block), dedupe_traces.sign, "trace_signatures",
            )  # fmt: skip
        first = found(ready, options, sign, table, 1, 0)
        for parts, seed in ((7, 1), (64, 2), (1, 3)):
            assert found(ready, options, sign, table, parts, seed).equals(first), parts
        kept = dict(first.select("row_id", "duplicate_of").iter_rows())
        assert first["jaccard"].min() >= options.threshold
        texts = [text for _, text, _ in rows]
        print(f"{kind}: {len(texts):,} texts, median {int(np.median([*map(len, texts)])):,} chars")
        above, hits, below, merged = 0, 0, 0, 0
        for level in LEVELS:
            pairs = [k for k in range(len(material)) if LEVELS[k % len(LEVELS)] == level]
            exact = [python_jaccard(texts[2 * k], texts[2 * k + 1], how.n) for k in pairs]
            ids = [(f"{k:08x}a", f"{k:08x}b") for k in pairs]
            joined = [kept.get(a) == b or kept.get(b) == a for a, b in ids]
            gone = [a in kept or b in kept for a, b in ids]
            over = [e >= options.threshold for e in exact]
            above += sum(over)
            hits += sum(g for g, o in zip(gone, over, strict=True) if o)
            below += len(over) - sum(over)
            merged += sum(j for j, o in zip(joined, over, strict=True) if not o)
            print(
                f"  planted at {level:.2f}: mean exact {np.mean(exact):.3f}, "
                f"joined {np.mean(joined):.3f} of {len(pairs)}"
            )
        print(f"  recall at or above {options.threshold}: {hits / above:.4f} of {above}")
        print(f"  joined below it: {merged} of {below}; 1, 7 and 64 shards: the same clusters")
        assert hits / above >= 0.98
        assert merged == 0


# How fast.


def corpus(rows: int, words: int, seed: int) -> pl.Series:
    """Texts of Zipf-distributed real words; every tenth is an edited copy of the one before."""
    rng = np.random.default_rng(seed)
    text = " ".join(real("problems_gsm8k", "problem"))
    vocabulary = pl.Series(sorted(set(text.lower().split())))
    weights = 1 / np.arange(1, len(vocabulary) + 1)
    order = rng.permutation(len(vocabulary))
    drawn = order[rng.choice(len(vocabulary), (rows, words), p=weights / weights.sum())]
    drawn[9::10] = drawn[8::10][: len(drawn[9::10])]
    edits = rng.random(drawn[9::10].shape) < rng.choice([0.005, 0.02, 0.05], (len(drawn[9::10]), 1))
    fresh = rng.integers(0, len(vocabulary), drawn[9::10].shape)
    drawn[9::10] = np.where(edits, fresh, drawn[9::10])
    flat = vocabulary.gather(pl.Series(drawn.ravel()))
    return flat.reshape((rows, words)).arr.to_list().list.join(" ")


def grams(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[k : k + 5]) for k in range(max(1, len(words) - 4))]


def by_longcot(texts: pl.Series) -> np.ndarray:
    return signatures(texts, FIVE_WORDS).rows


def by_datasketch(texts: pl.Series) -> np.ndarray:
    from datasketch import MinHash

    found = []
    for text in texts:
        sketch = MinHash(num_perm=128)
        sketch.update_batch([gram.encode() for gram in set(grams(text))])
        found.append(sketch.hashvalues)
    return np.array(found)


def by_rensa(texts: pl.Series) -> np.ndarray:
    from rensa import RMinHash

    found = []
    for text in texts:
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update(grams(text))
        found.append(sketch.digest())
    return np.array(found, np.uint32)


def by_datatrove(texts: pl.Series) -> np.ndarray:
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature

    class Split:
        def word_tokenize(self, text: str) -> list[str]:
            return text.split()

    config = MinhashConfig(n_grams=5, num_buckets=BANDS.b, hashes_per_bucket=BANDS.r)
    tokenizer = "datatrove.pipeline.dedup.minhash.load_word_tokenizer"
    with tempfile.TemporaryDirectory() as folder, patch(tokenizer, lambda _: Split()):
        step = MinhashDedupSignature(folder, config)
        found = [step.get_signature(step.get_shingles(text)) for text in texts]
    return np.array(found, np.uint64).reshape(len(texts), -1)


def by_text_dedup(texts: pl.Series) -> np.ndarray:
    from text_dedup.minhash import embed_func
    from text_dedup.utils.hashfunc import xxh3_32hash

    rng, prime = np.random.RandomState(42), np.uint64(2**61 - 1)
    permutations = (
        rng.randint(1, prime, 128, np.uint64),
        rng.randint(0, prime, 128, np.uint64),
    )
    settings: dict[str, Any] = {
        "num_perm": 128, "ngram_size": 5, "min_length": 0, "hashranges": [(0, 128)],
        "permutations": permutations, "hash_func": xxh3_32hash, "dtype": np.uint64,
        "max_hash": np.uint64(2**32 - 1), "modulo_prime": prime,
    }  # fmt: skip
    found = [
        np.frombuffer(embed_func(text, 0, **settings)["__signatures__"][0], ">u8") for text in texts
    ]
    return np.array(found).astype(np.uint64)


SIGNERS: dict[str, Callable[[pl.Series], np.ndarray]] = dict(
    zip(METHODS, [by_longcot, by_datasketch, by_rensa, by_datatrove, by_text_dedup], strict=True)
)


def candidates(signed: np.ndarray) -> set[tuple[int, int]]:
    """Pairs that share one of the bands; the same code for every method."""
    found: set[tuple[int, int]] = set()
    for band in range(BANDS.b):
        part = np.ascontiguousarray(signed[:, band * BANDS.r : (band + 1) * BANDS.r])
        _, inverse, counts = np.unique(
            part.view(np.void(part.dtype.itemsize * BANDS.r).dtype), return_inverse=True,
            return_counts=True,
        )  # fmt: skip
        places = np.flatnonzero(counts[inverse.ravel()] > 1)
        groups: dict[int, list[int]] = {}
        for place in places:
            groups.setdefault(int(inverse.ravel()[place]), []).append(int(place))
        for group in groups.values():
            found |= {(a, b) for i, a in enumerate(group) for b in group[i + 1 :]}
    return found


def one(method: str, path: str, workers: int) -> None:
    """Run a method; print seconds, peak MB of the process, and what the pairs are worth."""
    try:
        SIGNERS[method](pl.Series(["warm it up with a text of some words"]))
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return
    texts = pl.read_parquet(path)["text"]
    parts = [texts[k :: workers * 4] for k in range(workers * 4)] if workers > 1 else [texts]
    pools: dict[bool, Callable[..., Executor]] = {
        True: ThreadPoolExecutor, False: ProcessPoolExecutor,
    }  # fmt: skip
    seconds = []
    with pools[method == "longcot"](workers) as pool:
        for _ in range(RUNS):
            began = time.perf_counter()
            run = map if workers == 1 else partial(pool.map)
            signed = list(run(SIGNERS[method], parts))
            seconds.append(time.perf_counter() - began)
    peak = peak_kb()  # texts and libraries included
    peak += workers * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if workers > 1 else 0
    result = {"docs": len(texts), "seconds": min(seconds), "mb": peak // 1024}
    if workers == 1:
        result |= worth(candidates(signed[0]), texts)
    print(json.dumps(result))


def peak_kb() -> int:
    """Peak memory of this process; unlike ru_maxrss it does not begin with that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def worth(pairs: set[tuple[int, int]], texts: pl.Series) -> dict[str, Any]:
    """Recall of the planted pairs with an exact Jaccard of 0.8 or more, and precision."""
    sets = list(shingles(texts, FIVE_WORDS))
    true = {(k - 1, k) for k in range(9, len(sets), 10) if jaccard(sets[k - 1], sets[k]) >= 0.8}
    right = sum(jaccard(sets[a], sets[b]) >= 0.8 for a, b in pairs)
    return {
        "planted": len(true),
        "recall": len(true & pairs) / len(true),
        "candidates": len(pairs),
        "precision": right / max(len(pairs), 1),
    }


def speed(short: int, long: int, share: int) -> None:
    for kind, rows, words in (("short", short, 60), ("long", long, 3000)):
        with tempfile.TemporaryDirectory() as folder:
            texts = corpus(rows, words, 1)
            whole, part = f"{folder}/whole.parquet", f"{folder}/part.parquet"
            pl.DataFrame({"text": texts}).write_parquet(whole)
            pl.DataFrame({"text": texts[: rows // share]}).write_parquet(part)
            size = texts.str.len_bytes().mean()
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
    command = [sys.executable, __file__, "one", method, path, str(workers)]
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


# How far.


def scale(folder: Path, sizes: list[int]) -> None:
    results = []
    for size in sizes:
        command = [sys.executable, __file__, "step", str(folder / str(size)), str(size)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        results.append(json.loads(done.stdout.splitlines()[-1]))
        print(json.dumps(results[-1]), flush=True)
    first, last = results[0], results[-1]
    ratio = (last["cpu"] / last["rows"]) / (first["cpu"] / first["rows"])
    print(f"{last['rows']:,} against {first['rows']:,}: {ratio:.2f} times the CPU time per row")
    assert last["peak_gb"] < 6
    assert last["duplicates"] / last["rows"] > 0.9 * first["duplicates"] / first["rows"]


def step(folder: Path, rows: int) -> None:
    """The whole step over a pool of `rows` problems of 60 words, two shards at a time."""
    from schemas.identity import digest
    from schemas.tables import PROBLEMS
    from tasks.pool import Pool, Receipt
    from tasks.stage import Done

    done = Done(Pool(folder), "benchmark")
    for start in range(0, rows, 100_000):
        texts = corpus(min(100_000, rows - start), 60, start)
        ids = [digest("problem", start, k) for k in range(len(texts))]
        empty = {n: pl.lit(None, pl.String) for n in PROBLEMS.names}
        frame = pl.DataFrame({"problem_id": ids, "problem": texts})
        whole = frame.with_columns(
            **{**empty, "source": pl.lit("s"), "content": pl.lit("c")}
            | {"problem_id": "problem_id", "problem": "problem"}
        ).select(PROBLEMS.names)
        receipt = Receipt("ingest", digest(start)[:16], "s")
        table = whole.to_arrow().cast(PROBLEMS)
        done.receipts.setdefault("ingest", []).append(
            done.pool.commit(receipt, {"problems": table}, "benchmark")
        )
    options = Dedupe(mode="text")
    by_longcot(pl.Series(["compile it"]))
    began, used = time.perf_counter(), os.times()
    with ThreadPoolExecutor(2) as pool:
        signing = dedupe.plan_signatures(done, options)
        done.receipts["sign"] = list(pool.map(lambda job: job.run(), signing))
    signed = time.perf_counter()
    (job,) = dedupe.plan(done, options, ["s"])
    receipt = job.run()
    now, cpu = time.perf_counter(), os.times()
    print(
        json.dumps(
            {
                "rows": rows,
                "seconds": round(now - began, 1),
                "sign": round(signed - began, 1),
                "compare": round(now - signed, 1),
                "cpu": round(cpu.user + cpu.system - used.user - used.system, 1),
                "peak_gb": round(peak_kb() / 2**20, 2),
                "duplicates": receipt.counts["aside.duplicate"],
                "checked": receipt.counts["pairs checked"],
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("recall")
    fast = commands.add_parser("speed")
    fast.add_argument("--short", type=int, default=200_000)
    fast.add_argument("--long", type=int, default=20_000)
    fast.add_argument("--share", type=int, default=10, help="peers sign one row in so many")
    far = commands.add_parser("scale")
    far.add_argument("folder", type=Path)
    far.add_argument("--rows", type=int, nargs="+", default=[200_000, 2_000_000])
    alone_ = commands.add_parser("one")
    for name, kind in (("method", str), ("path", str), ("workers", int)):
        alone_.add_argument(name, type=kind)
    whole = commands.add_parser("step")
    whole.add_argument("folder", type=Path)
    whole.add_argument("rows", type=int)
    arguments = vars(parser.parse_args())
    match arguments.pop("command"):
        case "recall":
            recall()
        case "speed":
            speed(**arguments)
        case "scale":
            scale(arguments["folder"], arguments["rows"])
        case "one":
            one(**arguments)
        case "step":
            step(**arguments)


if __name__ == "__main__":
    main()
