import numpy as np
import polars as pl
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import given
from hypothesis import strategies as st

from tasks.dedupe.shingles import (
    PERMUTATIONS,
    SCHEME,
    SEED,
    Shingling,
    jaccard,
    shingles,
    signatures,
    tokens,
)
from tasks.dedupe.tokenizer import NUMBER, SIGN, WORD

WORDS = Shingling("word", 3)
CHARS = Shingling("char", 5)
HOW = st.builds(Shingling, st.sampled_from(["word", "char"]), st.integers(1, 9), st.booleans())


def cut(text: str) -> list[tuple[str, int]]:
    found, data = tokens(text), text.encode()
    spans = zip(found.starts, found.stops, found.kinds, strict=True)
    return [(data[start:stop].decode(), int(kind)) for start, stop, kind in spans]


def words(text: str) -> list[str]:
    return [token for token, _ in cut(text)]


def key(text: str) -> int:
    return int(signatures(pl.Series([text]), WORDS).sequence[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tom's well-known x-axis", ["Tom's", "well", "known", "x", "axis"]),
        ("2x + 1,000.5 = .5", ["2", "x", "+", "1,000.5", "=", ".5"]),
        ("n-1 a-b 5-year", ["n", "-", "1", "a", "-", "b", "5", "year"]),
        ("5! Hello! y'' dogs'", ["5", "!", "Hello", "y", "'", "'", "dogs"]),
        (r"\left(\frac{1}{2}\right)\,\%", ["(", r"\frac", *"{1}{2}", ")", "%"]),
        ("三角形的", list("三角形的")),
        ("x²≤½", list("x²≤½")),
        ("«Où?» — là…", ["Où", "là"]),
        ("𝑥 = 😀", ["𝑥", "=", "😀"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_kinds_of_tokens() -> None:
    assert [kind for _, kind in cut(r"twice 3 \le x")] == [NUMBER, NUMBER, SIGN, WORD]


@given(st.text())
def test_spans_are_the_text(text: str) -> None:
    import unicodedata

    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    found = tokens(text)
    flat = [at for span in zip(found.starts, found.stops, strict=True) for at in span]
    assert flat == sorted(flat)
    assert all(start < stop for start, stop in zip(found.starts, found.stops, strict=True))


@given(st.lists(st.one_of(st.none(), st.text(max_size=400)), max_size=8), HOW)
def test_datasketch_computes_the_same_signature_from_the_same_elements(
    texts: list[str | None], how: Shingling
) -> None:
    held = [t.encode("utf-8", "replace").decode() if t is not None else None for t in texts]
    series = pl.Series(held, dtype=pl.String)
    rows = signatures(series, how).rows
    for row, elements in zip(rows, shingles(series, how), strict=True):
        theirs = MinHash(PERMUTATIONS, SEED, hashfunc=int)
        theirs.update_batch([int(element) >> 32 for element in elements])
        assert theirs.scheme == SCHEME
        np.testing.assert_array_equal(theirs.hashvalues, row)


def test_datasketch_reads_a_signature_and_gives_its_jaccard() -> None:
    texts = pl.Series([" ".join(map(str, range(k, k + 300))) for k in (0, 30)])
    one, other = (
        LeanMinHash(seed=SEED, hashvalues=row, scheme=SCHEME)
        for row in signatures(texts, WORDS).rows
    )
    sets = list(shingles(texts, WORDS))
    assert one.jaccard(other) == pytest.approx(jaccard(*sets), abs=0.1)
    theirs = [MinHash(PERMUTATIONS, hashfunc=int) for _ in sets]
    for sketch, elements in zip(theirs, sets, strict=True):
        sketch.update_batch([int(element) >> 32 for element in elements])
    assert one.jaccard(other) == theirs[0].jaccard(theirs[1])


@given(st.lists(st.sampled_from("abcde"), max_size=40), st.integers(1, 6))
def test_a_set_is_what_python_makes_of_the_same_words(units: list[str], n: int) -> None:
    grams = {tuple(units[k : k + n]) for k in range(max(1, len(units) - n + 1))} if units else set()
    (found,) = shingles(pl.Series([" ".join(units)]), Shingling("word", n))
    assert len(found) == len(grams)
    assert (np.diff(found.astype(object)) > 0).all()


@given(st.text("ab \n", max_size=60), st.integers(1, 6))
def test_a_set_of_characters_is_what_python_makes_of_the_joined_tokens(text: str, n: int) -> None:
    joined = " ".join(text.split())
    grams = {joined[k : k + n] for k in range(max(1, len(joined) - n + 1))} if joined else set()
    (found,) = shingles(pl.Series([text]), Shingling("char", n))
    assert len(found) == len(grams)


@pytest.mark.parametrize("size", [1022, 1023, 1024, 1025, 1026, 2049])
@pytest.mark.parametrize("how", [WORDS, CHARS])
def test_blocks_join_without_a_seam(size: int, how: Shingling) -> None:
    text = " ".join(map(str, range(1000, 1000 + size)))
    joined = size * 5 - 1 if how.unit == "char" else size
    (found,) = shingles(pl.Series([text]), how)
    grams = {text[k : k + 5] for k in range(joined - 4)} if how.unit == "char" else range(size - 2)
    assert len(found) == len(grams)


def test_masking_makes_other_numbers_the_same() -> None:
    texts = pl.Series(["Add 3 and 4.5 to two.", "Add 71 and 8 to three."])
    plain, masked = signatures(texts, WORDS), signatures(texts, WORDS._replace(masked=True))
    assert plain.sequence[0] != plain.sequence[1]
    assert masked.sequence[0] == masked.sequence[1]
    assert (masked.rows[0] == masked.rows[1]).all()


@pytest.mark.parametrize(
    ("one", "other", "fields"),
    [
        ("Add 3 and 4", "Add 3 and 5", ["numbers"]),
        ("Add 3 and 4", "Add 4 and 3", ["numbers"]),
        ("It is -3 now", "It is 3 now", ["numbers", "signs"]),
        ("Is x < 3", "Is x > 3", ["signs"]),
        ("Take 3 - 4", "Take 3 + 4", ["signs"]),
        (r"$x \le 3$", r"$x \ge 3$", ["signs"]),
        ("twice as many", "thrice as many", ["numerals"]),
        ("Tom has 3 well-known apples.", "Tim has 3 (red) pears!", []),
        ("x \u2264 3", r"$x \leq 3$", []),
        ("٣ تفاحات", "3 apples", []),
    ],
)
def test_numbers_numerals_and_signs_tell_apart(one: str, other: str, fields: list[str]) -> None:
    signed = signatures(pl.Series([one, other]), WORDS)
    named = {name: getattr(signed, name) for name in ("numbers", "numerals", "signs")}
    assert [name for name, (a, b) in named.items() if a != b] == fields


@pytest.mark.parametrize("how", [WORDS, CHARS])
def test_bad_input_has_a_signature_or_none(how: Shingling) -> None:
    texts = pl.Series(["", None, " .,? ", "one", "a " * 5_000_000, "\u0301", "x" * 3_000_000])
    signed = signatures(texts, how)
    sizes = [len(found) for found in shingles(texts, how)]
    assert (signed.rows[:3] == 2**32 - 1).all()
    assert not signed.sequence[:3].any()
    assert sizes[:4] == [0, 0, 0, 1]
    assert sizes[4] == (1 if how.unit == "word" else 2)
    assert sizes[6] == 1


def test_a_series_may_be_a_slice_of_another() -> None:
    whole = pl.Series(["a b c d", "e f g h", "i j k l"])
    rows = signatures(whole, WORDS).rows
    assert (signatures(whole[1:], WORDS).rows == rows[1:]).all()


def test_damaged_bytes_are_read_to_the_end() -> None:
    from tasks.dedupe import minhash

    data = np.frombuffer(b"ab \xff\xed\xa0\x80 cd \xe4\xb8", np.uint8)
    out, spans = np.empty((20, 2), np.uint64), np.empty((20, 2), np.int64)
    found = minhash.read(data, 0, len(data), out, spans)
    assert [bytes(data[slice(*span)]) for span in spans[[0, found - 3]]] == [b"ab", b"cd"]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("sie hat drei rote Äpfel", "sie hat fünf rote Äpfel"),
        ("Es waren dreiundzwanzig Kinder", "Es waren Zweiundzwanzig Kinder"),
        ("elle a deux pommes", "elle a trois pommes"),
        ("tiene ocho manzanas", "tiene nueve manzanas"),
        ("ha trentuno mele", "ha trentadue mele"),
        ("er zijn drieëntwintig appels", "er zijn negen appels"),
        ("у неё пять яблок", "у неё семь яблок"),
    ],
)
def test_number_words_of_other_languages_are_numbers(text: str, other: str) -> None:
    masked = signatures(pl.Series([text, other]), Shingling("word", 3, masked=True))
    plain = signatures(pl.Series([text, other]), Shingling("word", 3))
    assert masked.sequence[0] == masked.sequence[1]
    assert plain.sequence[0] != plain.sequence[1]
