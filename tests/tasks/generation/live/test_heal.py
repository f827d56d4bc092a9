"""Damage to what was paid for: mended without a request, or told before one is sent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.errors import PoolError
from tasks.pool.growth import Intake
from tasks.pool.store import Pool
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve
from tests.tasks.harm import cut, delete, flip, garble
from tests.tasks.llm.site import ask, rows, sums, teacher

COUNT = 12


def shard(pool: Pool, taken: Intake) -> Path:
    return Path(pool.path(taken.shards[0].outputs[0].path))


def receipt(pool: Pool, taken: Intake) -> Path:
    return Path(pool.path(f"receipts/generate/{taken.shards[0].key}.json"))


def built(pool: Pool, server: Server, **more: bool) -> Intake:
    return ask(pool, sums(pool, COUNT), teacher(server), verify=None, **more)


@pytest.mark.parametrize("what", [shard, receipt])
@pytest.mark.parametrize("harm", [delete, cut, garble])
def test_no_damage_to_one_copy_costs_a_request(
    pool: Pool, what: Callable[[Pool, Intake], Path], harm: Callable[[Path], None]
) -> None:
    with serve(Behaviour()) as server:
        taken = built(pool, server)
        before, whole = rows(pool, taken), shard(pool, taken).read_bytes()
        harm(what(pool, taken))
        again = built(pool, server)
        assert len(server.log) == COUNT
    assert rows(pool, again).equals(before)
    assert shard(pool, again).read_bytes() == whole, "to the byte"


def test_a_receipt_is_made_again_from_its_shard_alone(pool: Pool) -> None:
    with serve(Behaviour()) as server:
        taken = built(pool, server)
        for kept in Path(pool.path("journal")).rglob("*.zst"):
            kept.unlink()
        receipt(pool, taken).unlink()
        assert rows(pool, built(pool, server)).equals(rows(pool, taken))
        assert len(server.log) == COUNT


def test_what_is_lost_is_told_and_bought_again_only_on_demand(pool: Pool) -> None:
    with serve(Behaviour()) as server:
        taken = built(pool, server)
        for kept in Path(pool.path("journal")).rglob("*.zst"):
            kept.unlink()
        cut(shard(pool, taken))
        for _ in range(2):
            with pytest.raises(PoolError, match=r"12 samples of t were paid for .* --rebuy"):
                built(pool, server)
        assert len(server.log) == COUNT
        again = built(pool, server, rebuy=True)
        assert len(server.log) == 2 * COUNT
        assert len(rows(pool, again)) == COUNT
        built(pool, server)
        assert len(server.log) == 2 * COUNT


def test_a_flipped_bit_in_a_page_costs_no_request(pool: Pool) -> None:
    with serve(Behaviour()) as server:
        taken = built(pool, server)
        flip(shard(pool, taken))
        try:
            again = built(pool, server)
        except PoolError as error:  # pages that generate does not read: the reader tells
            assert "damaged" in str(error)
        else:
            assert again.counts["out"] == COUNT
        assert len(server.log) == COUNT
