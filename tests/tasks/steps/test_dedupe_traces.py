from typing import Any

from tasks.dedupe import traces as dedupe_traces
from tasks.pool.jobs import Done
from tasks.pool.store import Pool, Receipt
from tasks.query.sql import connect, query
from tasks.steps.dedupe_traces import DedupeTraces
from tests.tasks.rows import Row, problem, put, trace, verdict

THOUGHT = " ".join(f"step {n} adds {n * n} to what the line above says" for n in range(60))
OTHER = " ".join(f"we try case {n} and it fails because of rule {n % 7}" for n in range(60))


def build(pool: Pool, *shards: list[tuple[Row, str]]) -> tuple[Receipt, Done]:
    """Dedupe the traces (each with its verdict) of a pool, shard by shard."""
    done = Done(pool, "r")
    texts = ("p", "q")
    done.tables["problems"] = [put(pool, "ingest", {"problems": [problem(t) for t in texts]})]
    parents = [done.problems[0].key]
    for rows in shards:
        made = put(pool, "generate", {"traces": [row for row, _ in rows]}, parents)
        done.tables.setdefault("traces", []).append(made)
        words = [verdict(row, word) for row, word in rows if word]
        judged = put(pool, "verify", {"verdicts": words}, [made.key])
        done.tables.setdefault("verdicts", []).append(judged)
    jobs = dedupe_traces.plan_signatures(done, DedupeTraces())
    done.tables["trace_signatures"] = [job.run(done.pool) for job in jobs]
    (job,) = planned(done, DedupeTraces())
    return job.run(done.pool), done


def planned(done: Done, how: DedupeTraces) -> Any:
    """The jobs of the step `dedupe_traces` over what is signed."""
    signed = done.of("trace_signatures")
    return dedupe_traces.plan(done, how.called, how.options(), how, signed)


def pairs(receipt: Receipt, pool: Pool) -> list[dict[str, Any]]:
    shard = receipt.shard("trace_duplicates")
    return pool.read(shard).to_pylist() if shard else []


def test_the_correct_trace_stays_although_the_other_is_longer(pool: Pool) -> None:
    right = trace("7", "p", reasoning=THOUGHT)
    wrong = trace("8", "p", reasoning=THOUGHT + " and so on and on")
    receipt, _ = build(pool, [(wrong, "incorrect")], [(right, "correct")])
    (pair,) = pairs(receipt, pool)
    assert (pair["row_id"], pair["duplicate_of"]) == (wrong["trace_id"], right["trace_id"])
    assert pair["why"] == "verdict"
    assert 0.8 <= pair["jaccard"] < 1
    assert receipt.counts == {"in": 2, "out": 2, "duplicates": 1, "pairs checked": 1}


def test_what_a_person_decided_is_what_stays(pool: Pool) -> None:
    right = trace("7", "p", reasoning=THOUGHT)
    wrong = trace("8", "p", reasoning=THOUGHT + " and so on and on")
    machine, done = build(pool, [(wrong, "incorrect")], [(right, "correct")])
    words = [verdict(right, "incorrect"), verdict(wrong, "correct")]
    human = [{**word, "verifier": "human"} for word in words]
    done.add(["verdicts"], [put(pool, "adjudicate", {"verdicts": human})])
    (job,) = planned(done, DedupeTraces())
    assert job.key != machine.key
    (pair,) = pairs(job.run(done.pool), pool)
    assert (pair["row_id"], pair["duplicate_of"]) == (right["trace_id"], wrong["trace_id"])


def test_one_other_number_makes_no_other_trace(pool: Pool) -> None:
    one = trace("7", "p", reasoning=THOUGHT)
    slip = trace("7.", "p", reasoning=THOUGHT.replace("900", "901"))
    receipt, _ = build(pool, [(one, "correct"), (slip, "correct")])
    assert [0.9 < pair["jaccard"] < 1 for pair in pairs(receipt, pool)] == [True]


def test_traces_of_different_problems_are_not_compared(pool: Pool) -> None:
    receipt, _ = build(
        pool,
        [(trace("7", "p", reasoning=THOUGHT), "correct")],
        [(trace("7", "q", reasoning=THOUGHT), "correct")],
    )
    assert (pairs(receipt, pool), receipt.counts["pairs checked"]) == ([], 0)


def test_a_trace_without_text_repeats_none(pool: Pool) -> None:
    empty = [trace(text, "p", reasoning=None, response=None) for text in "ab"]
    receipt, _ = build(pool, [(row, "incorrect") for row in empty])
    assert not pairs(receipt, pool)


def test_a_view_may_ask_for_traces_that_repeat_none(pool: Pool) -> None:
    rows = [
        (trace("7", "p", reasoning=THOUGHT), "correct"),
        (trace("7!", "p", reasoning=THOUGHT.upper() + "."), "correct"),
        (trace("7?", "p", reasoning=OTHER), "correct"),
    ]
    receipt, done = build(pool, rows)
    live = [*done.problems, *done.traces, *done.tables["verdicts"], receipt]
    tables: dict[str, list[Any]] = {}
    for shard in (shard for one in live for shard in one.outputs):
        tables.setdefault(shard.table, []).append(shard)
    with connect(pool, tables) as connection:
        sql = "SELECT count(*) AS n, count(duplicate_of) AS twice FROM pool"
        assert query(connection, sql, "test").to_pylist() == [{"n": 3, "twice": 1}]


def test_no_traces_have_no_duplicates(pool: Pool) -> None:
    receipt, _ = build(pool)
    assert (receipt.counts["in"], receipt.outputs) == (0, [])
