"""Near problems: proposed by nearness, settled by numbers, golds and a model's word."""

import random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe.meaning import candidates
from tasks.dedupe.meaning.candidates import LEAST, TOP, elect, near_pairs, open_of, settled, sure
from tests.tasks.dedupe.meaning.test_nearest import drawn


def rows_of(size: int, blocks: list[int], signs: list[int]) -> pl.DataFrame:
    """Rows whose ids are in the order of the rule; a sign is a fact of one tag, 0: none."""
    none = pl.Series([0] * size, dtype=pl.UInt64)
    tagged = pl.Series([sign and (1 << 56) + sign for sign in signs], dtype=pl.UInt64)
    return pl.DataFrame(
        {
            "row_id": [f"{n:03d}" for n in range(size)],
            "block": pl.Series(blocks, dtype=pl.UInt64),
        }
    ).with_columns(
        answer=none, numerals=none, signs=tagged, verdict=pl.lit(value=False),
        sound=pl.lit(value=True), length=pl.lit(0), rank=pl.lit(0),
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 50))
def test_pairs_are_the_near_ones_of_a_block_that_no_fact_keeps_apart(seed: int, size: int) -> None:
    chance = random.Random(seed)
    vectors = drawn(seed, size, 6)
    blocks = [chance.randint(0, 2) for _ in range(size)]
    signs = [chance.choice([0, 0, 0, 1, 2]) for _ in range(size)]
    rows = rows_of(size, blocks, signs)
    order = chance.sample(range(size), size)
    found = near_pairs(rows[order], vectors[order])
    wide = np.rint(vectors.astype(np.float64) * 2048)
    cosine = (wide @ wide.T / 2048**2).astype(np.float32)
    expected = set()
    for row in range(size):
        others = [o for o in range(size) if blocks[o] == blocks[row] and vectors[o].any()]
        best = sorted(others, key=lambda o: (-cosine[row, o], o))[: TOP + 1]
        for other in best if vectors[row].any() else []:
            apart = signs[row] and signs[other] and signs[row] != signs[other]
            if other != row and cosine[row, other] >= LEAST and not apart:
                expected.add((max(row, other), min(row, other)))
    told = [(int(one), int(other)) for one, other in found.select("row_id", "other_id").rows()]
    assert set(told) == expected and len(told) == len(expected)
    assert [row for row, _ in told] == sorted(row for row, _ in told)
    for row, own in found.group_by("row_id"):
        assert own["cosine"].is_sorted(descending=True), row
    assert found["figures"].to_list() == [blocks[row] != 0 for row, _ in told]


def test_kin_is_no_pair() -> None:
    rows = rows_of(2, [1, 1], [0, 0])
    vectors = drawn(1, 1)[[0, 0]]
    assert len(near_pairs(rows, vectors)) == 1
    related = pl.DataFrame({"child": ["001"], "parent": ["000"]})
    assert near_pairs(rows, vectors, related).is_empty()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_whoever_stays_is_repeated_and_who_repeats_is_not(pairs: list[tuple[int, int]]) -> None:
    later = sorted({(max(pair), min(pair)) for pair in pairs if pair[0] != pair[1]})
    frame = pl.DataFrame(
        [(str(row), str(other)) for row, other in later],
        schema={"row_id": pl.String, "other_id": pl.String},
        orient="row",
    )
    found = elect(frame)
    gone = found["row_id"].to_list()
    assert len(gone) == len(set(gone)) and set(found.rows()) <= set(frame.rows())
    assert not set(gone) & set(found["other_id"])
    for row, other in frame.rows():  # nobody stays beside one that it repeats and that stays
        assert row in gone or other in gone


def problem(row: str, answer: str | None, kind: str | None = None) -> dict[str, Any]:
    text = f"How much is {row}?"
    return {"problem_id": row, "problem": text, "answer": answer, "answer_kind": kind}


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("1/2", "0.5", [True]),
        ("17", "17", [True]),
        ("17", "18", []),
        ("17", None, [None]),
        ("B", "B", [None]),  # two questions in four have the same letter
        ("even", "even", [None]),
        ("even", "odd", []),
    ],
)
def test_golds_are_compared_by_the_verifier(
    one: str, other: str | None, agree: list[bool | None]
) -> None:
    pairs = pl.DataFrame({"row_id": ["a"], "other_id": ["b"], "cosine": [0.9], "figures": [True]})
    problems = pl.DataFrame(
        [problem("a", one), problem("b", other)], schema_overrides={"answer_kind": pl.String}
    )
    assert settled(pairs, problems)["agree"].to_list() == agree


def test_only_a_value_with_numbers_and_near_is_sure_and_the_rest_is_numbered() -> None:
    pairs = pl.DataFrame(
        {
            "row_id": ["a", "a", "a", "b", "c"],
            "other_id": ["z", "y", "x", "z", "z"],
            "cosine": [0.9, 0.9, 0.7, 0.9, 0.9],
            "figures": [True, True, True, False, True],
            "agree": [True, None, True, True, True],
        }
    )
    assert pairs.select(sure(0.8)).to_series().to_list() == [True, False, False, False, True]
    left = open_of(pairs, 0.8).select("row_id", "other_id", "number").rows()
    assert left == [("a", "y", 1), ("a", "x", 2), ("b", "z", 1)]


def test_places_are_those_of_the_ids() -> None:
    assert candidates.places(pl.Series(["b", "a"]), pl.Series(["a", "b", "a"])).tolist() == [
        1,
        0,
        1,
    ]
