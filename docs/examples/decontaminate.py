"""After `longcot build docs/examples/decontaminate.yaml`: what was found, and how sure that is."""

from tasks.query.locate import open_any
from tasks.query.sql import query

HITS = "SELECT decision, test, item_id, score, overlap FROM contamination ORDER BY ALL"

with open_any("pools/decontaminate") as pool:
    for row in query(pool, HITS, "hits").to_pylist():
        print(row["decision"], row["test"], row["item_id"], row["score"], row["overlap"])
