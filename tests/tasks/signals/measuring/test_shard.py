"""Adding a signal to a recipe computes that one alone, and what a pool had is taken over."""

from collections import Counter
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from schemas.parts import signal as contract
from schemas.parts.signal import SIGNALS
from schemas.tables import TRACES
from tasks.pool.jobs import Done
from tasks.pool.store import Pool, Receipt
from tasks.query.sql import connect
from tasks.steps.measure import Measure


def pool_of(folder: Path, texts: list[str]) -> tuple[Pool, Done]:
    """A pool with one shard of traces."""
    pool = Pool(folder)
    empty = dict.fromkeys(TRACES.names)
    rows = [
        {**empty, "trace_id": f"{n:032x}", "problem_id": "p", "teacher": "t", "state": "complete",
         "response": text, "content": "c"}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, infer_schema_length=None).to_arrow()
    traces = frame.select(TRACES.names).cast(TRACES)
    receipt = pool.commit(Receipt("generate", "a" * 16, "t", parents=["p"]), {"traces": traces}, "")
    return pool, Done(pool, "", {"traces": [receipt]})


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each signal was computed."""
    counted: Counter[str] = Counter()

    def watched(name: str, one: contract.Signal) -> contract.Signal:
        def function(frame: pl.DataFrame) -> pl.Series:
            counted[name] += 1
            return one.function(frame)

        return one._replace(function=function)

    for name, one in SIGNALS.items():
        monkeypatch.setitem(SIGNALS._parts, name, watched(name, one))
    return counted


def measure(done: Done, step: Measure) -> Receipt:
    (job,) = step.plan(done)
    return done.pool.receipt(job.stage, job.key) or job.run(done.pool)


def test_a_signal_that_is_added_is_computed_alone(tmp_path: Path, calls: Counter[str]) -> None:
    pool, done = pool_of(tmp_path, ["One.\nOne.", "Two."])
    first = measure(done, Measure(signals=["compression", "repeated_lines"]))
    assert calls == Counter("compression repeated_lines tokens tokenizer".split())
    before = (tmp_path / first.whole("signals").path).read_bytes()
    calls.clear()
    second = measure(done, Measure(signals=["compression", "repeated_lines", "tail_repeats"]))
    assert calls == Counter(["tail_repeats"])
    found = pool.read(second.whole("signals"))
    assert found.column_names == [
        "trace_id", "tokens", "tokenizer", "compression", "repeated_lines", "tail_repeats"
    ]  # fmt: skip
    assert found.drop_columns("tail_repeats").equals(pool.read(first.whole("signals")))
    assert (tmp_path / first.whole("signals").path).read_bytes() == before
    calls.clear()
    third = measure(done, Measure(signals=["tail_repeats"]))
    assert calls == Counter()
    assert pool.read(third.whole("signals"))["tail_repeats"].to_pylist() == [1, 1]


def test_signals_beside_the_standard_ones_are_computed_alone(
    tmp_path: Path, calls: Counter[str]
) -> None:
    _, done = pool_of(tmp_path, ["One."])
    measure(done, Measure())
    calls.clear()
    other = next(name for name in SIGNALS if name not in contract.STANDARD)
    measure(done, Measure(signals=["standard", other]))
    assert calls == Counter([other])


def test_a_new_version_and_another_tokenizer_are_computed_again(
    tmp_path: Path, calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, done = pool_of(tmp_path, ["One."])
    step = Measure(signals=["compression", "tail_repeats"])
    measure(done, step)
    calls.clear()
    newer = SIGNALS["compression"]._replace(version="a newer one")
    monkeypatch.setitem(SIGNALS._parts, "compression", newer)
    measure(done, step)
    assert calls == Counter(["compression"])
    calls.clear()
    tokenizer = tmp_path / "tokenizer.json"
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel

    Tokenizer(WordLevel({"?": 0}, unk_token="?")).save(str(tokenizer))
    measure(done, Measure(signals=step.signals, tokenizer=str(tokenizer)))
    assert calls == Counter(["tokens", "tokenizer"])


def test_a_pool_has_what_was_measured_and_the_standard_columns(tmp_path: Path) -> None:
    pool, done = pool_of(tmp_path, ["One."])
    receipt = measure(done, Measure(signals=["compression"]))
    assert pq.read_schema(tmp_path / receipt.whole("signals").path).names == [
        "trace_id", "tokens", "tokenizer", "compression"
    ]  # fmt: skip
    with connect(pool, {"signals": receipt.outputs}) as connection:
        row = connection.execute("SELECT tokens, compression > 1, tail_repeats FROM signals")
        assert row.fetchall() == [(1, True, None)]
        unmeasured = {name for name in SIGNALS if name not in contract.STANDARD}
        columns = {name for name, *_ in connection.execute("DESCRIBE pool").fetchall()}
        assert not unmeasured & columns
