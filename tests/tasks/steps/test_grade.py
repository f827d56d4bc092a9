import math
import random
from collections import defaultdict
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.identity import problem_id
from schemas.vocabulary import State, Verdict
from tasks.pool.jobs import Done, frame_of
from tasks.pool.store import Pool, Receipt
from tasks.steps.grade import Grade
from tasks.verdicts import grade as module
from tasks.verdicts.grade import figure, grade, pass_at_k, plan, to_grade, wilson
from tasks.verdicts.verify import UNFINISHED
from tests.tasks.rows import problem, put, trace, verdict
from verifiers.base.outcome import verdict_of

Sample = tuple[str, str, str, str]
SAMPLES = st.lists(
    st.tuples(
        st.sampled_from("pqr"),
        st.sampled_from(["r1", "qwen"]),
        st.sampled_from([str(state) for state in State]),
        st.sampled_from([str(word) for word in Verdict]),
    )
)


def graded(samples: list[Sample]) -> dict[tuple[str, str], dict[str, object]]:
    columns = ["problem_id", "teacher", "state", "verdict"]
    frame = pl.DataFrame(samples, schema=dict.fromkeys(columns, pl.String), orient="row")
    frame = frame.with_columns(score=pl.lit(None, pl.Float32))
    return grade(frame, Grade()).rows_by_key(["problem_id", "solver"], named=True, unique=True)


def test_scores_are_shares_where_the_verifier_has_them():
    """DeepDistill's rule: two problems of one pass rate differ in the spread of their scores."""
    rows = [
        ("p", "r1", "complete", "correct", 1.0), ("p", "r1", "complete", "incorrect", 0.5),
        ("q", "r1", "complete", "correct", None), ("q", "r1", "complete", "incorrect", 0.0),
        ("q", "r1", "complete", "undecided", 0.9), ("q", "r1", "truncated", "incorrect", None),
    ]  # fmt: skip
    names = ["problem_id", "teacher", "state", "verdict", "score"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    found = grade(frame, Grade()).rows_by_key(["problem_id", "solver"], named=True, unique=True)
    assert found["p", "r1"]["pass_rate"] == 0.5 and found["p", "r1"]["mean_score"] == 0.75
    assert found["p", "r1"]["cv"] == pytest.approx(0.25 / 0.75)
    assert found["q", "r1"]["mean_score"] == pytest.approx(1 / 3)
    assert found["q", "r1"]["cv"] == pytest.approx(math.sqrt(2))


def test_a_failure_of_the_machinery_is_nobodys_wrong_answer():
    """Failed requests, killed sandboxes and crashed verifiers leave the pass rate as it is."""
    reasons = ["undecided.failed", "undecided.sandbox", "undecided.worker_lost", "undecided.error",
               "undecided.timeout", "undecided.memory", "undecided.judge_failed"]  # fmt: skip
    broken = [("p", "r1", "complete", str(verdict_of(reason))) for reason in reasons]
    failed = [("p", "r1", State.FAILED, str(UNFINISHED[State.FAILED][0]))]
    row = graded([("p", "r1", "complete", "correct"), *broken, *failed])["p", "r1"]
    assert (row["pass_rate"], row["correct"], row["undecided"]) == (1.0, 1, 8)
    assert row["mean_score"] == 1.0 and row["cv"] == 0.0


@given(SAMPLES)
def test_grades_are_what_plain_counting_gives(samples: list[Sample]) -> None:
    groups: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for name, teacher, state, word in samples:
        groups[name, teacher].append((state, word))
        groups[name, "all"].append((state, word))
    found = graded(samples)
    assert set(found) == set(groups)
    for key, group in groups.items():
        words = [word for _, word in group]
        decided = [float(word == "correct") for word in words if word != "undecided"]
        row = found[key]
        assert row["n"] == len(group)
        assert row["correct"] == words.count("correct")
        assert row["undecided"] == words.count("undecided")
        cut = ("truncated", "repetition", "unclosed", "empty")
        assert row["unfinished"] == sum(state in cut for state, _ in group)
        if not decided:
            assert [row[c] for c in ("pass_rate", "low", "cv", "difficulty")] == [None] * 4
            continue
        mean = sum(decided) / len(decided)
        assert row["pass_rate"] == pytest.approx(mean)
        if mean:
            variance = sum((score - mean) ** 2 for score in decided) / len(decided)
            assert row["cv"] == pytest.approx(math.sqrt(variance) / mean)
        else:
            assert row["cv"] is None


@pytest.mark.parametrize(
    ("n", "correct", "low", "high"),
    [  # https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval, by its formula
        (10, 10, 0.7225, 1.0),
        (10, 0, 0.0, 0.2775),
        (10, 5, 0.2366, 0.7634),
        (1, 1, 0.2065, 1.0),
        (100, 81, 0.7222, 0.8749),
    ],
)
def test_wilson_against_known_values(n: int, correct: int, low: float, high: float) -> None:
    assert wilson(n, correct) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_wilson_holds_the_rate_inside_the_unit_interval(case: tuple[int, int]) -> None:
    n, correct = case
    low, high = wilson(n, correct)
    assert 0 <= low <= correct / n <= high <= 1
    assert low < high


@given(
    st.integers(1, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n)))
)
def test_pass_at_k_is_the_share_of_draws_with_a_right_one(case: tuple[int, int, int]) -> None:
    n, correct, k = case
    draws = list(combinations([True] * correct + [False] * (n - correct), k))
    assert pass_at_k(n, correct, k) == pytest.approx(sum(map(any, draws)) / len(draws))


def test_k_doubles_up_to_the_decided_samples() -> None:
    at_k = figure(9, 3, Grade())[5]
    assert [entry["k"] for entry in at_k] == [1, 2, 4, 8]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("correct", "band"),
    [
        (10, "easy"),
        (8, "easy"),
        (7, "medium"),
        (4, "medium"),
        (3, "hard"),
        (1, "hard"),
        (0, "unsolved"),
    ],
)
def test_difficulty_is_a_band_of_the_pass_rate(correct: int, band: str) -> None:
    assert figure(10, correct, Grade())[6] == band


def test_the_bands_are_options() -> None:
    assert figure(10, 8, Grade(easy=0.9, medium=0.5))[6] == "medium"


def test_undecided_leaves_the_rate_and_unfinished_does_not() -> None:
    right, cut = ("p", "r1", "complete", "correct"), ("p", "r1", "truncated", "incorrect")
    lost = ("p", "r1", "failed", "undecided")
    row = graded([right, cut, lost, lost])["p", "r1"]
    assert (row["n"], row["pass_rate"], row["unfinished"]) == (4, 0.5, 1)


def test_no_samples_have_no_grades() -> None:
    assert graded([]) == {}


def judged(pool: Pool, seed: int, shards: int = 3) -> Done:
    """Shards of judged traces of twenty problems by two teachers."""
    chance = random.Random(seed)
    traces: list[Receipt] = []
    verdicts: list[Receipt] = []
    for shard in range(shards):
        rows = [
            trace(f"{shard}.{n}", f"q{chance.randrange(20)}", teacher=chance.choice(["a", "b"]))
            for n in range(40)
        ]
        words = [verdict(row, chance.choice(list(Verdict))) for row in rows]
        traces.append(put(pool, "generate", {"traces": rows}))
        verdicts.append(put(pool, "verify", {"verdicts": words}, parents=[traces[-1].key]))
        verdicts[-1].counts["out"] = len(rows)
    return Done(pool, "r", {"traces": traces, "verdicts": verdicts})


def all_grades(done: Done) -> pl.DataFrame:
    receipt = plan(to_grade(done, Grade()), "grade", "r").run(done.pool)
    grades = frame_of(done.pool.read(receipt.whole("grades")))
    assert receipt.counts["out"] == len(grades)
    return grades


@settings(max_examples=3)
@given(st.integers(0, 99))
def test_the_number_of_buckets_changes_no_grade(seed: int) -> None:
    done = judged(Pool(f"memory://grade-{seed}"), seed)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for rows in (1000, 60, 15):  # one bucket, two, eight
            patch.setattr(module, "BUCKET_ROWS", rows)
            found.append(all_grades(done))
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
    assert found[0].filter(solver="all")["n"].sum() == 120


def test_without_traces_there_is_one_empty_table(pool: Pool) -> None:
    assert len(all_grades(Done(pool, "r"))) == 0


def test_traces_set_aside_by_verify_are_not_graded(pool: Pool) -> None:
    rows = [trace("1", "p"), trace("2", "p")]
    traces = put(pool, "generate", {"traces": rows})
    words = put(pool, "verify", {"verdicts": [verdict(rows[0], "correct")]}, parents=[traces.key])
    words.counts["out"] = 1
    grades = all_grades(Done(pool, "r", {"traces": [traces], "verdicts": [words]}))
    assert grades.filter(solver="all").select("problem_id", "n").rows() == [(problem_id("p"), 1)]
    assert problem("p")["problem_id"] == problem_id("p")
