"""export: any version as a plain folder."""

import shutil
from pathlib import Path

from schemas.errors import PoolError
from tasks.pool.store import Pool
from tasks.publishing.card import card_of
from tasks.publishing.layout import edited, files_of, small_files
from tasks.publishing.versions import Version


def export(pool: Pool, version: Version, target: Path) -> int:
    """Write a version's files, card and recipe into a new folder; the number of files.

    The folder appears when it is whole. Raises PoolError if it is there already, or if a file is
    not what its version says.
    """
    if target.exists():
        raise PoolError(f"{target}: is there already; name a folder that is not")
    wrong = edited(pool, version)
    if wrong:
        raise PoolError(f"{wrong}: was changed after version {version.number} was built")
    named = files_of(version, list(version.views))
    aside = target.with_name(f".{target.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    for name, file in named.items():
        (aside / name).parent.mkdir(parents=True, exist_ok=True)
        pool.fs.get_file(pool.path(file.path), str(aside / name))
    card = card_of(pool, version, named, target.name, None)
    for name, content in small_files(version, named, card).items():
        (aside / name).write_bytes(content)
    aside.rename(target)
    return len(named)
