from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from pydantic import ValidationError

from flows.recipe import Recipe
from schemas.recipe.views import View, format_of
from tasks.steps.rate import Rate

SHIPPED = sorted((Path(__file__).parents[2] / "data" / "recipes").glob("*.yaml"))

PLAIN: dict[str, Any] = {"name": "mine", "sources": [{"path": "p.jsonl"}], "steps": ["screen"]}
TEACHER = {"name": "r1", "recorded": "t.jsonl"}


def recipe(**changes: Any) -> Recipe:
    return Recipe.model_validate({**PLAIN, **changes})


def refusal(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        recipe(**changes)
    return str(caught.value)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_for_editors_accepts_every_shipped_recipe(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text()), Recipe.model_json_schema())


@pytest.mark.parametrize(
    "change",
    [
        {"sorces": []},
        {"steps": ["scren"]},
        {"steps": [{"dedupe": {"treshold": 1}}]},
        {"name": "Not A Name"},
        {"views": {"sft": {"per_problem": {"keep": 0}}}},
        {"views": {"mine": {"format": "stf"}}},
    ],
    ids=str,
)
def test_the_schema_for_editors_refuses_what_the_recipe_refuses(change: dict[str, Any]) -> None:
    refusal(**change)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**PLAIN, **change}, Recipe.model_json_schema())


def test_a_bare_step_has_its_default_options() -> None:
    assert recipe(steps=["screen"]) == recipe(steps=[{"screen": {}}])
    assert recipe(steps=["screen"]) == recipe(steps=[{"screen": None}])


def test_a_step_knows_its_name_and_options() -> None:
    step = recipe(steps=[{"screen": {"checks": ["proof"]}}]).steps[0]
    assert step.called == step.kind == "screen"
    assert step.options() == {"checks": ["proof"]}


def test_two_steps_in_one_item_are_refused() -> None:
    assert "one step per list item" in refusal(steps=[{"screen": {}, "dedupe": {}}])


def test_a_step_stands_once() -> None:
    assert "step `dedupe` stands twice" in refusal(steps=["dedupe", "dedupe"])
    assert "step `generate` stands twice" in refusal(steps=["generate", "generate"])


def test_a_step_may_stand_again_as_it_is_for_what_is_new() -> None:
    steps = ["screen", "dedupe", "screen", "generate", "verify", "grade", "verify", "grade"]
    teachers = [{"name": "t", "recorded": "t.jsonl"}]
    assert [step.called for step in recipe(steps=steps, teachers=teachers).steps] == steps
    other = {"verify": {"deadline": 9}}
    told = "step `verify` stands twice; a recipe has it once, or again with the same options"
    assert told in refusal(steps=["generate", "verify", other], teachers=teachers)
    assert "step `screen` stands twice" in refusal(steps=["screen", {"screen": {"checks": []}}])
    assert "`screen` stands before `dedupe`" in refusal(steps=["dedupe", "screen"])


def test_a_kind_may_stand_twice_under_two_names() -> None:
    families = {"dedupe": {"name": "families", "mode": "template"}}
    steps = recipe(steps=["dedupe", families]).steps
    assert [step.called for step in steps] == ["dedupe", "families"]
    assert "step `families` stands twice" in refusal(steps=[families, families])


@pytest.mark.parametrize("name", ["screen", "sign", "select"])
def test_a_step_s_name_is_nobody_else_s(name: str) -> None:
    assert f"the name `{name}` is taken" in refusal(steps=[{"dedupe": {"name": name}}])


def test_what_has_one_row_a_trace_stands_once() -> None:
    steps = ["generate", "verify", {"verify": {"name": "again"}}]
    assert "`verify` stands twice" in refusal(steps=steps, teachers=[TEACHER])


def test_a_recipe_from_before_other_steps_keeps_its_fingerprint() -> None:
    assert recipe().fingerprint() == "9c80054078e9527aa97c4a45743f22cd"


def test_grade_needs_verify_before_it() -> None:
    steps = ["generate", "grade", "verify"]
    assert "step `grade` needs `verify` before it" in refusal(steps=steps, teachers=[TEACHER])


@pytest.mark.parametrize("step", ["verify", "measure"])
def test_a_step_on_traces_needs_generate_before_it(step: str) -> None:
    assert f"step `{step}` needs `derive` or `generate` before it" in refusal(steps=[step])


def test_a_judge_stands_between_verify_and_grade() -> None:
    judge = {"judge": {"model": "m", "endpoint": "http://x/v1"}}
    assert "needs `verify` before it" in refusal(steps=["generate", judge])
    told = refusal(steps=["generate", "verify", "grade", judge])
    assert "`judge` stands before `grade`" in told
    assert (
        recipe(steps=["generate", "verify", judge, "grade"], teachers=[TEACHER]).steps[2].called
        == "judge"
    )


@pytest.mark.parametrize("step", ["judge", "rate"])
def test_who_is_asked_has_one_server(step: str) -> None:
    for place in ({}, {"endpoint": "http://x/v1", "vllm": {}}):
        options = {"model": "m", **place}
        told = refusal(steps=["generate", "verify", {step: options}])
        assert "either `endpoint` or `vllm`" in told


def test_ratings_are_drawn_as_rllm_draws_them() -> None:
    rate = {"rate": {"model": "m", "endpoint": "http://x/v1"}}
    options = recipe(steps=[rate, "generate"], teachers=[TEACHER]).steps[0]
    assert isinstance(options, Rate)
    assert (options.n, options.temperature) == (8, 0.7)


def test_generate_needs_a_teacher() -> None:
    assert "needs at least one teacher" in refusal(steps=["generate"])


@pytest.mark.parametrize("place", [{}, {"path": "a", "hub": "b"}], ids=["neither", "both"])
def test_a_source_has_one_place(place: dict[str, str]) -> None:
    assert "either `path`, `hub` or `generate`" in refusal(sources=[place])


@pytest.mark.parametrize("place", [{}, {"recorded": "a", "hub": "b"}], ids=["neither", "both"])
def test_a_teacher_has_one_place(place: dict[str, str]) -> None:
    assert "either `recorded` or `hub`" in refusal(teachers=[{"name": "t", **place}])


def test_a_recipe_has_a_source() -> None:
    assert "at least 1 item" in refusal(sources=[])


@pytest.mark.parametrize("side", ["chosen", "rejected"])
def test_pairs_have_two_sides(side: str) -> None:
    assert "both `chosen` and `rejected`" in refusal(views={"x": {side: "true"}})


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ({"format": "stf"}, "there is no format `stf`; did you mean `sft`?"),
        ({"format": "xyz"}, "there is no format `xyz`; there are alpaca, messages, m"),
        ({"format": "pairs"}, "views.x: pairs need `chosen` and `rejected`"),
        (
            {"chosen": "a", "rejected": "b", "per_problem": {"by": "diverse"}},
            "views.x: roles are matched by seed or by a column, not by `diverse`",
        ),
        (
            {"roles": {"wrong": "a", "fixed": "b"}},
            "views.x: what a row of these `roles` says has to stand in `messages`",
        ),
        (
            {"format": "sft", "messages": [{"user": "?"}]},
            "views.x: `messages` and the format messages go together",
        ),
        ({"roles": {"wrong": "a"}}, "`roles` are two or more"),
        ({"match": "true"}, "`match` needs `roles`, or `chosen` and `rejected`"),
        ({"mix": {"of": {"y": 1}}}, "views.x: `mix` has no view `y` to take rows of"),
        ({"mix": {"of": {"x": 1}}}, "views.x: `mix` has no view `x` to take rows of; there are"),
        ({"sample": {"by": "domain"}}, "a `sample` needs `n` rows, `tokens`, or both"),
        (
            {"chosen": "a", "rejected": "b", "format": "sft"},
            "views.x: sft has no pairs; drop `chosen` and `rejected`, or `format`",
        ),
        (
            {"format": "rlvr", "per_problem": 1},
            "views.x: rlvr has one row per problem; drop `per_problem`",
        ),
    ],
    ids=str,
)
def test_a_format_refuses_what_its_rows_cannot_give(view: dict[str, Any], told: str) -> None:
    assert told in refusal(views={"x": view})


def test_a_mix_takes_views_as_they_are() -> None:
    views = {"y": {}, "x": {"mix": {"of": {"y": 1}}, "where": "true"}}
    assert "views.x: a mix takes the rows of views as they are; drop `where`" in refusal(
        views=views
    )


@pytest.mark.parametrize("splits", [{}, {"train": 0.9}, {"a": 1.5, "b": -0.5}, {"a": 1, "b": 0}])
def test_splits_are_positive_and_add_up(splits: dict[str, float]) -> None:
    assert "add up to 1" in refusal(views={"x": {"splits": splits}})


def test_thirds_add_up_to_one() -> None:
    recipe(views={"x": {"splits": {"a": 0.1, "b": 0.2, "c": 0.7}}})


def test_per_problem_is_short_for_keep() -> None:
    view = View.model_validate({"per_problem": 3})
    assert view == View.model_validate({"per_problem": {"keep": 3}})


def test_yes_is_not_a_number_of_rows() -> None:
    assert "per_problem" in refusal(views={"x": {"per_problem": True}})


def test_a_view_s_name_is_a_folder_s_name() -> None:
    assert "String should match pattern" in refusal(views={"../up": {}})


@pytest.mark.parametrize(
    ("name", "view", "wanted"),
    [
        ("sft", {}, "sft"),
        ("rlvr", {}, "rlvr"),
        ("mine", {}, "sft"),
        ("mine", {"chosen": "a", "rejected": "b"}, "pairs"),
        ("sft", {"chosen": "a", "rejected": "b"}, "pairs"),
        ("pairs", {"format": "midtrain"}, "midtrain"),
    ],
)
def test_the_format_is_stated_or_told_by_sides_or_name(
    name: str, view: dict[str, Any], wanted: str
) -> None:
    assert format_of(name, View.model_validate(view)).name == wanted


def test_the_description_does_not_change_the_fingerprint_and_an_option_does() -> None:
    assert recipe(description="other").fingerprint() == recipe().fingerprint()
    assert recipe(steps=[{"screen": {"checks": []}}]).fingerprint() != recipe().fingerprint()


def test_a_sample_is_a_number_or_says_by_what_it_is_drawn() -> None:
    short, long = View.model_validate({"sample": 5}), View.model_validate({"sample": {"n": 5}})
    assert short == long
    assert View().sample is None


def test_diverse_samples_and_semantic_duplicates_need_what_dedupe_signed() -> None:
    views = {"sft": {"sample": {"n": 5, "by": "diverse"}}}
    assert "views.sft: a diverse `sample` needs the step `dedupe`" in refusal(views=views)
    recipe(steps=["dedupe"], views=views)
    model = {"model": "m", "endpoint": "http://localhost/v1", "threshold": 0.9}
    told = refusal(steps=[{"dedupe_semantic": model}])
    assert "step `dedupe_semantic` needs `dedupe` before it" in told
    recipe(steps=["dedupe", {"dedupe_semantic": model}])


def test_the_threshold_of_a_model_is_nobody_elses() -> None:
    model = {"model": "m", "endpoint": "http://localhost/v1"}
    assert "threshold" in refusal(steps=["dedupe", {"dedupe_semantic": model}])


def test_a_judge_of_what_is_near_is_a_model_and_needs_what_is_near() -> None:
    models = [{"name": "m", "model": "m", "endpoint": "http://x/v1"}]
    near = {"benchmarks": ["aime24"], "meaning": {}}
    recipe(models=models, steps=[{"decontaminate": {**near, "judge": "m"}}])
    told = refusal(models=models, steps=[{"decontaminate": {**near, "judge": "n"}}])
    assert "no model is called `n` (there are: m)" in told
    told = refusal(
        models=models, steps=[{"decontaminate": {"benchmarks": ["aime24"], "judge": "m"}}]
    )
    assert "add `meaning: {}`" in told
