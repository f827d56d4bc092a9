"""near: which rows of the pool say nearly the same, for problems and for traces alike.

Each shard is signed once (`sign`); the signatures of all shards are compared (`compare`), so a new
source is compared with the old ones without reading these again, but for the texts of candidates.

Clusters are the connected components of the pairs whose exact Jaccard reaches the threshold. In a
cluster rows are taken in this order, each repeats the first row that stays and is that near, or
else stays itself; so no row is ever called a duplicate of one that it is not near to.

    1. a trace that is judged correct            3. the longest solution, the longest trace
    2. a problem with an answer (which `screen`  4. the earliest source in the recipe
       had the verifier accept), a whole trace   5. the smallest id

Memory: about 800 bytes per row (measured at 2,000,000 problems, benchmarks/dedupe scale), of
which 144 are band keys; beyond that a temporary file with the shingles of candidates (8 bytes
each), which the system pages in and out.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from schemas.tables import DUPLICATES, SIGNATURES
from tasks.dedupe.kin import PAIR, codes
from tasks.dedupe.options import Near, Shingling
from tasks.pool.jobs import frame_of
from tasks.pool.parquet import nothing
from tasks.pool.store import Pool, Receipt

if TYPE_CHECKING:
    from tasks.dedupe.lsh_bands import Bands
    from tasks.dedupe.shingles import Signatures

# What imports numba (half a second) is imported where it is used.

UNITS = {"word": 3, "char": 12}
"""Units of a shingle. Three words: long enough that shared phrases of the trade weigh little, short
enough that one edited word in a problem of 60 leaves a Jaccard of 0.9.
"""

RULE = ("verdict", "sound", "length", "rank", "row_id")
FALLING = (True, True, True, False, False)
FACTS = ("answer", "numerals", "signs")
WHY = {"rank": "source", "row_id": "id"}

Texts = Callable[[list[str]], Iterable[tuple[list[str], pl.Series]]]
"""From ids to batches of (ids, their texts), in any order."""


Rows = Callable[[Pool, Receipt], tuple[pl.DataFrame, NDArray[np.uint64]]]
"""From a signed shard to its rows that are compared, with what `RULE` asks, and their band keys."""


NOBODY = pl.DataFrame(schema=dict.fromkeys(PAIR, pl.String))


class Compared(NamedTuple):
    """The rows that repeat another (as `DUPLICATES`), and how many pairs were checked."""

    duplicates: pl.DataFrame
    checked: int


def shingling(options: Near, masked: bool = False) -> Shingling:
    """What a shingle is under these options."""
    return Shingling(options.shingles, options.n or UNITS[options.shingles], masked)


def bands(options: Near) -> "Bands":
    """The bands that the options ask for. Raises RecipeError where no choice reaches the recall."""
    from tasks.dedupe.lsh_bands import choose
    from tasks.dedupe.shingles import PERMUTATIONS

    return choose(options.threshold, options.recall, PERMUTATIONS)


def explained(options: Near) -> str:
    """One line: the bands and what they find."""
    from tasks.dedupe.lsh_bands import curve

    return curve(bands(options), options.threshold)


class Content(NamedTuple):
    """What keeps texts apart, uint64 each: only equal blocks are compared; and of those none that
    contradict each other in a fact (see `tagged` in tasks/dedupe/shingles.py).
    """

    block: NDArray[np.uint64]
    answer: NDArray[np.uint64]
    numerals: NDArray[np.uint64]
    signs: NDArray[np.uint64]


def sign(
    rows: pl.DataFrame, how: Shingling, content: "Callable[[Signatures], Content]"
) -> pa.Table:
    """Signatures of rows (row_id, text, source, sound, length), as `SIGNATURES`."""
    from tasks.dedupe.shingles import signatures

    signed = signatures(rows["text"], how)
    packed = pa.py_buffer(signed.rows.astype("<u4", copy=False))
    table = rows.select("row_id", "source", "sound", "length").to_arrow()
    hashes = {"sequence": signed.sequence, **content(signed)._asdict()}
    for name, values in hashes.items():
        table = table.append_column(name, pa.array(values))
    column = pa.FixedSizeBinaryArray.from_buffers(pa.binary(512), len(rows), [None, packed])
    return table.append_column("signature", column).select(SIGNATURES.names).cast(SIGNATURES)


def read(signed: pa.Table, chosen: "Bands") -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """A table of signatures as a frame without them, and the band keys of its rows."""
    from tasks.dedupe.lsh_bands import keys

    column = signed.column("signature").combine_chunks()
    _, packed = column.buffers()
    start = column.offset * 512
    matrix = np.frombuffer(packed, "<u4", len(column) * 128, start).reshape(-1, 128)
    frame = frame_of(signed.drop_columns(["signature"]))
    return frame, keys(matrix, frame["block"].to_numpy(), chosen)


def compare(
    rows: pl.DataFrame,
    keys: NDArray[np.uint64],
    texts: Texts,
    options: Near,
    how: Shingling,
    related: pl.DataFrame = NOBODY,
) -> Compared:
    """The near-duplicates among rows (row_id, sequence, block, `FACTS`, `RULE`).

    related: pairs (child, parent) that are none, however near
    """
    from tasks.dedupe.clusters import Sets, components, crowded, elect, link

    order = rows["row_id"].arg_sort().to_numpy()
    rows, keys = rows[order].with_row_index("at"), keys[order]
    equal = rows.select(
        "at", first=pl.col("at").min().over("sequence", "block"), empty=pl.col("sequence") == 0
    ).filter(~pl.col("empty") & (pl.col("at") != pl.col("first")))
    repeats = equal.select("first", "at").to_numpy().astype(np.int64)
    lone = np.ones(len(rows), np.bool_)
    lone[repeats[:, 1]] = False
    lone &= (rows["sequence"] != 0).to_numpy()
    unique = np.flatnonzero(lone)
    if options.threshold == 1:
        unique = unique[:0]
    near = unique[crowded(keys[unique])]
    facts = rows.select(FACTS).to_numpy()
    with tempfile.TemporaryFile() as file:
        spans, flat = _collect(file, rows["row_id"], near, texts, how)
        links = link(keys[near], Sets(spans[near], flat, facts[near]), options.threshold)
        pairs = np.concatenate([repeats, near[links.pairs]])
        cluster = components(len(rows), pairs)
        best = (
            rows.with_columns(cluster=pl.Series(cluster))
            .sort("cluster", *RULE, descending=[False, *FALLING])["at"]
            .to_numpy()
        )
        alike = np.arange(len(rows))
        alike[repeats[:, 1]] = repeats[:, 0]  # equal texts share one set of shingles
        survivors, jaccard = elect(
            best.astype(np.int64), cluster, alike, Sets(spans, flat, facts), options.threshold,
            codes(rows["row_id"], related),
        )  # fmt: skip
        del flat  # it lies in the file, which is about to go
    found, ids = np.flatnonzero(survivors != np.arange(len(rows))), rows["row_id"]
    kept = rows[survivors[found]].select(pl.col(c).alias(f"kept_{c}") for c in RULE)
    duplicates = pl.concat([rows[found], kept], how="horizontal").select(
        "row_id",
        duplicate_of="kept_row_id",
        jaccard=pl.Series(jaccard[found]),
        cluster=ids.gather(cluster[found]),
        why=why(),
    )
    return Compared(duplicates.select(DUPLICATES.names), links.checked)


def joined(
    read: Iterable[tuple[pl.DataFrame, NDArray[np.uint64]]], options: Near
) -> tuple[pl.DataFrame, NDArray[np.uint64]]:
    """The rows of several shards, as `Rows` gives them, and their band keys."""
    frames, keys = [NO_ROWS], [np.empty((0, bands(options).b), np.uint64)]
    for frame, own in read:
        frames.append(frame)
        keys.append(own)
    return pl.concat(frames, how="diagonal"), np.concatenate(keys)


def texts_of(
    pool: Pool, shards: list[Receipt], table: str, columns: list[str], text: pl.Expr
) -> Texts:
    """Reads the texts of rows where they lie; `columns`: the id, then what the text is made of."""

    def texts(ids: list[str]) -> Iterator[tuple[list[str], pl.Series]]:
        wanted = pl.Series(ids, dtype=pl.String).implode()
        for receipt in shards if ids else []:
            frame = frame_of(pool.read(receipt.whole(table), columns))
            frame = frame.filter(pl.col(columns[0]).is_in(wanted))
            yield frame[columns[0]].to_list(), frame.select(text).to_series()

    return texts


NOTHING = frame_of(nothing(SIGNATURES)).drop("signature")
NO_ROWS = NOTHING.with_columns(
    pl.lit("").alias("shard"), verdict=pl.lit(value=False), rank=pl.lit(0, pl.Int32)
)


def _collect(
    file: Any, ids: pl.Series, near: NDArray[np.int64], texts: Texts, how: Shingling
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Where each row's shingles lie, and all of them: on disk, as far as memory is wanted."""
    from tasks.dedupe.shingles import shingles

    spans, written = np.zeros((len(ids), 2), np.int64), 0
    wanted = ids.gather(near)
    for found, batch in texts(wanted.to_list()):
        places = near[wanted.search_sorted(pl.Series(found, dtype=pl.String)).to_numpy()]
        for place, elements in zip(places, shingles(batch, how), strict=True):
            file.write(elements.data)
            spans[place] = written, written + len(elements)
            written += len(elements)
    file.flush()
    held = np.memmap(file, np.uint64, "r", shape=(written,)) if written else np.empty(0, np.uint64)
    return spans, held


def why() -> pl.Expr:
    """The first criterion in which a row and its survivor differ."""
    choice = pl.lit("id")
    for name in reversed(RULE[:-1]):
        other = pl.col(name) != pl.col(f"kept_{name}")
        choice = pl.when(other).then(pl.lit(WHY.get(name, name))).otherwise(choice)
    return choice
