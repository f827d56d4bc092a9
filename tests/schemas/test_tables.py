import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.tables import TABLES
from tasks.pool.parquet import write_parquet


@pytest.fixture(scope="module")
def footers() -> dict[str, pa.Schema]:
    found = {}
    for name, schema in TABLES.items():
        sink = io.BytesIO()
        write_parquet(sink, schema, [schema.empty_table()], {"stage": "test"})
        found[name] = pq.read_schema(io.BytesIO(sink.getvalue()))
    return found


@pytest.mark.parametrize("table", TABLES)
def test_every_field_is_described_and_the_footer_says_so(
    table: str, footers: dict[str, pa.Schema]
) -> None:
    for field in TABLES[table]:
        described = field.metadata[b"description"]
        assert len(described) > 5, field.name
        assert footers[table].field(field.name).metadata[b"description"] == described


@pytest.mark.parametrize("table", TABLES)
def test_the_footer_keeps_types_and_nullability(table: str, footers: dict[str, pa.Schema]) -> None:
    assert footers[table].equals(TABLES[table], check_metadata=False)


def test_long_text_has_64_bit_offsets() -> None:
    long = {("problems", "problem"), ("traces", "reasoning"), ("traces", "response")}
    assert all(TABLES[table].field(name).type == pa.large_string() for table, name in long)


@pytest.mark.parametrize("table", TABLES)
def test_the_first_column_identifies_the_row(table: str) -> None:
    first = TABLES[table].field(0)
    assert first.name in ("stage", "child") or first.name.endswith("_id")
    assert not first.nullable
