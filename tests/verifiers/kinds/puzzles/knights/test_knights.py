import re
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.make.common import PEOPLE
from data.make.knights import LEVELS
from verifiers import Problem, audit, verify
from verifiers.kinds.puzzles.knights import read_assignment
from verifiers.kinds.puzzles.knights.statements import solutions, statements
from verifiers.math.parsing.tree import UnreadableError

GOLD = "(1) Michael is a knight\n(2) Zoey is a knave\n(3) Ethan is a knight"
RIGHT = [
    f"<answer>\n{GOLD}\n</answer>",
    "Suppose Zoey is a knight. Contradiction. So Michael and Ethan are knights, Zoey is a knave.",
    "Therefore:\n- **Michael**: Knight\n- **Zoey**: Knave\n- **Ethan**: Knight",
    '```json\n{"Michael": "knight", "Zoey": "knave", "Ethan": "knight"}\n```',
    '{"knights": ["Michael", "Ethan"], "knaves": ["Zoey"]}',
    "| Name | Role |\n|---|---|\n| Michael | Knight |\n| Zoey | Knave |\n| Ethan | Knight |",
    "Knights: Michael, Ethan\nKnaves: Zoey",
    "The knights are Michael and Ethan; the knave is Zoey.",
    "The only knave is Zoey, and Michael and Ethan are knights.",
    "Zoey is the only knave; Michael and Ethan are knights.",
    r"\boxed{\text{Michael is a knight, Zoey is a knave, Ethan is a knight}}",
    "Michael is a knight, Zoey is not a knight, and Ethan is not a knave.",
    "Michael → Knight\nZoey → Knave\nEthan → Knight",
    "michael = knight, zoey = knave, ethan = knight",
    "Michael (knight), Zoey (knave), Ethan (knight)",
    "If Zoey is a knight, then so is Ethan. Final answer: Michael, Ethan: knights. Zoey: knave.",
]
WRONG = [
    ("Michael, Zoey and Ethan are knights.", "differ.assignment"),
    ("Michael is a knight and Zoey is a knave.", "differ.missing"),
    ("Michael is a knight or a knave, Zoey is a knave, Ethan is a knight", "no_answer.hedged"),
    ("Zoey lies.", "no_answer.not_found"),
    ("", "no_answer.not_found"),
]
NAMES = ("Ann", "Bob", "Cy")
MEET = "Knights always tell the truth, knaves always lie. "


@pytest.mark.parametrize("response", RIGHT)
def test_an_assignment_in_any_wording(response):
    found = verify(Problem("p", "", GOLD, "knights"), response)
    assert found.reason == "equal.assignment"


@pytest.mark.parametrize(("response", "reason"), WRONG)
def test_what_is_wrong_has_its_reason(response, reason):
    assert verify(Problem("p", "", GOLD, "knights"), response).reason == reason


@pytest.mark.parametrize(
    ("said", "worlds"),
    [
        ('Ann says: "I am a knave."', 0),
        ('Ann says: "I am a knight." Bob says: "Cy is a knave."', 4),
        ('Ann says: "Bob is a knave." "Ann is a knave," Bob said. Cy says: "Ann is a knight."', 2),
        ('Ann says: "We are all knaves." Bob says: "Exactly one of us is a knight."', 1),
        ('Ann says: "At least two of us are knaves." Cy says: "Ann is a knave."', 2),
        ("Ann told you that Bob is a knave. Bob said that Cy is a knave and Ann is a knight.", 1),
        ('Ann: "If Bob is a knight then Cy is a knave".', 4),
        ('Ann: "Bob and Cy are of different kinds." You know that Ann is a knight.', 2),
        ("According to Ann, “Bob is not a knave”. As Bob put it, “Ann is a knight if and only if "
         "Cy is a knave”.", 2),
    ],
)  # fmt: skip
def test_the_worlds_of_a_puzzle_are_those_where_only_knights_speak_the_truth(said, worlds):
    assert len(solutions(MEET + said, NAMES, 9)) == worlds


@pytest.mark.parametrize(
    "said", ["", 'Ann says: "It rains."', 'Ann says: "Dan is a knave."', '"Bob is a knave."']
)
def test_words_that_are_not_understood_are_not_guessed(said):
    with pytest.raises(UnreadableError):
        solutions(MEET + said, NAMES)
    gold = "Ann is a knight, Bob is a knave, Cy is a knave."
    assert audit(Problem("p", MEET + said, gold, "knights")).reason == "equal.assignment"


@pytest.mark.parametrize(
    ("said", "gold", "reason"),
    [
        (
            'Ann says: "Bob is a knave."',
            "Ann is a knight, Bob is a knave",
            "gold.several_solutions",
        ),
        ('Ann says: "I am a knave."', "Ann is a knight, Bob is a knave", "gold.no_solution"),
        ('Ann says: "We are both knaves."', "Ann is a knight, Bob is a knave", "gold.differs"),
        ('Ann says: "We are both knaves."', "Ann is a knave, Bob is a knight", "equal.assignment"),
        ('Ann says: "We are both knaves."', "Bob and Ann", "undecided.parse_gold"),
    ],
)
def test_the_audit_solves_the_puzzle(said, gold, reason):
    assert audit(Problem("p", MEET + said, gold, "knights")).reason == reason


def test_who_says_what():
    found = statements('Ann said, "Bob lies." "Not so," Bob replied. Cy said that Ann lies.', NAMES)
    assert found == [("Ann", "Bob lies."), ("Bob", "Not so,"), ("Cy", "Ann lies")]


@pytest.mark.parametrize("level", LEVELS)
def test_the_puzzles_of_our_own_making_have_one_solution(level):
    rng = Random(level)
    drawn = [puzzle for _ in range(200) if (puzzle := LEVELS[level][0](rng))]
    assert len(drawn) > 20
    for text, _ in drawn[:30]:
        island = re.split(r"Who are the knights|Which list", text)[0]
        names = tuple(name for name in PEOPLE if re.search(rf"\b{name}\b", island))
        assert len(solutions(island, names)) == 1


@settings(max_examples=150, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=5), st.data())
def test_only_the_right_assignment_is_accepted(truth, data):
    names = PEOPLE[: len(truth)]
    other = data.draw(st.sampled_from(list(product((True, False), repeat=len(truth)))))
    words = {True: "knight", False: "knave"}
    gold = ", ".join(f"{n} is a {words[k]}" for n, k in zip(names, truth, strict=True))
    answer = "\n".join(f"{n}: {words[k]}" for n, k in zip(names, other, strict=True))
    reason = "equal.assignment" if list(other) == truth else "differ.assignment"
    assert verify(Problem("p", "", gold, "knights"), answer).reason == reason
    assert read_assignment(gold) == dict(zip(names, truth, strict=True))
