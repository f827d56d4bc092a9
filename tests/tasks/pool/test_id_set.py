from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from schemas.identity import digest
from tasks.pool.id_set import IdSet, keys_of

IDS = st.integers(0, 12).map(digest)


@given(st.lists(st.lists(IDS)))
def test_seen_counts_as_a_counter_does(calls: list[list[str]]) -> None:
    seen, counter = IdSet(), Counter[str]()
    for ids in calls:
        expected = []
        for one in ids:
            expected.append(counter[one])
            counter[one] += 1
        assert seen.number(ids) == expected


@given(st.lists(st.lists(IDS)))
def test_runs_stay_few(calls: list[list[str]]) -> None:
    seen = IdSet()
    for ids in calls:
        seen.number(ids)
    total = sum(map(len, calls))
    assert sum(map(len, seen.runs)) == total
    assert len(seen.runs) <= total.bit_length()


def test_a_copy_of_the_runs_is_not_changed_by_what_comes_later() -> None:
    seen, copy = IdSet(), IdSet()
    seen.number([digest(1)])
    copy.runs = [*seen.runs]
    seen.number([digest(2)] * 3)
    assert copy.number([digest(2), digest(1)]) == [0, 1]


def test_a_key_is_the_first_64_bits() -> None:
    assert keys_of(["f" * 16 + "0" * 16, "0" * 15 + "1" + "f" * 16]).tolist() == [2**64 - 1, 1]
