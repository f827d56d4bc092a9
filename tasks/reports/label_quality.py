"""Label quality: verifiers side by side, what people should look at, and how good the label is.

Each trace lies in one of four strata: what the machine published (correct or incorrect), and
whether that is disputed, which is when another grader or a model that judges decided otherwise or
the recording's own label says otherwise. People judge a sample of every stratum. Precision is the
share of published `correct` that is right, recall the share of what is right that was published
`correct`; both are weighted by the strata's sizes. Their intervals are 95 % of 4,000 draws from
each stratum's posterior with Jeffreys' prior, so a stratum that nobody looked at says honestly
little.
"""

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tasks.query.sql import query

if TYPE_CHECKING:
    import duckdb

STRATA = """
SELECT t.trace_id, t.problem_id, p.source, v.verdict, v.reason,
  coalesce(bool_or(o.verdict <> 'undecided' AND o.verdict <> v.verdict), false)
    OR coalesce(bool_or(j.verdict <> 'undecided' AND j.verdict <> v.verdict), false)
    OR coalesce(bool_or(t.label <> (v.verdict = 'correct')), false) AS disputed,
  any_value(h.verdict) AS human
FROM traces t JOIN problems p USING (problem_id) JOIN machine v USING (trace_id)
LEFT JOIN peers o USING (trace_id) LEFT JOIN humans h USING (trace_id)
LEFT JOIN judged j USING (trace_id)
WHERE v.verdict <> 'undecided' AND t.state = 'complete' GROUP BY ALL
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
SELECT verdict, disputed, count(*) AS traces,
  count(*) FILTER (human IN ('correct', 'incorrect')) AS judged,
  count(*) FILTER (human = 'correct') AS found_right
FROM ({strata}) GROUP BY ALL ORDER BY ALL
"""

DRAWS = 4000
LEAST = 30
"""Decisions of people below which nothing is said: with fewer the interval is the prior's."""


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
        for name, values in draws_of(strata, random.Random(seed)).items()
    ]


def draws_of(strata: list[dict[str, Any]], draw: random.Random) -> dict[str, list[float]]:
    """`DRAWS` values of precision and of recall, in order."""
    pairs = [_figures(strata, list(_shares(strata, draw))) for _ in range(DRAWS)]
    return {
        name: sorted(values)
        for name, values in zip(("precision", "recall"), zip(*pairs, strict=True), strict=True)
    }


def _shares(strata: list[dict[str, Any]], draw: random.Random) -> Iterator[float]:
    """A draw of each stratum's share of right answers; certain where everything was judged."""
    for stratum in strata:
        right, wrong = stratum["found_right"], stratum["judged"] - stratum["found_right"]
        rest = stratum["traces"] - stratum["judged"]
        share = draw.betavariate(right + 0.5, wrong + 0.5)
        yield (right + rest * share) / stratum["traces"]


def _figures(strata: list[dict[str, Any]], shares: list[float]) -> tuple[float, float]:
    right = {"correct": 0.0, "incorrect": 0.0}
    published = 0
    for stratum, share in zip(strata, shares, strict=True):
        right[stratum["verdict"]] += stratum["traces"] * share
        published += stratum["traces"] * (stratum["verdict"] == "correct")
    everything = sum(right.values())
    precision = right["correct"] / published if published else 0.0
    return precision, right["correct"] / everything if everything else 0.0
