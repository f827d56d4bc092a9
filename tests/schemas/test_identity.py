import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from schemas.identity import digest, digest_all, normalise, problem_id, trace_id

WORDS = st.lists(st.text("abcé01+-", min_size=1), min_size=1)


@given(WORDS, st.sampled_from([" ", "\n", "\t ", "  \r\n", "\u00a0"]))
def test_white_space_does_not_change_a_problem_s_id(words: list[str], space: str) -> None:
    assert problem_id(space.join(["", *words, ""])) == problem_id(" ".join(words))


@given(st.text())
def test_composed_and_decomposed_text_share_an_id(text: str) -> None:
    assert problem_id(unicodedata.normalize("NFD", text)) == problem_id(text)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.integers(0), st.integers(0))
def test_another_number_is_another_problem(one: int, other: int) -> None:
    same = problem_id(f"What is {one} + 1?") == problem_id(f"What is {other} + 1?")
    assert same == (one == other)


def test_sign_case_and_joined_words_are_other_problems() -> None:
    texts = ["x = 1", "x = -1", "X = 1", "x =1", "x = 1."]
    assert len({problem_id(text) for text in texts}) == len(texts)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_parts_are_kept_apart(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


def test_a_moved_boundary_between_parts_is_another_digest() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("ab") != digest("ab", "")


def test_the_order_of_a_dictionary_does_not_count() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_ids_are_the_same_in_every_version() -> None:
    assert digest("longcot") == "c8f4e50691a25d36d77ad9e74414e6e7"
    assert problem_id("What is 1 + 1?") == "df82f29b0e44968437d13981696d0edf"


def test_lone_surrogates_have_a_digest_too() -> None:
    assert digest("\ud800") != digest("\ud801")


def test_ids_in_another_order_are_another_sequence() -> None:
    assert digest_all(["a", "b"]) != digest_all(["b", "a"])
    assert digest_all(iter("ab")) == digest_all(["a", "b"])


def test_every_part_of_a_trace_counts() -> None:
    parts = ("p", "r1", "plain", '{"t": 1}', 0, "text")
    ids = {trace_id(*parts)}
    for index in range(len(parts)):
        other = [*parts]
        other[index] = 1 if index == 4 else "other"
        ids.add(trace_id(*other))  # type: ignore[arg-type]
    assert len(ids) == len(parts) + 1


def test_an_unnumbered_sample_is_not_sample_zero() -> None:
    assert trace_id("p", "t", None, None, None) != trace_id("p", "t", None, None, 0)
