import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.recipe import Dedupe
from tasks import dedupe
from tasks.dedupe import duplicates, folded, sign
from tasks.pool import Pool, Receipt
from tasks.stage import Done, frame_of
from tests.tasks.rows import problem, put


def fold(text: str) -> str:
    found: str = pl.DataFrame({"x": [text]}).select(folded(pl.col("x"))).item()
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is 3 + 4?", "what  is 3 + 4"),
        ("Find x, y.", "Find x y"),
        (r"Find $x$ now", "Find x now"),
        ("Tom’s age", "Tom's age"),
        ("He said “go”.", 'He said "go"'),
        (r"\left( 1 \right)", "( 1 )"),
        (r"1\,000 m", "1 000 m"),
        ("cafe\u0301", "café"),
        ("wait… now", "wait... now"),
        ("a\n\nb", "a b"),
    ],
)
def test_case_spacing_and_punctuation_are_folded(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is 3 + 4?", "What is 3 + 5?"),
        ("What is -3?", "What is 3?"),
        ("What is 3 - 4?", "What is 3 + 4?"),
        ("Is x < 3?", "Is x > 3?"),
        ("What is 1.5?", "What is 15?"),
        ("What is 1.5?", "What is 1 5?"),
        ("Add .5 and 1", "Add 5 and 1"),
        ("Add 1,000", "Add 1.000"),
        ("Take 1,2,3", "Take 1,23"),
        ("Compute 5!", "Compute 5"),
        ("Compute 5! + 3!", "Compute 5 + 3"),
        ("Solve y' + y = 0", "Solve y + y = 0"),
        ("Solve y'' = 1", "Solve y' = 1"),
        ("2^{n} + 1", "2^{n + 1}"),
        (r"\sqrt{x} + 1", r"\sqrt{x + 1}"),
        ("What is 2²?", "What is 22?"),
        ("½ of 10", "1/2 of 10"),
        ("50% of 10", "50 of 10"),
        (r"\leftarrow", "arrow"),
        ("Let R = 2 and r = 1. What is R?", "Let R = 2 and r = 1. What is r?"),
    ],
)
def test_what_carries_meaning_is_kept_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_any_text_ends_without_blanks_around(text: str) -> None:
    assert fold(text) == fold(text).strip(" ")


@given(st.integers(-999, 999), st.integers(-999, 999))
def test_other_numbers_are_other_problems(one: int, other: int) -> None:
    same = fold(f"Add {one} to x.") == fold(f"Add {other} to x.")
    assert same == (one == other)


SIGNED = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 6), st.integers(0, 2)),
    unique_by=lambda row: row[0],
)


def signatures(rows: list[tuple[int, int, int]], shards: list[str]) -> pl.DataFrame:
    columns = {
        "problem_id": [f"{number:032x}" for number, _, _ in rows],
        "key": [str(key) for _, key, _ in rows],
        "rank": [rank for *_, rank in rows],
        "shard": shards,
    }
    schema = {"problem_id": pl.String, "key": pl.String, "rank": pl.Int32, "shard": pl.String}
    return pl.DataFrame(columns, schema=schema)


@given(SIGNED, st.randoms(use_true_random=False))
def test_the_survivor_depends_neither_on_order_nor_on_sharding(
    rows: list[tuple[int, int, int]], chance: random.Random
) -> None:
    shuffled = chance.sample(rows, len(rows))
    one = duplicates(signatures(rows, ["a"] * len(rows)))
    other = duplicates(signatures(shuffled, [chance.choice("ab") for _ in rows]))
    assert one.drop("shard").equals(other.drop("shard"))


@given(SIGNED)
def test_each_cluster_keeps_its_first_source_and_then_its_smallest_id(
    rows: list[tuple[int, int, int]],
) -> None:
    found = duplicates(signatures(rows, ["a"] * len(rows))).rows_by_key(
        "row_id", named=True, unique=True
    )
    for number, key, rank in rows:
        cluster = sorted((r, n) for n, k, r in rows if k == key)
        best_rank, best = cluster[0]
        own = found.pop(f"{number:032x}", None)
        if own is None:
            assert (rank, number) == cluster[0]
        else:
            assert own["survivor"] == f"{best:032x}"
            assert own["cluster"] == f"{min(n for _, n in cluster):032x}"
            assert own["why"] == ("source" if rank > best_rank else "id")
    assert not found


def signed(pool: Pool, *shards: list[dict[str, str]]) -> Done:
    """A pool whose problem shards are signed; sources rank by name."""
    done = Done(pool, "r")
    done.receipts["ingest"] = [
        put(pool, "ingest", {"problems": [problem(**row) for row in rows]}) for rows in shards
    ]
    jobs = dedupe.plan_signatures(done, Dedupe(), ["first", "second"])
    done.receipts["sign"] = [job.run() for job in jobs]
    return done


def survivors(done: Done) -> tuple[Receipt, dict[str, str]]:
    (job,) = dedupe.plan(done, Dedupe())
    receipt = job.run()
    shard = receipt.shard("duplicates")
    pairs = done.pool.read(shard).to_pylist() if shard else []
    return receipt, {pair["row_id"]: pair["survivor"] for pair in pairs}


def test_the_earlier_source_wins_whatever_the_ids(pool: Pool) -> None:
    texts = ["Add 1 and 2.", "ADD 1 AND 2", "add 1 and 2"]
    rows = [
        {"text": text, "source": s}
        for text, s in zip(texts, ["second", "second", "first"], strict=True)
    ]
    receipt, pairs = survivors(signed(pool, rows[:1], rows[1:]))
    first = problem(texts[2])["problem_id"]
    assert pairs == {problem(text)["problem_id"]: first for text in texts[:2]}
    assert receipt.counts == {"in": 3, "out": 1, "aside.duplicate": 2}


def test_the_decision_is_a_reject_with_its_survivor(pool: Pool) -> None:
    receipt, pairs = survivors(
        signed(pool, [{"text": "A?", "source": "first"}, {"text": "a", "source": "first"}])
    )
    shard = receipt.shard("rejects")
    assert shard is not None
    ((row_id, survivor),) = pairs.items()
    rows = pool.read(shard, ["row_id", "stage", "reason", "detail"]).to_pylist()
    assert rows == [
        {"row_id": row_id, "stage": "dedupe", "reason": "duplicate", "detail": f"of {survivor}"}
    ]


def test_a_shard_without_duplicates_has_the_digest_of_nothing(pool: Pool) -> None:
    rows = [{"text": text, "source": "first"} for text in ("a", "A", "b")]
    receipt, _ = survivors(signed(pool, rows[:2], rows[2:]))
    clean, _ = survivors(signed(pool, rows[2:]))
    touched, untouched = receipt.aside.values()
    assert touched != untouched
    assert [untouched] == list(clean.aside.values())


def test_no_problems_have_no_duplicates(pool: Pool) -> None:
    receipt, pairs = survivors(signed(pool))
    assert (receipt.counts["in"], pairs, receipt.outputs) == (0, {}, [])


def test_a_signature_carries_the_rank_of_its_source() -> None:
    rows = pl.DataFrame({"problem_id": ["a", "b"], "problem": ["x", "X!"], "source": ["u", "v"]})
    table = sign(rows, Dedupe(), {"v": 0, "u": 1}).tables["signatures"]
    assert frame_of(table)["rank"].to_list() == [1, 0]
