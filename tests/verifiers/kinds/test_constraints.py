import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Problem, audit, verify
from verifiers.kinds.constraints import CHECKS, report, sentences, words

GERMAN = "Das ist ein kurzer deutscher Text über das Wetter von gestern und heute."
CASES = [
    # id, arguments, a response that keeps it, one that does not
    ("keywords:existence", {"keywords": ["sun", "rain"]}, "Sun, then rain.", "Sunny, then rain."),
    ("keywords:frequency", {"keyword": "sun", "frequency": 2, "relation": "at least"},
     "The sun is a sun.", "The sun is sunny."),
    ("keywords:forbidden_words", {"forbidden_words": ["rain"]}, "Rainy.", "No Rain."),
    ("keywords:letter_frequency", {"letter": "e", "let_frequency": 3, "let_relation": "at least"},
     "Even here", "a bee"),
    ("language:response_language", {"language": "de"}, GERMAN, "This is all English, as is seen."),
    ("length_constraints:number_words", {"relation": "less than", "num_words": 4},
     "Don't stop here.", "One two three four."),
    ("length_constraints:number_words", {"relation": "exactly", "num_words": 2}, "a b", "a b c"),
    ("length_constraints:number_sentences", {"relation": "at least", "num_sentences": 2},
     "Dr. No came. He left.", "Dr. No came, e.g. at 3.5 p.m"),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a\n***\nb", "a *** b *** c"),
    ("length_constraints:nth_paragraph_first_word",
     {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Rain"}, "a\n\nrain!", "rain\n\nb"),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[name] [day]", "[name]"),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "Hi\nP. P. S. bye", "P.S."),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a\n- b", "* a\n**b**"),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*a* **b**", "*a* b"),
    ("detectable_format:constrained_response", {}, "My answer is maybe.", "Maybe."),
    ("detectable_format:multiple_sections", {"section_spliter": "SECTION", "num_sections": 2},
     "SECTION 1\na\nSECTION 2\nb", "SECTION 1\na\nsection two"),
    ("detectable_format:json_format", {}, '```json\n{"a": [1]}\n```', "{'a': 1}"),
    ("detectable_format:title", {}, "<<Rain>>\nIt rains.", "<< >>\nIt rains."),
    ("combination:two_responses", {}, "a\n******\nb", "a\n******\na"),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Say hi."}, "Say hi. Hi!", "Hi! Say hi."),
    ("startend:end_checker", {"end_phrase": "The end."}, "So it was. the end.", "The end. Or not."),
    ("startend:quotation", {}, '"Hi."', '"Hi.'),
    ("change_case:capital_word_frequency",
     {"capital_frequency": 2, "capital_relation": "at most"}, "NO I go", "NO I WILL go"),
    ("change_case:english_capital", {}, "ALL IN 1", "ALL IN one"),
    ("change_case:english_lowercase", {}, "all in 1", "All in one"),
    ("punctuation:no_comma", {}, "a; b", "a, b"),
]  # fmt: skip


def problem(*constraints, answer=None):
    return Problem("p", "", answer, "constraints", json.dumps({"constraints": list(constraints)}))


def test_every_constraint_has_a_case():
    assert {name for name, *_ in CASES} == CHECKS.keys()


@pytest.mark.parametrize(("name", "arguments", "kept", "broken"), CASES)
def test_a_constraint_that_is_kept_and_one_that_is_not(name, arguments, kept, broken):
    asked = problem({"id": name, **arguments})
    assert verify(asked, kept).reason == "equal.constraints"
    assert verify(asked, broken).reason == "differ.constraint"
    assert audit(asked).verdict == "correct"


def test_every_check_reports():
    asked = problem({"id": "punctuation:no_comma"}, {"id": "startend:quotation"})
    found = verify(asked, "<think>a, b</think>no comma")
    assert found.reason == "differ.constraint"
    assert json.loads(found.extracted) == [
        ["punctuation:no_comma", True], ["startend:quotation", False],
    ]  # fmt: skip


def test_a_language_that_cannot_be_told_is_undecided():
    asked = problem({"id": "language:response_language", "language": "de"})
    assert verify(asked, "42").reason == "undecided.parse_answer"
    assert json.loads(verify(asked, "42").extracted) == [["language:response_language", None]]


@pytest.mark.parametrize(
    "constraint",
    [
        {"id": "rhymes"},
        {"id": "keywords:existence"},
        {"id": "length_constraints:number_words", "relation": "about", "num_words": 3},
        {"id": "length_constraints:number_words", "relation": "at least", "num_words": "many"},
        {"id": "keywords:existence", "keywords": 5},
        "punctuation:no_comma",
    ],
)
def test_a_constraint_that_cannot_be_read_is_the_problems_fault(constraint):
    assert audit(problem(constraint)).reason == "undecided.tests"
    assert verify(problem(constraint), "a").reason == "undecided.tests"


def test_a_gold_answer_has_to_keep_the_constraints():
    assert audit(problem({"id": "punctuation:no_comma"}, answer="a, b")).reason == (
        "differ.constraint"
    )
    assert audit(problem()).reason == "undecided.tests"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(alphabet="abcdé", min_size=1, max_size=5), min_size=1, max_size=30))
def test_words_and_sentences_are_counted_as_they_were_written(parts):
    assert words(" ".join(parts)) == parts
    assert len(sentences(". ".join(part.lower() * 2 for part in parts) + ".")) == len(parts)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.integers(0, 20))
def test_at_least_and_less_than_are_opposites(text, n):
    found = [
        report(
            json.dumps(
                {
                    "constraints": [
                        {
                            "id": "length_constraints:number_words",
                            "relation": relation,
                            "num_words": n,
                        }
                    ]
                }
            ),
            text,
        )[0][1]
        for relation in ("at least", "less than")
    ]
    assert found[0] != found[1]
