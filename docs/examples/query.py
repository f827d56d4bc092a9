"""After `longcot build docs/examples/sft.yaml`: the pool as SQL, from Python."""

from tasks.query.locate import open_any
from tasks.query.sql import query

WHY = "SELECT verdict, reason, count(*) AS n, avg(tokens) AS tokens FROM pool GROUP BY ALL"

with open_any("pools/sft") as pool:
    for row in query(pool, WHY, "why").to_pylist():
        print(row)
