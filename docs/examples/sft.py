"""After `longcot build docs/examples/sft.yaml`: the rows as TRL's SFTTrainer takes them."""

import polars as pl

rows = pl.read_parquet("pools/sft/releases/sft/*.parquet")
print(f"{len(rows)} conversations of {rows['problem_id'].n_unique()} problems")
question, answer = rows["messages"][0]
print(question["content"], answer["content"], sep="\n\n")
