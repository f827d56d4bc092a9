import pytest

from verifiers import Problem, audit, verify

TRUE = [
    "True", "yes", "**True**", r"\boxed{\text{True}}", "The statement is true.", "entailed",
    "SUPPORTED", "The claim is correct according to the table.", "It is not false.",
    "True. The table says 5.", "Answer: Yes, because row 2 shows it.", "1",
]  # fmt: skip
FALSE = [
    "false", "No.", "The statement is not true.", "The claim is refuted by row 3.", "Incorrect",
    "The statement is incorrect.", "contradicted", r"\boxed{No}", "<answer>false</answer>",
    "<think>It may be true.</think>The statement is **false**.", "unsupported",
]  # fmt: skip
OPEN = ["unknown", "Not enough information", "It cannot be determined from the table.", "Neither"]


@pytest.mark.parametrize("gold", ["true", "false", "unknown"])
@pytest.mark.parametrize(
    ("value", "response"),
    [("true", r) for r in TRUE] + [("false", r) for r in FALSE] + [("unknown", r) for r in OPEN],
)
def test_a_truth_value_in_any_wording(gold, value, response):
    reason = "equal.truth" if gold == value else "differ.truth"
    assert verify(Problem("p", "", gold, "boolean"), response).reason == reason


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ("True or False", "no_answer.hedged"),
        ("The answer is yes/no.", "no_answer.hedged"),
        ("The table lists 5 films.", "differ.type"),
        ("", "no_answer.not_found"),
    ],
)
def test_what_states_no_truth_value(response, reason):
    assert verify(Problem("p", "", "true", "boolean"), response).reason == reason


def test_a_gold_of_another_kind_is_undecided():
    assert audit(Problem("p", "", "five", "boolean")).reason == "undecided.parse_gold"
