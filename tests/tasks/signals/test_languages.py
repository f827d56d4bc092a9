import sys

import pytest

from schemas.errors import LongcotError
from tasks.signals.readings import language
from tests.tasks.signals.measured import measured, one


def test_problem_thought_and_answer_may_be_in_three_languages() -> None:
    pytest.importorskip("lingua")
    names = ["problem_language", "thought_language", "answer_language"]
    found = measured(
        *names,
        problem="Ein Zug fährt um acht Uhr ab und kommt um zehn Uhr an. Wie lange fährt er?",
        thought="首先我们需要求出火车行驶的时间。" * 2,
        response=r"The train takes $\frac{4}{2}$ hours to get there.",
    )
    assert found == dict(zip(names, ["de", "zh", "en"], strict=True))


def test_a_formula_is_in_no_language() -> None:
    pytest.importorskip("lingua")
    assert measured("answer_language", response=r"\boxed{42}") == {"answer_language": None}


def test_without_lingua_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lingua", None)
    language._detector.cache_clear()
    with pytest.raises(LongcotError, match=r"longcot\[language\]"):
        measured("answer_language", response="The train takes two hours to get there.")
    language._detector.cache_clear()


def test_a_text_that_is_nothing_but_a_fence_has_the_language_of_its_words() -> None:
    pytest.importorskip("lingua")
    text = '```json\n{"reasoning": "First we add the apples of Ann and those of her brother."}\n```'
    assert one("answer_language", None, response=text) == "en"
