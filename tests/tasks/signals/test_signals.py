"""What every signal keeps: one value per trace in its range, whatever the text, and its version."""

import math
import subprocess
import sys
from importlib.util import find_spec

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import LongcotError
from schemas.parts import Parts
from schemas.parts import signal as contract
from schemas.parts.signal import FIRST, SIGNALS, Signal, in_order
from schemas.tables import TABLES
from tasks.steps.measure import Measure

LACKING = [] if find_spec("lingua") else [name for name in SIGNALS if "language" in name]
EVERY = Measure(signals=sorted({*SIGNALS} - {*LACKING}))
TEXTS = st.lists(st.tuples(st.none() | st.text(), st.none() | st.text()), max_size=6)


def traces(rows: list[tuple[str | None, str | None]]) -> pl.DataFrame:
    columns = {"trace_id": pl.String, "reasoning": pl.String, "response": pl.String}
    return pl.DataFrame([(str(n), *row) for n, row in enumerate(rows)], columns, orient="row")


@given(TEXTS)
def test_every_signal_of_any_text_is_in_its_range(
    rows: list[tuple[str | None, str | None]],
) -> None:
    table = EVERY.rows(traces(rows)).tables["signals"]
    assert table["trace_id"].to_pylist() == [str(n) for n in range(len(rows))]
    for signal in in_order():
        if signal.name in LACKING:
            continue
        for value in table[signal.name].to_pylist():
            if value is None:
                assert signal.nullable, signal.name
            elif isinstance(value, float):
                assert math.isfinite(value), signal.name
            assert value is None or signal.low is None or value >= signal.low, signal.name
            assert value is None or signal.high is None or value <= signal.high, signal.name


@given(TEXTS)
@pytest.mark.slow
def test_a_signal_knows_nothing_of_the_other_traces(
    rows: list[tuple[str | None, str | None]],
) -> None:
    together = EVERY.rows(traces(rows)).tables["signals"].to_pylist()
    apart = [EVERY.rows(traces([row])).tables["signals"].to_pylist()[0] for row in rows]
    ids = [{**row, "trace_id": str(n)} for n, row in enumerate(apart)]
    assert together == ids


def test_the_first_columns_keep_their_place_and_others_follow_by_name() -> None:
    names = [signal.name for signal in in_order()]
    assert tuple(names[: len(FIRST)]) == FIRST
    assert names[len(FIRST) :] == sorted(names[len(FIRST) :])
    assert TABLES["signals"].names == ["trace_id", *names]


def test_words_are_stored_once_per_row_group() -> None:
    words = [field.name for field in TABLES["signals"] if b"words" in field.metadata]
    kept = {name for name, one in SIGNALS.items() if one.type == pa.string()}
    assert {*words} == kept >= {"tokenizer"}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Parts[Signal]:
    """No signals but those of the test."""
    own: Parts[Signal] = Parts("signal", "data", "longcot.tests")
    monkeypatch.setattr(contract, "SIGNALS", own)
    return own


def test_a_new_version_is_a_new_key(alone: Parts[Signal]) -> None:
    @contract.signal(pa.int64(), "a number")
    def number(frame: pl.DataFrame) -> pl.Series:
        return frame["number"]

    before = Measure(signals=["number"]).stamp()
    alone._parts["number"] = alone["number"]._replace(version="2")
    assert Measure(signals=["number"]).stamp() != before


def test_a_signal_that_fails_is_named(alone: Parts[Signal]) -> None:
    @contract.signal(pa.int64(), "a number")
    def broken(frame: pl.DataFrame) -> pl.Series:
        return frame["no_such_column"]

    with pytest.raises(LongcotError, match=r"signal broken: ColumnNotFoundError: .*; mend"):
        Measure(signals=["broken"]).rows(traces([("a", "b")]))


def test_a_signal_has_a_value_for_every_trace(alone: Parts[Signal]) -> None:
    @contract.signal(pa.int64(), "a number")
    def short(frame: pl.DataFrame) -> pl.Series:
        return pl.Series([1])

    with pytest.raises(LongcotError, match="signal short: 1 values for 2 traces"):
        Measure(signals=["short"]).rows(traces([("a", "b")] * 2))


def test_the_schema_needs_neither_verifiers_nor_tokenizers() -> None:
    code = (
        "import sys; from schemas.tables import TABLES; TABLES['signals'];"
        "assert not {'verifiers', 'sympy', 'tokenizers', 'tasks.pool'} & {*sys.modules}"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_signal_says_what_it_counts() -> None:
    for signal in SIGNALS.values():
        assert signal.unit or signal.type in (pa.bool_(), pa.string()), signal.name
