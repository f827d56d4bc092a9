"""Small inputs, each of which failed once: what of each comes into the pool, or why it does not."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.flows.inline import build

SUMS = {"What is 2+3?": "5", "What is 7*8?": "56"}
FIRST = {"What is 2+3?": "5"}
TENTH = {f"What is {n}+1?": str(n + 1) for n in range(1, 11) if n != 3}
PROBLEMS = {
    "apple": FIRST,
    "hidden": FIRST,
    "arrayl": SUMS,
    "pretty": FIRST,
    "gzname": SUMS,
    "utf16": SUMS,
    "csvutf16": FIRST,
    "csvopen2": TENTH,
    "csvopen3": TENTH,
}


@pytest.fixture
def built(tmp_path: Path) -> Callable[[str], Path]:
    """Builds a case; the folder of its pool."""
    folder = os.environ.get("LONGCOT_CASES")
    if not folder:
        pytest.skip("set LONGCOT_CASES to the folder of handed cases to run this")

    def make(case: str) -> Path:
        shutil.copytree(Path(folder) / "pipeline" / case, tmp_path / case)
        build(str(tmp_path / case / "r.yaml"), str(tmp_path / "pool"))
        return tmp_path / "pool"

    return make


def table(pool: Path, name: str) -> pl.DataFrame:
    files = sorted((pool / name).glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame()


@pytest.mark.parametrize("case", PROBLEMS)
def test_the_problems_of_a_file_are_read(case: str, built: Callable[[str], Path]) -> None:
    pool = built(case)
    rows = table(pool, "problems")
    assert dict(zip(rows["problem"], rows["answer"], strict=True)) == PROBLEMS[case]
    if case.startswith("csvopen"):  # one row set aside, its neighbours kept
        assert table(pool, "rejects").select("row_id", "reason").rows() == [
            ("p.csv:4", "malformed")
        ]


@pytest.mark.slow
def test_texts_that_differ_in_one_number_word_are_apart(built: Callable[[str], Path]) -> None:
    assert table(built("de"), "duplicates").is_empty()
