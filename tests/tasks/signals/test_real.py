"""Signals of real traces (`LONGCOT_REAL_DATA`): no crash, every value in its range."""

import re
from pathlib import Path

import polars as pl
import pytest

from schemas.parts.signal import SIGNALS, in_order
from tasks.steps.measure import Measure
from tests.real import rows

NAMES = sorted(name for name, one in SIGNALS.items() if one.family != "languages")
CLOSE = re.compile(r"</think>|<\|end_of_thought\|>")


def traces(folder: Path, limit: int) -> pl.DataFrame:
    """Up to so many traces of each file, thoughts taken apart."""
    found = []
    for file in sorted(folder.glob("traces_*.jsonl.zst")):
        for number, row in zip(range(limit), rows(file), strict=False):
            text, answer = row.get("trace") or "", row.get("answer")
            parts = CLOSE.split(text, maxsplit=1)
            thought = parts[0] if len(parts) == 2 else None
            gold = None if answer is None else str(answer)
            found.append((f"{file.name}:{number}", thought, parts[-1], row.get("problem"), gold))
    names = ["trace_id", "reasoning", "response", "problem", "answer"]
    return pl.DataFrame(found, dict.fromkeys(names, pl.String), orient="row")


@pytest.mark.parametrize("limit", [40, pytest.param(10**6, marks=pytest.mark.slow)])
def test_every_signal_of_real_traces_is_in_its_range(real_data: Path, limit: int) -> None:
    frame = traces(real_data, limit)
    for part in frame.iter_slices(2000):
        table = Measure(signals=NAMES).rows(part).tables["signals"]
        found = pl.from_arrow(table)
        assert isinstance(found, pl.DataFrame)
        for one in in_order():
            if one.name in NAMES and one.type != "string":
                values = found[one.name].cast(pl.Float64)
                assert one.nullable or values.null_count() == 0, one.name
                assert one.low is None or (values.drop_nulls() >= one.low).all(), one.name
                assert one.high is None or (values.drop_nulls() <= one.high).all(), one.name


def test_loops_of_real_traces_are_found_where_they_were_seen(real_data: Path) -> None:
    """Traces that were cut at their limit loop often, answers of grade-school problems never."""
    frame = traces(real_data, 200)
    found = Measure(signals=["loop_share"]).rows(frame).tables["signals"].to_pylist()
    share = pl.DataFrame(found).with_columns(file=pl.col("trace_id").str.split(":").list.first())
    looping = share.group_by("file").agg(pl.col("loop_share").gt(0.3).mean()).rows_by_key("file")
    rate = {file[7:-10]: values[0] for file, ((*values,),) in looping.items()}
    assert rate["skythought_longcot_math"] > 0.1
    assert rate["gsm8k_zeroeval"] < 0.01
