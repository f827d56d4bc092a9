from typing import Any

import pytest

from schemas.errors import MistakesError
from schemas.recipe.views import View
from tasks.views.check import check_views


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (
            {"where": "verdcit = 'correct'"},
            "where: there is no column `verdcit`; did you mean `verdict`?",
        ),
        (
            {"columns": {"x": "lenght(problem)"}},
            "columns.x: there is no function `lenght`; did you mean `length`?",
        ),
        (
            {"columns": ["teacher"]},
            "columns.teacher: sft has a column `teacher` already; carry it under another name",
        ),
        ({"system": "{{ domian }}"}, "system: there is no `domian`; did you mean `domain`?"),
        ({"system": "{% if %}"}, "system: Expected an expression, got 'end of statement block'"),
        (
            {"format": "unpaired", "columns": {"label": "tokens.x"}},
            "columns.label: there is no `.x`: what stands before it has no fields",
        ),
    ],
)
def test_a_mistake_is_told_before_a_row_is_computed(view: dict[str, Any], told: str) -> None:
    with pytest.raises(MistakesError) as refused:
        check_views({"v": View.model_validate(view)})
    assert str(refused.value) == f"views.v.{told}"


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("verdict = correct", "(a text stands in single quotes: `'correct'`)"),
        ('verdict in ("correct")', "(a text stands in single quotes: `'correct'`)"),
        ("tokens between 1", "no SQL: it ends too early, after `1`"),
        ("tokens > 1 adn true", "no SQL: something is wrong at `adn`"),
        ("(tokens > 1", "no SQL: a bracket `(` is not closed"),
        ("verdict = 'correct", "no SQL: a text begins with `'` and does not end"),
        ("verdict = 'correct' -- right", "no comment (`--`) may stand in it"),
        ("true; select 1", "one expression, please: no `;`"),
        (" ", "is empty"),
        ("count(*) > 1", "a condition looks at one row; it cannot contain aggregates"),
        ("row_number() over () > 1", "it cannot contain window functions"),
        ("tokens > 'many'", "`'many'` is no number or date, and is compared with one"),
        ("level > 3", "`level` is a text and is compared with something else"),
        ("verdict", "a condition is true or false; this is of type VARCHAR"),
        ("length(tokens) > 3", "`length` cannot be computed of: BIGINT"),
        ("regexp_matches(problem, '(')", "missing )"),
        ("verdict <> 'correct' && tokens > 5", "no SQL: write `and` for `&&`"),
        ("tokens > 4,000", "a condition is true or false; this is two, by its comma"),
        ("traces.tokens > 4", "no table is named here: leave `traces.` out"),
        ("SELECT true FROM pool", "an expression, please, no query"),
        ("tokens desc", "`desc` cannot stand here; for the other order write `-(...)`"),
        ("loop_shre > 0.5", "did you mean `loop_share`?"),
        (
            "nothing_like_it > 0",
            "there is no column `nothing_like_it`. Columns of the pool: trace_",
        ),
    ],
)
def test_a_condition_that_could_never_be_computed_is_told(where: str, told: str) -> None:
    with pytest.raises(MistakesError) as refused:
        check_views({"v": View(where=where)})
    assert str(refused.value).startswith("views.v.where: ")
    assert told in str(refused.value)


ROLES = {"good": "verdict = 'correct'", "left": "verdict = 'incorrect'"}


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (
            {"roles": ROLES, "match": "left.tokens > good.tokens"},
            'match: `left` is a word of SQL: write `"left".`, or call the role otherwise',
        ),
        ({"match": "tokens > 3"}, "match: every role has `tokens`; say whose, as `chosen.tokens`"),
        ({"match": "bad.tokens > 3"}, "match: there is no role `bad`; there are chosen, rejected"),
        ({"match": {"teacher": "within 5 %"}}, "match.teacher: `-` cannot be computed of: VARCHAR"),
        ({"match": {"tokns": "within 5 %"}}, "match.tokns: there is no column `tokns`; did you"),
        ({"per_problem": {"weight": "teacher"}}, "per_problem.weight: a weight is a number; this"),
    ],
)
def test_what_names_several_traces_is_told(view: dict[str, Any], told: str) -> None:
    pairs = (
        {} if "roles" in view or "per_problem" in view else {"chosen": "true", "rejected": "true"}
    )
    messages = {"messages": [{"user": "{{ problem }}"}]} if "roles" in view else {}
    with pytest.raises(MistakesError) as refused:
        check_views({"v": View.model_validate(pairs | messages | view)})
    assert str(refused.value).startswith(f"views.v.{told}")


def test_a_role_that_is_a_word_of_sql_is_named_in_quotes() -> None:
    view = {"roles": ROLES, "match": '"left".tokens > good.tokens', "messages": [{"user": "x"}]}
    check_views({"v": View.model_validate(view)})
    check_views({"v": View.model_validate(view | {"match": {"tokens": "within 9 %"}})})


def test_a_view_of_problems_names_no_trace() -> None:
    with pytest.raises(MistakesError, match="where: `tokens` is a column of traces, and this"):
        check_views({"rlvr": View(where="tokens < 3")})


def test_all_that_is_wrong_is_told_at_once() -> None:
    view = View.model_validate({"where": "a1 > 1", "order": "b1", "caps": {"c1": 1}})
    with pytest.raises(MistakesError) as refused:
        check_views({"v": view, "w": View(where="d1")})
    assert [mistake.place for mistake in refused.value.mistakes] == [
        ("views", "v", "where"),
        ("views", "v", "caps", "c1"),
        ("views", "v", "order"),
        ("views", "w", "where"),
    ]


@pytest.mark.parametrize("name", ["sft", "midtrain", "rlvr", "unpaired", "alpaca", "sharegpt"])
def test_every_format_is_well_and_carries_columns(name: str) -> None:
    check_views({name: View.model_validate({"columns": {"rate": "pass_rate * 2"}})})
