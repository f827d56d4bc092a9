import socket
import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import RecipeError
from tasks.dedupe.meaning import static
from tasks.dedupe.meaning.nearest import SCALE, whole

SAID = [
    "For how many two-digit primes is the sum of the digits equal to 8?",
    "For how many two-digit prime numbers is the sum of its digits 8?",
    "What is the domain of the function $f(x) = \\frac{1}{x - 2}$?",
]

with_vectors = pytest.mark.skipif(
    not find_spec("wordllama"), reason="wordllama is not installed: pip install 'longcot[semantic]'"
)


@with_vectors
def test_other_words_are_nearer_than_another_problem() -> None:
    one, other, far = static.embed(SAID).astype(np.float64)
    assert one @ other > 0.8
    assert one @ far < 0.5


@with_vectors
@given(st.lists(st.text(max_size=40), max_size=12), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_a_direction_is_of_its_text_alone_and_of_whole_numbers(
    texts: list[str], batch: int
) -> None:
    together = static.embed(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static, "BATCH", batch)
        assert np.array_equal(static.embed(texts), together)
    for text, unit in zip(texts, together, strict=True):
        assert np.array_equal(static.embed([text])[0], unit)
    numbers = whole(together)
    assert np.array_equal(numbers / SCALE, together.astype(np.float32))
    lengths = np.linalg.norm(numbers, axis=1) / SCALE
    assert all(length == 0 or abs(length - 1) < 0.01 for length in lengths)
    assert all(unit.any() or not text.strip() for text, unit in zip(texts, together, strict=True))


@with_vectors
def test_no_socket_is_opened_and_nothing_of_the_package_is_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.delitem(sys.modules, "wordllama", raising=False)
    static._loaded.cache_clear()
    static.embed(SAID)
    assert "wordllama" not in sys.modules


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static, "find_spec", lambda _: None)
    with pytest.raises(RecipeError, match=r"is not installed; `pip install 'longcot\[semantic\]'`"):
        static.files()


def test_another_release_of_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static, "FILES", ("weights/other", "tokenizers/other"))
    monkeypatch.setattr(static, "find_spec", lambda _: find_spec("pytest"))
    with pytest.raises(RecipeError, match=r"has not the files .*weights/other"):
        static.files()
