"""A flipped bit changes nothing in silence: it is refused by name, or has no effect."""

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import LongcotError, PoolError
from tasks.keeping.fsck import fsck
from tasks.pool import release_files
from tasks.pool.store import FORMAT, Pool, Receipt
from tasks.query.locate import open_any
from tests.tasks.rows import problem, put, trace, verdict

FLIPS = 100
SEED = 12


def make(pool: Pool) -> None:
    """A small pool with every sort of live file."""
    traces = [trace(f"t{n}", f"p{n % 3}") for n in range(12)]
    content = {
        "ingest": {"problems": [problem(f"p{n}") for n in range(3)]},
        "generate": {"traces": traces},
        "verify": {"verdicts": [verdict(row, "correct") for row in traces]},
    }
    receipts = [put(pool, stage, rows) for stage, rows in content.items()]
    rows = pa.table({"prompt": ["p"] * 12, "completion": [row["response"] for row in traces]})
    release_files.store(pool, "sft", "k", lambda sink: pq.write_table(rows, sink))
    shown = release_files.publish(pool, "sft", [("train", "k", 12)])
    tables = {s.table: [s.__dict__] for r in receipts for s in r.outputs}
    views = {"sft": [shard.__dict__ for shard in shown]}
    about = {"format": FORMAT, "tables": tables, "views": views, "deciding": [], "stages": {}}
    pool.put_manifest(about, whole=True)
    pool.put_json("report.json", {"funnel": [{"stage": "ingest", "in": 3, "out": 3}]})


def told(place: Path) -> Any:
    """All that readers and builds get of a pool. Raises LongcotError."""
    pool = Pool(place)
    receipts = {
        path.stem: pool.receipt(path.parent.name, path.stem)
        for path in sorted(place.glob("receipts/*/*.json"))
    }
    whole = release_files.is_stored(pool, "sft", "k")
    with open_any(str(place)) as connection:
        names = ["pool", "graded", "view_sft"]
        tables = {n: connection.execute(f"FROM {n} ORDER BY ALL").fetchall() for n in names}
    return receipts, whole, tables, pool.get_json("report.json")


def test_no_flip_in_any_live_file_is_silent(tmp_path: Path) -> None:
    make(Pool(tmp_path))
    before = told(tmp_path)
    files = sorted(
        path for path in tmp_path.rglob("*") if (path.is_file() and path.parent.name != "sft")
        or path.suffix == ".json"
    )  # fmt: skip  # the folder of a view links to its store
    draw = random.Random(SEED)
    outcomes = {"refused": 0, "without effect": 0}
    for _ in range(FLIPS):
        path = draw.choice([p for p in files if p.stat().st_size])
        data = path.read_bytes()
        bit = draw.randrange(8 * len(data))
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)  # in place: the links show it too
        try:
            assert told(tmp_path) == before, (path, bit)
            outcomes["without effect"] += 1
        except LongcotError as error:
            assert str(tmp_path) in str(error), (path, bit, error)
            outcomes["refused"] += 1
            with_name = [d.file for d in _damages(tmp_path)]
            assert with_name, (path, bit)
        path.write_bytes(data)
    assert told(tmp_path) == before
    assert outcomes["refused"] > FLIPS / 2, outcomes
    print(outcomes)


def _damages(place: Path) -> list[Any]:
    try:
        return list(fsck(Pool(place), deep=True))
    except PoolError:  # the manifest itself: refused by name
        return [type("Manifest", (), {"file": "manifest.json"})]


def test_fsck_names_what_is_damaged_and_what_to_do(tmp_path: Path) -> None:
    make(Pool(tmp_path))
    assert list(fsck(Pool(tmp_path), deep=True)) == []
    traces = next(tmp_path.glob("traces/*.parquet"))
    release = next(tmp_path.glob("releases/sft/*.parquet"))
    receipt = next(tmp_path.glob("receipts/verify/*.json"))
    for path in (traces, release):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    receipt.write_text(receipt.read_text().replace('"verify"', '"verifx"'))
    assert [d.file for d in fsck(Pool(tmp_path), deep=False)] == [str(receipt)]
    found = {d.file: d.then for d in fsck(Pool(tmp_path), deep=True)}
    assert list(found) == [str(receipt), str(traces), str(release)]
    assert "costs money" in found[str(traces)]
    assert "no cost" in found[str(release)]
    traces.unlink()
    assert any(d.what == "missing" for d in fsck(Pool(tmp_path), deep=False))


def test_files_of_before_carry_no_digest_and_are_read(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    receipt = put(pool, "ingest", {"problems": [problem("p")]})
    path = tmp_path / f"receipts/ingest/{receipt.key}.json"
    content = json.loads(path.read_text())
    del content["digest"]
    path.write_text(json.dumps(content))
    found = pool.receipt("ingest", receipt.key)
    assert isinstance(found, Receipt)
    assert found == receipt
    path.write_text(json.dumps({**content, "diges": "x"}))
    with pytest.raises(PoolError, match=r"damaged"):
        pool.receipt("ingest", receipt.key)


def test_a_digest_is_of_what_json_keeps(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    content = {"a": {2: "x", 10: (1, 0.1)}, "é": None}
    pool.put_json("x.json", content)
    assert pool.get_json("x.json") == {"a": {"2": "x", "10": [1, 0.1]}, "é": None}
