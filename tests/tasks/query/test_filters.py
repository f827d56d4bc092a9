"""Each named filter with a text that it takes and one that only resembles it."""

import pytest

from schemas.recipe.views import View
from tasks.query.filters import FILTERS
from tasks.query.sql import bare
from tasks.views.check import check_views

TAKES = [
    ("mentions_developer(x)", "I am Qwen, created by Alibaba Cloud.", "A clause of the theorem."),
    ("mentions_cutoff(x)", "As of my knowledge cutoff in 2023", "Cut the knot off."),
    ("multiple_choice(x)", "What is it?\n(A) 1\n(B) 2\n(C) 3", "Let A. and B. be points of C."),
    ("yes_no(x)", "Is 7 a prime?", "What is 7?"),
    ("yes_no(x)", "Answer true or false: 7 > 3.", "Find the true value."),
    ("proof(x)", "Prove that 1 + 1 = 2.", "Find a formula that proves useful."),
    ("multi_part(x)", "Let n = 2.\n(a) Find x.\n(b) Find y.", "Find f(a) and f(b)."),
    ("has_url(x)", "See https://a.org.", "http is a protocol"),
    ("has_image(x)", "In the figure, AB = 2.", "Figure out the image of f."),
    ("has_image(x)", "[asy] draw(); [/asy]", "an easy one"),
    ("has_table(x)", "a | b\n--- | ---\n1 | 2", "a | b"),
    ("has_code(x)", "```python\n1\n```", "`1`"),
    ("non_latin_share(x) > 0.1", "Find 所以 x", "Let α ∈ ℝ, naïve"),
    ("chinese_share(x) >= 0.05", "所以 x", "x"),
    ("unicode_share(x) > 0.3", "所以", "so é and more"),
    ("repeated_sentence(x, 3)", "It is. So. So. So.", "So. So. It is."),
    ("repeated_paragraph(x, 2)", "a\n\nb\n\na", "a\na\n\nb"),
]


@pytest.mark.parametrize(("condition", "taken", "left"), TAKES)
def test_a_filter_takes_what_it_says(condition: str, taken: str, left: str) -> None:
    with bare() as connection:
        sql = f"SELECT {condition} FROM (SELECT $1 AS x)"
        found = [connection.execute(sql, [x]).fetchall()[0][0] for x in (taken, left, None)]
    assert found[0] is True
    assert not found[1]
    assert not found[2]


def test_every_filter_is_tried() -> None:
    assert {one.name for one in FILTERS} == {condition.split("(")[0] for condition, *_ in TAKES}


def test_a_view_may_name_them() -> None:
    where = "not mentions_developer(response) and coalesce(non_latin_share(problem), 0) <= 0.1"
    check_views({"sft": View(where=where), "rlvr": View(where="not multiple_choice(problem)")})
