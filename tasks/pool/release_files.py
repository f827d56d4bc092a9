"""Finished output shards, and the folder that shows them to trainers.

    releases/.store/<view>/<key>.parquet            finished shards by content; survive a crash
    releases/.store/<view>/<key>.json               the digest of each
    releases/<view>/train-00000-of-00003.parquet    links into the store: what trainers load
    releases/.shown/<view>.json                     of what they are copies, on object storage

The folder is made aside and swapped in when every shard is there, so that a reader sees the old
release or the new one. What is no longer shown stays in the store: versions refer to it, and
`longcot gc` deletes what none does.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from schemas.errors import PoolError
from tasks.pool.integrity import damaged, digest_of
from tasks.pool.store import Pool, Shard


def stored(view: str, key: str) -> str:
    """Where a finished shard lies."""
    return f"releases/.store/{view}/{key}.parquet"


def store(pool: Pool, view: str, key: str, write: Callable[[BinaryIO], Any]) -> None:
    """Write a finished shard, and beside it the digest that tells whether it is still whole."""
    size, sha256 = pool.put(stored(view, key), write)
    pool.put_json(_proof(view, key), {"bytes": size, "sha256": sha256})


def is_stored(pool: Pool, view: str, key: str) -> bool:
    """Whether a finished shard lies there with the bytes that were written."""
    path = stored(view, key)
    if not (pool.exists(path) and pool.exists(_proof(view, key))):
        return False
    proof = pool.get_json(_proof(view, key))
    if not pool.local:  # an object store checks its own objects
        return bool(pool.fs.size(pool.path(path)) == proof["bytes"])
    return digest_of(pool, path) == proof["sha256"]


def check_shown(pool: Pool, shown: list[Shard]) -> None:
    """Refuse files of a view's folder that are not what was written. Raises PoolError.

    A shard that `publish` returned has its key in the place of the digest.
    """
    for shard in shown:
        proof = _proof(shard.table.removeprefix("releases/"), shard.sha256)
        if not (pool.local and pool.exists(proof)):
            continue
        if digest_of(pool, shard.path) != pool.get_json(proof)["sha256"]:
            raise damaged(pool, shard.path)


def digest_stored(pool: Pool, view: str, key: str) -> tuple[str, int]:
    """The sha256 and size of a finished shard, as they were when it was written."""
    proof = pool.get_json(_proof(view, key))
    return str(proof["sha256"]), int(proof["bytes"])


def withdraw(pool: Pool, view: str) -> None:
    """Take away the folder of a view; its files stay in the store."""
    folder = pool.path(f"releases/{view}")
    if pool.fs.exists(folder):
        pool.writing()
        if pool.exists(_note(view)):
            pool.fs.rm_file(pool.path(_note(view)))
        pool.fs.rm(folder, recursive=True)


def _proof(view: str, key: str) -> str:
    return stored(view, key).removesuffix(".parquet") + ".json"


def publish(pool: Pool, view: str, shards: list[tuple[str, str, int]]) -> list[Shard]:
    """Make the view's folder show exactly these shards (split, key, rows), in order."""
    named: list[tuple[str, str, int]] = []
    for split in dict.fromkeys(split for split, *_ in shards):
        own = [(key, rows) for s, key, rows in shards if s == split]
        for number, (key, rows) in enumerate(own):
            named.append((f"{split}-{number:05d}-of-{len(own):05d}.parquet", key, rows))
    for _, key, _ in shards:
        if not is_stored(pool, view, key):
            _forget(pool, view, key)
            raise PoolError(
                f"{pool.path(stored(view, key))}: damaged: its bytes are not those that were "
                "written. It is put away; build again, and it is written anew from the pool"
            )
    folder = pool.path(f"releases/{view}")
    for file, *_ in named:
        pool.inside(f"releases/{view}/{file}")
    files = {file: pool.path(stored(view, key)) for file, key, _ in named}
    if pool.local:
        _link(pool, Path(folder), files)
    else:
        _copy(pool, view, files)
    return [
        Shard(
            f"releases/{view}",
            f"releases/{view}/{file}",
            rows,
            int(pool.fs.size(f"{folder}/{file}")),
            key,
        )
        for file, key, rows in named
    ]


def _forget(pool: Pool, view: str, key: str) -> None:
    for path in (stored(view, key), _proof(view, key)):
        if pool.exists(path):
            pool.fs.rm_file(pool.path(path))


def _link(pool: Pool, folder: Path, files: dict[str, str]) -> None:
    aside = folder.with_name(f".{folder.name}.new")
    old = folder.with_name(f".{folder.name}.old")
    for leftover in (aside, old):  # of a build that was killed between the two renames
        if leftover.exists():
            pool.writing()
            shutil.rmtree(leftover, ignore_errors=True)
    current = {p.name: p.stat().st_ino for p in folder.glob("*")} if folder.exists() else {}
    if current != {name: Path(source).stat().st_ino for name, source in files.items()}:
        pool.writing()
        aside.mkdir(parents=True)
        for name, source in files.items():
            try:
                os.link(source, aside / name)
            except OSError:  # a file system without hard links
                shutil.copyfile(source, aside / name)
        if folder.exists():
            folder.rename(old)
        aside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def _copy(pool: Pool, view: str, files: dict[str, str]) -> None:
    """The same where there are no links: copies, then what is no longer wanted goes.

    What the folder shows is noted when all of it stands: a copy does not say what it is a copy of.
    """
    folder, note = pool.path(f"releases/{view}"), _note(view)
    present: dict[str, int] = {}
    if pool.fs.exists(folder):
        listed = pool.fs.ls(folder, detail=True, refresh=True)
        present = {os.path.basename(file["name"]): int(file["size"]) for file in listed}
    sizes = {name: int(pool.fs.size(source)) for name, source in files.items()}
    wanted = {name: os.path.basename(source) for name, source in files.items()}
    if present == sizes and pool.exists(note) and pool.get_json(note) == wanted:
        return
    pool.writing()
    if pool.exists(note):
        pool.fs.rm_file(pool.path(note))
    pool.fs.makedirs(folder, exist_ok=True)
    for name, source in files.items():
        pool.fs.cp_file(source, f"{folder}/{name}")
    for name in present.keys() - files.keys():
        pool.fs.rm_file(f"{folder}/{name}")
    pool.put_json(note, wanted)


def _note(view: str) -> str:
    """Which finished shards the folder of a view has copies of."""
    return f"releases/.shown/{view}.json"
