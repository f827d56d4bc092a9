"""What a build says of views that are gone or empty and of splits without a row."""

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.tasks.keeping.conftest import Place

RIGHT = {"where": "verdict = 'correct'"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def said(place: Place, capfd: pytest.CaptureFixture[str], **views: Any) -> list[str]:
    """What a build with these views says of its release."""
    place.write(6, views=views)
    capfd.readouterr()
    place.build()
    lines = capfd.readouterr().err.splitlines()
    return [line.removeprefix("longcot: ") for line in lines if line.startswith("longcot: ")]


def test_a_view_that_left_takes_its_folder_along_and_stays_in_earlier_versions(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    said(place, capfd, sft=RIGHT, rlvr={})
    lines = said(place, capfd, sft=RIGHT)
    assert lines[0] == (
        "the view `rlvr` is no longer in the recipe: releases/rlvr is gone; earlier versions still "
        "have it"
    )
    assert re.fullmatch(
        r"version 2 \(sft \d+\); what changed: longcot diff 1 2 --pool .+", lines[1]
    )
    assert not (place.folder / "pool/releases/rlvr").exists()
    again = said(place, capfd, sft=RIGHT)
    assert again == ["nothing changed: no new version"]


def test_an_empty_view_is_said_and_its_file_has_the_columns(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    (line, _) = said(place, capfd, sft={"where": "false"})
    assert line.startswith("the view `sft` is EMPTY: no row of the pool meets its conditions")
    rows = pl.read_parquet(place.folder / "pool/releases/sft/*.parquet")
    assert rows.is_empty()
    assert {"messages", "problem_id", "trace_id"} <= {*rows.columns}


def test_a_split_without_a_row_is_said_and_leaves_no_file_of_before(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    said(place, capfd, sft={**RIGHT, "splits": {"train": 0.5, "test": 0.5}})
    folder = place.folder / "pool/releases/sft"
    assert {path.name.split("-")[0] for path in folder.iterdir()} == {"train", "test"}
    (line, _) = said(place, capfd, sft={**RIGHT, "splits": {"train": 1 - 1e-6, "test": 1e-6}})
    assert line == "the view `sft`: the split `test` got no row, so it has no file"
    assert {path.name.split("-")[0] for path in folder.iterdir()} == {"train"}
