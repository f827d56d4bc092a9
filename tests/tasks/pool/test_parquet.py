import io
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from schemas.tables import TEXT, TRACES, field, word
from tasks.pool.parquet import ROW_GROUP_BYTES, cuts, groups_with, row_bytes, write_parquet
from tests.tasks.rows import table, trace

SCHEMA = pa.schema(
    [field("id", pa.int64(), "number"), word("kind", "a word"), field("text", TEXT, "long")]
)


def rows(sizes: list[int]) -> pa.Table:
    texts = [chr(97 + n % 26) * size for n, size in enumerate(sizes)]
    return pa.table(
        {"id": range(len(sizes)), "kind": ["few"] * len(sizes), "text": texts}, schema=SCHEMA
    )


def written(tables: Iterable[pa.Table], schema: pa.Schema = SCHEMA) -> pq.ParquetFile:
    sink = io.BytesIO()
    write_parquet(sink, schema, tables, {"stage": "test", "key": "k"})
    return pq.ParquetFile(io.BytesIO(sink.getvalue()))


def groups(file: pq.ParquetFile) -> list[int]:
    return [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]


def test_row_groups_are_cut_by_bytes_and_a_huge_row_stands_alone() -> None:
    mega = 2**20
    file = written([rows([7 * mega, 7 * mega, 7 * mega, 50 * mega, 10, 10])])
    assert groups(file) == [2, 1, 1, 2]
    assert file.read()["text"][3].as_py() == "d" * 50 * mega


def test_a_conversation_counts_with_its_text() -> None:
    turns = [{"role": "user", "content": "x" * (ROW_GROUP_BYTES // 2 + 1)}]
    messages = pa.table({"messages": [turns, turns, []]})
    assert row_bytes(messages) == [ROW_GROUP_BYTES // 2 + 5] * 2 + [0]
    assert groups(written([messages], messages.schema)) == [1, 2]


def test_nulls_weigh_nothing_and_other_cells_eight_bytes() -> None:
    cells = pa.table({"a": pa.array([None, "é"]), "b": [1, 2], "c": pa.array([None, ["x", None]])})
    assert row_bytes(cells) == [8, 2 + 8 + 1]


def test_text_of_another_shape_weighs_too() -> None:
    nested = pa.table({"m": [{"style": "rule", "ground_truth": "12"}]})
    assert row_bytes(nested) == [6]


def test_every_column_is_zstd_with_a_page_index() -> None:
    group = written([rows([10, 10])]).metadata.row_group(0)
    columns = [group.column(n) for n in range(group.num_columns)]
    assert {column.compression for column in columns} == {"ZSTD"}
    assert all(column.has_offset_index and column.has_column_index for column in columns)


def test_only_columns_of_few_words_have_a_dictionary() -> None:
    group = written([table("traces", [trace("7", "p")])], TRACES).metadata.row_group(0)
    with_dictionary = {
        group.column(n).path_in_schema
        for n in range(group.num_columns)
        if group.column(n).has_dictionary_page
    }
    assert with_dictionary == {
        *("teacher", "prompt", "state", "dialect", "frame", "finish_reason"),
    }


def test_the_footer_says_where_the_file_comes_from() -> None:
    metadata = written([rows([1])]).schema_arrow.metadata
    assert metadata[b"longcot.stage"] == b"test"
    assert metadata[b"longcot.key"] == b"k"


def test_no_rows_are_a_file_too() -> None:
    assert written([]).read().equals(SCHEMA.empty_table())
    assert written([SCHEMA.empty_table()]).read().num_rows == 0


def test_the_number_of_rows_is_returned() -> None:
    assert write_parquet(io.BytesIO(), SCHEMA, [rows([1, 2]), rows([3])], {}) == 3


def test_tables_of_a_like_schema_are_cast() -> None:
    narrow = pa.table({"id": pa.array([1], pa.int32()), "kind": ["k"], "text": ["t"]})
    assert written([narrow]).read().schema.equals(SCHEMA)


SIZES = st.lists(st.integers(0, 30))


@given(SIZES, st.integers(1, 20), st.one_of(st.none(), st.integers(1, 5)))
def test_cuts_cover_everything_within_the_limit(
    sizes: list[int], limit: int, most: int | None
) -> None:
    ends = cuts(sizes, limit, most)
    runs = [sizes[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    assert [size for run in runs for size in run] == sizes
    assert all(runs)
    assert all(len(run) == 1 or sum(run) <= limit for run in runs)
    assert all(most is None or len(run) <= most for run in runs)


@given(SIZES, st.integers(1, 20))
def test_no_cut_could_have_waited(sizes: list[int], limit: int) -> None:
    ends = cuts(sizes, limit)
    starts = [0, *ends]
    assert all(sum(sizes[a:b]) + sizes[b] > limit for a, b in zip(starts, ends[:-1], strict=False))


def test_a_table_of_numbers_alone_keeps_every_row() -> None:
    schema = pa.schema([("a", pa.int32()), ("b", pa.float64())])
    rows = pa.table({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5]}, schema=schema)
    sink = io.BytesIO()
    assert write_parquet(sink, schema, [rows], {}) == 3
    assert pq.read_table(sink).to_pylist() == rows.to_pylist()
    assert row_bytes(rows) == [16, 16, 16]


def test_row_groups_that_cannot_have_a_value_are_told_by_their_statistics() -> None:
    schema = pa.schema([("text", pa.string()), ("bucket", pa.int32())])
    parts = [pa.table({"text": ["x"] * 2, "bucket": [n, n]}, schema=schema) for n in (0, 2, 2)]
    sink = io.BytesIO()
    write_parquet(sink, schema, parts, {})
    file = pq.ParquetFile(sink)
    assert [groups_with(file, "bucket", n) for n in range(3)] == [[0], [], [1, 2]]
