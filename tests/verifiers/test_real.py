"""Real pairs and real traces: measured agreement must not fall.

`LONGCOT_REAL_DATA` names the folder with `traces_*.jsonl.zst`; `verify/open_*.jsonl` lies beside
it. Without it these tests are skipped.
"""

import json
import os
from pathlib import Path

import pytest

from tests import real
from verifiers import Pool, Problem

FOLDER = os.environ.get("LONGCOT_REAL_DATA")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER, reason="LONGCOT_REAL_DATA does not name the real data's folder"),
]
DATA = Path(FOLDER or ".")
CLOSED = ("</think>", "<|end_of_thought|>")
OPENED = ("<think>", "<|begin_of_thought|>")


@pytest.fixture(scope="module")
def pool():
    with Pool() as pool:
        yield pool


def pairs(name):
    with (DATA.parent / "verify" / f"open_{name}.jsonl").open(encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["core"]]


def traces(name):
    """(row, response) for each labelled trace whose reasoning closed."""
    for row in real.rows(DATA / f"traces_{name}.jsonl.zst"):
        text = row["trace"] or ""
        closed = [tag for tag in CLOSED if tag in text]
        if row.get("correct") is None or row.get("complete") is False:
            continue
        if closed:
            text = text[max(text.rfind(tag) + len(tag) for tag in closed) :]
        elif any(tag in text for tag in OPENED):
            continue
        yield row, text


@pytest.mark.parametrize(
    ("name", "agreement", "wrong_accepts"),
    [("graders", 0.975, 1), ("math500", 0.995, 1), ("own", 0.99, 1)],
)
def test_agreement_on_labelled_pairs(pool, name, agreement, wrong_accepts):
    rows = pairs(name)
    items = []
    for row in rows:
        bare = row["pred_form"] == "answer" and row["kind"] != "extraction"
        boxed = bare and row["pred"].count("{") == row["pred"].count("}")
        text = rf"\boxed{{{row['pred']}}}" if boxed else row["pred"]
        items.append((Problem(row["id"], "", row["gold"], None), text))
    results = pool.map("verify", items)
    agreed = accepted = 0
    for row, result in zip(rows, results, strict=True):
        undecided = result.verdict == "undecided"
        right = (result.verdict == "correct") == row["expected"] and not undecided
        agreed += right or (undecided and row["kind"] == "hostile")
        accepted += result.verdict == "correct" and not row["expected"]
    assert agreed / len(rows) >= agreement
    assert accepted <= wrong_accepts


def test_the_verdict_is_the_same_both_ways_round(pool):
    rows = [
        row
        for name in ("graders", "math500", "own")
        for row in pairs(name)
        if row["pred_form"] == "answer" and row["kind"] not in ("extraction", "hostile")
        if row["pred"].strip()  # as a gold, nothing at all and attacks are refused
    ]
    assert len(rows) > 800
    one, other = (
        pool.map("compare", [(Problem(row["id"], "", row[gold], None), row[pred]) for row in rows])
        for gold, pred in (("gold", "pred"), ("pred", "gold"))
    )
    differ = [
        (row["gold"], row["pred"], there.reason, back.reason)
        for row, there, back in zip(rows, one, other, strict=True)
        if there.verdict != back.verdict
    ]
    assert not differ


@pytest.mark.parametrize(
    ("name", "agreement"),
    [  # what is missing to 1 are labels that are wrong in the source, by hand count (a right answer
        # without the box or tag that the source looked for), and golds that lost a part
        # (`\frac{}{2}`), which are undecided
        ("lineage_2025h2", 0.999),
        ("gsm8k_zeroeval", 0.9948),
        ("rg_math_50x", 0.995),
        ("farel_family", 0.996),
        ("math_rm8", 0.999),
        ("mip_gsm8k_math", 0.971),
        ("skythought_shortcot_math", 0.9616),
        ("skythought_longcot_math", 0.93),
        ("lineage_2025h1", 0.87),
    ],
)
def test_agreement_on_real_traces(pool, name, agreement):
    rows = list(traces(name))
    items = [
        (Problem(row["problem_id"], row.get("problem") or "", row["answer"], None), text)
        for row, text in rows
    ]
    results = pool.map("verify", items)
    agreed = sum(
        (result.verdict == "correct") == row["correct"] and result.verdict != "undecided"
        for (row, _), result in zip(rows, results, strict=True)
    )
    assert agreed / len(rows) >= agreement
    assert sum(r.verdict == "undecided" for r in results) / len(rows) < 0.01
