"""A version as a folder that others load: its files by name, its card, its recipe."""

import json
import re
from dataclasses import asdict
from typing import Any

from tasks.pool.store import Pool
from tasks.publishing.versions import File, Version, hashed

CARD, RECIPE, MANIFEST = "README.md", "recipe.yaml", "longcot.json"


def files_of(version: Version, views: list[str]) -> dict[str, File]:
    """The Parquet files of a version by their names in the folder, in order.

    `sft/train-00000-42a1f18b142f07e1.parquet`: the key of the content stands in the name, so that
    a file of this name never changes and is not sent again.
    """
    named = {}
    for view in views:
        count: dict[str, int] = {}
        for file in version.views[view]:
            number = count[file.split] = count.get(file.split, -1) + 1
            named[f"{view}/{file.split}-{number:05d}-{file.key}.parquet"] = file
    return named


def named_here(path: str) -> bool:
    """Whether a path is one that `files_of` gives; other people's files beside them are theirs.

    >>> named_here("sft/train-00000-42a1f18b142f07e1.parquet")
    True
    >>> named_here("sft/train-00000-of-00001.parquet")
    False
    """
    return re.fullmatch(r"[^/]+/[^/]+-\d{5,}-[0-9a-f]+\.parquet", path) is not None


def manifest_of(version: Version, named: dict[str, File]) -> dict[str, Any]:
    """What the folder says of itself: the version, how it was made and measured, every file."""
    hidden = ("tables", "deciding", "files", "report")
    told = {key: value for key, value in version.content.items() if key not in hidden}
    told["recipe"] = {**told["recipe"], "text": recipe_text(version)}
    files = {name: {**asdict(file), "path": name} for name, file in named.items()}
    return {**told, "files": files}


def recipe_text(version: Version) -> str:
    """The recipe, without a user and password that an address may hold."""
    return without_user(version.content["recipe"]["text"])


def without_user(text: str) -> str:
    """A text without what addresses in it hold of users and passwords.

    >>> without_user("endpoint: https://me:secret@host/v1")
    'endpoint: https://host/v1'
    """
    return re.sub(r"(://)[^/\s@\"']+@", r"\1", text)


def small_files(version: Version, named: dict[str, File], card: str) -> dict[str, bytes]:
    """The files of the folder that say what is in it, the card last."""
    manifest = json.dumps(manifest_of(version, named), indent=1, sort_keys=True, ensure_ascii=False)
    return {
        RECIPE: recipe_text(version).encode(),
        MANIFEST: manifest.encode(),
        CARD: card.encode(),
    }


def edited(pool: Pool, version: Version) -> str | None:
    """Which file is not what its version says, by its sha256; None: none is."""
    for file in version.files:
        if hashed(pool, file.path)[0] != file.sha256:
            return pool.path(file.path)
    return None
