"""Which files a source means, and whether they are still the same."""

import glob
import os
from pathlib import Path, PurePosixPath

import fsspec

from schemas.errors import SourceError
from schemas.identity import digest

ENDINGS = (".parquet", ".arrow", ".jsonl", ".ndjson", ".json", ".csv", ".tsv")
COMPRESSIONS = (".zst", ".gz")

ABOUT_DATA = {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}
"""What `datasets` writes beside the data; read only where a recipe names the file itself."""


def source_files(path: str, base: Path, more: tuple[str, ...] = ()) -> list[str]:
    """The files that a recipe's `path` means, sorted: a file, a folder (all within) or a glob.

    In folders and globs hidden files (`._a.parquet`), what lies in hidden folders (`.cache`,
    `.ipynb_checkpoints`) and what only describes a dataset are not data. `more`: endings of another
    format that the caller reads.
    """
    whole = path if "://" in path else str((base / Path(path).expanduser()).resolve())
    if "://" in whole:
        found = _in_store(whole)
    elif Path(whole).is_dir():
        inside = (p for p in Path(whole).rglob("*") if _is_data(str(p.relative_to(whole))))
        found = [str(p) for p in inside if p.is_file()]
    elif Path(whole).exists():
        found = [whole]
    else:
        found = [p for p in glob.glob(whole, recursive=True) if _is_data(os.path.basename(p))]
        if not found:
            raise SourceError(
                f"{path}: nothing there (looked for {whole}; a recipe's paths are relative to the "
                "recipe's folder)"
            )
    known = sorted(p for p in found if ending(p) or p.endswith(more))
    if not known:
        endings = ", ".join((*more, *ENDINGS))
        raise SourceError(f"{path}: no file of a known format ({endings}; also with .zst or .gz)")
    return known


def _in_store(url: str) -> list[str]:
    try:
        fs, root = fsspec.core.url_to_fs(url)
        many = fs.isdir(root)
        within = [p for p in fs.find(root) if _is_data(p.removeprefix(root))] if many else [root]
    except Exception as error:  # each store's client raises its own kinds: no credentials, no host
        raise SourceError(f"{url}: cannot be looked at: {error}") from None
    return [fs.unstrip_protocol(p) for p in within]


def _is_data(relative: str) -> bool:
    parts = PurePosixPath(relative.lstrip("/")).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and bool(parts) and parts[-1] not in ABOUT_DATA


def fingerprint(files: list[str]) -> str:
    """Name, size and time of the files: as long as it stays, they need not be read again."""
    facts = []
    for file in files:
        try:
            fs, path = fsspec.core.url_to_fs(file)
            info = fs.info(path)
        except Exception as error:  # of a store, as above; of a disk, a file that has just gone
            raise SourceError(f"{file}: cannot be looked at: {error}") from None
        stamp = info.get("ETag") or info.get("mtime") or info.get("LastModified")
        facts.append([os.path.basename(file), info["size"], str(stamp)])
    return digest("files", facts)


def ending(path: str) -> str | None:
    """The format that a file's name tells, compression aside; None where it tells none."""
    stem, end = os.path.splitext(path.lower())
    if end in COMPRESSIONS:
        end = os.path.splitext(stem)[1]
    return end if end in ENDINGS else None
