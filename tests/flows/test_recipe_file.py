from pathlib import Path

import pytest

from flows.recipe_file import load_recipe
from schemas.errors import RecipeError

HEAD = "name: mine\nsources:\n  - {path: p.jsonl}\n"  # three lines
SHIPPED = sorted((Path(__file__).parents[2] / "data" / "recipes").glob("*.yaml"))


def complaint(folder: Path, text: str) -> str:
    """What loading says, with the file's path taken off."""
    path = folder / "r.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert str(caught.value).startswith(str(path))
    return str(caught.value).replace(f"{path}:", "")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_recipe_loads(path: Path) -> None:
    assert load_recipe(path).name == path.stem


def test_an_unknown_key_has_a_line_and_the_nearest_key(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: []\nteecher: []\n")
    assert said == "5: unknown key `teecher` in the recipe; did you mean `teachers`?"


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: []\nviews:\n  a: {}\n  b: {}\n  a: {}\n")
    assert said == "8: the key `a` stands twice"


def test_an_option_that_a_step_has_not_is_refused(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps:\n  - generate: {threshold: 0.8}\n")
    assert (
        said == "5: unknown key `threshold` in steps.0.generate; valid keys: name, teachers, where"
    )


def test_screen_stands_before_dedupe(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: [dedupe, screen]\n")
    assert "`screen` stands before `dedupe`" in said


def test_a_key_like_no_other_lists_the_valid_ones(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: []\nzzz: 1\n")
    assert "5: unknown key `zzz`" in said
    assert "valid keys: name, description, sources" in said


def test_an_unknown_step_has_its_line_and_the_nearest_step(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps:\n  - dedupe\n  - scren\n")
    assert said == "6: unknown key `scren` in steps.1; did you mean `screen`?"


def test_an_unknown_option_of_a_step(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps:\n  - screen: {chekcs: []}\n")
    assert said == "5: unknown key `chekcs` in steps.0.screen; did you mean `checks`?"


def test_an_unknown_key_deep_in_a_view(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: []\nviews:\n  sft:\n    per_problem: {kep: 1}\n")
    assert said == "7: unknown key `kep` in views.sft.per_problem; did you mean `keep`?"


def test_a_wrong_type_shows_what_was_found(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: []\nviews:\n  sft:\n    sample: many\n")
    assert said.startswith("7: views.sft.sample.n: Input should be a valid integer")
    assert said.endswith("(got 'many')")


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path, HEAD) == "1: the recipe needs the key `steps`"


def test_a_missing_key_of_a_teacher_has_the_teacher_s_line(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: []\nteachers:\n  - recorded: t.jsonl\n")
    assert said == "6: teachers.0 needs the key `name`"


def test_broken_yaml_has_its_line(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: [screen\nviews: {}\n")
    assert said.startswith("5: not YAML:")


def test_a_date_that_is_none_is_no_traceback(tmp_path: Path) -> None:
    assert "month must be in 1..12" in complaint(tmp_path, "name: 2024-13-45\n")


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n"])
def test_what_is_no_mapping_is_told_so(text: str, tmp_path: Path) -> None:
    assert complaint(tmp_path, text).startswith("1: a recipe is a mapping")


def test_one_sided_pairs_have_the_view_s_line(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: []\nviews:\n  dpo:\n    chosen: a\n")
    assert said == "6: views.dpo: pairs need both `chosen` and `rejected`"


def test_splits_that_do_not_add_up_have_the_view_s_line(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: []\nviews:\n  sft: {splits: {a: 0.5}}\n")
    assert said == "6: views.sft: `splits` must be positive and add up to 1"


def test_grade_before_verify(tmp_path: Path) -> None:
    teachers = "teachers: [{name: t, recorded: t.jsonl}]\n"
    said = complaint(tmp_path, HEAD + teachers + "steps: [generate, grade, verify]\n")
    assert said == "5: steps.1.grade: step `grade` needs `verify` before it"


def test_what_does_not_fit_together_has_the_line_of_its_view_or_step(tmp_path: Path) -> None:
    views = "steps: []\nviews:\n  a: {}\n  m:\n    mix: {of: {b: 1}}\n"
    said = complaint(tmp_path, HEAD + views)
    assert said == "7: views.m: `mix` has no view `b` to take rows of; there are a"
    said = complaint(tmp_path, HEAD + "steps: []\nviews: {a: {}}\ntarget:\n  view: b\n  rows: 3\n")
    assert said == "7: target.view: no view is called `b` (there are: a)"


def test_a_match_that_is_none_has_the_line_of_its_column(tmp_path: Path) -> None:
    match = "    match:\n      tokens: 20 %\n"
    views = f"views:\n  p:\n    chosen: a\n    rejected: b\n{match}"
    said = complaint(tmp_path, HEAD + "steps: []\n" + views)
    assert said.startswith("10: views.p.match.tokens: `20 %` is not `within 20 %`")


def test_every_mistake_has_a_line_of_its_own(tmp_path: Path) -> None:
    said = complaint(tmp_path, HEAD + "steps: [scren]\nvews: {}\n")
    assert [line.split(":")[0] for line in said.splitlines()] == ["4", "5"]


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="there is no such recipe"):
        load_recipe(tmp_path / "none.yaml")


def test_a_folder_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        load_recipe(tmp_path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_bytes(b"name: \xff\n")
    with pytest.raises(RecipeError, match="cannot be read"):
        load_recipe(tmp_path / "r.yaml")
