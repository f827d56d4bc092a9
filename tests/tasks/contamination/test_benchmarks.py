import json
from pathlib import Path

import polars as pl
import pytest

from schemas.errors import LongcotError, RecipeError, SourceError
from tasks.contamination import benchmarks
from tasks.contamination.benchmarks import declaration, load, shipped
from tasks.sources.readers import Row

ASKED = (
    "aime-1983-2024 aime24 aime25 aime26 amc arc bbh codeforces folio gpqa gsm8k hmmt humaneval "
    "livecodebench logiglue math-500 math-test mbpp minerva minif2f mmlu-pro olympiadbench "
    "omni-math physicseval processbench tabfact theoremqa zebralogic"
).split()


@pytest.fixture(autouse=True)
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LONGCOT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "benchmarks"


def write(path: Path, rows: list[object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_the_shipped_declarations_are_whole() -> None:
    assert shipped() == sorted(ASKED)
    for name in shipped():
        declared, _ = declaration(name, Path())
        assert declared.name == name and declared.description
        assert all("problem" in part.columns for part in declared.parts)
        pinned = [
            len(part.revision or "") == 40 or "@" in (part.path or "") for part in declared.parts
        ]
        assert all(pinned) or "revision" in (declared.unverified or "")


def test_a_local_file_is_a_benchmark(tmp_path: Path) -> None:
    rows = [
        {"id": 7, "problem": "What is 1 + 1?", "answer": 2},
        {"id": 7, "problem": "What is 1 + 2?"},
        {"problem": "Which?", "options": ["a", "b"], "id": None},
        {"problem": "  ", "id": 9},
        {"problem": "a lone \ud800 surrogate", "id": 10},
        "no object",
    ]
    write(tmp_path / "My exam.jsonl", rows)
    loaded = load("My exam.jsonl", tmp_path)
    assert loaded.name == "my-exam"
    assert loaded.items().rows() == [
        ("7", "What is 1 + 1?", "2"),
        ("7~1:2", "What is 1 + 2?", None),
        ("1:3", "Which?\n(A) a\n(B) b", None),
    ]


def test_the_fingerprint_follows_the_items_not_the_file(tmp_path: Path) -> None:
    write(tmp_path / "exam.jsonl", [{"problem": "What is 1 + 1?"}])
    first = load("exam.jsonl", tmp_path)
    write(tmp_path / "exam.jsonl", [{"problem": "What is 1 + 1?", "note": "new"}])
    assert load("exam.jsonl", tmp_path).fingerprint == first.fingerprint
    write(tmp_path / "exam.jsonl", [{"problem": "What is 1 + 3?"}])
    assert load("exam.jsonl", tmp_path).fingerprint != first.fingerprint


def test_a_declaration_names_fields_and_a_missing_one_is_told(tmp_path: Path) -> None:
    write(tmp_path / "exam.jsonl", [{"q": "What is 1 + 1?", "a": "2"}])
    (tmp_path / "exam.yaml").write_text(
        "name: exam\nparts:\n  - {path: exam.jsonl, columns: {problem: q, answer: a}}\n"
    )
    assert load("exam.yaml", tmp_path).items()["answer"].to_list() == ["2"]
    with pytest.raises(SourceError, match=r"benchmark exam: no column `problem`.* it has: a, q"):
        load("exam.jsonl", tmp_path)
    (tmp_path / "exam.yaml").write_text(
        "name: exam\nparts:\n  - {path: exam.jsonl, columns: {problem: q, answer: gold}}\n"
    )
    with pytest.raises(LongcotError, match=r"columns.answer: .*there is no column `gold`"):
        load("exam.yaml", tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name: x\nparts: []\n", "parts"),
        ("name: x\nparts: [{hub: a/b, path: c}]\n", "either `path` or `hub`"),
        ("name: x\nreleased: soon\nparts: [{hub: a/b}]\n", "released"),
        ("name: x\nsplit: test\nparts: [{hub: a/b}]\n", "split"),
        ("name: [x\n", "cannot be read"),
    ],
)
def test_a_wrong_declaration_names_its_file_and_key(
    tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "exam.yaml").write_text(content)
    with pytest.raises(RecipeError, match=f"exam.yaml: .*{told}"):
        load("exam.yaml", tmp_path)


def test_an_unknown_benchmark_is_told_with_those_that_ship() -> None:
    with pytest.raises(RecipeError, match=r"benchmark aime99: no such file.*aime24"):
        load("aime99", Path())


def test_a_benchmark_without_a_text_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "exam.jsonl", [{"problem": ""}, {"problem": None}])
    with pytest.raises(SourceError, match=r"benchmark exam: not one item with a text"):
        load("exam.jsonl", tmp_path)


def test_a_hub_dataset_is_pinned_where_it_stood_first(
    tmp_path: Path, cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, read = [], []

    def stamp(rows: benchmarks.Part) -> str:
        asked.append(rows.hub)
        return f"{rows.hub}@{'c' * 40}/{rows.config}/{rows.split}"

    def hub(rows: benchmarks.Part) -> list[Row]:
        read.append(rows.revision)
        return [Row("a/b:1", {"problem": "What is 1 + 1?"})]

    monkeypatch.setattr("tasks.sources.columns.hub_stamp", stamp)
    monkeypatch.setattr("tasks.sources.columns.read_hub", hub)
    (tmp_path / "exam.yaml").write_text("name: exam\nparts:\n  - {hub: a/b}\n")
    first = load("exam.yaml", tmp_path)
    assert first.stamp == f"a/b@{'c' * 40}/None/test" and read == ["c" * 40]
    assert load("exam.yaml", tmp_path) == first and asked == ["a/b"]  # no network the second time
    facts = json.loads(next(cached.glob("*.json")).read_text())
    assert facts["items"] == 1 and facts["parts"][0]["hub"] == "a/b"


def test_items_of_the_cache_are_what_was_read(tmp_path: Path) -> None:
    write(tmp_path / "exam.jsonl", [{"problem": "数学 is fun", "answer": "x"}])
    loaded = load("exam.jsonl", tmp_path)
    assert pl.read_parquet(loaded.path).equals(loaded.items())
