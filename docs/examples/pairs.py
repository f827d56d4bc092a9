"""After `longcot build docs/examples/pairs.yaml`: the rows as TRL's DPOTrainer takes them."""

import polars as pl

rows = pl.read_parquet("pools/pairs/releases/pairs/*.parquet")
print(rows["rejected_reason"].value_counts())
first = rows.row(0, named=True)
for column in ("prompt", "chosen", "rejected"):
    print(column, first[column][0]["content"][-200:], sep=": ")
