"""The command line in environments that lack something: it works, or says why in a paragraph."""

import pytest

from tests.flows.environments import SITUATIONS, Situation, happened, lacks

pytestmark = pytest.mark.slow  # each starts processes of its own and takes a minute


@pytest.mark.parametrize(
    "situation",
    [pytest.param(s, id=s.name, marks=[pytest.mark.slow] if s.slow else []) for s in SITUATIONS],
)
def test_it_works_or_says_why_in_one_paragraph(situation: Situation) -> None:
    if why := lacks(situation):
        pytest.skip(why)
    outcome = happened(situation)
    assert outcome.wrong == ""
