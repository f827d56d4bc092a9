import pytest

from schemas.errors import QueryError
from tasks.pool.store import Pool
from tasks.query.sql import connect
from tasks.reports.draw import draw
from tests.tasks.judged import Judged


def test_each_word_draws_its_kind(pool: Pool) -> None:
    judged = Judged().ask("a", "7", "8", "7")
    judged.traces[2]["label"] = False
    ids = [row["trace_id"] for row in judged.traces]
    with connect(pool, judged.into(pool)) as connection:
        assert {draw(connection, "random") for _ in range(40)} == set(ids)
        assert draw(connection, "wrong") == ids[1]
        assert draw(connection, "disputed") == ids[2]


def test_a_pool_without_one_says_so(pool: Pool) -> None:
    with (
        connect(pool, Judged().ask("a", "7").into(pool)) as connection,
        pytest.raises(QueryError, match="show disputed: the pool has no such trace"),
    ):
        draw(connection, "disputed")
