"""recheck --apply: what a recheck drops leaves the release at once, and every later build.

The problems are set aside by a receipt of the stage `recheck`, with the evidence; each build takes
these receipts in as if a step of the recipe had written them. The latest version is released anew
without their rows, as the next version.
"""

from dataclasses import asdict, replace

import polars as pl

from schemas.identity import digest, digest_all
from schemas.tables import CONTAMINATION, SET_ASIDE
from tasks.keeping.removals import list_corrections
from tasks.keeping.without import Rewritten, release_without, rewrite_file
from tasks.pool.build import Build
from tasks.pool.funnel import funnel_line
from tasks.pool.jobs import aside_of, frame_of
from tasks.pool.store import Pool, Receipt
from tasks.publishing.versions import Version, whole, write

STAGE = "recheck"
"""The name under which the problems are set aside, and of the receipts."""

TABLES = ("contamination", "set_aside")


def apply(pool: Pool, hits: pl.DataFrame) -> tuple[Version | None, str | None]:
    """Set the problems aside that a hit drops, and release the latest version without them.

    hits: rows of `contamination`. Returns the new version, None where the latest had none of them,
    and the path of its removal list. Whoever calls holds the pool. Raises PoolError where nothing
    is released.
    """
    before = whole(pool)
    _set_aside(pool, hits.filter(pl.col("decision") == "drop"))
    receipts = pool.receipts(STAGE)
    if not receipts:
        return None, None
    ids = _rows_of(pool, _dropped(pool, receipts))
    found = Rewritten()
    for file in before.files:
        rewrite_file(pool, file, ids, found)
    # Of a file without ids nobody can tell which rows are meant: the next build writes it anew.
    found.files = {path: file for path, file in found.files.items() if found.gone[path]}
    version = _version(pool, before, receipts, found) if found.files else None
    manifest = pool.get_json("manifest.json")
    tables = dict(manifest["tables"])
    for receipt in receipts:
        for shard in map(asdict, receipt.outputs):
            listed = tables.setdefault(shard["table"], [])
            if shard not in listed:
                listed.append(shard)
    deciding = [*dict.fromkeys([STAGE, *manifest["deciding"]])]
    stages = {**manifest["stages"], STAGE: [receipt.key for receipt in receipts]}
    views = release_without(pool, manifest.get("views", {}), found)
    pool.put_json("manifest.json", {**manifest, "tables": tables, "deciding": deciding,
                                    "stages": stages, "views": views})  # fmt: skip
    return version, list_corrections(pool, version)


def take_rechecks(build: Build) -> None:
    """Take in what rechecks have set aside, and add a line to the funnel, if there were any."""
    pool, problems = build.pool, build.done.problems
    receipts = pool.receipts(STAGE)
    if not receipts:
        return
    dropped = pl.Series(sorted(_dropped(pool, receipts)), dtype=pl.String).implode()
    total = left = 0
    aside = {}
    for receipt in problems:
        ids = frame_of(pool.read(receipt.whole("problems"), ["problem_id"]))
        gone = ids.filter(pl.col("problem_id").is_in(dropped))["problem_id"]
        total, left = total + len(ids), left + len(ids) - len(gone)
        if len(gone):
            aside[receipt.key] = digest_all(sorted(gone))
    build.take(STAGE, [replace(receipt, aside=aside) for receipt in receipts], TABLES, STAGE)
    counts = {"in": total, "out": left, "aside.contaminated": total - left}
    build.funnel.append(funnel_line(STAGE, "", "problems", counts))


def _set_aside(pool: Pool, drops: pl.DataFrame) -> None:
    """Write the receipt of those that no recheck has set aside yet."""
    known = pl.Series(sorted(_dropped(pool, pool.receipts(STAGE))), dtype=pl.String).implode()
    fresh = drops.filter(~pl.col("problem_id").is_in(known))
    if fresh.is_empty():
        return
    rows = fresh.unique("problem_id", keep="first", maintain_order=True).select(
        row_id="problem_id",
        reason=pl.lit("contaminated"),
        detail=pl.format("{}: {}", "benchmark", "item_id"),
    )
    receipt = Receipt(STAGE, digest(STAGE, sorted(rows["row_id"]))[:16], STAGE)
    receipt.counts.update({"in": len(rows), "out": 0, "aside.contaminated": len(rows)})
    evidence = fresh.select(CONTAMINATION.names).to_arrow().cast(CONTAMINATION)
    tables = {"contamination": evidence, "set_aside": aside_of(STAGE, rows).cast(SET_ASIDE)}
    pool.commit_rows(receipt, tables, pool.manifest["recipe"])


def _dropped(pool: Pool, receipts: list[Receipt]) -> set[str]:
    return {
        one
        for receipt in receipts
        for one in pool.read(receipt.whole("set_aside"), ["row_id"]).column(0).to_pylist()
    }


def _rows_of(pool: Pool, problems: set[str]) -> frozenset[str]:
    """These problems and their traces."""
    wanted = pl.Series(sorted(problems), dtype=pl.String).implode()
    traces: set[str] = set()
    for shard in pool.live("traces"):
        rows = frame_of(pool.read(shard, ["trace_id", "problem_id"]))
        traces |= {*rows.filter(pl.col("problem_id").is_in(wanted))["trace_id"]}
    return frozenset(problems | traces)


def _version(pool: Pool, before: Version, receipts: list[Receipt], found: Rewritten) -> Version:
    tables = {table: list(shards) for table, shards in before.content["tables"].items()}
    for receipt in receipts:
        for shard in map(asdict, receipt.outputs):
            if shard not in tables.setdefault(shard["table"], []):
                tables[shard["table"]].append(shard)
    content = {
        **before.content,
        "id": digest(STAGE, before.id, [receipt.key for receipt in receipts]),
        "why": STAGE,
        "tables": tables,
        "deciding": [*dict.fromkeys([STAGE, *before.content["deciding"]])],
    }
    return write(pool, before, [found.files.get(f.path, f) for f in before.files], content)
