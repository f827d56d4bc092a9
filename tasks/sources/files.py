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


def source_files(path: str, base: Path) -> list[str]:
    """The files that a recipe's `path` means, sorted: a file, a folder (all within) or a glob.

    In folders and globs hidden files (`._a.parquet`), what lies in hidden folders (`.cache`,
    `.ipynb_checkpoints`) and what only describes a dataset are not data.
    """
    whole = path if "://" in path else str((base / Path(path).expanduser()).resolve())
    if "://" in whole:
        try:
            fs, root = fsspec.core.url_to_fs(whole)
            many = fs.isdir(root)
        except (ImportError, ValueError) as error:
            raise SourceError(f"{path}: {error}") from None
        within = [p for p in fs.find(root) if _is_data(p.removeprefix(root))] if many else [root]
        found = [fs.unstrip_protocol(p) for p in within]
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
    known = sorted(p for p in found if ending(p))
    if not known:
        raise SourceError(
            f"{path}: no file of a known format ({', '.join(ENDINGS)}; also with .zst or .gz)"
        )
    return known


def _is_data(relative: str) -> bool:
    parts = PurePosixPath(relative.lstrip("/")).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and bool(parts) and parts[-1] not in ABOUT_DATA


def fingerprint(files: list[str]) -> str:
    """Name, size and time of the files: as long as it stays, they need not be read again."""
    facts = []
    for file in files:
        fs, path = fsspec.core.url_to_fs(file)
        info = fs.info(path)
        stamp = info.get("ETag") or info.get("mtime") or info.get("LastModified")
        facts.append([os.path.basename(file), info["size"], str(stamp)])
    return digest("files", facts)


def ending(path: str) -> str | None:
    """The format that a file's name tells, compression aside; None where it tells none."""
    stem, end = os.path.splitext(path.lower())
    if end in COMPRESSIONS:
        end = os.path.splitext(stem)[1]
    return end if end in ENDINGS else None
