"""How fast signals are computed: MB of text a second on one core, all rules together and apart.

    LONGCOT_REAL_DATA=folder POLARS_MAX_THREADS=1 python -m benchmarks.signals [--every 4]

CPU seconds of this process over every n-th real trace; tokens by a tokenizer and languages by
lingua are left out. What several signals read is listed by its own name, and counted once.
"""

import argparse
import os
import time
from pathlib import Path

import polars as pl

from schemas.parts.signal import READINGS, Reading, Signal, in_order
from tasks.signals.measuring import values
from tests.tasks.signals.test_real import traces


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--every", type=int, default=4, help="each so many traces")
    given = arguments.parse_args()
    folder = os.environ.get("LONGCOT_REAL_DATA")
    if not folder:
        raise SystemExit("set LONGCOT_REAL_DATA to the folder with traces_*.jsonl.zst")
    signals = [one for one in in_order() if one.family != "languages"]
    frame = traces(Path(folder), 10**6).gather_every(given.every)
    parts = [frame[part].fill_null("") for part in ("reasoning", "response")]
    size = sum(int(part.str.len_bytes().sum()) for part in parts)
    values.values_of(frame, signals, None)  # compiles the passes, and the words of each language
    seconds: dict[str, float] = {}
    spent = time.process_time()
    values.values_of(frame, signals, None)
    seconds[f"all {len(signals)} signals"] = time.process_time() - spent
    whole = pl.concat_str("reasoning", "response", separator="\n", ignore_nulls=True)
    frame = frame.with_columns(whole=whole, tokenizer=pl.lit(values.ESTIMATE))
    todo: list[Signal | Reading] = [*values.needed(signals), *signals]
    for one in todo:
        spent = time.process_time()
        column = one.function(frame)
        seconds[one.name] = time.process_time() - spent
        if one.name in READINGS:
            frame = frame.with_columns(column.alias(one.name))
    print(f"{len(frame):,} traces, {size / 1e6:.1f} MB")
    for name, spent in seconds.items():
        print(f"{name:28} {size / 1e6 / spent:10.1f} MB/s {spent * 1e9 / size:8.2f} ns a byte")


if __name__ == "__main__":
    main()
