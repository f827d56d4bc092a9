import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import PoolError, QueryError
from tasks.pool.store import FORMAT, Pool
from tasks.query.locate import default_pool, open_any
from tests.tasks.judged import many


def test_a_pool_opens_with_its_tables_and_views(pool: Pool) -> None:
    tables = many(4).into(pool, 3)
    listed = {name: [shard.__dict__ for shard in shards] for name, shards in tables.items()}
    views = {"my-view": listed["problems"], "none": []}
    pool.put_json(
        "manifest.json", {"format": FORMAT, "tables": listed, "views": views, "deciding": []}
    )
    with open_any(pool.root) as connection:
        assert connection.execute("SELECT count(*) FROM pool").fetchall() == [(16,)]
        assert connection.execute('SELECT count(*) FROM "view_my-view"').fetchall() == [(4,)]


def test_a_folder_of_parquet_is_a_release(tmp_path: Path) -> None:
    for name in ("a", "sub/it's"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pq.write_table(pa.table({"n": [1, 2]}), tmp_path / f"{name}.parquet")
    with open_any(str(tmp_path)) as connection:
        assert connection.execute("SELECT sum(n) FROM release").fetchall() == [(6,)]


def test_a_folder_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PoolError, match=r"no pool here .* and no Parquet files"):
        open_any(str(tmp_path))


def test_the_default_pool_is_the_one_built_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(QueryError, match=r"no pool under ./pools"):
        default_pool()
    for time, name in enumerate(("new", "old")):
        (tmp_path / "pools" / name).mkdir(parents=True)
        (tmp_path / "pools" / name / "manifest.json").write_text("{}")
        os.utime(tmp_path / "pools" / name / "manifest.json", (100 - time, 100 - time))
    assert default_pool() == "pools/new"
