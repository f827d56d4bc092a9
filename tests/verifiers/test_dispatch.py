"""Every kind by the one door: right and wrong, hostile, long, and in the pool."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import REASONS
from tests.verifiers.examples_of_kinds import EXAMPLES
from verifiers import Pool, Problem, audit, compare, verify
from verifiers.dispatch import GOLDLESS, KINDS

HOSTILE = [
    "",
    ".",
    "\x00",
    "```",
    "<answer>",
    r"\boxed{}",
    "__import__('os').system('touch {marker}')",
    "DROP TABLE staff",
    "\u202e42\u202c",
]
LONG = {
    "brackets": "(" * 20_000,
    "quotes": '"' * 20_000,
    "words": "Ann is a knight and " * 2_000,
    "pipes": "|a" * 10_000 + "\n" + "|-" * 10_000,
    "json": "[" * 20_000 + "]" * 20_000,
    "blanks": " " * 50_000 + "x",
    "lines": "House 1\n" * 5_000,
    "commas": "a, " * 15_000,
    "negations": "~" * 1_100 + "p",
    "sentences": "A. " * 15_000,
    "citations": "x [1]" * 8_000,
    "fences": "```\n" * 8_000,
    "tags": "<td>" * 10_000,
    "rows": "<tr>" * 10_000,
    "ones": "1 " * 20_000,
    "stars": "*a" * 20_000,
    "angles": "<<" * 20_000,
    "squares": "[a" * 20_000,
}


WITHOUT = {
    "abstention",
    "molecule",
    "verilog",
    "reasoning_gym",
    "math",
    "text",
    "json",
    "choice",
    "code",
    "program",
    "equations",
}  # tested on their own


def test_every_kind_has_an_example():
    assert EXAMPLES.keys() | WITHOUT == KINDS.keys()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_right_wrong_and_audit(kind):
    problem, right, wrong, reason = EXAMPLES[kind]
    assert verify(problem, right).verdict == "correct"
    assert verify(problem, wrong).reason == reason
    assert verify(problem, wrong).verdict == "incorrect"
    assert audit(problem).verdict == "correct"
    assert verify(problem, f"<think>{right}").verdict == "undecided"


@pytest.mark.parametrize("kind", EXAMPLES)
def test_reasoning_is_not_the_answer(kind):
    problem, right, wrong, reason = EXAMPLES[kind]
    assert verify(problem, f"<think>{wrong}</think>\n{right}").verdict == "correct"
    assert verify(problem, f"<think>{right}</think>\n{wrong}").reason == reason


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_gold_that_is_missing_or_broken_is_undecided(kind):
    problem, right, _, _ = EXAMPLES[kind]
    if kind not in GOLDLESS:
        assert verify(problem._replace(answer=None), right).reason == "undecided.no_gold"
        broken = verify(problem._replace(answer="\x00 (?"), right)
        assert broken.verdict != "correct"
        assert audit(problem._replace(answer="(?", tests="[")).verdict != "correct"
    else:
        assert verify(problem._replace(tests="["), right).reason == "undecided.tests"
        assert audit(problem._replace(tests=None)).reason == "undecided.tests"


@pytest.mark.parametrize("kind", EXAMPLES)
@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gets_a_verdict_with_a_known_reason(kind, text):
    problem = EXAMPLES[kind].problem
    assert verify(problem, text).reason in REASONS
    assert compare(problem.answer, text, kind, problem.tests).reason in REASONS


@pytest.mark.parametrize("name", LONG)
def test_long_text_is_judged_in_time(name):
    for kind, example in EXAMPLES.items():
        started = time.thread_time()
        found = verify(example.problem, LONG[name])
        assert time.thread_time() - started < 6, kind
        if kind not in GOLDLESS:
            assert found.verdict != "correct", kind


def test_hostile_answers_in_the_pool(tmp_path):
    marker = tmp_path / "marker"
    asked = [
        (example.problem, text.replace("{marker}", str(marker)))
        for kind, example in EXAMPLES.items()
        for text in HOSTILE
        if kind != "constraints"
    ]
    with Pool(2) as pool:
        found = pool.map("verify", asked)
        again = pool.map("verify", [(e.problem, e.right) for e in EXAMPLES.values()])
    for (problem, text), word in zip(asked, found, strict=True):
        assert word.verdict != "correct", (problem.answer_kind, text)
        assert word.reason not in ("undecided.error", "undecided.worker_lost"), problem.answer_kind
    assert {word.verdict for word in again} == {"correct"}
    assert not marker.exists()


def test_a_kind_that_nobody_judges_is_unsupported():
    assert verify(Problem("p", "", "x", "poem"), "x").reason == "undecided.unsupported"
    assert compare("x", "x", "poem").reason == "undecided.unsupported"
