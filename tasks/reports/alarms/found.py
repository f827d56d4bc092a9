"""What a build found that a person would want to see: how many there are, and one of each.

A count alone convinces nobody, so each line brings its evidence in a sentence. The one that is
shown is the plainest: the largest majority, the nearest duplicate, the highest overlap; ties by id,
so that the same pool tells the same.
"""

from typing import TYPE_CHECKING, Any

from schemas.vocabulary import REASONS
from tasks.query.sql import query, quoted

if TYPE_CHECKING:
    import duckdb

CLEAR = 0.75
"""Share of the votes from which a majority speaks against a gold answer, a threshold of our own:
three of four samples."""
LEAST = 3
"""Votes that it has at least, as `vote` asks by default before a majority becomes a gold answer."""
TEXT = 70
"""Characters of a text that stand in a line."""

GOLD = """
SELECT problem_id AS id, source, answer AS gold, problem,
  {vote}.answer AS said, {vote}.count AS count, {vote}.votes AS votes
FROM graded WHERE NOT {vote}.agrees AND NOT {vote}.tied
  AND {vote}.count >= {least} AND {vote}.share >= {clear}
ORDER BY {vote}.share DESC, {vote}.votes DESC, problem_id
"""

LABELS = """
SELECT trace_id AS id, verdict, reason, label, extracted, answer AS gold, problem FROM pool
WHERE verdict <> 'undecided' AND label <> (verdict = 'correct')
ORDER BY verdict, extracted IS NULL, extracted = answer, length(problem), trace_id
"""

GRADERS = """
SELECT p.trace_id AS id, p.verdict, p.reason, o.verifier AS other, p.extracted,
  p.answer AS gold, p.problem
FROM pool p JOIN peers o USING (trace_id)
WHERE p.verdict <> 'undecided' AND o.verdict <> 'undecided' AND o.verdict <> p.verdict
ORDER BY p.verdict, length(p.problem), p.trace_id
"""

DUPLICATES = """
SELECT d.row_id AS id, d.jaccard, d.why, a.problem, b.problem AS other, a.source, b.source AS first
FROM duplicates d JOIN problems a ON a.problem_id = d.row_id
JOIN problems b ON b.problem_id = d.duplicate_of
ORDER BY a.problem = b.problem, d.jaccard DESC, d.row_id
"""

CONTAMINATION = """
SELECT problem_id AS id, benchmark, item_id, test, score, text AS problem, item AS other
FROM contamination WHERE decision = 'drop' AND trace_id IS NULL
QUALIFY row_number() OVER (PARTITION BY problem_id ORDER BY score DESC NULLS LAST, item_id) = 1
ORDER BY lower(trim(text)) = lower(trim(item)), test = 'ngram', score DESC NULLS LAST, problem_id
"""


def found(connection: "duckdb.DuckDBPyConnection") -> list[dict[str, Any]]:
    """A line for each kind of thing that was found: `what`, `rows`, `example` and the `id` to show.

    Gold answers that a clear majority of the samples contradicts, labels of the recordings and
    other graders that longcot's verdict contradicts, near-duplicates, and problems of benchmarks.
    """
    sentences = {
        **{
            f"gold answers that most samples contradict ({vote})": (
                GOLD.format(vote=quoted(vote), least=LEAST, clear=CLEAR),
                _gold,
            )
            for vote in _votes(connection)
        },
        "labels of the recordings that are not our verdict": (LABELS, _label),
        "verdicts of other graders that are not ours": (GRADERS, _grader),
        "problems that repeat another": (DUPLICATES, _duplicate),
        "problems that a benchmark has": (CONTAMINATION, _contaminated),
    }
    lines = []
    for what, (sql, sentence) in sentences.items():
        counted = query(connection, f"SELECT count(*) FROM ({sql})", "report")
        if rows := counted.column(0)[0].as_py():
            (first,) = query(connection, f"{sql} LIMIT 1", "report").to_pylist()
            lines.append(
                {"what": what, "rows": rows, "example": sentence(first), "id": first["id"][:12]}
            )
    return lines


def _votes(connection: "duckdb.DuckDBPyConnection") -> list[str]:
    """The columns that a `vote` wrote, by what they hold."""
    columns = query(connection, "DESCRIBE graded", "report").to_pylist()
    return [c["column_name"] for c in columns if "agrees BOOLEAN" in c["column_type"]]


def _gold(row: dict[str, Any]) -> str:
    told = f"{row['count']} of {row['votes']} samples say {_short(row['said'])}"
    return f"gold {_short(row['gold'])}, but {told}: {_short(row['problem'])}"


def _label(row: dict[str, Any]) -> str:
    theirs = "right" if row["label"] else "wrong"
    return f"said to be {theirs}, is {_verdict(row)}: {_short(row['problem'])}"


def _grader(row: dict[str, Any]) -> str:
    return f"{_verdict(row)}, not for {row['other']}: {_short(row['problem'])}"


def _verdict(row: dict[str, Any]) -> str:
    """Ours, with the answer and why."""
    ours = "right" if row["verdict"] == "correct" else "wrong"
    answer = "" if row["extracted"] is None else f"{_short(row['extracted'])} for "
    why = REASONS.get(row["reason"], row["reason"])
    return f"{ours} ({answer}{_short(row['gold'])}; {why})"


def _duplicate(row: dict[str, Any]) -> str:
    return f"{_short(row['problem'])} ~ {_short(row['other'])} (Jaccard {row['jaccard']:.2f})"


def _contaminated(row: dict[str, Any]) -> str:
    score = "" if row["score"] is None else f" {row['score']:.2f}"
    which = f"{row['benchmark']} {row['item_id']}, by {row['test']}{score}"
    return f"{_short(row['problem'])} ~ {_short(row['other'])} ({which})"


def _short(text: str | None) -> str:
    flat = " ".join((text or "no answer").split())
    return flat if len(flat) <= TEXT else f"{flat[: TEXT - 1]}…"
