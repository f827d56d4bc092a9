import json
from pathlib import Path

import pytest

from schemas.errors import SourceError
from schemas.recipe.views import Source
from tasks.sources.hub import read_hub


def test_rows_are_streamed_in_order_with_their_place(tmp_path: Path) -> None:
    rows = [{"problem": f"q{n}"} for n in range(3)]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = list(read_hub(Source(hub=str(tmp_path))))
    assert [row.content for row in found] == rows
    assert found[2].place == f"{tmp_path}:3"


def test_a_dataset_that_cannot_be_read_is_named_with_its_split(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=rf"hub dataset {tmp_path} \(default, test\): "):
        list(read_hub(Source(hub=str(tmp_path), split="test")))
