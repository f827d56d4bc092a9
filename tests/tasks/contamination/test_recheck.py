import json
from pathlib import Path

import polars as pl
import pytest

from schemas.errors import PoolError, SourceError
from schemas.identity import problem_id
from tasks.contamination.recheck import recheck
from tasks.steps.decontaminate import Decontaminate
from tests.tasks.contamination.items import TRAINS

CLEAN = "How many primes lie between 20 and 40?"
VARIANT = TRAINS.replace("60", "61").replace("75", "92")
OPTIONS = Decontaminate(benchmarks=["exam.jsonl"], variant="review")


@pytest.fixture(autouse=True)
def exam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGCOT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "exam.jsonl").write_text(json.dumps({"id": "e1", "problem": TRAINS}) + "\n")


def turns(text: str) -> list[dict[str, str]]:
    return [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": text},
        {"role": "assistant", "content": f"{TRAINS} is not this one."},
    ]


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"messages": [turns(TRAINS), turns(CLEAN), turns(VARIANT), turns(TRAINS)]}),
        pl.DataFrame({"prompt": [turns(TRAINS), turns(CLEAN), turns(VARIANT), turns(TRAINS)]}),
        pl.DataFrame({"question": [TRAINS, CLEAN, VARIANT, TRAINS]}),
        pl.DataFrame(
            {"problem": [TRAINS, CLEAN, VARIANT, TRAINS], "answer": ["1", None, "2", "1"]}
        ),
    ],
)
def test_a_release_of_any_format_is_rechecked(tmp_path: Path, frame: pl.DataFrame) -> None:
    (tmp_path / "release").mkdir()
    frame[:2].write_parquet(tmp_path / "release" / "a.parquet")
    frame[2:].write_parquet(tmp_path / "release" / "b.parquet")
    found = recheck(str(tmp_path / "release"), OPTIONS, tmp_path, tmp_path / "out")
    assert (found.rows, found.problems) == (4, 3)
    removals = pl.read_csv(tmp_path / "out" / "removals.csv")
    assert removals.select("problem_id", "rows", "item_id", "test", "decision").rows() == [
        (problem_id(TRAINS), 2, "e1", "ngram", "drop"),
        (problem_id(VARIANT), 1, "e1", "variant", "review"),
    ]
    evidence = pl.read_parquet(tmp_path / "out" / "hits.parquet")
    assert set(evidence["text"]) == {TRAINS, VARIANT} and set(evidence["item"]) == {TRAINS}


def test_ids_of_the_release_are_kept(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    frame = pl.DataFrame({"problem_id": ["mine"], "text": [TRAINS]})
    frame.write_parquet(tmp_path / "r" / "a.parquet")
    found = recheck(str(tmp_path / "r"), OPTIONS, tmp_path, tmp_path / "out")
    assert found.removals["problem_id"].to_list() == ["mine"]


def test_nothing_found_writes_empty_lists(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    pl.DataFrame({"text": [CLEAN, None, ""]}).write_parquet(tmp_path / "r" / "a.parquet")
    found = recheck(str(tmp_path / "r"), OPTIONS, tmp_path, tmp_path / "out")
    assert found.removals.is_empty() and (tmp_path / "out" / "removals.csv").exists()


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    with pytest.raises(PoolError, match=r"no Parquet files"):
        recheck(str(tmp_path / "r"), OPTIONS, tmp_path, tmp_path / "out")
    pl.DataFrame({"score": [1]}).write_parquet(tmp_path / "r" / "a.parquet")
    with pytest.raises(PoolError, match=r"a.parquet: none of the columns .* it has: score"):
        recheck(str(tmp_path / "r"), OPTIONS, tmp_path, tmp_path / "out")
    (tmp_path / "exam.jsonl").write_text('{"q": 1}\n')
    with pytest.raises(SourceError, match=r"no column `problem`"):
        recheck(str(tmp_path / "r"), OPTIONS, tmp_path, tmp_path / "out")
