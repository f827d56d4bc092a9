"""The sides of a comparison: views that were released, and views that a recipe would select.

    sft              a view of the pool's last version
    2, 2:sft         all views of an earlier version, or one of them
    my.yaml, limo    all views of a recipe, by its file or as a shipped one; limo:sft is one of them

A side is its rows as ids. Those of a release are read from its files; those of a recipe are
selected as a build would, over the tables that the pool has, and nothing is written.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
import pyarrow.parquet as pq
from pydantic import ValidationError

from schemas import yaml_text
from schemas.errors import LongcotError, PoolError, QueryError
from schemas.parts.view_format import Per
from schemas.recipe.views import View, format_of
from tasks.pool.jobs import frame_of
from tasks.pool.store import Pool
from tasks.publishing.versions import Version, latest, whole
from tasks.query.sql import connect
from tasks.views.mix import mixed
from tasks.views.select import Tables, select

Views = Mapping[str, View]


class Side(NamedTuple):
    """What is compared.

    name: as it may be named on the command line; origin: where its rows come from, in words
    rows: `problem_id` and `traces` (a list of ids; empty where rows are about problems), one for
    each row of the view, as often as it has it
    tables, deciding: the pool as it was when the rows were taken
    costs: what that pool's report says of them (tasks/reports/cost.py)
    """

    name: str
    origin: str
    per: Per
    rows: pl.DataFrame
    tables: Tables
    deciding: list[str]
    costs: list[dict[str, Any]]


def sides_of(pool: Pool, names: Sequence[str], load: Callable[[str], Views]) -> list[Side]:
    """The sides that are named, each once, in order.

    load: the views of a recipe by its name. It raises LongcotError where there is no such recipe
    Raises LongcotError where a name is none of the three, or a view cannot be taken.
    """
    found: dict[str, Side] = {}
    last = latest(pool)
    for name in names:
        for side in _named(pool, name, last, load):
            found.setdefault(side.name, side)
    return list(found.values())


def _named(pool: Pool, name: str, last: Version | None, load: Callable[[str], Views]) -> list[Side]:
    if last and name in last.views:
        return [_released(pool, whole(pool), name, name)]
    origin, _, wanted = name.partition(":")
    if origin.isdigit():
        version = whole(pool, int(origin))
        views = _wanted(f"version {origin}", version.content["views"], wanted)
        return [_released(pool, version, view, f"{origin}:{view}") for view in views]
    try:
        recipe = load(origin)
    except LongcotError as error:
        there = ", ".join(last.views) if last else ""
        known = f"its last version has {there}" if there else "no version of it is recorded"
        told = f"{name}: no view of {pool.url} ({known}), no version and no recipe: {error}"
    else:
        views = _wanted(origin, list(recipe), wanted)
        return [selected(pool, f"{origin}:{view}", view, recipe) for view in views]
    raise QueryError(told)


def _wanted(what: str, views: list[str], wanted: str) -> list[str]:
    """One of the views, or all. Raises QueryError where there is none, or none of that name."""
    if wanted and wanted not in views:
        raise QueryError(f"{what} has no view `{wanted}`; there is {', '.join(views) or 'none'}")
    if not views:
        raise QueryError(f"{what} has no view, so there is nothing to compare")
    return [wanted] if wanted else views


def selected(pool: Pool, name: str, view: str, views: Views) -> Side:
    """A view of a recipe, selected over the pool's tables as they are.

    Raises QueryError where the view asks for something that the pool does not have.
    """
    manifest = pool.manifest
    tables: Tables = {table: pool.live(table) for table in manifest["tables"]}
    deciding = list(manifest["deciding"])

    def chosen(of: str) -> pl.DataFrame:
        needed = _needs(views[of])
        if missing := [table for table in needed if not tables.get(table)]:
            raise QueryError(
                f"{name}: it draws by `diverse`, and {pool.url} has no {missing[0]}: build the "
                "recipe that it belongs to over this pool"
            )
        try:
            with connect(pool, tables, deciding) as connection:
                return select(connection, of, views[of])
        except QueryError as error:
            told = str(error).removeprefix(f"view {of}: ")
        raise QueryError(
            f"{name}: cannot be selected over {pool.url}, whose recipe may lack a step, signal or "
            f"question of this one's: {told}"
        )

    mix = views[view].mix
    first, parts = _first(view, views)
    if mix:
        drawn = mixed({of: chosen(of) for of in mix.of}, mix, views[view].seed)
        frame = pl.concat(drawn.values(), how="diagonal")
    else:
        frame = chosen(view)
    per = format_of(first, parts).per
    rows = rows_of(frame, per, parts.partners())
    report = pool.get_json("report.json") if pool.exists("report.json") else {}
    return Side(name, "selected", per, rows, tables, deciding, report.get("costs", []))


def _needs(view: View) -> list[str]:
    """The tables without which a view's order would be chance."""
    traces = view.per_problem and view.per_problem.by == "diverse"
    problems = view.sample and view.sample.by == "diverse"
    return [*(["trace_signatures"] if traces else []), *(["signatures"] if problems else [])]


def _first(view: str, views: Views) -> tuple[str, View]:
    """The view that says what rows look like: of a mix, the first of its parts."""
    mix = views[view].mix
    name = next(iter(mix.of)) if mix else view
    return name, views[name]


def _released(pool: Pool, version: Version, view: str, name: str) -> Side:
    """A view as a version has it."""
    first, part = _first(view, _views_of(pool, version))
    per = format_of(first, part).per
    lead = "chosen_id" if per == "pair" else "trace_id"
    wanted = ["problem_id"]
    if per != "problem":
        wanted += [lead, *(f"{role}_id" for role in part.partners())]
    frames = []
    for file in version.views[view]:
        with pool.fs.open(pool.path(file.path), "rb") as source:
            try:
                frames.append(frame_of(pq.read_table(source, columns=wanted, pre_buffer=False)))
            except (OSError, ValueError) as error:
                why = str(error).split("\n", 1)[0]
                told = f"{pool.path(file.path)}: cannot be read: {why}"
                raise PoolError(f"{told}; delete it and build again") from None
        if missing := [column for column in wanted if column not in frames[-1].columns]:
            raise PoolError(
                f"{name}: its rows have no `{missing[0]}`, so nobody can say which they are; name "
                "the recipe's file instead, and its view is selected anew"
            )
    rows = rows_of(pl.concat(frames).rename({lead: "trace_id"}, strict=False), per, part.partners())
    costs = version.content["report"].get("costs", [])
    origin = f"version {version.number}"
    return Side(name, origin, per, rows, version.tables(), version.content["deciding"], costs)


def _views_of(pool: Pool, version: Version) -> dict[str, View]:
    """The views of the recipe that a version was built from."""
    content = yaml_text.load(version.content["recipe"]["text"])
    try:
        return {name: View.model_validate(view) for name, view in content["views"].items()}
    except ValidationError as error:
        why = "; ".join(str(one["msg"]) for one in error.errors())
        told = f"the recipe of version {version.number} is not read any more: {why}"
        raise PoolError(f"{pool.url}: {told}; build it again") from None


def rows_of(frame: pl.DataFrame, per: Per, partners: Sequence[str]) -> pl.DataFrame:
    """The rows of a selection or release as `problem_id` and the `traces` that each has."""
    ids = [] if per == "problem" else ["trace_id", *(f"{role}_id" for role in partners)]
    traces = pl.concat_list(ids) if ids else pl.lit([], dtype=pl.List(pl.String))
    return frame.select("problem_id", traces=traces)
