from tests.tasks.signals.measured import measured


def test_thought_and_answer_are_counted_apart() -> None:
    names = ["thought_tokens", "answer_tokens", "thought_ratio", "words"]
    found = measured(*names, thought="a word " * 8, response="b" * 8)
    assert found == {"thought_tokens": 14, "answer_tokens": 2, "thought_ratio": 7, "words": 16}
    assert measured("thought_ratio", thought="a")["thought_ratio"] is None
