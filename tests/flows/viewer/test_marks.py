from flows.viewer.marks import first_answer, loop


def test_the_answer_is_found_as_a_word_of_its_own() -> None:
    text = "312, then 12.5, then 12. So 12"
    mark = first_answer(text, "12")
    assert mark is not None and (mark.start, text[mark.start : mark.end]) == (21, "12")
    assert first_answer("312", "12") is None and first_answer("x", None) is None


def test_a_loop_is_where_the_end_comes_the_second_time() -> None:
    unit = "Wait, let me think about the seventh lid of the third crate again. "
    found = loop("It begins. " + unit * 9)
    assert found is not None and found[1] == 9 and found[0].start > len(unit)
    assert loop("It begins. " + unit * 2) is None
