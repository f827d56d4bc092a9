"""Who is whose ancestor, and that near relatives are no duplicates."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.dedupe.clusters import akin
from tasks.dedupe.kin import closure, codes

IDS = [f"{n:02x}" for n in range(8)]
EDGES = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=12)


def frame(edges: list[tuple[str, str]]) -> pl.DataFrame:
    schema = {"child": pl.String, "parent": pl.String}
    return pl.DataFrame(edges, schema=schema, orient="row").unique()


def ancestors(row: str, edges: list[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    todo = [row]
    while todo:
        one = todo.pop()
        new = {parent for child, parent in edges if child == one} - found
        found |= new
        todo += new
    return found


@given(EDGES)
def test_the_closure_has_every_ancestor_once_and_a_circle_ends_it(
    edges: list[tuple[str, str]],
) -> None:
    pairs = list(closure(frame(edges)).iter_rows())
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == {(row, one) for row in IDS for one in ancestors(row, edges)}


@given(EDGES, st.permutations(IDS))
def test_kin_are_known_from_both_sides_whatever_else_is_there(
    edges: list[tuple[str, str]], order: list[str]
) -> None:
    ids = pl.Series(order[:6])  # two relatives are not in the pool
    kin = codes(ids, frame(edges))
    both = {*edges, *((parent, child) for child, parent in edges)}
    for one in range(6):
        for other in range(6):
            assert akin(kin, 6, one, other) == ((order[one], order[other]) in both)
