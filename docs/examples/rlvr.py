"""After `longcot build docs/examples/rlvr.yaml`: the rows, and the reward they are trained with."""

import polars as pl

from verifiers.adapters import reward

rows = pl.read_parquet("pools/rlvr/releases/rlvr/train-*.parquet")
rows = rows.filter(pl.col("answer").is_not_null())  # programs are rewarded by their tests
columns = {name: rows[name].to_list() for name in ("answer", "answer_kind", "tests")}
said = [f"The answer is \\boxed{{{answer}}}." for answer in columns["answer"]]
print(f"{sum(filter(None, reward(said, **columns))):.0f} of {len(rows)} gold answers accepted")
