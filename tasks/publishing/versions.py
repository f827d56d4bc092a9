"""Versions: what a build released, as a manifest over files that are stored once by content.

    versions/3.json                          the manifest of the third version
    releases/.store/<view>/<key>.parquet     the files of all versions
    releases/<view>/                         the latest, as trainers load it

A version also lists the tables of the pool as they were, so that what it knew can be asked later.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.errors import PoolError
from schemas.identity import digest
from tasks import __version__
from tasks.pool.build import Build
from tasks.pool.release_files import digest_stored, stored
from tasks.pool.store import Pool, Shard
from tasks.publishing.conditions import measured
from verifiers.version import VERSION as VERIFIERS

FORMAT = "1"
"""Of a version's manifest."""

CHUNK = 2**20

CORRECTION = ("correction", "recheck")
"""Why a version was made that corrects the one before, without a change of its recipe."""


@dataclass(frozen=True)
class File:
    """One file of a version; `path` is where the pool stores it."""

    view: str
    split: str
    path: str
    rows: int
    bytes: int
    sha256: str

    @property
    def key(self) -> str:
        """The hash of its content's description: its name in the store."""
        return Path(self.path).stem


@dataclass(frozen=True)
class Version:
    """A version of a pool, with what stands in its manifest."""

    number: int
    files: list[File]
    content: dict[str, Any]

    @property
    def id(self) -> str:
        """A hash of everything that the version consists of."""
        return str(self.content["id"])

    @property
    def views(self) -> dict[str, list[File]]:
        """The files of each view, in order."""
        return {v: [f for f in self.files if f.view == v] for v in self.content["views"]}

    def tables(self) -> dict[str, list[Shard]]:
        """The pool's tables as they were."""
        listed = self.content["tables"]
        return {table: [Shard(**shard) for shard in shards] for table, shards in listed.items()}


def numbers(pool: Pool) -> list[int]:
    """The numbers of the versions that the pool keeps, in order."""
    folder = pool.path("versions")
    paths = pool.fs.ls(folder, detail=False) if pool.fs.exists(folder) else []
    found = (re.fullmatch(r"(\d+)\.json", Path(path).name) for path in paths)
    return sorted(int(match[1]) for match in found if match)


def load(pool: Pool, number: int) -> Version:
    """A version by its number. Raises PoolError naming those that there are."""
    if not pool.exists(f"versions/{number}.json"):
        known = ", ".join(map(str, numbers(pool))) or "none; `longcot build` makes one"
        raise PoolError(f"{pool.url}: there is no version {number} (there is: {known})")
    content = pool.get_json(f"versions/{number}.json")
    files = [File(**file) for file in content["files"]]
    return Version(number, files, content)


def latest(pool: Pool) -> Version | None:
    """The last version; None where no build has made one."""
    known = numbers(pool)
    return load(pool, known[-1]) if known else None


def whole(pool: Pool, number: int | None = None) -> Version:
    """A version to hand out (default: the latest), whose files all stand at their size.

    Raises PoolError where there is none, or a file is missing or of another size.
    """
    version = latest(pool) if number is None else load(pool, number)
    if version is None:
        raise PoolError(f"{pool.url}: nothing is released here; `longcot build` makes a release")
    for file in version.files:
        size = pool.fs.size(pool.path(file.path)) if pool.exists(file.path) else None
        if size != file.bytes:
            found = "is missing" if size is None else f"has {size} bytes instead of {file.bytes}"
            raise PoolError(
                f"{pool.path(file.path)}: {found}; version {version.number} needs it: delete what "
                "is left of the file and build again"
            )
    return version


def identity(
    recipe: str,
    tables: dict[str, list[Shard]],
    views: dict[str, list[Shard]],
    gates: dict[str, str],
) -> str:
    """The id of what a build made: its recipe, the pool's tables, the released files, its gates."""
    read = {table: [shard.path for shard in shards] for table, shards in tables.items()}
    shown = {name: [(s.path, s.sha256) for s in shards] for name, shards in views.items()}
    return digest("version", recipe, read, shown, *([gates] if gates else []))


def record(
    build: Build,
    text: str,
    name: str,
    views: dict[str, list[Shard]],
    report: dict[str, Any],
    gates: dict[str, str],
    judge: Callable[[Version], list[dict[str, Any]]],
) -> Version | None:
    """Write the version of a finished build; None if it made what the latest is already.

    text: the recipe as it stands in its file; report: what the build told; gates: the conditions
    that the version is to meet; judge: tells whether it does (tasks/publishing/gates.py)
    """
    pool, tables = build.pool, build.done.live()
    before = latest(pool)
    own = identity(build.done.recipe, tables, views, gates)
    if before and before.id == own:
        return None
    known = {file.path: file for file in before.files} if before else {}
    deciding = list(build.done.deciding)
    files = [_file(pool, view, shard, known) for view, shards in views.items() for shard in shards]
    told = {key: value for key, value in report.items() if key not in ("pool", "views", "forecast")}
    content = {
        "format": FORMAT,
        "id": own,
        "why": _why(build, before),
        "recipe": {"name": name, "hash": build.done.recipe, "text": text},
        "code": __version__,
        "verifiers": VERIFIERS,
        "steps": {step.called: step.version for step in build.steps},
        **measured(build, tables),
        "tables": {table: [asdict(shard) for shard in shards] for table, shards in tables.items()},
        "deciding": deciding,
        "views": list(views),
        "report": told,
    }
    judged = judge(draft(before, files, content))
    return write(pool, before, files, {**content, "gates": judged})


def _why(build: Build, before: Version | None) -> str:
    """`correction` where the same recipe comes to something else by other verifiers or steps."""
    if before is None or before.content["recipe"]["hash"] != build.done.recipe:
        return "build"
    steps = {step.called: step.version for step in build.steps}
    same = (before.content["verifiers"], before.content["steps"]) == (VERIFIERS, steps)
    return "build" if same else "correction"


def write(
    pool: Pool, before: Version | None, files: list[File], content: dict[str, Any]
) -> Version:
    """Write the next version after `before`."""
    version = draft(before, files, content)
    pool.put_json(f"versions/{version.number}.json", version.content)
    return version


def draft(before: Version | None, files: list[File], content: dict[str, Any]) -> Version:
    """The next version after `before`, not written yet."""
    number = before.number + 1 if before else 1
    whole = {
        **content,
        "version": number,
        "parent": before.number if before else None,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": [asdict(file) for file in files],
    }
    return Version(number, files, whole)


def hashed(pool: Pool, path: str) -> tuple[str, int]:
    """The sha256 of a file and its size."""
    state, size = hashlib.sha256(), 0
    for part in parts(pool, path):
        state.update(part)
        size += len(part)
    return state.hexdigest(), size


def parts(pool: Pool, path: str) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    with pool.fs.open(pool.path(path), "rb") as source:
        while part := source.read(CHUNK):
            yield part


def _file(pool: Pool, view: str, shard: Shard, known: dict[str, File]) -> File:
    split = Path(shard.path).name.rsplit("-", 3)[0]
    path = stored(view, shard.sha256)  # of a released file this is its key in the store
    if path in known:
        return replace(known[path], split=split)
    sha256, size = digest_stored(pool, view, shard.sha256)
    return File(view, split, path, shard.rows, size, sha256)
