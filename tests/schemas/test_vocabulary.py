from schemas.vocabulary import REASONS, State, Verdict


def test_every_reason_is_dotted_with_a_known_family() -> None:
    families = {reason.split(".")[0] for reason in REASONS}
    assert families == {"equal", "pass", "differ", "fail", "no_answer", "undecided", "gold"}


def test_every_reason_is_explained() -> None:
    assert all(len(text.split()) >= 2 for text in REASONS.values())


def test_words_compare_as_the_strings_that_tables_hold() -> None:
    assert State.COMPLETE == "complete"
    assert [str(verdict) for verdict in Verdict] == ["correct", "incorrect", "undecided"]
