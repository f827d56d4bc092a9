from pathlib import Path

import polars as pl
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from schemas.errors import SourceError
from tasks.signals.readings.tokens import count_tokens


def test_the_estimate_is_a_quarter_of_the_characters_rounded_up() -> None:
    texts = pl.Series(["", "a", "abcd", "abcde", "é" * 8])
    assert count_tokens(texts, None).to_list() == [0, 1, 1, 2, 2]


def test_a_named_tokenizer_counts(tmp_path: Path) -> None:
    tokenizer = Tokenizer(WordLevel({"one": 0, "?": 1}, unk_token="?"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    texts = pl.Series(["one two, three", ""])
    assert count_tokens(texts, str(tmp_path / "tokenizer.json")).to_list() == [4, 0]


def test_a_file_that_is_no_tokenizer_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(SourceError, match=r"tokenizer .*broken\.json: .*tokenizer\.json or a hub"):
        count_tokens(pl.Series(["a"]), str(tmp_path / "broken.json"))
