from pathlib import Path

import polars as pl
import pytest

from schemas.errors import RecipeError
from tasks.contamination.overrides import Override, apply, load
from tests.tasks.contamination.items import TRAINS, against, found

ID = "0" * 32


def test_yaml_and_csv_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text(
        f"- {{problem_id: '{ID}', benchmark: aime24, item: i0, decision: keep, note: a classic}}\n"
        f"- {{problem_id: '{ID}', decision: drop}}\n"
    )
    (tmp_path / "o.csv").write_text(
        "problem_id,benchmark,item,decision,note,text\n"
        f'{ID},aime24,i0,keep,a classic,"both, texts"\n{ID},,,drop,,\n'
    )
    expected = [
        Override(problem_id=ID, benchmark="aime24", item="i0", decision="keep", note="a classic"),
        Override(problem_id=ID, decision="drop"),
    ]
    assert load(tmp_path / "o.yaml") == load(tmp_path / "o.csv") == expected


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text("")
    assert load(tmp_path / "o.yaml") == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("o.csv", f"problem_id,decision\n{ID},keep\n{ID},maybe\n", "o.csv: row 3: decision"),
        ("o.csv", "problem_id,decision\n3f9a,keep\n", "row 2: problem_id"),
        ("o.csv", f"problem_id\n{ID}\n", "row 2: decision: Field required"),
        ("o.yaml", "problem_id: x\n", "overrides are a list"),
        ("o.yaml", f"- {{problem_id: '{ID}', decison: keep}}\n", "row 1: decision: Field required"),
        ("o.yaml", "- [", "cannot be read"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, name: str, content: str, told: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(RecipeError, match=told):
        load(tmp_path / name)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none.yaml: overrides cannot be read"):
        load(tmp_path / "none.yaml")


def hits() -> pl.DataFrame:
    exam = against([TRAINS, TRAINS + " And at 5 pm?"])
    return found([TRAINS], exam).with_columns(problem_id=pl.lit(ID))


def test_a_person_decides_about_one_item_or_all() -> None:
    before = hits()
    assert before["decision"].to_list() == ["drop", "drop"]
    one = apply(before, [Override(problem_id=ID, item="i0", decision="keep", note="fine")])
    assert one["decision"].to_list() == ["keep", "drop"]
    assert one["decided_by"].to_list() == ["override", "thresholds"]
    assert one["note"].to_list() == ["fine", None]
    every = apply(before, [Override(problem_id=ID, decision="keep")])
    assert every["decision"].to_list() == ["keep", "keep"]


def test_the_last_of_several_overrides_counts() -> None:
    both = [
        Override(problem_id=ID, decision="drop"),
        Override(problem_id=ID, item="i1", decision="review"),
    ]
    assert apply(hits(), both)["decision"].to_list() == ["drop", "review"]


def test_an_override_of_another_problem_changes_nothing() -> None:
    assert apply(hits(), [Override(problem_id="1" * 32, decision="keep")]).equals(hits())


def test_a_drop_without_a_hit_becomes_one_where_asked() -> None:
    known = [Override(problem_id="1" * 32, benchmark="exam", decision="drop", note="seen in print")]
    assert len(apply(hits(), known)) == 2
    added = apply(hits(), known, add=True).row(2, named=True)
    assert (added["problem_id"], added["test"], added["decision"]) == ("1" * 32, "override", "drop")
    assert added["decided_by"] == "override" and added["note"] == "seen in print"
