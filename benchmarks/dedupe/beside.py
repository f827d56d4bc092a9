"""Signatures beside each peer in turn, in one process on one core, and what the pairs are worth.

A peer either reads texts, or is handed shingles that were made beforehand and not counted (what it
is called then says so); longcot always begins with the texts. What has an index of its own gives
pairs and not signatures: it stands beside longcot's signatures and this benchmark's code for pairs.
"""

import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from benchmarks.dedupe.alone import candidates, worth
from benchmarks.dedupe.signers import (
    BANDS,
    FIVE_WORDS,
    by_datasketch,
    by_datatrove,
    by_longcot,
    by_rensa,
    grams,
)
from benchmarks.dedupe.texts import corpus
from tasks.dedupe.shingles import shingles

Pairs = set[tuple[int, int]]


class Method(NamedTuple):
    """A way to come from texts to what duplicates are found by."""

    run: Callable[[Any], Any]
    prepare: Callable[[pl.Series], Any] = lambda texts: texts
    """Made before the clock runs."""
    pairs: Callable[[Any], Pairs] = candidates
    """The pairs of what was made, after the clock has stopped."""
    indexed: bool = False
    """Whether finding the pairs is part of it."""


def token_lists(texts: pl.Series) -> list[list[str]]:
    return [grams(text) for text in texts]


def hashes(texts: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """longcot's own shingles, distinct: one buffer of 64-bit hashes, and where each text begins."""
    sets = list(shingles(texts, FIVE_WORDS))
    ends = np.cumsum([0, *map(len, sets)], dtype=np.uint64)
    return np.concatenate(sets), ends


def rensa(name: str) -> Callable[[Any], Any]:
    def run(given: Any) -> Any:
        from rensa import RMinHash

        flat = given if isinstance(given, tuple) else (given,)
        return getattr(RMinHash, name)(*flat, num_perm=128, seed=1)

    return run


def rows(matrix: Any) -> Pairs:
    return candidates(np.array(matrix.to_rows(), np.uint32))


def fastsketch(given: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    from FastSketchLSH import FastSimilaritySketch

    sketcher = FastSimilaritySketch(size=128, seed=1)
    found: np.ndarray = sketcher.batch_csr(*given, prehashed=True, num_threads=1)
    return found


def by_gaoya(texts: list[str]) -> list[list[int]]:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, 0.8, BANDS.b, BANDS.r, None, "word", False, (5, 5), "smallvec")
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    found: list[list[int]] = index.par_bulk_query(texts, return_similarity=False)
    return found


def neighbours(found: list[list[int]]) -> Pairs:
    return {(min(a, b), max(a, b)) for a, near in enumerate(found) for b in near if a != b}


def by_dedup_rs(texts: list[str]) -> list[int]:
    from dedup_rs import EmbedFunc

    index = EmbedFunc.from_b_r(BANDS.b, BANDS.r, 5, 128, "text", "id", "uint64", 1)
    index.batch_embed_shard(texts, np.arange(len(texts), dtype=np.uint32))
    clusters = index.cluster()
    return [clusters.find(number) for number in range(len(texts))]


def clustered(roots: list[int]) -> Pairs:
    members: dict[int, list[int]] = {}
    for number, root in enumerate(roots):
        members.setdefault(root, []).append(number)
    return {(a, b) for group in members.values() for a in group for b in group if a < b}


def by_minhash_lsh_dedup(texts: list[str]) -> np.ndarray:
    from minhash_lsh_dedup import generate_dedup_lsh

    return np.array([generate_dedup_lsh(t, BANDS.b * BANDS.r, 5, BANDS.b, BANDS.r) for t in texts])


def keyed(keys: np.ndarray) -> Pairs:
    """Of strings that name a band: a signature with a value for each."""
    values = np.unique(keys, return_inverse=True)[1].reshape(keys.shape).astype(np.uint64)
    return candidates(np.repeat(values, BANDS.r, axis=1))


OWN = Method(by_longcot)
OWN_INDEXED = Method(lambda texts: candidates(by_longcot(texts)), pairs=lambda pairs: pairs)
TEXTS: Callable[[pl.Series], Any] = pl.Series.to_list
PEERS: dict[str, Method] = {
    "datasketch": Method(by_datasketch),
    "rensa, from texts": Method(by_rensa),
    "rensa, shingled strings": Method(rensa("digest_matrix_from_token_sets"), token_lists, rows),
    "rensa, hashed shingles": Method(rensa("digest_matrix_from_flat_token_hashes"), hashes, rows),
    "rensa behind longcot's shingles": Method(
        lambda texts: rensa("digest_matrix_from_flat_token_hashes")(hashes(texts)), pairs=rows
    ),
    "FastSketchLSH, hashed shingles": Method(fastsketch, hashes),
    "FastSketchLSH behind longcot's shingles": Method(lambda texts: fastsketch(hashes(texts))),
    "minhash-lsh-dedup": Method(by_minhash_lsh_dedup, TEXTS, keyed),
    "datatrove": Method(by_datatrove),
    "gaoya, with pairs": Method(by_gaoya, TEXTS, neighbours, indexed=True),
    "dedup-rs, with clusters": Method(by_dedup_rs, TEXTS, clustered, indexed=True),
}


class Run(NamedTuple):
    """Seconds of wall and CPU of a run."""

    wall: float
    cpu: float


def timed(method: Method, given: Any) -> tuple[Run, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    made = method.run(given)
    return Run(time.perf_counter() - wall, time.process_time() - cpu), made


def beside(short: int, long: int, rounds: int, peers: list[str]) -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, whatever a peer starts
    for kind, size, words in (("short", short, 60), ("long", long, 3000)):
        texts = corpus(size, words, 1)
        print(f"{kind}: {size:,} texts of {words} words, 5-word shingles, one core")
        own = worth(OWN_INDEXED.run(texts), texts)
        print(line("longcot", timed(OWN, texts)[0], size, own), flush=True)
        for name in peers:
            peer = PEERS[name]
            ours = OWN_INDEXED if peer.indexed else OWN
            try:
                peer.run(peer.prepare(texts[:20]))
            except ImportError as error:
                print(f"  {name:<40} not installed, skipped ({error})")
                continue
            given, pairs = peer.prepare(texts), []
            for _ in range(rounds):
                first, _ = timed(ours, texts)
                second, made = timed(peer, given)
                pairs.append((first, second))
            found = worth(peer.pairs(made), texts)
            assert found["planted"] == own["planted"]
            print(line(name, min(b for _, b in pairs), size, found), end="")
            for part in ("cpu", "wall"):
                times = sorted(getattr(b, part) / getattr(a, part) for a, b in pairs)
                print(f"  {part} {times[0]:.2f} to {times[-1]:.2f}", end="")
            print(flush=True)


def line(name: str, run: Run, size: int, found: dict[str, Any]) -> str:
    return (
        f"  {name:<40} {size / run.cpu:>9,.0f} docs/CPU s  recall {found['recall']:.4f} of "
        f"{found['planted']}, precision {found['precision']:.3f} of {found['candidates']}"
    )
