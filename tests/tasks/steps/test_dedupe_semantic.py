import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import PoolError, TeacherError
from tasks.dedupe import problems as dedupe
from tasks.dedupe.meaning import semantic as dedupe_semantic
from tasks.dedupe.meaning.embeddings import embeddings
from tasks.pool.jobs import Done
from tasks.pool.store import Pool, Receipt
from tasks.steps.dedupe import Dedupe
from tasks.steps.dedupe_semantic import DedupeSemantic
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve
from tests.tasks.harm import cut, delete, flip, garble
from tests.tasks.rows import problem, put
from tests.tasks.steps.test_dedupe import planned

ONE = "A baker sells 12 loaves in the morning and 5 in the afternoon. How many does the baker sell?"
SAID = (
    "The baker sells 12 loaves in the morning, 5 in the afternoon. How many does this baker sell?"
)
LESS = ONE.replace("12", "13")
OTHER = "Find the area of a circle whose radius is 12 and whose centre is 5 away from the origin."
FAR = "Name every prime divisor of the number of days in a leap year."


def prepared(pool: Pool, *shards: list[dict[str, Any]], mode: Any = "problem") -> Done:
    """A pool of these problem shards, deduped."""
    done = Done(pool, "r")
    done.tables["problems"] = [
        put(pool, "ingest", {"problems": [problem(**row) for row in rows]}) for rows in shards
    ]
    how = Dedupe(mode=mode, threshold=1)
    done.tables["signatures"] = [
        job.run(done.pool) for job in dedupe.plan_signatures(done, how, how.mode)
    ]
    done.deciding["dedupe"] = [job.run(done.pool) for job in planned(done, how, ["s", "t"])]
    return done


def deduped(done: Done, server: Server, threshold: float = 0.8, rebuy: bool = False) -> Receipt:
    asked = DedupeSemantic(model="teacher", endpoint=[server.url], threshold=threshold)
    done.tables["embeddings"] = embeddings(done, asked, lambda meter, share: None, rebuy)
    (job,) = dedupe_semantic.plan(
        done, asked.called, asked.threshold, done.of("embeddings"), ["s", "t"]
    )
    return done.pool.receipt(job.stage, job.key) or job.run(done.pool)


def found(pool: Pool, receipt: Receipt) -> list[dict[str, Any]]:
    shard = receipt.shard("semantic_duplicates")
    return pool.read(shard).to_pylist() if shard else []


def of(text: str) -> str:
    return str(problem(text)["problem_id"])


def texts(server: Server) -> list[str]:
    return [text for got in server.log for text in got.body["input"]]


def test_other_words_are_a_duplicate_and_other_numbers_are_not(pool: Pool) -> None:
    rows = [{"text": text} for text in (ONE, LESS, OTHER, FAR)]
    rows[0]["solution"] = "long"
    done = prepared(pool, [*rows, {"text": SAID}])
    with serve() as server:
        receipt = deduped(done, server)
    (pair,) = found(pool, receipt)
    assert (pair["row_id"], pair["duplicate_of"], pair["why"]) == (of(SAID), of(ONE), "length")
    assert 0.8 <= pair["cosine"] < 1
    shard = receipt.shard("set_aside")
    assert shard
    (reject,) = pool.read(shard).to_pylist()
    assert (reject["step"], reject["reason"]) == ("dedupe_semantic", "duplicate_semantic")
    assert of(ONE) in reject["detail"]
    assert receipt.counts == {
        "in": 5, "out": 4, "aside.duplicate_semantic": 1, "without embedding": 0,
    }  # fmt: skip


def test_other_gold_answers_stay_apart(pool: Pool) -> None:
    done = prepared(pool, [{"text": ONE, "answer": "17"}, {"text": SAID, "answer": "18"}])
    with serve() as server:
        assert found(pool, deduped(done, server)) == []


def test_in_the_mode_text_nothing_is_kept_apart(pool: Pool) -> None:
    done = prepared(pool, [{"text": ONE}, {"text": LESS}], mode="text")
    with serve() as server:
        (pair,) = found(pool, deduped(done, server))
    assert {pair["row_id"], pair["duplicate_of"]} == {of(ONE), of(LESS)}


def test_new_sources_are_embedded_alone_and_another_threshold_asks_nothing(pool: Pool) -> None:
    first, second = [{"text": ONE}, {"text": OTHER}], [{"text": SAID, "source": "t"}]
    with serve() as server:
        deduped(prepared(pool, first), server)
        assert sorted(texts(server)) == sorted([ONE, OTHER])
        receipt = deduped(prepared(pool, first, second), server)
        assert texts(server)[2:] == [SAID]
        (pair,) = found(pool, receipt)
        assert (pair["row_id"], pair["why"]) == (of(SAID), "source")
        again = deduped(prepared(pool, first, second), server, 0.999)
        assert (len(texts(server)), again.counts["out"]) == (3, 3)


def test_what_was_received_before_a_break_is_not_asked_again(pool: Pool) -> None:
    rows = [{"text": f"{FAR} Say why, in step {n}."} for n in range(80)]
    with serve(Behaviour(poison={"step 79.": "401"})) as server:
        with pytest.raises(TeacherError, match="refuses every request"):
            deduped(prepared(pool, rows), server)
        before = {t for got in server.log if got.status == 200 for t in got.body["input"]}
        assert before
        server.behaviour = Behaviour()
        count = len(server.log)
        deduped(prepared(pool, rows), server)
        after = [t for got in server.log[count:] for t in got.body["input"]]
    assert sorted([*before, *after]) == sorted(row["text"] for row in rows)


def test_a_text_that_the_model_refuses_is_left_in(pool: Pool) -> None:
    done = prepared(pool, [{"text": text} for text in (ONE, SAID, FAR)])
    with serve(Behaviour(poison={"leap year": "overflow"})) as server:
        receipt = deduped(done, server)
    assert receipt.counts["without embedding"] == 1
    assert [row["row_id"] for row in found(pool, receipt)] in ([of(ONE)], [of(SAID)])
    (shard,) = done.tables["embeddings"][0].outputs
    refused = pl.DataFrame(pool.read(shard)).filter(pl.col("vector").is_null())
    assert refused["row_id"].to_list() == [of(FAR)]
    assert "context length" in refused["detail"][0]


def test_faults_that_heal_are_asked_again(pool: Pool) -> None:
    done = prepared(pool, [{"text": ONE}, {"text": SAID}])
    with serve(Behaviour(script=("500", "429", "drop"), retry_after=0)) as server:
        assert len(found(pool, deduped(done, server))) == 1


def rows_of(names: list[int], blocks: list[int], answers: list[int]) -> pl.DataFrame:
    none = pl.Series([0] * len(names), dtype=pl.UInt64)
    tagged = pl.Series([a and (1 << 56) + a for a in answers], dtype=pl.UInt64)
    return pl.DataFrame(
        {"row_id": [f"{n:03d}" for n in names], "block": pl.Series(blocks, dtype=pl.UInt64)}
    ).with_columns(
        answer=tagged, numerals=none, signs=none, verdict=pl.lit(value=False),
        sound=pl.lit(value=True), length=pl.lit(0), rank=pl.lit(0),
    )  # fmt: skip


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60), st.floats(0.3, 1))
def test_it_is_the_plain_definition_whatever_the_order(
    seed: int, size: int, threshold: float
) -> None:
    dice, chance = np.random.default_rng(seed), random.Random(seed)
    vectors = dice.normal(size=(size, 3))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    blocks = dice.integers(0, 2, size).tolist()
    answers = dice.integers(0, 3, size).tolist()
    wide = vectors.astype(np.float64)
    exact = wide @ wide.T / np.outer(*[np.linalg.norm(wide, axis=1)] * 2)
    expected: dict[str, str] = {}
    for row in range(size):  # ids are places: the best first
        for other in range(row):
            apart = answers[row] and answers[other] and answers[row] != answers[other]
            stays = f"{other:03d}" not in expected
            near = blocks[row] == blocks[other] and exact[row, other] >= threshold
            if near and stays and not apart:
                expected[f"{row:03d}"] = f"{other:03d}"
                break
    order = chance.sample(range(size), size)
    rows = rows_of(list(range(size)), blocks, answers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dedupe_semantic, "TILE", chance.randint(1, 20))
        told = dedupe_semantic.compare(rows[order], vectors[order], threshold)
        patch.setattr(dedupe_semantic, "EXACT", 0)  # of so few neighbours none is beyond NEAREST
        patch.setattr(dedupe_semantic, "NEAREST", size)
        assert dedupe_semantic.compare(rows[order], vectors[order], threshold).equals(told)
    assert dict(told.select("row_id", "duplicate_of").iter_rows()) == expected
    assert (told["cosine"] >= threshold).all()


def test_shards_do_not_show_in_the_result(pool: Pool, tmp_path: Any) -> None:
    rows = [{"text": f"{text} It is {n} o'clock."} for n in range(9) for text in (ONE, SAID)]
    with serve() as server:
        one = found(pool, deduped(prepared(pool, rows), server))
        other = Pool(tmp_path / "other")
        parts = [rows[at::3] for at in range(3)]
        many = found(other, deduped(prepared(other, *parts), server))
    assert one == many
    assert one


@pytest.mark.parametrize("harm", [delete, cut, garble, flip])
@pytest.mark.parametrize("what", ["shard", "receipt"])
def test_no_damage_to_one_copy_of_embeddings_costs_a_request(
    pool: Pool, what: str, harm: Callable[[Path], None]
) -> None:
    done = prepared(pool, [{"text": text} for text in (ONE, SAID, FAR)])
    with serve() as server:
        before = found(pool, deduped(done, server))
        (made,) = done.tables["embeddings"]
        harm(embedded(pool, made) if what == "shard" else receipt_of(pool, made))
        assert found(pool, deduped(done, server)) == before
        assert len(texts(server)) == 3
    pool.read(done.tables["embeddings"][0].whole("embeddings"))


def test_embeddings_that_are_lost_are_bought_again_only_on_demand(pool: Pool) -> None:
    done = prepared(pool, [{"text": text} for text in (ONE, SAID, FAR)])
    with serve() as server:
        deduped(done, server)
        (made,) = done.tables["embeddings"]
        for kept in Path(pool.path("journal")).rglob("*.zst"):
            kept.unlink()
        receipt_of(pool, made).unlink()
        deduped(done, server)
        assert len(texts(server)) == 3, "the shard says it all"
        cut(embedded(pool, made))
        for _ in range(2):
            with pytest.raises(PoolError, match=r"3 embeddings were paid for .* --rebuy"):
                deduped(done, server)
        assert len(texts(server)) == 3
        deduped(done, server, rebuy=True)
        deduped(done, server)
        assert len(texts(server)) == 6


def embedded(pool: Pool, made: Receipt) -> Path:
    return Path(pool.path(made.outputs[0].path))


def receipt_of(pool: Pool, made: Receipt) -> Path:
    return Path(pool.path(f"receipts/embed/{made.key}.json"))
