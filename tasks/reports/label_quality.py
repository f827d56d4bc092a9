"""Label quality: verifiers side by side, what people should look at, and how good the label is.

Each trace lies in a stratum: what the machine published (correct or incorrect), whether another
grader or the recording's own label disputes that, and what a model that judges says of it. People
judge a sample of every stratum. Precision is the share of published `correct` that is right, recall
the share of what is right that was published `correct`; both are weighted by the strata's sizes.
Their intervals are 95 % of 4,000 draws from each stratum's posterior with Jeffreys' prior, so a
stratum that nobody looked at says honestly little.

A judge's word is worth what people say of it: how often it is right where it agrees and where it
differs is drawn from people's decisions on the traces that it saw, never taken from its agreement
with the rules. What it saw is a random sample of what the rules decided, so the share of right ones
in it and among the traces that it did not see is the same but for chance: each draw counts by how
likely that makes it. A judge that nobody checked thus adds nothing, and one that holds adds its
whole sample.
"""

from itertools import groupby
from math import lgamma
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tasks.query.sql import query
from tasks.verdicts.limits import LEAST

if TYPE_CHECKING:
    import duckdb

STRATA = """
SELECT t.trace_id, t.problem_id, p.source, v.verdict, v.reason,
  coalesce(bool_or(o.verdict <> 'undecided' AND o.verdict <> v.verdict), false)
    OR coalesce(bool_or(t.label <> (v.verdict = 'correct')), false) AS others,
  CASE WHEN v.verifier = any_value(j.verifier) THEN 'settled'
    WHEN any_value(j.verdict) IS NULL THEN 'unseen'
    WHEN any_value(j.verdict) = 'undecided' THEN 'unsure'
    WHEN any_value(j.verdict) = v.verdict THEN 'agrees' ELSE 'differs' END AS judge,
  others OR judge = 'differs' AS disputed, any_value(h.verdict) AS human
FROM traces t JOIN problems p USING (problem_id) JOIN machine v USING (trace_id)
LEFT JOIN peers o USING (trace_id) LEFT JOIN humans h USING (trace_id)
LEFT JOIN judged j USING (trace_id)
WHERE v.verdict <> 'undecided' AND t.state = 'complete'
GROUP BY t.trace_id, t.problem_id, p.source, v.verdict, v.reason, v.verifier
"""

CONFUSION = """
SELECT p.source, o.verifier AS other, v.verdict AS published, o.verdict AS says,
  count(*) AS traces
FROM machine v JOIN (FROM peers UNION ALL FROM humans UNION ALL FROM judged) o USING (trace_id)
JOIN traces t USING (trace_id) JOIN problems p USING (problem_id)
GROUP BY ALL ORDER BY ALL
"""

QUEUE = """
SELECT trace_id, disputed FROM (
  SELECT *, row_number() OVER (
    PARTITION BY verdict, disputed ORDER BY md5('{seed}' || trace_id)) AS turn
  FROM ({strata}) WHERE human IS NULL)
ORDER BY turn * if(disputed, 1, 3), NOT disputed, verdict LIMIT {n}
"""

CASE = """
SELECT p.problem, p.answer, t.teacher, t.response FROM traces t JOIN problems p USING (problem_id)
WHERE t.trace_id = '{trace}'
"""

SAID = """
SELECT v.extracted,
  (SELECT string_agg(verifier || ': ' || verdict || ' (' || reason || ')', '; ' ORDER BY verifier)
   FROM verdicts WHERE trace_id = '{trace}') AS verdicts, t.label
FROM traces t JOIN problems p USING (problem_id) JOIN machine v USING (trace_id)
WHERE t.trace_id = '{trace}'
"""

COUNTS = """
SELECT verdict, others, judge, count(*) AS traces,
  count(*) FILTER (human IN ('correct', 'incorrect')) AS judged,
  count(*) FILTER (human = 'correct') AS found_right
FROM ({strata}) GROUP BY ALL ORDER BY ALL
"""

USED = """
SELECT verdict, others, judge, count(*) AS traces,
  count(*) FILTER (human IN ('correct', 'incorrect')) AS judged,
  count(*) FILTER (human = 'correct') AS found_right,
  coalesce(sum(n) FILTER (human IS NULL OR human <> 'undecided'), 0)::BIGINT AS of,
  coalesce(sum(n) FILTER (human IS NULL), 0)::BIGINT AS open,
  coalesce(sum(n) FILTER (disputed AND human IS NULL), 0)::BIGINT AS disputed
FROM ({strata}) LEFT JOIN (SELECT trace_id, count(*) AS n FROM {used} GROUP BY trace_id)
  USING (trace_id)
GROUP BY ALL ORDER BY ALL
"""
"""The strata of the whole pool, and how much of each is in use: `n` times a trace."""

DRAWS = 4000
PROPOSED = 10 * DRAWS
"""Draws of which the likely ones are kept."""
SAMPLED = ("agrees", "differs", "unsure")
"""The strata that are a judge's sample; what it settled is none, for the rules left it over."""


def confusion(connection: "duckdb.DuckDBPyConnection") -> list[dict[str, Any]]:
    """Per source and other verifier: how often it says what beside the published verdict."""
    rows: list[dict[str, Any]] = query(connection, CONFUSION, "label_quality").to_pylist()
    return rows


def queue(connection: "duckdb.DuckDBPyConnection", n: int, seed: int) -> list[dict[str, Any]]:
    """The next `n` traces for a person, drawn by seed: three disputed ones to an undisputed."""
    rows: list[dict[str, Any]] = query(
        connection, QUEUE.format(strata=STRATA, seed=seed, n=n), "adjudicate"
    ).to_pylist()
    return rows


def case(connection: "duckdb.DuckDBPyConnection", trace: str) -> dict[str, Any]:
    """What a person needs to judge a trace: problem, gold and response, and nobody's verdict."""
    row: dict[str, Any] = query(connection, CASE.format(trace=trace), "adjudicate").to_pylist()[0]
    return row


def said(connection: "duckdb.DuckDBPyConnection", trace: str) -> dict[str, Any]:
    """What verifiers and the recording say of a trace, to be shown once a person has decided."""
    row: dict[str, Any] = query(connection, SAID.format(trace=trace), "adjudicate").to_pylist()[0]
    return row


def estimates(connection: "duckdb.DuckDBPyConnection", seed: int = 42) -> list[dict[str, Any]]:
    """Precision and recall of the label with 95 % intervals; [] before `LEAST` decisions."""
    strata = query(connection, COUNTS.format(strata=STRATA), "label_quality").to_pylist()
    judged = sum(stratum["judged"] for stratum in strata)
    if judged < LEAST:
        return []
    return [
        {
            "measure": name,
            "estimate": values[len(values) // 2],
            "low": values[int(0.025 * len(values))],
            "high": values[int(0.975 * len(values))],
            "judged": judged,
        }
        for name, values in draws_of(strata, np.random.default_rng(seed)).items()
    ]


def error_of(connection: "duckdb.DuckDBPyConnection", used: str, seed: int = 42) -> dict[str, Any]:
    """How many labels of some traces are wrong, by what people decided about the whole pool.

    used: a relation with `trace_id`, a row for each time that a trace counts
    Returns `traces` (those with a label that can be judged), `disputed` (how many of them another
    grader or a model that judges disputes), and `error`, `low`, `high` (share of wrong labels and
    its 95 % interval; None before `LEAST` decisions) with the number of decisions, `judged`.
    """
    sql = USED.format(strata=STRATA, used=used)
    strata = query(connection, sql, "label_quality").to_pylist()
    judged, of = (sum(row[name] for row in strata) for name in ("judged", "of"))
    disputed = sum(row["disputed"] for row in strata)
    error: tuple[float | None, ...] = (None, None, None)
    if judged >= LEAST and of:
        wrong = wrong_of(strata, np.random.default_rng(seed)) / of
        error = tuple(float(wrong[int(at * len(wrong))]) for at in (0.5, 0.025, 0.975))
    return {
        "traces": of,
        "disputed": disputed,
        **dict(zip(("error", "low", "high"), error, strict=True)),
        "judged": judged,
    }


def wrong_of(strata: list[dict[str, Any]], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """`DRAWS` numbers of wrong labels among some of the traces, in order. Pure.

    strata: as `draws_of` takes them, and how many of the traces that nobody judged are `open` among
    them; what people decided is the label, and counts as right
    """
    wrong = np.zeros(DRAWS)
    for (verdict, _), group in groupby(sorted(strata, key=_group), key=_group):
        rows = list(group)
        for row, share in zip(rows, _shares(rows, rng), strict=True):
            wrong += row["open"] * (1 - share if verdict == "correct" else share)
    return np.sort(wrong)


def draws_of(
    strata: list[dict[str, Any]], rng: np.random.Generator
) -> dict[str, npt.NDArray[np.float64]]:
    """`DRAWS` values of precision and of recall, in order. Pure.

    strata: `verdict`, `others`, `judge`, how many `traces`, `judged` by people, and `found_right`
    """
    right = {"correct": np.zeros(DRAWS), "incorrect": np.zeros(DRAWS)}
    ordered = sorted(strata, key=_group)
    for (verdict, _), group in groupby(ordered, key=_group):
        rows = list(group)
        right[verdict] += sum(
            row["found_right"] + (row["traces"] - row["judged"]) * share
            for row, share in zip(rows, _shares(rows, rng), strict=True)
        )
    published = sum(row["traces"] for row in strata if row["verdict"] == "correct")
    everything = right["correct"] + right["incorrect"]
    return {
        "precision": np.sort(right["correct"] / max(published, 1)),
        "recall": np.sort(right["correct"] / np.where(everything > 0, everything, 1.0)),
    }


def _group(stratum: dict[str, Any]) -> tuple[str, bool]:
    return stratum["verdict"], stratum["others"]


def _shares(group: list[dict[str, Any]], rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    """Draws of the share of right ones among the traces that nobody judged, for each of the strata
    that differ by the judge's word alone.
    """
    shares: list[npt.NDArray[np.float64]] = []
    sampled = np.zeros(PROPOSED)
    unseen, size = None, 0
    for stratum in group:
        right, wrong = stratum["found_right"], stratum["judged"] - stratum["found_right"]
        share = rng.beta(right + 0.5, wrong + 0.5, PROPOSED)
        shares.append(share)
        if stratum["judge"] in SAMPLED:
            # Certain where everything was judged.
            sampled += right + (stratum["traces"] - stratum["judged"]) * share
            size += stratum["traces"]
        elif stratum["judge"] == "unseen":
            unseen = share
    likely = None
    if size and unseen is not None:
        told = _binomial(sampled, size, unseen)
        likely = np.exp(told - told.max())
        likely /= likely.sum()
    drawn = rng.choice(PROPOSED, DRAWS, p=likely)
    return [share[drawn] for share in shares]


def _binomial(
    right: npt.NDArray[np.float64], size: int, share: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The logarithm of the chance of `right` of `size` at a share; `right` need not be whole."""
    gamma = np.frompyfunc(lgamma, 1, 1)
    chosen = -np.asarray(gamma(right + 1) + gamma(size - right + 1), dtype=float)
    share = np.clip(share, 1e-12, 1 - 1e-12)
    told: npt.NDArray[np.float64] = (
        chosen + right * np.log(share) + (size - right) * np.log1p(-share)
    )
    return told
