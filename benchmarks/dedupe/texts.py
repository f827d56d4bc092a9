"""The texts: real ones, copies of known likeness, and a corpus of any size."""

import os
import random
from pathlib import Path

import numpy as np
import polars as pl

from tasks.dedupe.options import Shingling
from tasks.dedupe.shingles import jaccard, shingles
from tests.real import rows


def real(name: str, column: str) -> list[str]:
    """A column of a file of LONGCOT_REAL_DATA, or of what ships."""
    folder = os.environ.get("LONGCOT_REAL_DATA")
    if not folder:
        shipped = Path(__file__).parents[2] / "data" / "samples"
        files = [*(shipped / ("traces" if column == "trace" else "problems")).glob("*.parquet")]
        return [t for f in files for t in pl.read_parquet(f)[column].to_list() if t]
    return [text for row in rows(Path(folder) / f"{name}.jsonl.zst") if (text := row[column])]


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
