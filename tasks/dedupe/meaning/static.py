"""static: directions of texts by an embedding of tokens alone, in this process, without a network.

A text points where the mean of its tokens' vectors does: those of WordLlama
(https://github.com/dleemiller/WordLlama), which ship in its package, 16 MB. Its own loader asks
the network for the tokenizer that lies beside them; so both files are read here, and nothing of the
package is run. No order of words is seen, and a number is a few tokens among many: what is near is
a candidate, no more (`benchmarks/semantic.py` measures how good a one).
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from schemas.errors import RecipeError
from schemas.identity import digest
from tasks.dedupe.meaning.nearest import SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

MODEL = "wordllama-l2-supercat-256"
"""As it stands in `embeddings.model`: the trained set, and the dimension."""

FILES = ("weights/l2_supercat_256.safetensors", "tokenizers/l2_supercat_tokenizer_config.json")

BATCH = 1024
"""Texts that are tokenised at once, by all cores."""


def files() -> tuple[Path, Path]:
    """Weights and tokenizer. Raises RecipeError where the package is missing or has others."""
    found = find_spec("wordllama")
    folder = Path(next(iter((found and found.submodule_search_locations) or [""])))
    weights, tokenizer = (folder / name for name in FILES)
    if found is None or not weights.is_file() or not tokenizer.is_file():
        lacks = "is not installed" if found is None else f"at {folder} has not the files {FILES}"
        raise RecipeError(
            "to compare by meaning without a model of your own, longcot reads the vectors that "
            f"come with the package wordllama, which {lacks}; `pip install 'longcot[semantic]'`, "
            "or name a `model` and its `endpoint` where the step takes one"
        )
    return weights, tokenizer


@cache
def stamp() -> str:
    """A digest of both files: other vectors are another model. Raises RecipeError."""
    return digest(MODEL, *(digest(path.read_bytes().hex()) for path in files()))


@cache
def _loaded() -> tuple[NDArray[np.float64], Any]:
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    weights, config = files()
    tokenizer = Tokenizer.from_file(str(config))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    (vectors,) = load_file(weights).values()
    return vectors.astype(np.float64), tokenizer


def embed(texts: "Sequence[str]") -> NDArray[np.float16]:
    """The direction of each text, (texts, 256), of length 1; zeros where it has no token.

    The same bits for any batch, machine and number of threads: the vectors are of 11 bits, so
    float64 adds them without rounding, and a direction is whole numbers over `SCALE`, which float16
    holds. Raises RecipeError where the package is missing.
    """
    vectors, tokenizer = _loaded()
    units = np.zeros((len(texts), vectors.shape[1]), np.float16)
    for start in range(0, len(texts), BATCH):
        batch = list(texts[start : start + BATCH])
        for at, told in enumerate(tokenizer.encode_batch_fast(batch, add_special_tokens=False)):
            whole = np.add.reduce(vectors.take(told.ids, axis=0), axis=0)
            length = np.sqrt(whole @ whole)
            if length > 0:
                units[start + at] = np.rint(whole / length * SCALE) / SCALE
    return units
