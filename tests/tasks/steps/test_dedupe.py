import random
from typing import Any

import numpy as np
import polars as pl
import pytest
from datasketch import LeanMinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe import near_duplicates
from tasks.dedupe import problems as dedupe
from tasks.pool.jobs import Done
from tasks.pool.store import Pool, Receipt
from tasks.steps.dedupe import Dedupe
from tests.tasks.rows import problem, put

TALE = (
    "A farmer walks to the market with a basket of red apples and a basket of green pears, meets "
    "an old friend on the bridge, and gives away every fruit that is not ripe. How many are left "
    "if {} of them were ripe and his friend gave {} back before the sun went down on that day?"
)


def build(pool: Pool, *shards: list[dict[str, Any]], **options: Any) -> tuple[Receipt, Done]:
    """Dedupe a pool of these problem shards; sources rank by name."""
    done = Done(pool, "r")
    done.tables["problems"] = [
        put(pool, "ingest", {"problems": [problem(**row) for row in rows]}) for rows in shards
    ]
    how = Dedupe(**options)
    done.tables["signatures"] = [
        job.run(done.pool) for job in dedupe.plan_signatures(done, how, how.mode)
    ]
    (job,) = planned(done, how, ["first", "s", "second"])
    return job.run(done.pool), done


def planned(done: Done, how: Dedupe, sources: list[str]) -> Any:
    """The jobs of the step `dedupe` over what is signed."""
    signed = done.of("signatures")
    return dedupe.plan(done, how.called, how.options(), how, how.mode, signed, sources)


def rows(receipt: Receipt, pool: Pool) -> list[dict[str, Any]]:
    shard = receipt.shard("duplicates")
    return pool.read(shard).to_pylist() if shard else []


def of(text: str) -> str:
    return str(problem(text)["problem_id"])


def edited(text: str, *places: int) -> str:
    """The text with other words at these places."""
    words = text.split()
    for place in places:
        words[place] = f"zz{'abcdefgh'[place % 8]}"
    return " ".join(words)


ONE = TALE.format(12, 5)


def key(text: str) -> int:
    """Equal for what counts as the same text."""
    frame = pl.DataFrame({"row_id": ["a"], "text": [text]}).with_columns(
        source=pl.lit("s"), sound=pl.lit(value=True), length=pl.lit(0, pl.Int64)
    )
    none = np.zeros(1, np.uint64)
    how = near_duplicates.shingling(Dedupe())
    table = near_duplicates.sign(
        frame, how, lambda _: near_duplicates.Content(none, none, none, none)
    )
    return int(table["sequence"][0].as_py())


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
    assert key(one) == key(other)


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
    assert key(one) != key(other)


def test_near_duplicates_have_their_exact_similarity(pool: Pool) -> None:
    other = edited(ONE, 3)
    receipt, _ = build(pool, [{"text": ONE, "solution": "long"}, {"text": other}])
    (pair,) = rows(receipt, pool)
    one, two = (
        set(zip(*(t.lower().split()[k:] for k in range(3)), strict=False)) for t in (ONE, other)
    )
    assert pair["jaccard"] == len(one & two) / len(one | two)
    assert (pair["row_id"], pair["duplicate_of"], pair["why"]) == (of(other), of(ONE), "length")
    assert receipt.counts == {"in": 2, "out": 1, "aside.duplicate": 1, "pairs checked": 1}


@pytest.mark.parametrize("other", [TALE.format(12, 6), TALE.format(5, 12), TALE.format(12, "five")])
def test_one_other_number_is_another_problem(pool: Pool, other: str) -> None:
    receipt, _ = build(pool, [{"text": ONE}, {"text": other}])
    assert receipt.counts["out"] == 2


def test_template_mode_finds_what_differs_in_numbers(pool: Pool) -> None:
    shard = [{"text": ONE, "answer": "1"}, {"text": TALE.format(1000, "two"), "answer": "2"}]
    receipt, _ = build(pool, shard, mode="template")
    assert [pair["jaccard"] for pair in rows(receipt, pool)] == [1.0]


def test_text_mode_counts_words_and_numbers_alike(pool: Pool) -> None:
    receipt, _ = build(pool, [{"text": ONE}, {"text": TALE.format(12, 6)}], mode="text")
    assert [0.8 < pair["jaccard"] < 1 for pair in rows(receipt, pool)] == [True]


def test_another_answer_is_another_problem_unless_the_text_is_equal(pool: Pool) -> None:
    near_by, equal = edited(ONE, 3), ONE.upper()
    shard = [{"text": ONE, "answer": "7"}, {"text": near_by, "answer": "8"}]
    receipt, _ = build(pool, [*shard, {"text": equal, "answer": "9"}])
    assert {pair["row_id"] for pair in rows(receipt, pool)} | {of(near_by)} < {
        of(ONE),
        of(near_by),
        of(equal),
    }


def test_a_problem_without_answer_repeats_one_that_has_any(pool: Pool) -> None:
    bare = edited(ONE, 3)
    receipt, _ = build(pool, [{"text": bare, "answer": None, "solution": "long"}, {"text": ONE}])
    (pair,) = rows(receipt, pool)
    assert (pair["row_id"], pair["why"]) == (of(bare), "sound")


def test_the_survivor_rule_in_its_order(pool: Pool) -> None:
    texts = [edited(ONE, k) for k in range(4)]
    extra: list[dict[str, Any]] = [
        {"answer": None, "solution": "the longest of all", "source": "first"},
        {"solution": "short", "source": "first"},
        {"solution": "longer", "source": "second"},
        {"solution": "larger", "source": "first"},
    ]
    shard = [{"text": text, **more} for text, more in zip(texts, extra, strict=True)]
    receipt, _ = build(pool, shard, threshold=0.6)
    why = {pair["row_id"]: (pair["duplicate_of"], pair["why"]) for pair in rows(receipt, pool)}
    kept = of(texts[3])
    assert why == {
        of(texts[0]): (kept, "sound"),
        of(texts[1]): (kept, "length"),
        of(texts[2]): (kept, "source"),
    }


def test_a_chain_sets_aside_only_what_is_near_to_what_stays(pool: Pool) -> None:
    chain = [edited(ONE, *range(0, 6 * k, 3)) for k in range(6)]
    receipt, _ = build(pool, [{"text": text} for text in chain])
    found = rows(receipt, pool)
    assert min(pair["jaccard"] for pair in found) >= 0.8
    assert len({pair["cluster"] for pair in found}) == 1
    staying = {of(text) for text in chain} - {pair["row_id"] for pair in found}
    assert 1 < len(staying) < 6
    assert {pair["duplicate_of"] for pair in found} <= staying


def test_threshold_one_is_exact(pool: Pool) -> None:
    shard = [{"text": ONE}, {"text": ONE.upper() + "?"}, {"text": edited(ONE, 3)}]
    receipt, _ = build(pool, shard, threshold=1)
    assert receipt.counts == {"in": 3, "out": 2, "aside.duplicate": 1, "pairs checked": 0}


def test_the_decision_is_a_reject_with_its_survivor(pool: Pool) -> None:
    receipt, done = build(pool, [{"text": ONE}, {"text": ONE.lower()}])
    (pair,) = rows(receipt, pool)
    done.deciding["dedupe"] = [receipt]
    (reject,) = pool.read(receipt.shard("set_aside")).to_pylist()
    assert reject["row_id"] == pair["row_id"]
    assert (reject["step"], reject["reason"]) == ("dedupe", "duplicate")
    assert reject["detail"] == f"of {pair['duplicate_of']}"
    assert done.set_aside()["row_id"].to_list() == [pair["row_id"]]


def test_a_new_source_leaves_the_old_signatures_alone(pool: Pool) -> None:
    old, new = [{"text": ONE, "source": "first"}], [{"text": edited(ONE, 3), "source": "second"}]
    _, before = build(pool, old)
    receipt, after = build(pool, old, new)
    assert after.tables["signatures"][0].key == before.tables["signatures"][0].key
    assert receipt.counts["aside.duplicate"] == 1


def test_what_an_earlier_step_set_aside_is_no_survivor(pool: Pool) -> None:
    _, done = build(pool, [{"text": ONE}, {"text": ONE.upper(), "answer": None}])
    shard = done.problems[0].key
    reject = {"step": "screen", "row_id": of(ONE), "source": "s", "reason": "proof", "detail": ""}
    screened = put(pool, "screen", {"set_aside": [reject]})
    screened.aside[shard] = "x"
    done.deciding["screen"] = [screened]
    (job,) = planned(done, Dedupe(), ["s"])
    assert job.run(done.pool).counts == {
        "in": 1,
        "out": 1,
        "aside.duplicate": 0,
        "pairs checked": 0,
    }


def test_a_shard_without_duplicates_has_the_digest_of_nothing(pool: Pool) -> None:
    receipt, _ = build(pool, [{"text": "a"}, {"text": "A"}], [{"text": "b"}])
    clean, _ = build(pool, [{"text": "b"}])
    touched, untouched = receipt.aside.values()
    assert touched != untouched
    assert [untouched] == list(clean.aside.values())


def test_no_problems_have_no_duplicates(pool: Pool) -> None:
    receipt, _ = build(pool)
    assert (receipt.counts["in"], receipt.outputs) == (0, [])


def test_the_pool_holds_signatures_that_datasketch_reads(pool: Pool) -> None:
    _, done = build(pool, [{"text": ONE}, {"text": edited(ONE, 3)}])
    shard = done.tables["signatures"][0].shard("signatures")
    assert shard is not None
    packed = pool.read(shard)["signature"].to_pylist()
    one, two = (
        LeanMinHash(seed=1, hashvalues=np.frombuffer(row, "<u4"), scheme="affine32")
        for row in packed
    )
    assert one.jaccard(two) == pytest.approx(0.9, abs=0.1)


TEXTS = st.lists(
    st.tuples(st.integers(0, 3), st.sets(st.integers(0, 30), max_size=3), st.integers(0, 1)),
    min_size=1,
    max_size=24,
    unique_by=str,
)


@pytest.mark.parametrize("parts", [1, 7, 64])
@given(TEXTS, st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_neither_order_nor_sharding_shows(
    parts: int, drawn: list[Any], chance: random.Random
) -> None:
    rows = pl.DataFrame(
        {
            "problem": [edited(TALE.format(n, 2), *sorted(places)) for n, places, _ in drawn],
            "source": [f"s{source}" for *_, source in drawn],
        }
    ).unique("problem", maintain_order=True)
    rows = rows.with_columns(
        pl.lit(None, pl.String).alias("answer"),
        pl.lit(None, pl.String).alias("tests"),
        pl.lit(None, pl.String).alias("solution"),
        problem_id=pl.col("problem").map_elements(of, pl.String),
    )
    first = clusters([rows])
    order = chance.sample(range(len(rows)), len(rows))
    cuts = [rows[order][k::parts] for k in range(parts)]
    assert clusters([cut for cut in cuts if len(cut)]).equals(first)


def clusters(shards: list[pl.DataFrame]) -> pl.DataFrame:
    """What `plan` does, without a pool."""
    how = Dedupe(threshold=0.7)
    read = [
        near_duplicates.read(
            dedupe.sign(s, how, how.mode).tables["signatures"], near_duplicates.bands(how)
        )
        for s in shards
    ]
    rows = pl.concat([frame for frame, _ in read]).with_columns(
        rank=pl.col("source").rank("dense").cast(pl.Int32), verdict=pl.lit(value=False)
    )
    texts = [(s["problem_id"].to_list(), s["problem"]) for s in shards]

    def wanted(ids: list[str]) -> list[tuple[list[str], pl.Series]]:
        keep = [pl.Series([i in ids for i in found], dtype=pl.Boolean) for found, _ in texts]
        return [
            (pl.Series(found).filter(k).to_list(), text.filter(k))
            for (found, text), k in zip(texts, keep, strict=True)
        ]

    keys = np.concatenate([keys for _, keys in read])
    return near_duplicates.compare(
        rows, keys, wanted, how, near_duplicates.shingling(how)
    ).duplicates


@given(st.integers(-999, 999), st.integers(-999, 999))
def test_other_numbers_are_other_problems(one: int, other: int) -> None:
    same = key(f"Add {one} to x.") == key(f"Add {other} to x.")
    assert same == (one == other)
