"""publish: a version to the Hub or to any file system, whole or not at all.

New files go first, under names that nothing refers to yet; the last commit brings the card and the
manifest that refer to them and takes away what no longer counts. So readers see the version before
or this one, and a run that was killed leaves files that the next one finds by their digests.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from schemas.errors import LongcotError, PoolError
from tasks.pool.store import Pool
from tasks.publishing.card import card_of, sources_of
from tasks.publishing.gates import check_gates, tripped
from tasks.publishing.hub import (
    A_COMMIT,
    PREFIX,
    Moved,
    Repository,
    There,
    digest_there,
    name_in,
)
from tasks.publishing.layout import CARD, MANIFEST, edited, files_of, named_here, small_files
from tasks.publishing.licences import refuse
from tasks.publishing.publications import note
from tasks.publishing.versions import File, Version, hashed

PUSHES = 5
"""How often to begin again when somebody else pushes meanwhile."""

REFUSED = "Nothing was published; --ignore-gates publishes it all the same"

Say = Callable[[str], None]
Content = Mapping[str, File | bytes]


class Sent(NamedTuple):
    """What a publication did: files that went, files there already, files taken away, commits."""

    new: list[str]
    kept: list[str]
    removed: list[str]
    commits: int


def check_place(to: str) -> None:
    """Whether `to` can be a place to publish to, asking nobody. Raises LongcotError."""
    if to.startswith("hf://"):
        name_in(to)
    else:
        Pool(to)


def publish(
    pool: Pool,
    version: Version,
    to: str,
    *,
    views: list[str] | None = None,
    private: bool = False,
    dry_run: bool = False,
    forbid: Iterable[str] = (),
    changed: str | None = None,
    ignore_gates: bool = False,
    say: Say = lambda line: None,
) -> Sent:
    """Bring a place (`hf://datasets/USER/NAME`, or a URL that fsspec knows) to a version.

    views: those that go; None: all. forbid: terms of licences that must not be in it.
    changed: what is new, for the card. dry_run: only tell what would go.
    ignore_gates: send also what does not pass the recipe's gates.
    Raises LongcotError, in one paragraph, before anything is sent where that can be known.
    """
    chosen = _chosen(version, views)
    if not ignore_gates:
        check_gates(version, REFUSED)
    wrong = edited(pool, version) or _shown_otherwise(pool, version)
    if wrong:
        raise PoolError(
            f"{wrong}: was changed by hand after version {version.number} was built; delete it "
            "and build again. Nothing was published"
        )
    named = files_of(version, chosen)
    refuse(sources_of(pool, version, named), forbid)
    name = to.removeprefix(PREFIX).strip("/")
    card = card_of(pool, version, named, name, changed)
    wanted: Content = {**named, **small_files(version, named, card)}
    head = None
    place = Repository(to, say) if to.startswith("hf://") else None
    if place:
        sent, head = _to_hub(pool, version, place, wanted, private, dry_run, say)
    else:
        sent = _to_folder(pool, Pool(to), wanted, dry_run, say)
    if not dry_run:
        # Readers see it from here on, with its tag or without.
        note(pool, version.number, to, chosen, [row["gate"] for row in tripped(version.content)])
    if place and head:
        place.tag(f"v{version.number}", head)
    return sent


def _chosen(version: Version, views: list[str] | None) -> list[str]:
    unknown = [view for view in views or [] if view not in version.views]
    if unknown or not version.views:
        known = ", ".join(version.views) or "none; name some under `views` in the recipe"
        raise LongcotError(f"--views {','.join(unknown)}: the release has {known}")
    return views or list(version.views)


def _shown_otherwise(pool: Pool, version: Version) -> str | None:
    """A file under releases/<view> that is not the one that the build showed there."""
    manifest = pool.get_json("manifest.json")
    if version.content["parent"] is None and version.content["why"] != "build":
        return None
    sizes = {file.key: file for file in version.files}
    for shards in manifest.get("views", {}).values():
        for shard in shards:
            file = sizes.get(shard["sha256"])
            if file and (
                not pool.exists(shard["path"]) or hashed(pool, shard["path"])[0] != file.sha256
            ):
                return pool.path(shard["path"])
    return None


def _difference(there: There, wanted: Content) -> tuple[dict[str, File | bytes], list[str]]:
    """What is to go there, and what a version brought and this one does not want."""
    new = {
        path: what
        for path, what in wanted.items()
        if path not in there.files or there.files[path][1] not in digest_there(what)
    }
    return new, [path for path in there.files if path not in wanted and named_here(path)]


def _to_hub(
    pool: Pool,
    version: Version,
    place: Repository,
    wanted: Content,
    private: bool,
    dry_run: bool,
    say: Say,
) -> tuple[Sent, str | None]:
    """What was sent, and the commit that holds the version; None for a dry run."""
    there = place.there() if dry_run else place.open(private)
    new, gone = _difference(there, wanted)
    kept = [path for path in wanted if path not in new]
    if dry_run:
        return Sent(list(new), kept, gone, len(_commits(new, gone))), None
    commits = 0
    for attempt in range(PUSHES):
        try:
            for add, remove in _commits(new, gone):
                message = f"version {version.number}" + ("" if CARD in add else ": files")
                there = There(place.commit(pool, add, remove, message, there.head), there.files)
                commits += 1
                say(f"commit {commits}: {len(add)} files in, {len(remove)} out")
            break
        except Moved:
            if attempt == PUSHES - 1:
                raise LongcotError(
                    f"{place.url}: somebody else keeps pushing to it; the card there is still the "
                    "one of before. Let one writer finish and run the same command again"
                ) from None
            say("somebody else pushed meanwhile; looking again")
            there = place.there()
            new, gone = _difference(there, wanted)
    sent = [path for path in wanted if path not in kept]
    return Sent(sent, kept, gone, commits), _checked(place, wanted)


def _commits(
    new: dict[str, File | bytes], gone: list[str]
) -> list[tuple[dict[str, File | bytes], list[str]]]:
    """The fewest commits: files first, the last brings the card; then what is left to take away."""
    small = {path: what for path, what in new.items() if isinstance(what, bytes)}
    large = [path for path in new if path not in small]
    room = A_COMMIT - len(small)
    if not new and not gone:
        return []
    # As many files as fit go with the card, the rest before it.
    last = large[:room] if len(large) <= room else large[: max(room - len(gone), 0)]
    before = [path for path in large if path not in set(last)]
    found: list[tuple[dict[str, File | bytes], list[str]]] = [
        ({path: new[path] for path in part}, []) for part in _cut(before)
    ]
    spare = A_COMMIT - len(small) - len(last)
    found.append(({**{path: new[path] for path in last}, **small}, gone[:spare]))
    found += [({}, part) for part in _cut(gone[spare:])]
    return [commit for commit in found if commit[0] or commit[1]]


def _cut(paths: list[str]) -> list[list[str]]:
    return [paths[at : at + A_COMMIT] for at in range(0, len(paths), A_COMMIT)]


def _checked(place: Repository, wanted: Content) -> str:
    """The commit that is there now. Raises LongcotError where it is not what was sent."""
    there = place.there()
    new, _ = _difference(there, wanted)
    parquet = {path: file for path, file in wanted.items() if isinstance(file, File)}
    counts = place.counts(list(parquet), there.head)
    short = [path for path, file in parquet.items() if counts[path] != file.rows]
    if new or short:
        raise LongcotError(
            f"{place.url}: {', '.join([*new, *short][:5])} there is not what was sent; run the "
            "same command again"
        )
    return there.head


def _write(content: bytes, sink: BinaryIO) -> None:
    sink.write(content)


def _to_folder(pool: Pool, place: Pool, wanted: Content, dry_run: bool, say: Say) -> Sent:
    """The same for a folder of any file system: each file whole, the card and manifest last."""
    held = _held(place, wanted)
    new, gone = _difference(There("", held), wanted)
    kept = [path for path in wanted if path not in new]
    if dry_run:
        return Sent(list(new), kept, gone, 0)
    for path in sorted(new, key=lambda path: (path in (CARD, MANIFEST), path == MANIFEST)):
        what = new[path]
        if isinstance(what, bytes):
            place.put(path, partial(_write, what))
        else:
            place.put(path, partial(_copy, pool, what))
            say(path)
    for path in gone:
        place.fs.rm_file(place.path(path))
    for path, what in new.items():
        if hashed(place, path)[0] not in digest_there(what):
            raise LongcotError(
                f"{place.path(path)}: is not what was sent; run the same command again"
            )
    return Sent(list(new), kept, gone, 0)


def _held(place: Pool, wanted: Content) -> dict[str, tuple[int, str]]:
    """Size and sha256 of the files that are there; only of those that may count is it read."""
    told: dict[str, Any] = {}
    if place.exists(MANIFEST):
        told = place.get_json(MANIFEST).get("files", {})
    held = {}
    for path in place.fs.find(place.root) if place.fs.exists(place.root) else []:
        name = path[len(place.root) :].lstrip("/")
        size = int(place.fs.size(path))
        if name in told and size == told[name]["bytes"]:
            held[name] = (size, str(told[name]["sha256"]))
        else:
            held[name] = (size, hashed(place, name)[0] if name in wanted else "")
    return held


def _copy(pool: Pool, file: File, sink: Any) -> None:
    from tasks.publishing.versions import parts

    for part in parts(pool, file.path):
        sink.write(part)
