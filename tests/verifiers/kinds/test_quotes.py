import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Problem, audit, verify

SOURCES = {
    "1": "The bridge was opened in 1932. It is 503 m long, and 49 m wide.",
    "report": "Traffic fell by 12 % last year; nobody knows why.",
}
PROBLEM = Problem("p", "", None, "quotes", json.dumps({"sources": SOURCES}))
RIGHT = [
    'The bridge "was opened in 1932" [1].',
    'It is old. [1] The source says "It is 503 m long," and more. [1]',
    "It is “503 m long, and 49 m wide” [1], and «Traffic fell by 12 %» [report].",
    '# Bridge\n\nWhat we know:\n- It "was opened in 1932" [1]\n- "nobody knows why" [report]\n\n'
    "The final answer is \\boxed{1932}.",
    'Both agree: "49 m wide" and "by 12 %" [1, report].',
    "> It is 503 m long [1]\n",
    'According to [1], the bridge "was opened in 1932."',
    '<think>"made up"</think>It "was opened in 1932" [1].',
]
WRONG = [
    ('It "was opened in 1933" [1].', "differ.quote"),
    ('It "was  opened in 1932" [1].', "differ.quote"),
    ('It "Was opened in 1932" [1].', "differ.quote"),
    ('It "was opened ... 503 m long" [1].', "differ.quote"),
    ('It "was opened in 1932" [report].', "differ.quote"),
    ('It "was opened in 1932" [2].', "differ.reference"),
    ('It "was opened in 1932".', "differ.reference"),
    ('It "was opened in 1932" [1]. It is famous.', "differ.reference"),
    ('The final answer "was opened in 1932" stands there.', "differ.reference"),
    ("The bridge is old [1].", "no_answer.no_quote"),
    ("> It is 504 m long [1]\n", "differ.quote"),
]


@pytest.mark.parametrize("response", RIGHT)
def test_a_grounded_response(response):
    found = verify(PROBLEM, response)
    assert (found.reason, found.extracted) == ("equal.quotes", "[]")


@pytest.mark.parametrize(("response", "reason"), WRONG)
def test_what_is_not_grounded_has_its_reason_and_its_place(response, reason):
    found = verify(PROBLEM, response)
    assert found.reason == reason
    if reason.startswith("differ."):
        [(statement, why)] = json.loads(found.extracted)
        assert why == reason
        assert statement in response


@pytest.mark.parametrize("tests", [None, "[]", '{"sources": {}}', '{"sources": {"1": 2}}'])
def test_without_sources_nothing_can_be_judged(tests):
    problem = PROBLEM._replace(tests=tests)
    assert audit(problem).reason == "undecided.tests"
    assert verify(problem, RIGHT[0]).reason == "undecided.tests"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_part_of_a_source_may_be_quoted_and_nothing_else(data):
    source = SOURCES["1"]
    start = data.draw(st.integers(0, len(source) - 8))
    part = source[start : data.draw(st.integers(start + 6, len(source)))].strip()
    assert verify(PROBLEM, f'It says "{part}" [1].').reason == "equal.quotes"
    at = data.draw(st.integers(0, len(part) - 3))
    altered = part[:at] + "#" + part[at + 1 :]
    assert verify(PROBLEM, f'It says "{altered}" [1].').reason == "differ.quote"
