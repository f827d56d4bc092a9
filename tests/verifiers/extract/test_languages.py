import re

import pytest

from verifiers.extract.languages import LANGUAGES, Language
from verifiers.extract.lexicon import Lexicon

ENTRIES = [
    (name, field, *getattr(language, field))
    for name, language in LANGUAGES.items()
    for field in Language._fields[1:]
    if getattr(language, field)[0]
]


@pytest.mark.parametrize(("name", "field", "pattern", "example"), ENTRIES)
def test_every_pattern_is_found_in_its_example(name, field, pattern, example):
    assert re.search(pattern, example, re.IGNORECASE)


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_compiles_alone(name):
    assert Lexicon((name,)).anchors == LANGUAGES[name].anchors
