import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import SourceError
from schemas.identity import problem_id
from schemas.recipe.teachers import Recorded
from tasks.generation.recorded import (
    Earlier,
    Index,
    label_of,
    prepare,
    replay,
    rows_of,
    time_of,
    trace_row,
)
from tasks.llm.reasoning_parser import unframe
from tasks.pool.growth import Intake, Prepared
from tasks.pool.id_set import IdSet
from tasks.pool.store import Pool
from tasks.sources.rows import Broken, Row
from tests.tasks.rows import problem, put

TEACHER = Recorded(name="r1", recorded="t.jsonl")


@pytest.fixture
def index(pool: Pool) -> Index:
    return Index(pool, [put(pool, "ingest", {"problems": [problem(text)]}) for text in "pq"])


def prepared(index: Index, *contents: dict[str, Any] | Broken) -> Prepared:
    batch = [(Row(f"t.jsonl:{n}", content), True) for n, content in enumerate(contents, 1)]
    return prepare(TEACHER, rows_of(TEACHER, batch), index, IdSet(), IdSet())


def why(found: Prepared) -> list[str]:
    reasons: list[str] = found.aside["reason"].to_pylist()
    return reasons


def sample(text: str, **other: Any) -> dict[str, Any]:
    return {"problem": "p", "trace": f"<think>a</think>{text}", **other}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def run(pool: Pool, base: Path, texts: str = "pq", teacher: Recorded = TEACHER) -> Intake:
    receipts = [put(pool, "ingest", {"problems": [problem(text)]}) for text in texts]
    return replay(pool, teacher, base, receipts, Earlier(), "recipe", lambda _: None)


def ids(pool: Pool, taken: Intake) -> set[str]:
    shards = [receipt.shard("traces") for receipt in taken.shards]
    return {i for s in shards if s for i in pool.read(s, ["trace_id"])["trace_id"].to_pylist()}


def test_a_recorded_row_becomes_a_trace(index: Index) -> None:
    content = sample("7", sample="2", completion_tokens=12.0, label=1, finish_reason="stop")
    row = prepared(index, content).rows.to_pylist()[0]
    assert row["problem_id"] == problem_id("p")
    assert (row["teacher"], row["sample"], row["completion_tokens"]) == ("r1", 2, 12)
    assert (row["reasoning"], row["response"]) == ("a", "7")
    assert (row["state"], row["dialect"], row["label"]) == ("complete", "think", True)


def test_a_row_s_own_teacher_goes_before_the_recording_s_name(index: Index) -> None:
    found = prepared(index, sample("7", teacher="qwen")).rows
    assert found["teacher"].to_pylist() == ["qwen"]


def test_a_conversation_keeps_its_further_turns_and_is_no_complete_trace(index: Index) -> None:
    told = [
        ("user", "p"),
        ("assistant", "<think>a</think>7"),
        ("user", "Why?"),
        ("assistant", "So"),
    ]
    turns = [{"role": role, "content": text} for role, text in told]
    (row,) = prepared(index, {"problem": turns, "trace": turns}).rows.to_pylist()
    assert (row["reasoning"], row["response"], row["state"]) == ("a", "7", "further_turn")
    assert row["problem_id"] == problem_id("p")
    kept = json.loads(unframe(row["frame"], row["reasoning"], row["response"]))
    assert [(turn["role"], turn["text"]) for turn in kept] == told


def test_a_trace_belongs_to_the_shard_of_its_problem(index: Index) -> None:
    found = prepared(index, sample("7"), {**sample("8"), "problem": "q"})
    assert found.parents is not None
    assert found.parents.to_pylist() == index.shards


def test_an_equal_text_under_an_equal_number_is_repeated(index: Index) -> None:
    found = prepared(index, sample("7", sample=0), sample("7", sample=0), sample("7", sample=1))
    assert found.rows.num_rows == 2
    assert why(found) == ["repeated"]


def test_equal_texts_without_numbers_are_two_draws(index: Index) -> None:
    found = prepared(index, sample("7"), sample("7"), sample("7"))
    assert why(found) == []
    assert len(set(found.rows["trace_id"].to_pylist())) == 3
    assert len(set(found.rows["content"].to_pylist())) == 3


def test_other_texts_under_one_number_never_share_an_id(index: Index) -> None:
    found = prepared(index, sample("7", sample=0), sample("8", sample=0))
    assert len(set(found.rows["trace_id"].to_pylist())) == 2


def test_the_order_of_the_file_does_not_change_the_ids(index: Index) -> None:
    contents = [sample(text, sample=n) for n, text in enumerate("7778")]
    contents += [sample(text) for text in "7789"]
    shuffled = random.Random(7).sample(contents, len(contents))
    one, other = (
        prepared(index, *rows).rows["trace_id"].to_pylist() for rows in (contents, shuffled)
    )
    assert set(one) == set(other)
    assert len(set(one)) == len(contents)


def test_a_trace_of_no_problem_is_set_aside(index: Index) -> None:
    found = prepared(index, {**sample("7"), "problem": "unheard of"})
    assert why(found) == ["unknown_problem"]
    assert found.aside["detail"][0].as_py() == "t.jsonl:1: no source has this problem"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (Broken("malformed", "cut"), "malformed"),
        (sample("7", problem=None), "no_problem"),
        (sample("7\ud800"), "invalid_utf8"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_that_cannot_be_a_trace_is_set_aside(
    content: dict[str, Any] | Broken, reason: str, index: Index
) -> None:
    found = prepared(index, content, sample("7"))
    assert why(found) == [reason]
    assert found.aside["row_id"].to_pylist() == ["t.jsonl:1"]
    assert found.rows.num_rows == 1


def test_a_row_that_the_condition_excludes(index: Index) -> None:
    teacher = Recorded(name="r1", recorded="t.jsonl", where="n > 1")
    made = rows_of(teacher, [(Row("t.jsonl:1", sample("7")), False)])
    found = prepare(teacher, made, index, IdSet(), IdSet())
    assert why(found) == ["where"]


def test_a_null_trace_is_an_empty_one(index: Index) -> None:
    found = prepared(index, {"problem": "p", "trace": None}).rows
    assert found.select(["state", "response"]).to_pylist() == [{"state": "empty", "response": ""}]


def test_reasoning_and_response_may_come_apart() -> None:
    content = {"problem": "p", "reasoning": " a ", "response": "7"}
    row = trace_row(TEACHER, content)
    assert (row["reasoning"], row["response"], row["state"]) == ("a", "7", "complete")


def test_everything_but_the_text_may_be_missing() -> None:
    row = trace_row(TEACHER, {"problem": "p", "trace": "7"})
    absent = ["prompt", "sample", "finish_reason", "seed", "params", "label", "started_at"]
    assert [row[column] for column in absent] == [None] * len(absent)


LABELS: list[tuple[bool | None, list[Any]]] = [
    (True, [True, 1, 1.0, "Correct", " true "]),
    (False, [False, 0, "0", "INCORRECT"]),
    (None, [None, "maybe", 2, [1]]),
]


@pytest.mark.parametrize(
    ("value", "label"), [(value, label) for label, values in LABELS for value in values]
)
def test_labels(value: Any, label: bool | None) -> None:
    assert label_of(value) is label


def test_times() -> None:
    moment = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert time_of("2025-01-02T03:04:05+00:00") == moment
    assert time_of(moment.timestamp()) == time_of(moment) == moment
    assert time_of(None) is None
    with pytest.raises(ValueError, match="out of range"):
        time_of(1e30)
    moment = datetime.fromtimestamp(1.7e9, UTC)
    assert {time_of(1.7e9 * 1000**n) for n in range(4)} == {moment}
    assert time_of("1700000000000") == moment
    assert time_of("") is None


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("sample", float("nan"), None),
        ("sample", "first", None),
        ("sample", "3", 3),
        ("completion_tokens", "", None),
        ("completion_tokens", "123.0", 123),
        ("completion_tokens", 1e300, None),
        ("prompt_tokens", 2**40, None),
        ("seed", 2**63 - 1, 2**63 - 1),
        ("seed", 2**64 - 1, None),
        ("seed", -7, -7),
        ("seconds", "fast", None),
        ("seconds", float("inf"), None),
        ("started_at", "yesterday", None),
    ],
)
def test_numbers_that_cannot_be_read_are_null_and_counted(
    index: Index, column: str, value: Any, told: Any
) -> None:
    found = prepared(index, sample("7", **{column: value}))
    assert found.rows[column].to_pylist() == [told]
    unread = told is None and value != ""
    assert dict(found.notes) == ({f"unread.{column}": 1} if unread else {})


def test_the_index_knows_which_shard_has_a_problem(index: Index) -> None:
    wanted = [problem_id(text) for text in ("q", "none", "p")]
    assert index.owner(wanted) == [index.shards[1], None, index.shards[0]]
    assert index.owner([]) == []


def test_a_pool_without_problems_knows_no_trace(pool: Pool) -> None:
    assert Index(pool, []).owner([problem_id("p")]) == [None]


def test_a_recording_is_replayed_and_counted(pool: Pool, tmp_path: Path) -> None:
    rows = [sample("7", sample=n) for n in range(3)]
    write(tmp_path / "t.jsonl", [*rows, rows[0], {**rows[0], "problem": "x"}])
    taken = run(pool, tmp_path)
    assert taken.counts == {"in": 5, "out": 3, "aside.repeated": 1, "aside.unknown_problem": 1}
    assert taken.shards[0].parents == [put(pool, "ingest", {"problems": [problem("p")]}).key]


def test_a_reordered_recording_writes_nothing(pool: Pool, tmp_path: Path) -> None:
    rows = [sample(text) for text in "7789"]
    write(tmp_path / "t.jsonl", rows)
    first = run(pool, tmp_path)
    write(tmp_path / "t.jsonl", rows[::-1])
    assert run(pool, tmp_path).shards == first.shards


def test_a_new_problem_brings_its_traces_in(pool: Pool, tmp_path: Path) -> None:
    write(tmp_path / "t.jsonl", [sample("7"), {**sample("8"), "problem": "q"}])
    first = run(pool, tmp_path, "p")
    second = run(pool, tmp_path, "pq")
    assert (first.counts["out"], second.counts["out"]) == (1, 2)
    assert ids(pool, first) < ids(pool, second)


def test_a_recording_without_rows_is_refused(pool: Pool, tmp_path: Path) -> None:
    write(tmp_path / "t.jsonl", [])
    with pytest.raises(SourceError, match=r"teacher r1: t\.jsonl is empty: not one row"):
        run(pool, tmp_path)


@pytest.mark.parametrize(
    ("columns", "missing"), [({}, "trace"), ({"reasoning": "thoughts"}, "response")]
)
def test_a_recording_without_its_text_is_refused(
    columns: dict[str, str], missing: str, pool: Pool, tmp_path: Path
) -> None:
    write(tmp_path / "t.jsonl", [{"problem": "p", "thoughts": "a"}])
    with pytest.raises(SourceError, match=f"no column `{missing}`"):
        run(pool, tmp_path, teacher=Recorded(name="r1", recorded="t.jsonl", columns=columns))


def test_a_trace_that_an_earlier_recording_has_is_repeated(pool: Pool, tmp_path: Path) -> None:
    write(tmp_path / "t.jsonl", [sample("7"), sample("8")])
    write(tmp_path / "u.jsonl", [sample("8"), sample("9")])
    problems = [put(pool, "ingest", {"problems": [problem("p")]})]
    earlier = Earlier()
    taken = [
        replay(pool, teacher, tmp_path, problems, earlier, "recipe", lambda _: None)
        for teacher in (TEACHER, Recorded(name="r1", recorded="u.jsonl"))
    ]
    assert [part.counts["out"] for part in taken] == [2, 1]
    assert taken[1].counts["aside.repeated"] == 1
    assert not ids(pool, taken[0]) & ids(pool, taken[1])


def test_no_teacher_may_be_called_all(index: Index) -> None:
    found = prepared(index, sample("7", teacher="all"))
    assert why(found) == ["wrong_type"]
    assert "every teacher together" in found.aside["detail"][0].as_py()
