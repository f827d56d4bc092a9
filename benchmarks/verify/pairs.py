"""The pairs of a gold answer and a response, with what a grader should say of them."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def pairs() -> list[dict[str, Any]]:
    """Rows with gold, response, expected and part ("math500" or "other")."""
    folder = os.environ.get("LONGCOT_REAL_DATA")
    if not folder:
        return shipped_pairs()
    rows = []
    for part in ("graders", "math500", "own"):
        path = Path(folder).parent / "verify" / f"open_{part}.jsonl"
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            if row["core"] and row["kind"] != "hostile":
                bare = row["pred_form"] == "answer" and row["kind"] != "extraction"
                whole = bare and row["pred"].count("{") == row["pred"].count("}")
                response = rf"\boxed{{{row['pred']}}}" if whole else row["pred"]
                rows.append({"gold": row["gold"], "response": response, "part": part,
                             "expected": row["expected"]})  # fmt: skip
    return rows


def shipped_pairs() -> list[dict[str, Any]]:
    """True and false pairs by construction from the shipped gold answers that are integers."""
    import polars as pl

    golds = pl.read_parquet(ROOT / "data/samples/problems/*.parquet")["answer"].to_list()
    rows = []
    for gold in golds:
        if gold and gold.lstrip("-").isdigit():
            n = int(gold)
            for text, expected in ((rf"\frac{{{3 * n}}}{{3}}", True), (f"{n + 1}", False),
                                   (f"{n - 2}+2", True), (rf"x={n}", True)):  # fmt: skip
                response = rf"So it is \boxed{{{text}}}."
                rows.append({"gold": gold, "response": response, "part": "math500",
                             "expected": expected})  # fmt: skip
    return rows
