"""Rewards, against the signatures of the trainers that call them."""

import inspect
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pytest

from verifiers.adapters import compute_score, reward

CHAT = [[{"role": "assistant", "content": r"So it is \boxed{7}."}]]


def test_texts_and_conversations_are_rewarded():
    texts = [r"\boxed{1/2}", r"\boxed{3}", "no idea what to say here", r"<think>\boxed{4}"]
    assert reward(completions=texts, answer=["0.5", "4", "4", "4"]) == [1.0, 0.0, 0.0, 0.0]
    assert reward(completions=CHAT, answer=["7"]) == [1.0]


def test_what_cannot_be_decided_is_no_reward():
    assert reward(completions=[r"\boxed{1}"], answer=[r"\foo{]"]) == [None]


@pytest.mark.parametrize("gold", [7, 7.0, [7], ["7"], "7"])
def test_golds_of_other_types(gold):
    assert reward(completions=CHAT, answer=[gold]) == [1.0]
    assert compute_score("s", r"\boxed{7}", gold) == 1.0


@pytest.mark.parametrize("gold", [None, "", ["7", "8"], [], {"a": 7}, float("nan")])
def test_a_gold_that_is_none_is_an_error_with_its_row(gold):
    with pytest.raises(ValueError, match="row 1: the gold answer is"):
        reward(completions=CHAT * 2, answer=["7", gold])
    with pytest.raises(ValueError, match="index 3: the gold answer is"):
        compute_score("s", r"\boxed{7}", gold, {"index": 3})


def test_a_tool_has_not_the_last_word():
    said = [*CHAT[0], {"role": "tool", "content": r"\boxed{8}"}]
    assert reward(completions=[said], answer=["7"]) == [1.0]


def test_a_thought_that_the_prompt_opened():
    """A trainer prefills `<think>`: a cut thought is no answer, what follows a whole one is."""
    prompts = [
        [{"role": "user", "content": "?"}, {"role": "assistant", "content": "<think>\n"}]
    ] * 2
    texts = [r"\boxed{7}, or", r"\boxed{8}, no</think>So \boxed{7}."]
    assert reward(prompts=prompts, completions=texts, answer=["7", "7"]) == [0.0, 1.0]


def test_what_a_trainer_passes_besides_is_taken():
    """As TRL calls it: every column of the dataset and its own keywords."""
    found = reward(
        prompts=["?"], completions=["The answer is C."], completion_ids=[[1, 2]],
        trainer_state=object(), answer=["C"], problem=["(A) x (B) y (C) z"], answer_kind=[None],
    )  # fmt: skip
    assert found == [1.0]


COMMALESS = '{"constraints": [{"id": "punctuation:no_comma"}]}'


def test_kinds_that_need_tests_are_judged_by_them():
    """Columns of the view `rlvr`; its text of the problem comes as a prompt."""
    found = reward(
        prompts=[[{"role": "user", "content": "Write without commas."}]] * 2,
        completions=["One and two.", "One, two."], answer=[None, None],
        answer_kind=["constraints"] * 2, tests=[COMMALESS] * 2,
    )  # fmt: skip
    assert found == [1.0, 0.0]
    info = {"answer_kind": "constraints", "tests": COMMALESS}
    assert compute_score("s", "One, two.", "", info) == 0.0
    assert compute_score("s", "One and two.", "", info) == 1.0


def test_as_many_golds_as_completions():
    with pytest.raises(ValueError, match="argument 2 is"):
        reward(completions=["1", "2"], answer=["1"])


def test_a_verl_score_is_a_float():
    assert compute_score("openai/gsm8k", "#### 18", "18") == 1.0
    assert compute_score("math", r"\boxed{17}", "18", {"index": 3}) == 0.0
    names = list(inspect.signature(compute_score).parameters)
    assert names[:4] == ["data_source", "solution_str", "ground_truth", "extra_info"]


def test_a_hostile_completion_does_not_hang_the_trainer():
    assert reward(completions=[r"\boxed{9^{9^{9^{9}}}}"], answer=["42"]) == [None]


def _score(_):
    return compute_score("math", r"\boxed{42}", "42")


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_rewards_under_fork_and_spawn(method):
    assert _score(0) == 1.0  # the parent's pool stands before the children come
    with multiprocessing.get_context(method).Pool(2) as children:
        assert children.map(_score, range(4)) == [1.0] * 4


def test_rewards_from_threads():
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(_score, range(20))) == [1.0] * 20
