"""mix: the rows of other views in shares, drawn from their selections.

A view's rows are drawn in one order by seed, whatever the size: a smaller mix of the same shares is
part of a larger one. The rows of each view keep that view's order, one view after the other.
"""

from collections.abc import Mapping
from math import floor

import polars as pl

from schemas.identity import digest, digest_all
from schemas.recipe.mix import Mix
from schemas.recipe.views import View
from tasks import __version__
from tasks.pool.jobs import Done, Job
from tasks.pool.store import Pool, Receipt, Shard
from tasks.views import release
from tasks.views.select import Tables, selected, splits

VERSION = "1"

ALIKE = 1e-9
"""0.3 of 1,000 is 300 and not 299, as binary fractions would have it."""


def mixed(rows: Mapping[str, pl.DataFrame], mix: Mix, seed: int) -> dict[str, pl.DataFrame]:
    """The rows of each view in the mix, in the view's own order.

    rows: the selection of each view, with problem_id, trace_id and tokens

    The mix is as large as its shares let it be: the view that has least beside its share says how
    much, so that every share holds within a row.
    """
    of_tokens = mix.tokens is not None
    asked = mix.tokens or mix.rows or float("inf")
    shares = mix.shares()
    there = {view: int(_size(rows[view], of_tokens).sum()) * mix.repeat for view in shares}
    whole = min(asked, *(there[view] / share for view, share in shares.items()))
    return {
        view: _first(rows[view], floor(whole * share + ALIKE), of_tokens, seed)
        for view, share in shares.items()
    }


def _size(rows: pl.DataFrame, of_tokens: bool) -> pl.Series:
    """What each row counts."""
    return rows["tokens"] if of_tokens else pl.repeat(1, len(rows), dtype=pl.Int64, eager=True)


def _first(rows: pl.DataFrame, budget: int, of_tokens: bool, seed: int) -> pl.DataFrame:
    """As many of the rows, as drawn by seed, as the budget takes; again from the first where it
    takes more than there are.
    """
    size = _size(rows, of_tokens)
    whole = int(size.sum())
    if not whole:
        return rows.clear()
    again, rest = divmod(budget, whole)
    ids = rows.select("problem_id", trace_id=pl.col("trace_id").fill_null(""))
    drawn = pl.Series([digest("mix", seed, *row) for row in ids.iter_rows()], dtype=pl.String)
    order = drawn.arg_sort()
    fits = size.gather(order).cum_sum() <= rest
    first = rows[order.filter(fits).sort()]
    return pl.concat([*[rows] * again, first])


def plan(done: Done, name: str, view: View, mix: Mix, chosen: Mapping[str, Receipt]) -> Job:
    """The job that draws the rows of a mix. `chosen`: the receipt of each view's rows."""
    content = [[of, chosen[of].facts["content"]] for of in mix.of]
    what = [mix.model_dump(mode="json"), view.seed, view.splits]
    key = digest("mix", VERSION, name, what, content, [chosen[of].key for of in mix.of])[:16]
    rows = sum(receipt.counts["out"] for receipt in chosen.values())
    return Job("select", key, name, rows, done.recipe, choose, (name, view, mix, dict(chosen)))


def choose(
    pool: Pool, job: Job, name: str, view: View, mix: Mix, chosen: dict[str, Receipt]
) -> Receipt:
    """Write the rows of each view, a file each, and count what became of the others."""
    there = {of: selected(pool, chosen[of]) for of in mix.of}
    taken = {
        of: rows.with_columns(split=splits(rows["problem_id"], view))
        for of, rows in mixed(there, mix, view.seed).items()
    }
    out = sum(map(len, taken.values()))
    single = sum(rows.select("problem_id", "trace_id").n_unique() for rows in taken.values())
    counts = {"in": sum(map(len, there.values())) + out - single, "out": out}
    counts["aside.share"] = counts["in"] - out
    counts["repeats"] = out - single
    measure = "tokens" if mix.tokens else "rows"
    sizes = {of: int(_size(rows, bool(mix.tokens)).sum()) for of, rows in taken.items()}
    for of, share in mix.shares().items():
        real = sizes[of] / (sum(sizes.values()) or 1)
        counts[f"{of} ({share:.1%} of {measure} asked, {real:.1%} is)"] = len(taken[of])
    content = digest_all(str([of, *row]) for of in taken for row in taken[of].iter_rows())
    receipt = Receipt("select", job.key, name, counts=counts, facts={"content": content})
    for of, rows in taken.items():
        path = f"selections/{name}-{of}-{job.key}.parquet"
        size, sha256 = pool.put(path, rows.write_parquet)
        receipt.outputs.append(Shard("selections", path, len(rows), size, sha256))
    return pool.commit(receipt, {}, job.recipe)


def plan_release(
    done: Done, tables: Tables, name: str, view: View, parts: Mapping[str, View], mixed: Receipt
) -> Job:
    """The job that writes all shards of a mix.

    parts: its views; mixed: the receipt of their rows
    """
    how = [release.manner(of, part) for of, part in parts.items()]
    texts = {table: tables.get(table, []) for table in ("problems", "traces")}
    inputs = [shard.path for shards in texts.values() for shard in shards]
    sizes = [view.shard_tokens, release.VERSION, __version__]
    key = digest("mixed", VERSION, name, how, sizes, mixed.facts["content"], inputs)[:16]
    given = (texts, name, view, dict(parts), mixed)
    return Job("release", key, name, mixed.counts["out"], done.recipe, write_all, given)


def write_all(
    pool: Pool,
    job: Job,
    tables: Tables,
    name: str,
    view: View,
    parts: dict[str, View],
    mixed: Receipt,
) -> Receipt:
    """Write the output shards of a mix that its store lacks: each view's in that view's form."""
    shards: list[tuple[str, str, int]] = []
    for (of, part), file in zip(parts.items(), mixed.outputs, strict=True):
        form = part.model_copy(update={"shard_tokens": view.shard_tokens, "splits": view.splits})
        rows = selected(pool, mixed, file)
        if len(rows) or not (mixed.counts["out"] or shards):  # no row at all: one typed file
            shards += release.build(pool, tables, rows, of, form, job.recipe, store=name)
    return release.written(pool, job, name, mixed.counts["out"], shards)
