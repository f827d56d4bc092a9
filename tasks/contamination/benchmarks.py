"""Benchmarks: declared in YAML, fetched at first use, fingerprinted, cached.

A hub dataset without a stated revision is pinned where it stands at first use: the commit is kept
beside the cached items, and every later build reads these. Delete the file to fetch anew. Local
files are read again when their size or time changes.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import yaml
from pydantic import ValidationError

from schemas import yaml_text
from schemas.benchmark import Benchmark, Part
from schemas.errors import RecipeError, SourceError
from schemas.identity import digest, digest_all
from tasks.sources.columns import (
    BadRow,
    checked,
    content_of,
    place_of,
    stream,
    text_of,
    value_of,
)
from tasks.sources.files import ENDINGS
from tasks.sources.ingest import statement_of

SHIPPED = Path(__file__).parents[2] / "data" / "benchmarks"
VERSION = 1
ITEMS = {"item_id": pl.String, "text": pl.String, "answer": pl.String}


class Loaded(NamedTuple):
    """A benchmark on this machine: `fingerprint` is a hash of its items, `stamp` where from."""

    name: str
    fingerprint: str
    stamp: str
    path: Path

    def items(self) -> pl.DataFrame:
        """Its items: item_id, text, answer."""
        return pl.read_parquet(self.path)


def cache() -> Path:
    """Where fetched items lie: $LONGCOT_CACHE, else ~/.cache/longcot."""
    home = os.environ.get("LONGCOT_CACHE") or Path.home() / ".cache" / "longcot"
    return Path(home) / "benchmarks"


def shipped() -> list[str]:
    """Names of the declarations that ship."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def declaration(name: str, base: Path) -> tuple[Benchmark, Path]:
    """A declaration by its name or file, or for a file of items; and the folder of its paths.

    Raises RecipeError where there is none or it is wrong.
    """
    file = (base / Path(name).expanduser()).resolve()
    if not file.exists():
        file = SHIPPED / f"{name}.yaml"
    if not file.exists():
        raise RecipeError(
            f"benchmark {name}: no such file, and none ships under this name "
            f"(shipped: {', '.join(shipped())})"
        )
    if file.suffix not in (".yaml", ".yml"):
        if not any(ending in file.name for ending in ENDINGS) and not file.is_dir():
            raise RecipeError(f"benchmark {name}: neither YAML nor one of {', '.join(ENDINGS)}")
        stem = "".join(c if c.isalnum() else "-" for c in file.name.split(".")[0].lower())
        return Benchmark(name=stem.strip("-") or "items", parts=[Part(path=str(file))]), base
    try:
        return Benchmark.model_validate(yaml_text.load(file.read_text("utf-8"))), file.parent
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RecipeError(f"{file}: {where}") from None
    except (yaml.YAMLError, ValueError, OSError) as error:
        raise RecipeError(f"{file}: cannot be read: {error}") from None


def load(name: str, base: Path) -> Loaded:
    """Fetch a benchmark, or find it in the cache. Raises SourceError where it cannot be read."""
    declared, folder = declaration(name, base)
    what = declared.model_dump(mode="json", include={"name", "parts"})
    local = [place_of(part, part.path, folder) for part in declared.parts if part.path]
    key = digest("benchmark", VERSION, what, str(folder) if local else "", local)[:16]
    items, facts = (cache() / f"{declared.name}-{key}{end}" for end in (".parquet", ".json"))
    if facts.exists() and items.exists():
        known = json.loads(facts.read_text("utf-8"))
        return Loaded(declared.name, known["fingerprint"], known["stamp"], items)
    frames, stamps = [], []
    for number, part in enumerate(declared.parts, 1):
        files, stamp = place_of(part, part.path, folder)
        pinned = part
        if part.hub:  # read what the stamp names, even if the branch moves meanwhile
            pinned = part.model_copy(update={"revision": stamp.split("@")[1].split("/")[0]})
        frames.append(_items(declared.name, pinned, files, number))
        stamps.append(stamp if part.hub else f"{part.path} {stamp}")
    frame = pl.concat(frames)
    if frame.is_empty():
        raise SourceError(f"benchmark {declared.name}: not one item with a text")
    fingerprint = digest_all(digest(*row) for row in frame.iter_rows())
    items.parent.mkdir(parents=True, exist_ok=True)
    known = {"fingerprint": fingerprint, "stamp": "; ".join(stamps), "items": len(frame), **what}
    _put(items, frame.write_parquet)
    _put(facts, lambda path: path.write_text(json.dumps(known, indent=1), "utf-8"))
    return Loaded(declared.name, fingerprint, known["stamp"], items)


def _items(name: str, part: Part, files: list[str], number: int) -> pl.DataFrame:
    """The items of a part; rows without a text are no items. Raises SourceError."""
    rows: dict[str, tuple[str, str, str | None]] = {}
    count = 0
    for batch in checked(part, f"benchmark {name}", stream(part, files, name), ["problem"]):
        for (_, content), holds in batch:
            count += 1
            try:
                row = content_of(part, content, holds)
                text = statement_of(part, row)
                own: Any = value_of(part, row, "source_id")
                item = text_of(row.get("id") if own is None else own, "source_id")
                place = f"{number}:{count}"
                item = place if item is None else f"{item}~{place}" if item in rows else item
                answer = text_of(value_of(part, row, "answer"), "answer")
                rows[item] = (item, text, answer)
            except BadRow:
                continue
    return pl.DataFrame(list(rows.values()), schema=ITEMS, orient="row")


def _put(path: Path, write: Any) -> None:
    """Write a file as a whole or not at all."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    write(aside)
    os.replace(aside, path)
