"""Finished output shards, and the folder that shows them to trainers.

    releases/.store/<view>/<key>.parquet            finished shards by content; survive a crash
    releases/<view>/train-00000-of-00003.parquet    links into the store: what trainers load

The folder is made aside and swapped in when every shard is there, so that a reader sees the old
release or the new one.
"""

import os
import shutil
from pathlib import Path

from tasks.pool.store import Pool, Shard


def stored(view: str, key: str) -> str:
    """Where a finished shard lies."""
    return f"releases/.store/{view}/{key}.parquet"


def publish(pool: Pool, view: str, shards: list[tuple[str, str, int]]) -> list[Shard]:
    """Make the view's folder show exactly these shards (split, key, rows), in order."""
    named: list[tuple[str, str, int]] = []
    for split in dict.fromkeys(split for split, *_ in shards):
        own = [(key, rows) for s, key, rows in shards if s == split]
        for number, (key, rows) in enumerate(own):
            named.append((f"{split}-{number:05d}-of-{len(own):05d}.parquet", key, rows))
    folder = pool.path(f"releases/{view}")
    files = {file: pool.path(stored(view, key)) for file, key, _ in named}
    if pool.local:
        _link(pool, Path(folder), files)
    else:
        pool.writing()
        _copy(pool, folder, files)
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


def _link(pool: Pool, folder: Path, files: dict[str, str]) -> None:
    current = {p.name: p.stat().st_ino for p in folder.glob("*")} if folder.exists() else {}
    if current != {name: Path(source).stat().st_ino for name, source in files.items()}:
        pool.writing()
        aside = folder.with_name(f".{folder.name}.new")
        old = folder.with_name(f".{folder.name}.old")
        for leftover in (aside, old):
            shutil.rmtree(leftover, ignore_errors=True)
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
    store = folder.parent / ".store" / folder.name
    for path in store.glob("*.parquet"):
        if str(path) not in files.values():
            path.unlink()


def _copy(pool: Pool, folder: str, files: dict[str, str]) -> None:
    """The same where there are no links: copies, then what is no longer wanted goes."""
    present = set()
    if pool.fs.exists(folder):
        present = {os.path.basename(p) for p in pool.fs.ls(folder, detail=False)}
    pool.fs.makedirs(folder, exist_ok=True)
    for name, source in files.items():
        pool.fs.cp_file(source, f"{folder}/{name}")
    for name in present - set(files):
        pool.fs.rm_file(f"{folder}/{name}")
