"""The difference of two versions, row by row."""

from pathlib import Path
from typing import Any

import polars as pl

from tasks.pool.store import Pool
from tasks.publishing.diff import changelog, diff
from tasks.publishing.versions import File, Version, hashed


def version(pool: Pool, number: int, shards: list[dict[str, Any]]) -> Version:
    files = []
    for place, columns in enumerate(shards):
        path = f"{number}-{place}.parquet"
        frame = pl.DataFrame(columns)
        pool.put(path, frame.write_parquet)
        sha256, size = hashed(pool, path)
        files.append(File("sft", "train", path, len(frame), size, sha256))
    return Version(number, files, {"views": ["sft"]})


def test_added_removed_and_changed_rows_are_told_apart(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    same = {"trace_id": ["s"], "answer": ["0"], "text": ["x"]}
    old = {"trace_id": ["a", "b", "c"], "answer": ["1", "2", None], "text": ["x", "y", "z"]}
    new = {"trace_id": ["b", "c", "d"], "answer": ["3", None, "4"], "text": ["y", "zz", "w"]}
    (found,) = diff(pool, version(pool, 1, [same, old]), version(pool, 2, [same, new]))
    assert (found["added"], found["removed"], found["changed"]) == (1, 1, 2)
    assert found["columns"] == {"answer": 1, "text": 1}
    assert found["ids"] == {"added": ["d"], "removed": ["a"], "changed": ["b", "c"]}
    assert "| `sft` | 1 | 1 | 2 (answer 1, text 1) |" in changelog(1, [found])


def test_nothing_differs_from_itself_and_rows_without_ids_are_known_by_all_of_them(
    tmp_path: Path,
) -> None:
    pool = Pool(tmp_path)
    one, two = version(pool, 1, [{"text": ["x", "y"]}]), version(pool, 2, [{"text": ["y", "z"]}])
    (same,) = diff(pool, one, one)
    assert (same["added"], same["removed"], same["changed"]) == (0, 0, 0)
    (found,) = diff(pool, one, two)
    assert (found["added"], found["removed"], found["changed"]) == (1, 1, 0)
