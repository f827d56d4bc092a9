import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import LongcotError
from schemas.parts.view_format import FORMATS
from schemas.recipe.views import View
from tasks.pool import spill
from tasks.pool.jobs import Done
from tasks.pool.release_files import publish
from tasks.pool.store import Pool, Receipt
from tasks.views import release, select
from tasks.views.join import arrow
from tasks.views.release import numbered
from tests.tasks.judged import Tables, many

RIGHT = "verdict = 'correct'"
PAIRS = {"chosen": RIGHT, "rejected": "verdict = 'incorrect'"}


def released(pool: Pool, tables: Tables, name: str = "sft", **options: Any) -> Receipt:
    """Build a view as the flow does: select and release unless it is done, then publish."""
    view = View.model_validate(options)
    done = Done(pool, "r")
    done.deciding = {"screen": []}
    made = None
    for stage in (select, release):
        job = stage.plan(done, tables, name, view, *([made] if made else []))
        made = pool.receipt(job.stage, job.key) or pool.receipt(job.stage, job.run(pool).key)
        assert made
    publish(pool, name, made.facts["shards"])
    return made


def files(pool: Pool, name: str = "sft") -> dict[str, bytes]:
    folder = Path(pool.path(f"releases/{name}"))
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}


def rows(pool: Pool, name: str = "sft") -> pl.DataFrame:
    folder = Path(pool.path(f"releases/{name}"))
    return pl.concat([pl.read_parquet(path) for path in sorted(folder.iterdir())])


def times(pool: Pool, name: str = "sft") -> set[int]:
    return {
        path.stat().st_mtime_ns for path in Path(pool.path(f"releases/.store/{name}")).iterdir()
    }


def test_rows_stand_in_the_order_of_the_pool(pool: Pool) -> None:
    judged = many(20)
    released(pool, judged.into(pool, 20), where=RIGHT, shard_tokens=200)
    right = {row["trace_id"] for row in judged.verdicts if row["verdict"] == "correct"}
    wanted = [row["trace_id"] for row in judged.traces if row["trace_id"] in right]
    assert rows(pool)["trace_id"].to_list() == wanted


def test_every_row_has_its_own_text(pool: Pool) -> None:
    judged = many(20)
    released(pool, judged.into(pool, 20), shard_tokens=100)
    traces = {row["trace_id"]: row for row in judged.traces}
    problems = {row["problem_id"]: row["problem"] for row in judged.problems}
    for row in rows(pool).iter_rows(named=True):
        own = traces[row["trace_id"]]
        answer = f"<think>\n{own['reasoning']}\n</think>\n\n{own['response']}"
        contents = [problems[own["problem_id"]], answer]
        assert [turn["content"] for turn in row["messages"]] == contents


def test_a_pair_has_both_texts(pool: Pool) -> None:
    judged = many(20)
    released(pool, judged.into(pool, 20), "pairs", **PAIRS)
    traces = {row["trace_id"]: row for row in judged.traces}
    for row in rows(pool, "pairs").iter_rows(named=True):
        for side in ("chosen", "rejected"):
            own = traces[row[f"{side}_id"]]
            assert own["problem_id"] == row["problem_id"]
            assert row[side][0]["content"].endswith(own["response"])


@pytest.mark.parametrize("budget", [10, 45, 10_000])
def test_a_file_keeps_its_token_budget_and_could_not_hold_more(pool: Pool, budget: int) -> None:
    released(pool, many(20).into(pool), shard_tokens=budget)
    sizes = [pl.read_parquet(data)["tokens"].to_list() for data in files(pool).values()]
    assert all(sum(part) <= budget or len(part) == 1 for part in sizes)
    assert all(sum(one) + other[0] > budget for one, other in pairwise(sizes))


def test_numbers_run_on_from_split_to_split() -> None:
    selection = pl.DataFrame({"split": list("abab"), "tokens": [6, 1, 6, 1]})
    found = numbered(selection, 10)
    assert found.select("position", "split", "out").rows() == [
        (0, "a", 0), (1, "a", 1), (2, "b", 2), (3, "b", 2),
    ]  # fmt: skip


def test_files_are_named_by_split_and_number(pool: Pool) -> None:
    released(pool, many(20).into(pool), splits={"train": 0.5, "test": 0.5}, shard_tokens=2000)
    names = list(files(pool))
    for split in ("test", "train"):
        own = [name for name in names if name.startswith(split)]
        assert own == [f"{split}-{n:05d}-of-{len(own):05d}.parquet" for n in range(len(own))]
        assert own


@pytest.mark.parametrize(
    ("name", "options"),
    [("sft", {}), ("pairs", PAIRS), ("rlvr", {}), ("midtrain", {"sample": 40})],
)
def test_a_spill_file_that_spills_gives_the_same_bytes(
    name: str, options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for budget in (2**30, 5_000):
        monkeypatch.setattr(spill, "BUDGET", budget)
        pool = Pool(tmp_path / str(budget))
        released(pool, many(20).into(pool, 20), name, shard_tokens=400, **options)
        found.append(files(pool, name))
    assert found[0] == found[1]
    assert sum(map(len, found[0].values())) > 0


def test_a_release_that_stands_is_not_written_again(pool: Pool) -> None:
    tables = many(20).into(pool)
    first = released(pool, tables, shard_tokens=200)
    before = times(pool)
    assert released(pool, tables, shard_tokens=200) == first
    assert times(pool) == before


def test_rows_added_later_leave_the_shards_before_them(pool: Pool) -> None:
    released(pool, many(16).into(pool, 16), shard_tokens=200)
    before = set(files(pool).values())
    released(pool, many(20).into(pool, 16), shard_tokens=200)
    after = set(files(pool).values())
    assert len(before - after) <= 1  # the last one was not full


def test_a_lost_shard_is_written_again_with_the_same_bytes(pool: Pool) -> None:
    tables = many(20).into(pool)
    released(pool, tables, shard_tokens=200)
    before = files(pool)
    for path in sorted(Path(pool.path("releases/.store/sft")).glob("*.parquet"))[::2]:
        path.unlink()
    released(pool, tables, shard_tokens=200)
    assert files(pool) == before


def test_the_folder_may_be_deleted_by_the_user(pool: Pool) -> None:
    tables = many(20).into(pool)
    released(pool, tables)
    before = files(pool)
    shutil.rmtree(pool.path("releases/sft"))
    released(pool, tables)
    assert files(pool) == before


def test_a_view_may_change_and_change_back(pool: Pool) -> None:
    tables = many(20).into(pool)
    released(pool, tables, where=RIGHT)
    before = files(pool)
    released(pool, tables, where=f"NOT ({RIGHT})")
    assert files(pool) != before
    released(pool, tables, where=RIGHT)
    assert files(pool) == before


def test_another_form_of_the_same_rows_is_another_release(pool: Pool) -> None:
    tables = many(20).into(pool)
    released(pool, tables)
    tags = rows(pool)
    released(pool, tables, reasoning="field")
    fields = rows(pool)
    assert tags["trace_id"].equals(fields["trace_id"])
    assert "reasoning_content" in fields["messages"][0][0]


def test_a_release_of_nothing_is_a_file_with_the_columns_of_others(pool: Pool) -> None:
    tables = many(20).into(pool)
    assert released(pool, tables, where="false").counts == {"in": 0, "out": 0}
    empty = rows(pool)
    released(pool, tables)
    assert (len(empty), empty.schema) == (0, rows(pool).schema)


@pytest.mark.parametrize("name", ["sft", "pairs", "rlvr", "midtrain"])
def test_an_empty_pool_has_an_empty_release(name: str, pool: Pool) -> None:
    options = PAIRS if name == "pairs" else {}
    assert released(pool, {}, name, **options).counts == {"in": 0, "out": 0}
    assert list(files(pool, name)) == ["train-00000-of-00001.parquet"]


def test_a_shard_says_where_it_comes_from(pool: Pool) -> None:
    released(pool, many(20).into(pool))
    (path,) = Path(pool.path("releases/sft")).iterdir()
    own = pq.read_schema(path).metadata
    assert (own[b"longcot.view"], own[b"longcot.recipe"]) == (b"sft", b"r")


def test_lists_are_what_every_reader_knows(pool: Pool) -> None:
    rows = pl.DataFrame({"a": [[{"b": ["x"], "c": 1}]], "d": ["y"]})
    inner = pa.struct({"b": pa.list_(pa.large_string()), "c": pa.int64()})
    table = arrow(rows)
    assert table.schema.types == [pa.list_(inner), pa.large_string()]
    assert table.to_pylist() == rows.to_dicts()


def test_a_pool_elsewhere_gives_the_same_bytes(pool: Pool) -> None:
    released(pool, many(20).into(pool), shard_tokens=200)
    far = Pool("memory://release-test")
    released(far, many(20).into(far), shard_tokens=200)
    folder = far.path("releases/sft")
    found = {Path(p).name: far.fs.cat_file(p) for p in far.fs.ls(folder, detail=False)}
    assert found == files(pool)


def test_a_format_that_loses_rows_is_refused(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    lossy = FORMATS["sft"]._replace(function=lambda joined, view: joined.head(1))
    monkeypatch.setitem(FORMATS._parts, "sft", lossy)
    with pytest.raises(LongcotError, match="format sft: 1 rows for 12; it returns one for each"):
        released(pool, many(3).into(pool))


def test_columns_are_carried_and_change_nothing_else(pool: Pool) -> None:
    tables = many(20).into(pool, 20)
    released(pool, tables, where=RIGHT)
    plain, bytes_before = rows(pool), files(pool)
    columns = {"pass_rate": "pass_rate", "kwargs": "{'enable_thinking': tokens > 20}"}
    released(pool, tables, where=RIGHT, columns=columns)
    carried = rows(pool)
    assert carried.drop("pass_rate", "kwargs").equals(plain)
    assert set(carried["pass_rate"]) <= {0.5, 0.75, 0.25} and carried["kwargs"].dtype == pl.Struct
    released(pool, tables, where=RIGHT)
    assert files(pool) == bytes_before


def test_a_pair_carries_what_its_winner_has(pool: Pool) -> None:
    judged = many(20)
    released(pool, judged.into(pool, 20), "pairs", **PAIRS, columns=["verdict"])
    assert set(rows(pool, "pairs")["verdict"]) == {"correct"}


def test_both_labels_are_released_unpaired(pool: Pool) -> None:
    judged = many(20)
    released(pool, judged.into(pool, 20), "kto", format="unpaired")
    found = dict(rows(pool, "kto").select("trace_id", "label").iter_rows())
    assert found == {row["trace_id"]: row["verdict"] == "correct" for row in judged.verdicts}
    released(
        pool,
        judged.into(pool, 20),
        "kto",
        format="unpaired",
        columns={"label": "completion_tokens > 20"},
    )
    assert set(rows(pool, "kto")["label"]) == {True, False}
