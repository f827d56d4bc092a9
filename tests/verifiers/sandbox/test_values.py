import json
from collections import Counter, OrderedDict, defaultdict, namedtuple
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.sandbox.inside.serialization import Opaque, dumps, loads

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.binary() | st.complex_numbers(allow_nan=False),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@given(plain)
def test_a_value_comes_back_as_it_was(value):
    back = loads(dumps(value))
    assert back == value and repr(back) == repr(value)


def test_sets_and_types_come_back():
    assert loads(dumps([{1, 2}, frozenset({3}), int])) == [{1, 2}, {3}, int]


def test_kin_travel_as_what_they_extend():
    point = namedtuple("point", "x y")
    level = IntEnum("level", "LOW HIGH")
    values = [Counter("aab"), defaultdict(int, {1: 2}), OrderedDict(a=1), point(1, 2), level.HIGH]
    assert loads(dumps(values)) == [{"a": 2, "b": 1}, {1: 2}, {"a": 1}, (1, 2), 2]


def test_what_is_no_plain_data_equals_nothing():
    class Anything:
        def __eq__(self, other):
            return True

        __hash__ = None

    for value in (Anything(), len, (x for x in ()), object, iter([])):
        back = loads(dumps(value))
        assert isinstance(back, Opaque) and back not in (5, loads(dumps(value)))


def test_a_value_that_holds_itself_ends():
    loop = []
    loop.append(loop)
    assert "too deep" in dumps(loop)


@pytest.mark.parametrize(
    "text", ["", "{", '{"type": "x"}', '{"type": "int"}', '{"type": "set", "items": [[]]}',
             '{"type": "type", "name": "eval"}', "[" * 100_000, '{"type": "int", "hex": 5}'],
)  # fmt: skip
def test_what_nobody_would_send_is_no_value(text):
    with pytest.raises((ValueError, RecursionError)):
        loads(text)


def test_a_huge_integer_is_no_attack():
    assert loads(json.dumps({"type": "int", "hex": hex(1 << 400_000)})) == 1 << 400_000
