import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from schemas.errors import SourceError
from tasks.sources.files import fingerprint, source_files
from tasks.sources.readers import read_files
from tasks.sources.rows import Broken

ROWS = [{"problem": f"What is {n}?\nÄ", "answer": str(n)} for n in range(5)]
LINES = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in ROWS)


def write_csv(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["problem", "answer"])
        writer.writeheader()
        writer.writerows(ROWS)


def write_arrow(path: Path, writer: Callable[..., Any]) -> None:
    table = pa.Table.from_pylist(ROWS)
    with path.open("wb") as file, writer(file, table.schema) as sink:
        sink.write_table(table)


WRITERS: dict[str, Callable[[Path], object]] = {
    "a.jsonl": lambda path: path.write_bytes(LINES),
    "a.ndjson": lambda path: path.write_bytes(LINES),
    "a.jsonl.gz": lambda path: path.write_bytes(gzip.compress(LINES)),
    "a.jsonl.zst": lambda path: path.write_bytes(zstandard.compress(LINES)),
    "a.csv": write_csv,
    "stream.arrow": lambda path: write_arrow(path, pa.ipc.new_stream),
    "file.arrow": lambda path: write_arrow(path, pa.ipc.new_file),
    "a.parquet": lambda path: pq.write_table(pa.Table.from_pylist(ROWS), path),
}


def contents(path: Path) -> list[dict[str, Any] | Broken]:
    return [row.content for row in read_files([str(path)])]


def reasons(path: Path) -> list[str | None]:
    """Per row the reason why it cannot be read, or None."""
    return [c.reason if isinstance(c, Broken) else None for c in contents(path)]


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    assert contents(tmp_path / name) == ROWS


def test_a_row_knows_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n\n{"a": 2}\n')
    assert [row.place for row in read_files([str(path)])] == ["a.jsonl:1", "a.jsonl:3"]


def test_a_folder_means_all_within_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/c.csv", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert source_files(".", tmp_path) == [str(tmp_path / "a/c.csv"), str(tmp_path / "b.jsonl")]


def test_a_glob_means_what_it_matches(tmp_path: Path) -> None:
    for name in ("a1.jsonl", "a2.jsonl", "b.jsonl"):
        (tmp_path / name).write_text("")
    found = source_files("a*.jsonl", tmp_path)
    assert [Path(path).name for path in found] == ["a1.jsonl", "a2.jsonl"]


def test_a_path_that_is_not_there_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"none.jsonl: nothing there .looked for {tmp_path}"):
        source_files("none.jsonl", tmp_path)


@pytest.mark.parametrize("files", [[], ["a.txt"]], ids=["empty", "unknown"])
def test_a_folder_without_a_known_format_is_refused(files: list[str], tmp_path: Path) -> None:
    for file in files:
        (tmp_path / file).write_text("")
    with pytest.raises(SourceError, match=r"no file of a known format .*jsonl"):
        source_files(".", tmp_path)


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.csv", "a.jsonl.zst", "a.jsonl.gz"):
        (tmp_path / name).write_bytes(b"")
        assert contents(tmp_path / name) == []


def test_a_broken_line_costs_itself_and_shows_how_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES + b'{"problem": "cut of\n' + LINES)
    found = list(read_files([str(path)]))
    assert [row.content for row in found if not isinstance(row.content, Broken)] == ROWS * 2
    assert found[5].place == "a.jsonl:6"
    assert isinstance(found[5].content, Broken)
    assert found[5].content.reason == "malformed"
    assert '{"problem": "cut of' in found[5].content.detail


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": "\xff"}', "invalid_utf8"),
        (b'["a"]', "malformed"),
        (b"12", "malformed"),
        (b"\x00\x01", "malformed"),
        (b"[" * 100_000, "malformed"),
    ],
    ids=["utf8", "list", "number", "binary", "deep"],
)
def test_what_is_no_object_is_set_aside_with_a_reason(
    line: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"a": 1}\n' + line + b'\n{"a": 2}\n')
    assert reasons(tmp_path / "a.jsonl") == [None, reason, None]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\n \n" + LINES + b"\r\n\n")
    assert contents(tmp_path / "a.jsonl") == ROWS


def test_a_line_of_20_megabytes_is_one_row(tmp_path: Path) -> None:
    text = "long " * (4 * 2**20)
    line = json.dumps({"problem": text}).encode()
    (tmp_path / "a.jsonl").write_bytes(line + b"\n" + LINES)
    (tmp_path / "b.jsonl.zst").write_bytes(zstandard.compress(line + b"\n" + LINES))
    for name in ("a.jsonl", "b.jsonl.zst"):
        assert contents(tmp_path / name) == [{"problem": text}, *ROWS]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfproblem\nq\n")
    (tmp_path / "a.jsonl").write_bytes(b'\xef\xbb\xbf{"problem": "q"}\n')
    assert contents(tmp_path / "a.csv") == contents(tmp_path / "a.jsonl") == [{"problem": "q"}]


def test_a_csv_row_of_another_width_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a,b\n1,2\n3\n4,5,6\n"x\ny",7\n')
    assert reasons(tmp_path / "a.csv") == [None, "malformed", "malformed", None]


def test_an_empty_csv_cell_is_null(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n,2\n")
    assert contents(tmp_path / "a.csv") == [{"a": None, "b": "2"}]


def test_one_bad_cell_of_a_parquet_costs_one_row(tmp_path: Path) -> None:
    bad = pa.array([b"a", b"\xff", b"c"]).view(pa.string())
    pq.write_table(pa.table({"problem": bad}), tmp_path / "a.parquet")
    assert reasons(tmp_path / "a.parquet") == [None, "invalid_utf8", None]


def test_frames_one_after_another_are_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.compress(LINES) * 3)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINES) * 3)
    assert contents(tmp_path / "a.jsonl.zst") == ROWS * 3
    assert contents(tmp_path / "a.jsonl.gz") == ROWS * 3


@pytest.mark.parametrize(
    ("name", "keep"),
    [(name, keep) for name in ("a.parquet", "a.jsonl.gz", "a.jsonl.zst") for keep in (0.5, 0.99)]
    + [("stream.arrow", 0.7), ("file.arrow", 0.7)],
)
def test_a_cut_file_is_named(name: str, keep: float, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(SourceError, match=rf"{name}: cannot be read .* is it truncated\?"):
        contents(tmp_path / name)


def test_a_damaged_zst_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.zst").write_bytes(b"no zstd at all")
    with pytest.raises(SourceError, match=r"a\.jsonl\.zst: cannot be read \(ZstdError"):
        contents(tmp_path / "a.jsonl.zst")


def test_the_fingerprint_changes_with_name_size_and_time(tmp_path: Path) -> None:
    import os

    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    before = fingerprint([str(path)])
    assert fingerprint([str(path)]) == before
    os.utime(path, (1, 1))
    touched = fingerprint([str(path)])
    path.write_bytes(LINES * 2)
    os.utime(path, (1, 1))
    assert len({before, touched, fingerprint([str(path)])}) == 3


def test_a_dataset_saved_to_disk_is_a_folder_of_rows(tmp_path: Path) -> None:
    import datasets

    datasets.Dataset.from_list(ROWS).save_to_disk(str(tmp_path / "saved"))
    rows = list(read_files(source_files("saved", tmp_path)))
    assert [row.content for row in rows] == ROWS
    assert rows[1].place == "data-00000-of-00001.arrow:2"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
@pytest.mark.parametrize("form", ["lines", "array", "pretty"])
def test_what_a_file_holds_is_told_by_its_bytes(
    form: str, pack: Callable[[bytes], bytes], encoding: str, tmp_path: Path
) -> None:
    text = {
        "lines": LINES.decode(),
        "array": json.dumps(ROWS, indent=1),
        "pretty": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    }[form]
    (tmp_path / "a.jsonl").write_bytes(pack(text.encode(encoding)))
    assert contents(tmp_path / "a.jsonl") == ROWS


def test_hidden_files_are_no_data(tmp_path: Path) -> None:
    for name in ("a.jsonl", "._a.jsonl", ".cache/x/a.jsonl", "state.json", "__MACOSX/a.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert source_files(".", tmp_path) == [str(tmp_path / "a.jsonl")]


@pytest.mark.parametrize("close", ["", '"What is 8?",9\n', 'x "y" z,9\n'])
def test_a_quote_that_does_not_close_costs_its_own_row(close: str, tmp_path: Path) -> None:
    rows = [f"What is {n}?,{n}\n" for n in range(5)]
    (tmp_path / "a.csv").write_text(
        "problem,answer\n" + '"open,1\n'.join(["", "".join(rows)]) + close
    )
    found = reasons(tmp_path / "a.csv")
    assert found[:6] == ["malformed", None, None, None, None, None]
    assert found[6:] in ([], [None])


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.parquet", b"version https://git-lfs.github.com/spec/v1\noid x\n", "Git LFS"),
        ("a.jsonl", b"PK\x03\x04zip", "zip archive"),
        ("a.jsonl", gzip.compress(gzip.compress(LINES)), "compressed twice"),
        ("a.json", b'[{"a": 1},\n{"a": 2', "no JSON after 1 rows"),
        ("a.csv", b"a,a\n1,2\n", "`a` twice"),
        ("a.jsonl.gz", gzip.compress(b'{"a": 1}\n' + b"\0" * 2**26), "bomb"),
    ],
)
def test_what_is_no_data_is_named(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=rf"{name}: cannot be read: .*{said}"):
        contents(tmp_path / name)


def test_a_key_that_stands_twice_and_nan(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"a": 1, "a": 2}\n{"a": NaN}\n')
    assert reasons(tmp_path / "a.jsonl") == ["malformed", None]
    assert contents(tmp_path / "a.jsonl")[1] == {"a": None}
