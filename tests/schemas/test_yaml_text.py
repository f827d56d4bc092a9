"""A YAML bomb of any sort is refused in a moment."""

import time

import pytest
import yaml

from schemas import yaml_text

ALIASES = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ALIASES, "aliases"),
        ("a: " + "[" * 100_000, "nested too deep"),
        ("{a: " * 3000, "nested too deep"),
        ("- " * 3000 + "x", "nested too deep"),
        ("a: &a [*a]\n" * 1 + "d: 2024-13-45\n", "month"),
    ],
)
def test_it_is_refused_in_a_moment(text: str, told: str) -> None:
    began = time.process_time()
    with pytest.raises(yaml.YAMLError, match=told):
        yaml_text.load(text)
    assert time.process_time() - began < 5


def test_what_people_write_is_read() -> None:
    assert yaml_text.load("a: &x [1, {b: 2}]\nc: *x\n") == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}
