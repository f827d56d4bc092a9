import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.tables import PROBLEMS, REJECTS
from tasks.pool import growth as module
from tasks.pool.growth import Intake, Prepared, cuts_after, intake
from tasks.pool.store import Pool
from tests.tasks.rows import problem, table

pytestmark = pytest.mark.usefixtures("_small_shards")
FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])

BAD = "bad"
LINES = st.lists(st.one_of(st.integers(0, 30).map(str), st.just(BAD)), max_size=30)
UNIQUE = st.lists(st.integers(0, 60).map(str), unique=True, min_size=1, max_size=30)


@pytest.fixture
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARD_ROWS", 4)


def memory() -> Pool:
    return Pool(f"memory://{uuid.uuid4().hex}")


def stream(
    lines: list[str], size: int = 3, stop: int | None = None
) -> Callable[[], Iterator[Prepared]]:
    """Batches of problems; a `bad` line is set aside. Raises after `stop` batches."""

    def batches() -> Iterator[Prepared]:
        for number, at in enumerate(range(0, len(lines), size)):
            if number == stop:
                raise KeyboardInterrupt
            part = lines[at : at + size]
            rows = [problem(line) for line in part if line != BAD]
            aside = [
                {"stage": "ingest", "row_id": f"{at + n}", "reason": "malformed"}
                for n, line in enumerate(part)
                if line == BAD
            ]
            parents = pa.array([f"of {row['problem']}" for row in rows], pa.string())
            yield Prepared(table("problems", rows), pa.Table.from_pylist(aside, REJECTS), parents)

    return batches


def take(pool: Pool, batches: Callable[[], Iterator[Prepared]], stamp: str = "") -> Intake:
    return intake(
        pool,
        "ingest",
        "problems",
        "spec",
        stamp or uuid.uuid4().hex,
        batches,
        "recipe",
        lambda _: None,
    )


def texts(pool: Pool, taken: Intake) -> list[list[str]]:
    """The problems of each live shard."""
    shards = [receipt.shard("problems") for receipt in taken.shards]
    return [pool.read(s, ["problem"])["problem"].to_pylist() for s in shards if s]


def flat(parts: list[list[str]]) -> list[str]:
    return [text for part in parts for text in part]


def keys(taken: Intake) -> list[str]:
    return [receipt.key for receipt in taken.shards]


@FEW
@given(LINES, st.integers(1, 7), st.integers(1, 7))
def test_every_row_is_counted_once_whatever_the_batches(
    lines: list[str], size: int, other: int
) -> None:
    pool = memory()
    unique = [line for n, line in enumerate(lines) if line == BAD or line not in lines[:n]]
    taken = take(pool, stream(unique, size))
    good = [line for line in unique if line != BAD]
    bad = len(unique) - len(good)
    assert taken.counts == {
        "in": len(unique), "out": len(good), **({"aside.malformed": bad} if bad else {}),
    }  # fmt: skip
    assert flat(texts(pool, taken)) == good
    assert all(len(part) == 4 for part in texts(pool, taken)[:-1])
    rejects = [receipt.shard("rejects") for receipt in taken.aside]
    assert sum(shard.rows for shard in rejects if shard) == bad
    assert keys(take(memory(), stream(unique, other))) == keys(taken)


def test_an_unchanged_source_is_not_read_again(pool: Pool) -> None:
    first = take(pool, stream(["1", BAD, "2"]), "stamp")
    again = take(pool, stream(["1"], stop=0), "stamp")
    assert again == first


@FEW
@given(UNIQUE, st.integers(1, 5))
def test_equal_rows_in_a_touched_source_write_nothing(lines: list[str], size: int) -> None:
    pool = memory()
    first = take(pool, stream(lines))
    before = set(pool.fs.find(pool.root))
    again = take(pool, stream(lines, size))
    assert again.shards == first.shards
    new = set(pool.fs.find(pool.root)) - before
    assert all("ingest-listing" in path for path in new)


@FEW
@given(UNIQUE, st.lists(st.integers(0, 30), min_size=1, max_size=8))
def test_rows_put_anywhere_give_shards_of_the_new_rows_alone(
    lines: list[str], places: list[int]
) -> None:
    pool = memory()
    first = take(pool, stream(lines))
    longer, new = [*lines], [f"new {n}" for n in range(len(places))]
    for line, place in zip(new, places, strict=True):
        longer.insert(place, line)
    second = take(pool, stream(longer))
    assert keys(second)[: len(first.shards)] == keys(first)
    added = flat(texts(pool, second)[len(first.shards) :])
    assert added == [line for line in longer if line in new]
    assert second.counts == {"in": len(longer), "out": len(longer)}


@FEW
@given(UNIQUE, st.data())
def test_rows_that_leave_and_rows_that_change_take_only_their_shards_along(
    lines: list[str], data: st.DataObject
) -> None:
    pool = memory()
    first = take(pool, stream(lines))
    gone = set(data.draw(st.lists(st.sampled_from(lines))))
    edited = set(data.draw(st.lists(st.sampled_from(lines)))) - gone
    present = [f"{line}!" if line in edited else line for line in lines if line not in gone]
    second = take(pool, stream(present))
    assert Counter(flat(texts(pool, second))) == Counter(present)
    whole = {
        key
        for key, part in zip(keys(first), texts(pool, first), strict=True)
        if not set(part) & (gone | edited)
    }
    assert whole <= set(keys(second))
    assert second.counts == {"in": len(present), "out": len(present)}


def test_an_edited_row_of_the_same_problem_is_replaced(pool: Pool) -> None:
    def one(answer: str) -> Callable[[], Iterator[Prepared]]:
        rows = table("problems", [problem("q", answer=answer), problem("r")])
        return lambda: iter([Prepared(rows, REJECTS.empty_table())])

    take(pool, one("1"))
    taken = take(pool, one("2"))
    shard = taken.shards[0].shard("problems")
    assert len(taken.shards) == 1
    assert shard is not None
    assert pool.read(shard, ["answer"])["answer"].to_pylist() == ["2", "7"]


def test_rows_that_left_and_came_back_are_live_once(pool: Pool) -> None:
    lines = [str(n) for n in range(8)]
    first = take(pool, stream(lines))
    take(pool, stream(lines[1:]))
    back = take(pool, stream(lines))
    assert sorted(flat(texts(pool, back))) == lines
    assert set(keys(first)) & set(keys(back))


@FEW
@given(UNIQUE, st.integers(1, 5), st.integers(0, 10))
def test_a_killed_run_and_its_rerun_end_like_an_undisturbed_one(
    lines: list[str], size: int, stop: int
) -> None:
    pool = memory()
    if stop < -(-len(lines) // size):
        with pytest.raises(KeyboardInterrupt):
            take(pool, stream(lines, size, stop), "stamp")
    finished = set(pool.fs.find(pool.path("problems"))) if pool.exists("problems") else set()
    taken = take(pool, stream(lines, size), "stamp")
    assert keys(taken) == keys(take(memory(), stream(lines, size), "stamp"))
    assert finished <= {pool.path(receipt.outputs[0].path) for receipt in taken.shards}


def test_a_lost_shard_is_written_again(pool: Pool) -> None:
    lines = [str(n) for n in range(9)]
    first = take(pool, stream(lines), "stamp")
    pool.fs.rm_file(pool.path(first.shards[1].outputs[0].path))
    again = take(pool, stream(lines), "stamp")
    assert sorted(keys(again)) == sorted(keys(first))
    assert sorted(flat(texts(pool, again))) == lines


def test_a_shard_knows_the_parents_of_its_own_rows(pool: Pool) -> None:
    taken = take(pool, stream([str(n) for n in range(6)], size=5))
    assert [receipt.parents for receipt in taken.shards] == [
        ["of 0", "of 1", "of 2", "of 3"], ["of 4", "of 5"],
    ]  # fmt: skip


def test_parents_of_rows_added_later_are_their_own_too(pool: Pool) -> None:
    take(pool, stream(["0", "1", "2", "3"]))
    taken = take(pool, stream(["0", "4", "1", "2", "5", "3"], size=6))
    assert [receipt.parents for receipt in taken.shards[1:]] == [["of 4", "of 5"]]


def test_shards_end_at_their_bytes(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARD_BYTES", 2_000)
    taken = take(pool, stream(["a" * 3_000, "b", "c" * 1_900, "d"]))
    assert [[len(text) for text in part] for part in texts(pool, taken)] == [
        [3_000],
        [1, 1_900],
        [1],
    ]


@given(st.lists(st.integers(0, 9)), st.integers(0, 9), st.integers(0, 3))
def test_cuts_do_not_depend_on_where_a_batch_ended(sizes: list[int], held: int, split: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SHARD_BYTES", 10)
        ends = cuts_after(sizes, 0, 0)
        before, after = sizes[:split], sizes[split:]
        done = cuts_after(before, 0, 0)
        start = done[-1] if done else 0
        later = cuts_after(after, sum(before[start:]), len(before) - start)
    assert ends == done + [len(before) + end for end in later]


def test_other_specs_do_not_meet(pool: Pool) -> None:
    for spec in ("one", "two"):
        found = intake(
            pool, "ingest", "problems", spec, "stamp", stream(["1"]), "recipe", lambda _: None
        )
        assert found.counts == {"in": 1, "out": 1}
    assert len(pool.receipts("ingest")) == 2


def test_progress_is_told_every_row(pool: Pool) -> None:
    told: list[int] = []
    lines = ["1", BAD, "2", "3", "4"]
    intake(pool, "ingest", "problems", "s", "t", stream(lines), "recipe", told.append)
    assert sum(told) == 5


def test_the_rows_keep_the_schema_of_the_table(pool: Pool) -> None:
    shard = take(pool, stream(["1"])).shards[0].outputs[0]
    assert pool.read(shard).schema.equals(PROBLEMS)
