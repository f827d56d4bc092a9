import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers import Problem, audit, verify
from verifiers.kinds.puzzles.zebra import solver
from verifiers.kinds.puzzles.zebra.clues import read_grid
from verifiers.kinds.puzzles.zebra.solver import Distance, Grid, solutions
from verifiers.math.parsing.tree import TooBigError, UnreadableError

HEAD = """There are 3 houses, numbered 1 to 3 from left to right. Each has a unique attribute:
 - Each person has a unique name: `Eric`, `Arnold`, `Peter`
 - People have unique heights: `short`, `very short`, `average`
 - Each person has a unique birthday month: `sept`, `april`, `jan`

## Clues:
"""
CLUES = [
    "Eric is directly left of the person who is short.",
    "The person whose birthday is in September is Eric.",
    "There is one house between Eric and the person who is very short.",
    "The person who is short and Peter are next to each other.",
    "The person whose birthday is in January is not in the second house.",
]
ROWS = [
    ["1", "Eric", "average", "sept"],
    ["2", "Arnold", "short", "april"],
    ["3", "Peter", "very short", "jan"],
]
HEADER = ["House", "Name", "Height", "Birthday"]
GOLD = json.dumps({"header": HEADER, "rows": ROWS})


def puzzle(clues):
    return HEAD + "\n".join(f"{n}. {clue}" for n, clue in enumerate(clues, 1))


def pipes(rows):
    lines = ["| " + " | ".join(row) + " |" for row in [HEADER, ["---"] * 4, *rows]]
    return "\n".join(lines)


RIGHT = [
    GOLD,
    f"```json\n{GOLD}\n```",
    "Here it is:\n\n" + pipes(ROWS) + "\n\nAll clues hold.",
    json.dumps({f"House {r[0]}": dict(zip(HEADER[1:], r[1:], strict=True)) for r in ROWS}),
    json.dumps([dict(zip(HEADER, row, strict=True)) for row in ROWS]),
    json.dumps({"solution": [dict(zip(HEADER, row, strict=True)) for row in reversed(ROWS)]}),
    "House,Name,Height,Birthday\n" + "\n".join(",".join(row) for row in ROWS),
    "- House 1: Eric, average height, September\n- House 2: Arnold, short, April\n"
    "- House 3: Peter, very short, January",
    "**House 1**\n- Name: Eric\n- Height: average\n- Birthday: Sept\n**House 2**\n- Name: Arnold\n"
    "- Height: short\n- Birthday: April\n**House 3**\n- Name: Peter\n- Height: very short\n"
    "- Birthday: January",
    "The first house: Eric (average, September). The second house: Arnold (short, April). "
    "The third house: Peter (very short, January).",
    "| | 1 | 2 | 3 |\n|---|---|---|---|\n| Name | Eric | Arnold | Peter |\n"
    "| Height | average | short | very short |\n| Birthday | Sept | April | Jan |",
]


@pytest.mark.parametrize("response", RIGHT)
def test_a_grid_in_any_form(response):
    found = verify(Problem("p", "", GOLD, "zebra"), response)
    assert found.reason == "equal.assignment"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (pipes([ROWS[0], ROWS[1]]), "differ.missing"),
        (pipes([*ROWS, ["4", "Bob", "tall", "may"]]), "differ.assignment"),
        (pipes([["1", "Arnold", "average", "sept"], ["2", "Eric", "short", "april"], ROWS[2]]),
         "differ.assignment"),
        (pipes([["1", "Eric", "short", "sept"], ["2", "Arnold", "average", "april"], ROWS[2]]),
         "differ.assignment"),
        (pipes([["1", "Eric", "", "sept"], *ROWS[1:]]), "differ.missing"),
        ("House 1: Eric or Arnold, average, sept\nHouse 2: Arnold, short, april\nHouse 3: Peter, "
         "very short, jan", "differ.assignment"),
        ("I cannot solve it.", "differ.type"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_reason(response, reason):
    assert verify(Problem("p", "", GOLD, "zebra"), response).reason == reason


def test_the_audit_solves_the_puzzle():
    assert audit(Problem("p", puzzle(CLUES), GOLD, "zebra")).reason == "equal.assignment"
    fewer = audit(Problem("p", puzzle(CLUES[:-1]), GOLD, "zebra"))
    assert fewer.reason == "gold.several_solutions"
    more = [*CLUES, "Peter is in the first house."]
    assert audit(Problem("p", puzzle(more), GOLD, "zebra")).reason == "gold.no_solution"
    other = GOLD.replace("april", "sep").replace("sept", "april").replace('"sep"', '"sept"')
    assert audit(Problem("p", puzzle(CLUES), other, "zebra")).reason == "gold.differs"
    strange = [*CLUES, "Peter once met Eric."]
    assert audit(Problem("p", puzzle(strange), GOLD, "zebra")).reason == "equal.assignment"


@pytest.mark.parametrize(
    "clue",
    [
        "Somebody is in the first house.",
        "Eric is in the tenth house.",
        "Eric is Eric.",
        "Eric likes Peter.",
    ],
)
def test_a_clue_that_is_not_understood_is_not_guessed(clue):
    with pytest.raises(UnreadableError):
        read_grid(puzzle([clue]))


def test_a_phrase_names_the_longest_value():
    grid = read_grid(puzzle(["The person who is very short is Eric."]))
    assert grid.distances[0].a == ("People have unique heights", "very short")


def test_the_search_has_an_end(monkeypatch):
    monkeypatch.setattr(solver, "MOST_STEPS", 3)
    values = {name: [f"{name}{n}" for n in range(6)] for name in "abc"}
    with pytest.raises(TooBigError):
        solutions(Grid(6, values, [], []), most=1000)


@settings(max_examples=60, deadline=None)
@given(st.permutations([1, 2, 3, 4]), st.permutations([1, 2, 3, 4]), st.data())
def test_a_solution_keeps_every_clue_and_the_hidden_one_is_found(first, second, data):
    places = {("a", str(n)): at for n, at in enumerate(first)}
    places.update({("b", str(n)): at for n, at in enumerate(second)})
    pairs = data.draw(st.lists(st.tuples(*[st.sampled_from(sorted(places))] * 2), max_size=12))
    clues = [Distance(x, y, frozenset((places[y] - places[x],))) for x, y in pairs if x != y]
    values = {name: [str(n) for n in range(4)] for name in "ab"}
    found = solutions(Grid(4, values, clues, []), most=1000)
    assert places in found
    assert all(world[y] - world[x] in allowed for world in found for x, y, allowed in clues)
    assert len({tuple(sorted(world.items())) for world in found}) == len(found)
