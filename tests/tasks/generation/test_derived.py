"""Answers become rows whose identity is what they say."""

import json

from hypothesis import given
from hypothesis import strategies as st

from schemas.identity import derived_id, problem_id
from tasks.generation.derived import Child, Derivation, prepared, problem_of, trace_of
from tasks.generation.recorded import Index
from tasks.pool.id_set import IdSet
from tasks.pool.store import Pool

TRACES = Derivation("short", "traces", "traces", True, "m", "p@1", False, "{}")
PROBLEMS = Derivation("harder", "problems", "problems", False, "m", "p@1", False, "{}")
OF = {"problem_id": problem_id("What is 1+1?"), "domain": "math", "license": "mit",
      "language": "en", "answer_kind": "math"}  # fmt: skip
WORDS = st.text("ab \n", max_size=4)


def said(reasoning: str | None, response: str) -> str:
    return json.dumps({"reasoning": reasoning, "response": response})


@given(st.tuples(WORDS, WORDS), st.tuples(WORDS, WORDS), st.integers(0, 3))
def test_traces_are_one_if_and_only_if_they_say_the_same(
    one: tuple[str, str], other: tuple[str, str], n: int
) -> None:
    elsewhere = TRACES._replace(how="fixed", teacher="big", prompt="q@2")
    first = trace_of(TRACES, "parent", OF, 0, said(*one))
    second = trace_of(elsewhere, "another", OF, n, said(*other))
    texts = [(row["reasoning"] or "", row["response"]) for row in (first, second)]
    assert (first["trace_id"] == second["trace_id"]) == (texts[0] == texts[1])
    assert first["trace_id"] == derived_id(OF["problem_id"], *texts[0])


def test_a_problem_s_claimed_answer_is_no_gold_but_tells_its_kind() -> None:
    told = {"problem": "Is 2 even? (A) yes (B) no", "answer": "A", "why": "it is"}
    row = problem_of(PROBLEMS, "parent", {**OF, "answer_kind": None}, 0, json.dumps(told))
    assert "answer" not in row and json.loads(row["meta"]) == {"answer": "A", "why": "it is"}
    assert (row["answer_kind"], row["options"]) == ("choice", "(A) yes (B) no")
    assert (row["license"], row["parent_id"], row["source"]) == ("mit", OF["problem_id"], "harder")
    plain = problem_of(PROBLEMS, "parent", OF, 0, json.dumps({"problem": "And 2+2?"}))
    assert (plain["answer_kind"], plain["meta"]) == ("math", None)


CHILDREN = st.lists(
    st.builds(
        lambda parent, text: Child(parent, OF["problem_id"],
                                   trace_of(TRACES, parent, OF, 0, said("x", text))),
        st.sampled_from(["p", "q"]),
        WORDS,
    )
)  # fmt: skip


@given(CHILDREN, st.lists(WORDS), st.sampled_from(["a", "b"]))
def test_every_child_comes_in_once_or_tells_why_it_does_not(
    children: list[Child], before: list[str], forgotten: str
) -> None:
    known, index = IdSet(), Index(Pool("."), [])
    known.number([derived_id(OF["problem_id"], "x", text.strip()) for text in before])
    gone = frozenset([derived_id(OF["problem_id"], "x", forgotten)])
    made = prepared(TRACES, children, index, known, gone)
    kept = [row["response"] for row in made.rows.to_pylist()]
    reasons = made.aside.column("reason").to_pylist()
    assert len(kept) + len(reasons) == len(children)
    said_by = [child.row["response"] for child in children]
    new = {*said_by} - {text.strip() for text in before} - {"", forgotten}
    assert len(kept) == len(new) and set(kept) == new
    assert reasons.count("forgotten") == said_by.count(forgotten)
    assert reasons.count("empty") == said_by.count("")
