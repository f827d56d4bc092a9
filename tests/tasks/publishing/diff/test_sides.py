"""What a diff can be given: numbers, pools, folders of any origin, a revision on the Hub."""

from pathlib import Path

import polars as pl
import pytest

from schemas.errors import PoolError
from tasks.pool.store import Pool
from tasks.publishing.diff.rows import diff
from tasks.publishing.diff.sides import sides
from tasks.publishing.export import export
from tasks.publishing.publish import publish
from tasks.publishing.versions import load
from tests.servers.hub import Server
from tests.tasks.publishing.released import TO, released


def counts(before: str, after: str, home: str | None) -> tuple[int, int]:
    (row,) = diff(*sides(before, after, home))
    return row["added"], row["removed"]


def test_versions_pools_and_folders_are_compared_with_each_other(
    pool: Pool, tmp_path: Path
) -> None:
    released(pool, ["aa", "bb"])
    released(pool, ["bb", "cc", "dd"])
    out = tmp_path / "out"
    export(pool, load(pool, 1), out)
    assert counts("1", "2", pool.url) == (2, 1)
    assert counts(str(out), pool.url, None) == (2, 1)
    assert counts(pool.url, str(out), None) == (1, 2)
    (out / "longcot.json").unlink()  # any folder of Parquet files
    assert counts(str(out), "2", pool.url) == (2, 1)


def test_a_published_revision_is_the_version_of_the_pool_that_it_came_from(
    pool: Pool, server: Server
) -> None:
    publish(pool, released(pool, ["aa", "bb"]), TO)
    publish(pool, released(pool, ["bb", "cc"]), TO)
    before, after = sides(f"{TO}@v1", f"{TO}@v2", pool.url)
    assert before.known and before.known.version.number == 1
    (row,) = diff(before, after)
    assert (row["added"], row["removed"]) == (1, 1)
    assert counts(f"{TO}@v1", TO, None) == (1, 1)
    first, second = sides(f"{TO}@v1", f"{TO}@v2", None)
    assert first.known is None and second.known is None


def test_what_is_not_there_is_told_in_one_paragraph(
    pool: Pool, tmp_path: Path, server: Server
) -> None:
    publish(pool, released(pool, ["aa"]), TO)
    with pytest.raises(PoolError, match="there is no version 7"):
        sides("7", "1", pool.url)
    with pytest.raises(PoolError, match="no Parquet files"):
        sides(str(tmp_path / "nowhere"), "1", pool.url)
    with pytest.raises(PoolError, match=r"data@v9: no pool, no folder or revision"):
        sides(f"{TO}@v9", "1", pool.url)
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "longcot.json").write_text('{"files": {"a": 3}}')
    with pytest.raises(PoolError, match="not written by longcot"):
        sides(str(tmp_path), "1", pool.url)
