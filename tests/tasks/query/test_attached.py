"""Columns of a person's own are checked to the last value before anything is written."""

import sys
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import SourceError
from tasks.query.attached import Column, Program, checked, content_of, said
from tasks.sources.rows import Broken

COLUMN = Column("rm", "trace_id", {"reward": "float", "label": {"enum": ["good", "bad"]}})
ROWS = pl.DataFrame({"trace_id": ["a", "b"], "response": ["xx", "y"]})


def row(key: Any = "a", reward: Any = 0.5, label: Any = "good") -> dict[str, Any]:
    return {"trace_id": key, "reward": reward, "label": label}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"id": "a"}], r"f:1: no `trace_id` \(there is: id\)"),
        ([row(None)], "f:1: no `trace_id`"),
        ([{"trace_id": "a", "reward": 1}], r"f:1: no `label` \(there is: trace_id, reward\)"),
        ([row(), row("b"), row("a", 0.1)], "f:3: trace_id a stands in f:1 already"),
        ([row(reward="high")], "f:1: `reward`: .*valid number.*: 'high'"),
        ([row(reward=float("nan"))], "f:1: `reward`: .*finite"),
        ([row(label="fair")], "f:1: `label`: Input should be 'good' or 'bad': 'fair'"),
        ([Broken("malformed", "{x")], "f:1: malformed: {x"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(rows: list[Any], told: str) -> None:
    with pytest.raises(SourceError, match=told):
        checked(((f"f:{n}", one) for n, one in enumerate(rows, 1)), COLUMN)


def test_text_of_a_csv_becomes_the_type_and_nothing_but_nulls_is_no_value() -> None:
    rows = [row("b", "0.25"), row("a", None, None)]
    found = checked((("f", one) for one in rows), COLUMN)
    assert found.to_pylist() == [{"trace_id": "b", "rm": {"reward": 0.25, "label": "good"}}]


@given(
    st.lists(st.tuples(st.text(min_size=1), st.floats(0, 1)), unique_by=lambda r: r[0]),
    st.randoms(),
)
def test_the_order_of_rows_changes_nothing(rows: list[tuple[str, float]], random: Any) -> None:
    told = [("f", row(*one)) for one in rows]
    shuffled = random.sample(told, len(told))
    once, again = checked(told, COLUMN), checked(shuffled, COLUMN)
    assert once.equals(again)
    assert content_of(once) == content_of(again)


def program(code: str, deadline: float = 20) -> Program:
    return Program([sys.executable, "-c", code], str(Path.cwd()), deadline)


EACH = "import sys, json\nfor line in sys.stdin:\n  row = json.loads(line)\n  "
SAYS = "{'trace_id': row['trace_id'], 'reward': len(row['response']), 'label': 'good'}"
WELL = f"{EACH}print(json.dumps({SAYS}))"


def test_a_program_says_something_of_every_row() -> None:
    assert said(program(WELL), ROWS, COLUMN)["rm"].to_pylist() == [
        {"reward": 2.0, "label": "good"},
        {"reward": 1.0, "label": "good"},
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise SystemExit('no GPU here')", "ended with 1: no GPU here"),
        ("print('hello')", "line 1 is no JSON object: 'hello'"),
        ("pass", "says nothing of 2 rows, of a first"),
        (WELL + '\nprint(\'{"trace_id": "z", "reward": 1, "label": "bad"}\')', "something of z"),
        (WELL.replace("'good'", "'so so'"), "line 1: `label`: Input should be"),
    ],
)
def test_a_program_that_fails_is_told(code: str, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        said(program(code), ROWS, COLUMN)


def test_a_program_has_a_deadline_and_leaves_nothing_behind() -> None:
    sleeps = "import subprocess, sys, time\nsubprocess.Popen(['sleep', '98765'])\ntime.sleep(60)"
    with pytest.raises(SourceError, match=r"no answer about 2 rows within its deadline of 1 s"):
        said(program(sleeps, 1), ROWS, COLUMN)
    alive = [p for p in psutil.process_iter(["cmdline"]) if "98765" in (p.info["cmdline"] or [])]
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
