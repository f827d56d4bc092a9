"""Real puzzles, tables and labelled pairs of the kinds with a module of their own.

`LONGCOT_REAL_DATA` names the folder with `problems_*.jsonl.zst`; `verify/open_*.jsonl` lies beside
it. Without it these tests are skipped.
"""

import json
import os
from ast import literal_eval
from collections import Counter
from pathlib import Path

import pytest

from tests import real
from verifiers import Pool, Problem, compare
from verifiers.kinds.logic.syntax import Formula, negation
from verifiers.kinds.logic.truth_tables import rows as true_rows
from verifiers.kinds.logic.truth_tables import table
from verifiers.kinds.puzzles.knights.statements import solutions as worlds
from verifiers.kinds.puzzles.zebra.clues import read_grid
from verifiers.kinds.puzzles.zebra.solver import solutions

FOLDER = os.environ.get("LONGCOT_REAL_DATA")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER, reason="LONGCOT_REAL_DATA does not name the real data's folder"),
]
DATA = Path(FOLDER or ".")


@pytest.fixture(scope="module")
def pool():
    with Pool() as pool:
        yield pool


def problems(name):
    return real.rows(DATA / f"problems_{name}.jsonl.zst")


def audited(pool, name, kind):
    asked = [(Problem(r["id"], r["problem"], r["answer"], kind),) for r in problems(name)]
    return Counter(word.reason for word in pool.map("audit", asked))


@pytest.mark.parametrize("name", ["logic", "sql_table"])
def test_every_labelled_pair_is_judged_as_labelled(name):
    with (DATA.parent / "verify" / f"open_{name}.jsonl").open(encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines]
    wrong = []
    for pair in pairs:
        kind = pair["kind"].partition("_")[0]
        tests = None
        if kind == "sql":
            tests = json.dumps({key: pair[key] for key in ("schema", "databases")})
        found = compare(pair["gold"], pair["pred"], kind, tests)
        if (
            found.verdict
            != {True: "correct", False: "incorrect", None: "undecided"}[pair["expected"]]
        ):
            wrong.append((pair["gold"], pair["pred"], found.reason))
    assert wrong == []


def test_every_island_is_read_and_its_gold_is_its_only_solution(pool):
    assert audited(pool, "logic_kk", "knights") == {"equal.assignment": 5000}


def meaning(tree, names):
    """The source's own form of a statement, such as ('->', ('lying', 0), ('telling-truth', 1))."""
    head, *rest = tree
    if head in ("telling-truth", "lying"):
        atom = Formula("atom", (names[rest[0]], ()))
        return atom if head == "telling-truth" else negation(atom)
    parts = tuple(meaning(part, names) for part in rest)
    kinds = {"not": "not", "and": "and", "or": "or", "->": "if", "<=>": "iff"}
    return Formula(kinds[head], parts)


def test_the_words_of_an_island_mean_what_its_source_says():
    for row in list(problems("logic_kk"))[::10]:
        names = row["names"]
        claims = [
            Formula("iff", (Formula("atom", (name, ())), meaning(tree, names)))
            for name, tree in zip(names, literal_eval(row["statements"]), strict=True)
        ]
        wanted = true_rows(table(Formula("and", tuple(claims)), names), names, 9)
        assert worlds(row["problem"], tuple(names), 9) == wanted


def test_every_grid_is_read_and_its_gold_is_its_only_solution(pool):
    assert audited(pool, "logic_zebra", "zebra") == {"equal.assignment": 800}
    for row in list(problems("logic_zebra"))[::10]:
        clues = row["problem"].partition("## Clues:")[2].strip().split("\n")
        grid = read_grid(row["problem"])
        assert len(grid.distances) + len(grid.houses) == len(clues)
        assert len(solutions(grid)) == 1


def test_no_clue_of_a_grid_can_be_spared(pool):  # so none was read as saying nothing
    asked = []
    for row in problems("logic_zebra"):
        head, mark, clues = row["problem"].partition("## Clues:\n")
        lines = clues.strip().split("\n")[1:]
        asked.append((Problem(row["id"], head + mark + "\n".join(lines), row["answer"], "zebra"),))
    found = Counter(word.reason for word in pool.map("audit", asked))
    assert found == {"gold.several_solutions": 800}


def test_every_claim_on_a_table_has_a_truth_value(pool):
    assert audited(pool, "table_tabfact", "boolean") == {"equal.truth": 1998}


def test_no_other_answer_is_taken_for_a_formula():
    from verifiers import answer_kind

    for name in ("math", "competition", "olympiadbench", "theoremqa", "wordmath", "reasoning_gym"):
        found = [row["answer"] for row in problems(name) if isinstance(row.get("answer"), str)]
        assert [a for a in found if answer_kind(a) == "logic"] == []
