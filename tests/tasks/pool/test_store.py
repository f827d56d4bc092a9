import shutil
import uuid
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import PoolError
from tasks.pool.store import FORMAT, Pool, Receipt, Shard
from tests.tasks.rows import fill, problem, put, table


def broken(sink: BinaryIO) -> None:
    sink.write(b"half of ")
    raise ValueError("the writer died")


def everything(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def one_shard(pool: Pool) -> Shard:
    rows = [problem(f"What is {n} + {n * n}?") for n in range(200)]
    return fill(pool, problems=[rows])["problems"][0]


def test_a_new_pool_touches_nothing(tmp_path: Path) -> None:
    Pool(tmp_path / "pool")
    assert not (tmp_path / "pool").exists()


def test_put_says_size_and_digest(pool: Pool) -> None:
    size, sha256 = pool.put("a/b.txt", lambda sink: sink.write(b"abc"))
    assert size == 3
    assert sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert Path(pool.path("a/b.txt")).read_bytes() == b"abc"


def test_a_writer_that_raises_leaves_nothing(pool: Pool) -> None:
    with pytest.raises(ValueError, match="the writer died"):
        pool.put("a/b.txt", broken)
    assert everything(Path(pool.root)) == []


def test_a_writer_that_raises_leaves_the_file_before_it(pool: Pool) -> None:
    pool.put("b.txt", lambda sink: sink.write(b"before"))
    with pytest.raises(ValueError, match="the writer died"):
        pool.put("b.txt", broken)
    assert everything(Path(pool.root)) == ["b.txt"]
    assert Path(pool.path("b.txt")).read_bytes() == b"before"


def test_a_target_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "pool").write_text("a file where the folder should be")
    with pytest.raises(PoolError, match=r"pool/problems/x: cannot be written: .* Nothing half"):
        Pool(tmp_path / "pool").put("problems/x", lambda sink: sink.write(b"a"))


def test_a_receipt_comes_back_as_it_went(pool: Pool) -> None:
    facts: dict[str, Any] = {"live": ["a"], "n": 1}
    receipt = Receipt("screen", "k1", "x", [], ["p"], {"in": 2, "out": 2}, {"p": "d"}, facts)
    pool.commit(receipt, {"problems": table("problems", [problem("q")])}, "recipe")
    assert pool.receipt("screen", "k1") == receipt
    assert receipt.shard("problems") == receipt.outputs[0]
    assert receipt.shard("traces") is None


def test_work_that_was_not_done_has_no_receipt(pool: Pool) -> None:
    assert pool.receipt("screen", "none") is None
    assert pool.receipts("screen") == []


def test_a_lost_shard_takes_its_receipt_along(pool: Pool) -> None:
    receipt = put(pool, "ingest", {"problems": [problem("q")]})
    Path(pool.path(receipt.outputs[0].path)).unlink()
    assert pool.receipt("ingest", receipt.key) is None
    assert pool.receipts("ingest") == []


def test_receipts_come_by_key(pool: Pool) -> None:
    keys = [put(pool, "ingest", {"problems": [problem(f"q{n}")]}).key for n in range(5)]
    assert [receipt.key for receipt in pool.receipts("ingest")] == sorted(keys)


def test_a_shard_is_read_as_it_was_written(pool: Pool) -> None:
    rows = [problem("q", level="3"), problem("é\n$x^2$")]
    shard = fill(pool, problems=[rows])["problems"][0]
    assert pool.read(shard).equals(table("problems", rows))
    assert pool.read(shard, ["answer"]).to_pydict() == {"answer": ["7", "7"]}
    assert shard.rows == 2


def test_the_footer_tells_recipe_code_and_parents(pool: Pool) -> None:
    receipt = put(pool, "ingest", {"problems": [problem("q")]}, parents=["a", "b"])
    own = pq.read_schema(pool.path(receipt.outputs[0].path)).metadata
    assert own[b"longcot.parents"] == b"a,b"
    assert own[b"longcot.recipe"] == b"recipe"
    assert own[b"longcot.format"] == FORMAT.encode()
    assert own[b"longcot.code"]


def test_a_flipped_byte_in_the_middle_is_damage(pool: Pool) -> None:
    shard = one_shard(pool)
    path = Path(pool.path(shard.path))
    data = bytearray(path.read_bytes())
    first = pq.ParquetFile(path).metadata.row_group(0).column(1)
    data[first.data_page_offset + first.total_compressed_size // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(PoolError, match=rf"{shard.path}: damaged: its bytes .* `longcot fsck"):
        pool.read(shard)


@pytest.mark.parametrize("keep", [0, 3, 100, -1])
def test_a_cut_shard_is_damage(keep: int, pool: Pool) -> None:
    shard = one_shard(pool)
    path = Path(pool.path(shard.path))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(PoolError, match=rf"{shard.path}: damaged"):
        pool.read(shard)


def test_a_cut_shard_is_refused_by_its_receipt(pool: Pool) -> None:
    receipt = put(pool, "ingest", {"problems": [problem("q")]})
    path = Path(pool.path(receipt.outputs[0].path))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PoolError, match=r"damaged: \d+ bytes where its receipt says \d+"):
        pool.receipt("ingest", receipt.key)


def test_a_foreign_file_under_a_shard_s_name_is_refused(pool: Pool) -> None:
    shard = one_shard(pool)
    pq.write_table(pa.table({"problem": ["mine"]}), pool.path(shard.path))
    with pytest.raises(
        PoolError, match=rf"{shard.path}: damaged: its bytes are not those that were written"
    ):
        pool.read(shard)


def test_a_shard_under_another_shard_s_name_is_refused(pool: Pool) -> None:
    one, other = fill(pool, problems=[[problem("a")], [problem("b")]])["problems"]
    shutil.copy(pool.path(one.path), pool.path(other.path))
    with pytest.raises(PoolError, match="its bytes are not those that were written"):
        pool.read(other)


def test_a_missing_shard_is_named(pool: Pool) -> None:
    shard = one_shard(pool)
    Path(pool.path(shard.path)).unlink()
    with pytest.raises(PoolError, match=shard.path):
        pool.read(shard)


def test_a_damaged_receipt_is_named(pool: Pool) -> None:
    pool.put("receipts/screen/k.json", lambda sink: sink.write(b'{"stage": '))
    with pytest.raises(PoolError, match=r"receipts/screen/k\.json: damaged"):
        pool.receipt("screen", "k")


def test_a_pool_in_memory_works_as_one_on_disk() -> None:
    pool = Pool(f"memory://{uuid.uuid4().hex}")
    receipt = put(pool, "ingest", {"problems": [problem("q")]})
    assert pool.receipt("ingest", receipt.key) == receipt
    assert pool.receipts("ingest") == [receipt]
    assert pool.read(receipt.outputs[0]).equals(table("problems", [problem("q")]))
    with pytest.raises(ValueError, match="the writer died"):
        pool.put("b.txt", broken)
    assert not pool.exists("b.txt")


def test_without_a_manifest_there_is_no_pool(pool: Pool) -> None:
    with pytest.raises(PoolError, match="no pool here"):
        _ = pool.manifest


def test_a_pool_of_another_format_is_refused(pool: Pool) -> None:
    pool.put_json("manifest.json", {"format": "0", "tables": {}})
    with pytest.raises(PoolError, match="written in format 0"):
        _ = pool.manifest


def test_the_manifest_lists_what_is_live(pool: Pool) -> None:
    shard = one_shard(pool)
    pool.put_json("manifest.json", {"format": FORMAT, "tables": {"problems": [shard.__dict__]}})
    assert pool.live("problems") == [shard]
    assert pool.live("traces") == []


def test_sweeping_takes_what_a_killed_writer_left_and_nothing_else(pool: Pool) -> None:
    shard = one_shard(pool)
    left = ["problems/.a1.tmp", "receipts/screen/.b.tmp", "releases/.store/sft/.c.tmp"]
    for name in [*left, "elsewhere/.d.tmp"]:
        pool.fs.makedirs(pool.path(name).rpartition("/")[0], exist_ok=True)
        Path(pool.path(name)).write_bytes(b"half")
    pool.sweep()
    assert not any(pool.exists(name) for name in left)
    assert pool.exists("elsewhere/.d.tmp")
    assert pool.exists(shard.path)


def test_sweeping_refuses_a_file_that_is_not_the_pool_s(pool: Pool) -> None:
    one_shard(pool)
    Path(pool.path("problems/mine.parquet")).write_bytes(b"")
    with pytest.raises(PoolError, match=r"mine\.parquet: not a shard of this pool"):
        pool.sweep()


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "a//x", "./x", "link/x"])
def test_nothing_is_written_outside(name: str, tmp_path: Path) -> None:
    pool = Pool(tmp_path / "pool")
    (tmp_path / "pool").mkdir()
    (tmp_path / "pool/link").symlink_to(tmp_path)
    with pytest.raises(PoolError, match="outside the pool"):
        pool.put_json(name, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["pool"]


def test_the_manifest_never_goes_backwards(pool: Pool) -> None:
    pool.put_manifest({"views": 1}, whole=False)
    pool.put_manifest({"views": 2}, whole=False)
    assert pool.get_json("manifest.json") == {"views": 2, "whole": False}
    pool.put_manifest({"views": 3}, whole=True)
    pool.put_manifest({"views": 0}, whole=False)
    assert pool.get_json("manifest.json") == {"views": 3, "whole": True}
