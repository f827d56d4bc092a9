"""Signatures of 5-word shingles in 18 bands of 6, by longcot and by its peers."""

import tempfile
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import polars as pl

from tasks.dedupe.lsh_bands import Bands
from tasks.dedupe.options import Shingling
from tasks.dedupe.shingles import signatures

BANDS = Bands(18, 6)
FIVE_WORDS = Shingling("word", 5)


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


def grams(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[k : k + 5]) for k in range(max(1, len(words) - 4))]


SIGNERS: dict[str, Callable[[pl.Series], np.ndarray]] = {
    "longcot": by_longcot,
    "datasketch": by_datasketch,
    "rensa": by_rensa,
    "datatrove": by_datatrove,
    "text-dedup": by_text_dedup,
}
