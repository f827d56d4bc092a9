"""One method in this process: seconds, peak memory, and what the pairs are worth."""

import json
import resource
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.dedupe.signers import BANDS, FIVE_WORDS, SIGNERS
from tasks.dedupe.shingles import jaccard, shingles

RUNS = 3


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


def peak_kb() -> int:
    """Peak memory of this process; unlike ru_maxrss it does not begin with that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])
