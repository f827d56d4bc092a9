"""Damage to answers that were paid for costs no request, or is told before one is sent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.errors import PoolError
from tasks.llm.asking.ask import ask
from tasks.llm.asking.question import Question
from tasks.pool.store import Pool, Receipt
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import serve
from tests.tasks.asked import answered, part, question, rows
from tests.tasks.harm import cut, delete, flip, garble

THINGS = [part("plum", "snow", "grass"), part("coal", "sea")]
COUNT = 5


def shard(pool: Pool, made: list[Receipt]) -> Path:
    return Path(pool.path(made[0].outputs[0].path))


def receipt(pool: Pool, made: list[Receipt]) -> Path:
    return Path(pool.path(f"receipts/ask/{made[0].key}.json"))


def told(pool: Pool, made: list[Receipt]) -> list[tuple[str, str]]:
    return [(row["row_id"], row["answer"]) for row in rows(pool, made)]


def rebought(pool: Pool, asked: Question) -> list[Receipt]:
    return ask(pool, asked, THINGS, "recipe", False, lambda meter, share: None, rebuy=True)


@pytest.mark.parametrize("what", [shard, receipt])
@pytest.mark.parametrize("harm", [delete, cut, garble, flip])
def test_no_damage_to_one_copy_costs_a_request(
    pool: Pool,
    tmp_path: Path,
    what: Callable[[Pool, list[Receipt]], Path],
    harm: Callable[[Path], None],
) -> None:
    with serve(Behaviour(fields={"colour": "blue"})) as server:
        asked = question(tmp_path, server.url)
        made = answered(pool, asked, THINGS)
        before = told(pool, made)
        harm(what(pool, made))
        again = answered(pool, asked, THINGS)
        more = answered(pool, asked, [part("grass", "coal")])
        assert len(server.log) == COUNT
    assert told(pool, again) == before
    assert len(rows(pool, more)) == 2


def test_the_kept_files_alone_hold_every_answer(pool: Pool, tmp_path: Path) -> None:
    with serve(Behaviour(fields={"colour": "blue"})) as server:
        asked = question(tmp_path, server.url)
        made = answered(pool, asked, THINGS)
        before = told(pool, made)
        for folder in ("answers", "receipts/ask"):
            for path in Path(pool.path(folder)).iterdir():
                path.unlink()
        assert told(pool, answered(pool, asked, THINGS)) == before
        assert len(server.log) == COUNT


def test_what_is_lost_is_told_and_bought_again_only_on_demand(pool: Pool, tmp_path: Path) -> None:
    with serve(Behaviour(fields={"colour": "blue"})) as server:
        asked = question(tmp_path, server.url)
        made = answered(pool, asked, THINGS)
        for kept in Path(pool.path("journal")).rglob("*.zst"):
            kept.unlink()
        cut(shard(pool, made))
        for _ in range(2):
            with pytest.raises(PoolError, match=r"paid for and are lost.* --rebuy"):
                answered(pool, asked, THINGS)
        assert len(server.log) == COUNT
        rebought(pool, asked)
        assert len(server.log) == COUNT + 3, "the answers of the other shard stand"
        answered(pool, asked, THINGS)
        assert len(server.log) == COUNT + 3
