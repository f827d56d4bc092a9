"""What is found: copies of known likeness, planted in real problems and in 30 kB traces."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars as pl

from benchmarks.dedupe.texts import planted, real
from tasks.dedupe import near_duplicates
from tasks.dedupe import problems as dedupe
from tasks.dedupe import traces as dedupe_traces
from tasks.dedupe.options import Near
from tasks.dedupe.shingles import tokens
from tasks.steps.dedupe import Dedupe
from tasks.steps.dedupe_traces import DedupeTraces

LEVELS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def found(
    texts: pl.DataFrame, options: Near, sign: Callable[..., Any], table: str, parts: int, seed: int
) -> pl.DataFrame:
    """Duplicates of (id, text, block) rows in `parts` shards, rows in an order drawn by `seed`."""
    shuffled = texts.sample(fraction=1, shuffle=True, seed=seed)
    chosen, how = near_duplicates.bands(options), near_duplicates.shingling(options)
    read = [
        near_duplicates.read(sign(shuffled[k::parts], options).tables[table], chosen)
        for k in range(parts)
    ]
    rows = pl.concat([frame for frame, _ in read]).with_columns(
        rank=pl.lit(0, pl.Int32), verdict=pl.lit(value=False)
    )
    keys = np.concatenate([keys for _, keys in read])
    by_id = dict(texts.select("row_id", "text").iter_rows())

    def look(ids: list[str]) -> Iterator[tuple[list[str], pl.Series]]:
        yield ids, pl.Series([by_id[i] for i in ids], dtype=pl.String)

    return near_duplicates.compare(rows, keys, look, options, how).duplicates.sort("row_id")


def recall() -> None:
    chance = random.Random(5)
    problems = sorted({t for t in real("problems_math", "problem") if 40 <= len(t.split()) <= 400})
    traces = sorted({t for t in real("traces_lineage_2025h2", "trace") if 2e4 <= len(t) <= 4e4})
    chance.shuffle(problems)
    chance.shuffle(traces)
    own: Any = DedupeTraces()
    for kind, material, options, sign, table in (
        ("problems", problems[:1600], Dedupe(), dedupe.sign, "signatures"),
        ("traces", traces[:160], own, dedupe_traces.sign, "trace_signatures"),
    ):
        how = near_duplicates.shingling(options)
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
        # Problems are compared with each other, traces with those of the same problem.
        block = pl.col("block").map_elements("{:032x}".format, pl.String)
        ready = frame.with_columns(problem_id="row_id" if kind == "problems" else block)
        first = found(ready, options, sign, table, 1, 0)
        for parts, seed in ((7, 1), (64, 2), (1, 3)):
            assert found(ready, options, sign, table, parts, seed).equals(first), parts
        kept = dict(first.select("row_id", "duplicate_of").iter_rows())
        assert (first["jaccard"] >= options.threshold).all()
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


def python_jaccard(one: str, other: str, n: int) -> float:
    """The same by Python's sets of tuples of tokens: an independent count."""
    a, b = (
        {tuple(units[k : k + n]) for k in range(max(1, len(units) - n + 1))}
        for units in (tokens(text).hashes.tolist() for text in (one, other))
    )
    return len(a & b) / len(a | b)
