"""What a text and a benchmark item have in common, pair by pair: the evidence of a hit.

    coverage    share of the item's n-grams that the text repeats, weighted (tasks/.../ngrams.py)
    share       share of the text that these n-grams make up
    similarity  1 - edits / length, between the item and the stretch of the text nearest to it; an
                edit counts as much as what it changes is rare
    numbers     share of the item's numbers that the text has too
    figures     whether the text has these numbers, at least two, and no other
    words       of all words of both, the share that both have, weighted by idf (Dice)

Edits are counted in characters of the tokens with numbers masked, so that `coverage` and
`similarity` say whether the text is the same and `numbers` whether the numbers are.
"""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from tasks.contamination.ngrams import BASE, FIGURES, Index, Pairs, rarity
from tasks.contamination.tokens import Spelt, Tokens, spell, tokenise
from tasks.dedupe.tokenizer import compiled, lower_bound, mixed

SCHEMA = {
    "row": pl.Int64, "item": pl.Int64, "coverage": pl.Float32, "share": pl.Float32,
    "numbers": pl.Float32, "figures": pl.Boolean, "words": pl.Float32, "similarity": pl.Float32,
    "start": pl.Int64, "stop": pl.Int64,
}  # fmt: skip


LIKE = 0.5
"""Similarity below which no bound lies, so that it need not be weighted."""


class Weights(NamedTuple):
    """What every word weighs: `weight[i]` is the idf of `word[i]`, `unseen` that of any other."""

    word: NDArray[Any]
    weight: NDArray[Any]
    unseen: float


class Items(NamedTuple):
    """The items' tokens, what their words weigh, and how rare the phrase around each token is."""

    tokens: Tokens
    spelt: Spelt
    weights: Weights
    rarity: NDArray[np.float32]


def items_of(texts: pl.Series, tokens: Tokens, index: Index) -> Items:
    """The idf of every word, log(1 + items / items that have it); numbers weigh nothing."""
    counts = np.diff(tokens.bounds)
    owners = np.repeat(np.arange(len(counts)), counts)[~tokens.number]
    words = tokens.words[~tokens.number]
    order = np.lexsort((owners, words))
    words, owners = words[order], owners[order]
    fresh = np.append(True, (np.diff(words) != 0) | (np.diff(owners) != 0))[: len(words)]
    word, frequency = np.unique(words[fresh], return_counts=True)
    many = max(1, len(counts))
    weights = Weights(word, np.log1p(many / frequency), float(np.log1p(many)))
    return Items(tokens, spell(texts, tokens), weights, rarity(tokens, index))


def compare(
    texts: pl.Series,
    pairs: Pairs,
    known: Items,
    n: int,
    least: tuple[float, float],
    wanted: NDArray[np.bool_] | None = None,
) -> pl.DataFrame:
    """One row of evidence (SCHEMA) per pair that is worth it; coverage NaN becomes null.

    `least` is the coverage, or the words where all numbers are the same, below which a pair is not
    aligned and leaves, unless it is `wanted` all the same. `start` and `stop` are bytes of the
    longest overlap in the text.
    """
    rows, items, coverage = pairs
    unique, place = np.unique(rows, return_inverse=True)
    own, other = tokenise(texts.gather(unique)), known.tokens
    found = _compare(
        place, items.astype(np.int64), own.masked, own.ranked, other.masked, other.ranked,
        known.weights, n,
    )  # fmt: skip
    worth = ~(coverage < least[0]) | (found[2] & (found[3] >= least[1]))
    if wanted is not None:
        worth |= wanted
    rows, items, coverage, place = (column[worth] for column in (rows, items, coverage, place))
    share, numbers, figures, words, first, last, there = (column[worth] for column in found)
    mine = spell(texts.gather(unique), own)
    near = [
        _similarity(*spans, mine, known)
        for spans in zip(
            own.bounds[place].tolist(), own.bounds[place + 1].tolist(),
            other.bounds[items].tolist(), other.bounds[items + 1].tolist(),
            (first - there).tolist(), strict=True,
        )
    ]  # fmt: skip
    offset, some = own.bounds[place], last > first
    start, stop = np.append(own.start, 0), np.append(own.stop, 0)
    begin = np.where(some, start[offset + first], 0)
    end = np.where(some, stop[np.maximum(offset + last - 1, 0)], 0)
    columns = (rows, items, coverage, share, numbers, figures, words, near, begin, end)
    frame = pl.DataFrame(dict(zip(SCHEMA, columns, strict=True)), schema_overrides=SCHEMA)
    return frame.with_columns(pl.col("coverage").fill_nan(None))


def _similarity(
    first: int, last: int, begin: int, end: int, shift: int, text: Spelt, known: Items
) -> float:
    """Similarity of the item and the nearest stretch of the text that is as long; 0 to 1.

    The text's tokens are `first` to `last`, the item's `begin` to `end`; the item begins `shift`
    tokens after the text does.
    """
    start = first + min(max(0, shift), max(0, last - first - (end - begin)))
    stop = min(last, start + end - begin)
    item, rare = known.spelt, known.rarity[begin:end]
    whole = item.data[item.at[begin] : item.at[end]]
    near = text.data[text.at[start] : text.at[stop]]
    plain = float(fuzz.ratio(whole, near)) / 100
    if plain < LIKE or not len(rare) or rare.min() == rare.max():
        return plain
    return min(plain, weighted(whole, near, np.repeat(rare, np.diff(item.at[begin : end + 1]))))


def weighted(item: bytes, text: bytes, weight: NDArray[np.float32]) -> float:
    """The similarity where byte i of the item weighs `weight[i]`, 0 to 1.

    A byte of the text weighs as much as its place. Where all weigh the same, it is the plain
    one: 1 - edits / bytes of both.
    """
    weight = np.append(weight, weight[-1])
    both = 2 * float(weight[:-1].sum())
    lost = added = 0.0
    for edit in Indel.editops(item, text):
        heavy = float(weight[edit.src_pos])
        if edit.tag == "delete":
            lost += heavy
        else:
            added += heavy
    return 1 - (lost + added) / (both - lost + added)


@compiled
def _compare(
    rows: Any, items: Any, mine: Any, own: Any, theirs: Any, other: Any, known: Any, n: int
) -> Any:
    """Arrays over pairs: share, numbers, figures, words, overlap (first, last, in the item).

    `mine` and `theirs` are the masked tokens of what is ranked in `own` and `other`.
    """
    pairs = len(rows)
    share, same = np.zeros(pairs, np.float32), np.ones(pairs, np.float32)
    figures = np.zeros(pairs, np.bool_)
    alike = np.zeros(pairs, np.float32)
    first, last = np.zeros(pairs, np.int64), np.zeros(pairs, np.int64)
    there = np.zeros(pairs, np.int64)
    for pair in range(pairs):
        a, b = own.bounds[rows[pair]], own.bounds[rows[pair] + 1]
        c, d = other.bounds[items[pair]], other.bounds[items[pair] + 1]
        share[pair], first[pair], last[pair], there[pair] = _overlap(
            mine[a:b], theirs[c:d], min(n, d - c)
        )
        split, cut = own.numbers[rows[pair]], other.numbers[items[pair]]
        if cut < d:
            common = _common(own.words[split:b], other.words[cut:d])
            same[pair] = common / (d - cut)
            figures[pair] = common == b - split == d - cut >= FIGURES
        alike[pair] = _dice(own.words[a:split], other.words[c:cut], known)
    return share, same, figures, alike, first, last, there


@compiled
def _overlap(text: Any, item: Any, n: Any) -> Any:
    """Share of the text in shared n-grams; the longest overlap: first, last, first in the item.

    Of an n-gram that the item repeats, the first counts.
    """
    if n == 0 or len(text) < n:
        return 0.0, 0, 0, 0
    hashes = _hashes(item, n)
    size = 16
    while size < 2 * len(hashes):
        size *= 2
    first_at = np.zeros(size, np.int64)  # a hash table: 1 + where in the item; 0 is free
    for spot in range(len(hashes)):
        slot = _slot(first_at, hashes, hashes[spot])
        if not first_at[slot]:
            first_at[slot] = spot + 1
    covered, reach, best, first, last, other = 0, 0, 0, 0, 0, 0
    for spot, gram in enumerate(_hashes(text, n)):
        there = first_at[_slot(first_at, hashes, gram)] - 1
        if there < 0:
            continue
        covered += spot + n - max(reach, spot)
        reach = spot + n
        if spot >= last - n + 1:  # not inside the longest so far
            length = n
            while (spot + length < len(text) and there + length < len(item)
                   and text[spot + length] == item[there + length]):  # fmt: skip
                length += 1
            if length > best:
                best, first, last, other = length, spot, spot + length, there
    return covered / len(text), first, last, other


@compiled
def _slot(first_at: Any, hashes: Any, gram: Any) -> Any:
    """Where an n-gram stands in the table, or belongs."""
    slot = np.int64(mixed(gram) & np.uint64(len(first_at) - 1))
    while first_at[slot] and hashes[first_at[slot] - 1] != gram:
        slot = (slot + 1) & (len(first_at) - 1)
    return slot


@compiled
def _hashes(words: Any, n: Any) -> Any:
    hashes = np.zeros(len(words) - n + 1, np.uint64)
    for spot in range(len(hashes)):
        for word in words[spot : spot + n]:
            hashes[spot] = hashes[spot] * BASE + word
    return hashes


@compiled
def _common(one: Any, other: Any) -> Any:
    """How many elements two sorted arrays share, each occurrence once."""
    count, i, j = 0, 0, 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            count, i, j = count + 1, i + 1, j + 1
        elif one[i] < other[j]:
            i += 1
        else:
            j += 1
    return count


@compiled
def _dice(one: Any, other: Any, known: Any) -> Any:
    """Of the words of both, sorted arrays, the share that both have; each counts once."""
    total, both, j = 0.0, 0.0, 0
    for at, word in enumerate(one):
        if at and word == one[at - 1]:
            continue
        place = lower_bound(known.word, word)
        met = place < len(known.word) and known.word[place] == word
        heavy = known.weight[place] if met else known.unseen
        total += heavy
        while j < len(other) and other[j] < word:
            j += 1
        if j < len(other) and other[j] == word:
            both += heavy
    for at, word in enumerate(other):
        if not at or word != other[at - 1]:
            total += known.weight[lower_bound(known.word, word)]
    return 2 * both / total if total else 1.0
