"""The two that a diff compares: versions, pools, folders of any origin, revisions on the Hub.

What a folder does not say (why a row left) is asked of the pool that made it, where it is known.
"""

from pathlib import PurePath
from typing import Any, NamedTuple

from schemas.errors import LongcotError, PoolError
from tasks.pool.store import Pool
from tasks.publishing.layout import MANIFEST
from tasks.publishing.versions import File, Version, hashed, load, numbers, whole
from tasks.query.locate import default_pool


class Known(NamedTuple):
    """A version whose pool is at hand: its tables tell what was known of each row."""

    pool: Pool
    version: Version


class Side(NamedTuple):
    """What is compared.

    pool: where its files lie; views: the files of each view; known: its version, None where no
    pool that has it is at hand
    """

    name: str
    pool: Pool
    views: dict[str, list[File]]
    known: Known | None


def of_version(pool: Pool, version: Version) -> Side:
    """A version of a pool."""
    return Side(f"version {version.number}", pool, version.views, Known(pool, version))


def sides(before: str, after: str, home: str | None) -> tuple[Side, Side]:
    """Both sides, as they are named: the number of a version of `home`, or a place.

    home: a pool; default for numbers: the one under ./pools that was built last
    Raises LongcotError where there is no such thing.
    """
    named = [before, after]
    if home is None and any(name.isdigit() for name in named):
        home = default_pool()
    pools = [Pool(home)] if home else []
    pools += [Pool(name) for name in named if not name.isdigit() and _is_pool(name)]
    first, second = (_side(name, pools) for name in named)
    return first, second


def _side(name: str, pools: list[Pool]) -> Side:
    if name.isdigit():
        return of_version(pools[0], whole(pools[0], int(name)))
    place = Pool(name)
    if _is_pool(name):
        found = of_version(place, whole(place))
        return found._replace(name=f"{name} ({found.name})")
    if _there(place, MANIFEST):
        return _published(name, place, pools)
    return Side(name, place, _loose(place), None)


def _is_pool(name: str) -> bool:
    return _there(Pool(name), "manifest.json")


def _there(place: Pool, relative: str) -> bool:
    """Whether a file stands there. Raises LongcotError where nobody can say."""
    try:
        return place.exists(relative)
    except Exception as error:  # the client of a store raises its own errors
        why = str(error).strip().split("\n")[0]
        raise LongcotError(f"{place.url}: cannot be read: {type(error).__name__}: {why}") from None


def _published(name: str, place: Pool, pools: list[Pool]) -> Side:
    """A folder with the manifest that `export` and `publish` write."""
    told = place.get_json(MANIFEST)
    try:
        files = [File(**file) for file in told["files"].values()]
        views = {view: [file for file in files if file.view == view] for view in told["views"]}
        label = f"{name} (version {told['version']})"
    except (KeyError, TypeError, AttributeError):
        raise PoolError(f"{place.path(MANIFEST)}: not written by longcot; export again") from None
    known = next((found for pool in pools if (found := _by_id(pool, told.get("id")))), None)
    return Side(label, place, views, known)


def _by_id(pool: Pool, wanted: Any) -> Known | None:
    for number in reversed(numbers(pool)):
        version = load(pool, number)
        if version.id == wanted:
            return Known(pool, version)
    return None


def _loose(place: Pool) -> dict[str, list[File]]:
    """The Parquet files of any folder, each folder in it a view. Raises PoolError: none there."""
    paths = sorted(place.fs.find(place.root)) if _there(place, "") else []
    views: dict[str, list[File]] = {}
    for path in (path[len(place.root) :].lstrip("/") for path in paths):
        if path.endswith(".parquet"):
            view = str(PurePath(path).parent) if "/" in path else PurePath(place.root).name
            sha256, size = hashed(place, path)
            views.setdefault(view, []).append(File(view, "", path, 0, size, sha256))
    if not views:
        raise PoolError(
            f"{place.url}: no pool, no folder or revision that longcot wrote, and no Parquet files"
        )
    return views
