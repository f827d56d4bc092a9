import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Verdict
from tasks.pool.jobs import Done
from tasks.pool.store import Pool
from tasks.query.sql import connect
from tasks.reports.label_quality import (
    STRATA,
    case,
    confusion,
    draws_of,
    error_of,
    estimates,
    queue,
    said,
    wrong_of,
)
from tasks.verdicts.adjudication import decide, decisions, plan
from tasks.verdicts.grade import samples_of
from tests.tasks.judged import Judged, Tables, many
from tests.tasks.rows import Row, put


def stratum(verdict: str, judge: str, traces: int, judged: int, right: int) -> Row:
    sizes = {"traces": traces, "judged": judged, "found_right": right}
    return {"verdict": verdict, "others": False, "judge": judge, **sizes}


def with_peer(judged: Judged, *wrong: int) -> Judged:
    """A second opinion on every trace; it differs from the verdict at these places."""
    flipped = {"correct": "incorrect", "incorrect": "correct"}
    for number, row in enumerate(list(judged.verdicts)):
        word = flipped[row["verdict"]] if number in wrong else row["verdict"]
        judged.verdicts.append({**row, "verifier": "math-verify", "verdict": word})
    return judged


def with_people(pool: Pool, tables: Tables, *decided: tuple[str, Verdict]) -> Tables:
    for trace, verdict in decided:
        decide(pool, trace, verdict)
    done = Done(pool, "recipe")
    receipts = [job.run(done.pool) for job in plan(done)]
    return {**tables, "verdicts": [*tables["verdicts"], *(r.outputs[0] for r in receipts)]}


def test_other_verifiers_never_multiply_the_rows_of_the_pool(pool: Pool) -> None:
    judged = with_peer(many(10), 1, 2)
    tables = with_people(pool, judged.into(pool), (judged.traces[0]["trace_id"], Verdict.INCORRECT))
    with connect(pool, tables) as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT trace_id) FROM pool").fetchone()
        assert rows == (40, 40)
        assert connection.execute("SELECT count(*) FROM verdicts").fetchone() == (81,)
        published = "SELECT verdict, reason, verifier FROM pool WHERE trace_id = ?"
        label = connection.execute(published, [judged.traces[0]["trace_id"]]).fetchone()
        assert label == ("incorrect", "differ.human", "human")
        other = connection.execute(published, [judged.traces[1]["trace_id"]]).fetchone()
        assert other is not None and other[2] == "math"


def test_the_confusion_is_told_per_source_and_verifier(pool: Pool) -> None:
    judged = with_peer(Judged().ask("a", "7", "8").ask("b", "7", "9"), 0, 3)
    with connect(pool, judged.into(pool)) as connection:
        found = confusion(connection)
    assert [(row["published"], row["says"], row["traces"]) for row in found] == [
        ("correct", "correct", 1), ("correct", "incorrect", 1),
        ("incorrect", "correct", 1), ("incorrect", "incorrect", 1),
    ]  # fmt: skip
    assert {(row["source"], row["other"]) for row in found} == {("s", "math-verify")}


def test_the_disputed_come_first_and_the_draw_is_seeded(pool: Pool) -> None:
    judged = with_peer(many(40), *range(0, 160, 20))
    judged.traces[1]["label"] = judged.verdicts[1]["verdict"] != "correct"  # disputes it as well
    tables = judged.into(pool)
    with connect(pool, tables) as connection:
        rows = queue(connection, 12, seed=1)
        assert rows == queue(connection, 12, seed=1) != queue(connection, 12, seed=2)
        assert sum(row["disputed"] for row in rows) == 9  # all of them, among the first twelve
        shown = case(connection, rows[0]["trace_id"])
        told = said(connection, rows[0]["trace_id"])
    assert shown["problem"].startswith("q") and shown["answer"] == "7"
    assert not {"verdicts", "extracted", "label"} & shown.keys()  # nothing that sways
    assert "math-verify: " in told["verdicts"]


def test_a_decision_takes_a_note_and_can_be_taken_back(pool: Pool) -> None:
    decide(pool, "a", Verdict.CORRECT, "the gold lost a sign")
    decide(pool, "b", Verdict.INCORRECT)
    decide(pool, "b", None)
    assert decisions(pool) == {"a": Verdict.CORRECT}
    assert b"the gold lost a sign" in pool.fs.cat_file(pool.path("adjudications.jsonl"))


def test_too_few_decisions_say_nothing(pool: Pool) -> None:
    judged = many(60)
    ids = [row["trace_id"] for row in judged.traces]
    tables = with_people(pool, judged.into(pool), *[(i, Verdict.CORRECT) for i in ids[:29]])
    with connect(pool, tables) as connection:
        assert estimates(connection) == []


def test_what_was_decided_is_not_asked_again_and_the_last_word_counts(pool: Pool) -> None:
    judged = with_peer(many(4), 0)
    trace = judged.traces[0]["trace_id"]
    tables = judged.into(pool)
    with connect(pool, tables) as connection:
        assert queue(connection, 1, seed=1)[0]["trace_id"] == trace
    tables = with_people(pool, tables, (trace, Verdict.UNDECIDED), (trace, Verdict.CORRECT))
    assert decisions(pool) == {trace: Verdict.CORRECT}
    with connect(pool, tables) as connection:
        assert trace not in [row["trace_id"] for row in queue(connection, 100, seed=1)]


def test_a_damaged_decision_is_named_by_its_line(pool: Pool) -> None:
    decide(pool, "t", Verdict.CORRECT)
    pool.put("adjudications.jsonl", lambda sink: sink.write(b'{"trace_id": "t", "verdict": "x"}\n'))
    with pytest.raises(Exception, match=r"adjudications.jsonl, line 1: no decision .*verdict"):
        decisions(pool)


def test_a_grade_follows_the_person(pool: Pool) -> None:
    judged = Judged().ask("a", "7", "8")
    done = Done(pool, "recipe")
    traces = put(pool, "generate", {"traces": judged.traces})
    verdicts = put(pool, "verify", {"verdicts": judged.verdicts}, parents=[traces.key])
    wrong = next(v["trace_id"] for v in judged.verdicts if v["verdict"] == "incorrect")
    decide(pool, wrong, Verdict.CORRECT)
    people = [job.run(pool) for job in plan(done)]
    words = samples_of(pool, traces, [verdicts, *people])["verdict"].to_list()
    assert words == ["correct", "correct"]


def test_nothing_is_estimated_before_a_person_decided(pool: Pool) -> None:
    with connect(pool, with_peer(many(4)).into(pool)) as connection:
        assert estimates(connection) == []


def test_the_estimates_are_weighted_by_what_was_sampled(pool: Pool) -> None:
    """All 4 disputed `correct` are wrong, the 20 sampled undisputed ones of both kinds right."""
    judged = many(60)
    correct = [n for n, v in enumerate(judged.verdicts) if v["verdict"] == "correct"]
    wrong = [n for n, v in enumerate(judged.verdicts) if v["verdict"] == "incorrect"]
    with_peer(judged, *correct[:4])
    ids = [row["trace_id"] for row in judged.traces]
    decided = [(ids[n], Verdict.INCORRECT) for n in (*correct[:4], *wrong[:20])]
    decided += [(ids[n], Verdict.CORRECT) for n in correct[4:24]]
    tables = with_people(pool, judged.into(pool), *decided)
    with connect(pool, tables) as connection:
        found = {row["measure"]: row for row in estimates(connection)}
        assert estimates(connection) == list(found.values())  # seeded
    precision = found["precision"]
    share = (len(correct) - 4) / len(correct)
    assert precision["low"] < share * 20.5 / 21 < precision["high"] <= share
    assert precision["low"] > 0.8 * share and precision["judged"] == 44
    assert 0.8 < found["recall"]["low"] <= found["recall"]["estimate"] <= found["recall"]["high"]


def test_where_everything_was_judged_there_is_no_doubt() -> None:
    strata = [
        stratum("correct", "unseen", 8, 8, 6),
        stratum("incorrect", "unseen", 4, 4, 2),
    ]
    draws = draws_of(strata, np.random.default_rng(1))
    assert set(draws["precision"]) == {0.75} and set(draws["recall"]) == {0.75}


def precision(*strata: Row) -> tuple[float, float]:
    """The interval of precision."""
    values = draws_of(list(strata), np.random.default_rng(1))["precision"]
    return values[int(0.025 * len(values))], values[int(0.975 * len(values))]


def test_a_judge_that_people_checked_makes_the_interval_narrower() -> None:
    alone = precision(stratum("correct", "unseen", 10_000, 30, 30))
    sample = [stratum("correct", "agrees", 190, 20, 20), stratum("correct", "differs", 10, 10, 5)]
    both = precision(stratum("correct", "unseen", 9_800, 30, 30), *sample)
    assert both[1] - both[0] < alone[1] - alone[0]
    assert both[0] > alone[0] and both[0] < 0.97 < both[1]  # about five of 200 are wrong


def test_a_judge_that_nobody_checked_adds_nothing() -> None:
    alone = precision(stratum("correct", "unseen", 10_000, 30, 27))
    sample = [stratum("correct", "agrees", 199, 0, 0), stratum("correct", "differs", 1, 0, 0)]
    both = precision(stratum("correct", "unseen", 9_800, 30, 27), *sample)
    assert both == pytest.approx(alone, abs=0.03)


def test_a_lenient_judge_does_not_lift_the_label() -> None:
    """It always agrees; people find a third of that wrong."""
    sample = stratum("correct", "agrees", 200, 30, 20)
    low, high = precision(stratum("correct", "unseen", 9_800, 0, 0), sample)
    assert 0.4 < low < 2 / 3 < high < 0.85


def test_what_a_judge_says_is_a_stratum_of_its_own(pool: Pool) -> None:
    judged = many(12)
    said = ["correct", "incorrect", "undecided"]
    for number, row in enumerate(list(judged.verdicts)):
        if number % 4:
            word = said[number % 7 % 3]
            judged.verdicts.append({**row, "verifier": "llm_judge:m", "verdict": word})
    with connect(pool, judged.into(pool)) as connection:
        rows = connection.execute(
            f"SELECT judge, disputed, count(*) FROM ({STRATA}) GROUP BY ALL"
        ).fetchall()
    assert {row[0] for row in rows} == {"unseen", "agrees", "differs", "unsure"}
    assert all(disputed == (judge == "differs") for judge, disputed, _ in rows)


@given(
    sizes=st.lists(st.tuples(st.integers(1, 300), st.integers(0, 300)), min_size=2, max_size=2),
    right=st.integers(0, 300),
)
def test_what_is_wrong_of_all_traces_is_what_precision_says(
    sizes: list[tuple[int, int]], right: int
) -> None:
    """Labels that all are `correct`, none of them judged twice: their error is 1 - precision, but
    for those that people decided, which are corrected."""
    strata = []
    for judge, (traces, most) in zip(("agrees", "unseen"), sizes, strict=True):
        judged = min(traces, most)
        of = stratum("correct", judge, traces, judged, min(right, judged))
        strata.append({**of, "open": traces - judged})
    wrong = wrong_of(strata, np.random.default_rng(1))
    total, left = (sum(row[name] for row in strata) for name in ("traces", "open"))
    corrected = sum(row["judged"] - row["found_right"] for row in strata)
    precision = draws_of(strata, np.random.default_rng(1))["precision"]
    assert np.allclose(wrong + corrected, np.sort((1 - precision) * total))
    assert 0 <= wrong[0] <= wrong[-1] <= left


def test_the_error_of_some_traces_is_that_of_the_strata_they_lie_in(pool: Pool) -> None:
    """People found the 20 disputed ones wrong and the 20 undisputed right: a view of undisputed
    traces has few wrong labels, one of disputed ones that nobody judged many."""
    judged = many(60)
    correct = [n for n, v in enumerate(judged.verdicts) if v["verdict"] == "correct"]
    with_peer(judged, *correct[:40])
    ids = [row["trace_id"] for row in judged.traces]
    decided = [(ids[n], Verdict.INCORRECT) for n in correct[:20]]
    decided += [(ids[n], Verdict.CORRECT) for n in correct[40:60]]
    tables = with_people(pool, judged.into(pool), *decided)
    found = {}
    with connect(pool, tables) as connection:
        for name, places in (("decided", correct[:20]), ("disputed", correct[20:40]),
                             ("undisputed", correct[60:80] * 2)):  # fmt: skip
            used = ", ".join(f"('{ids[n]}')" for n in places)
            connection.execute(f"CREATE TEMP VIEW of_{name} AS FROM (VALUES {used}) v(trace_id)")
            found[name] = error_of(connection, f"of_{name}")
    assert [row["traces"] for row in found.values()] == [20, 20, 40]  # each time it is used
    assert [row["disputed"] for row in found.values()] == [0, 20, 0]
    assert found["decided"]["error"] == found["decided"]["high"] == 0  # the label is the person's
    assert found["disputed"]["low"] > 0.8 and found["undisputed"]["high"] < 0.15


def test_before_people_decided_no_error_is_told(pool: Pool) -> None:
    with connect(pool, with_peer(many(4), 0).into(pool)) as connection:
        found = error_of(connection, "traces")
    assert found["error"] is found["low"] is found["high"] is None
    assert (found["traces"], found["disputed"], found["judged"]) == (16, 1, 0)
