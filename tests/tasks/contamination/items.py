"""Benchmarks of a few items, and what is found among a few texts."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tasks.contamination.benchmarks import ITEMS, Loaded
from tasks.contamination.hits import Against, hits
from tasks.steps.decontaminate import Decontaminate

_FOLDER = tempfile.TemporaryDirectory()
TRAINS = (
    "Two trains leave the same station at noon, one going north at 60 km/h and one going south at "
    "75 km/h. How far apart are they at 4 pm?"
)
FRIENDS = [
    "Let x be the number of apples in the basket. If half of the apples are eaten by 12 goats, "
    "how many goats share one apple?",
    "Let x be the number of stamps in the album. A third of them show birds of the Andes and 40 "
    "show ships. How many stamps show neither?",
    "Let x be the number of seats in the hall. Every row has two seats more than the row in front "
    "of it, and the last has 30. How many rows are there?",
]


def against(texts: list[str], answers: list[str | None] | None = None, n: int = 5) -> Against:
    """A benchmark `exam` of these items: i0, i1, ..."""
    columns = [[f"i{k}" for k in range(len(texts))], texts, answers or [None] * len(texts)]
    path = Path(tempfile.mkdtemp(dir=_FOLDER.name)) / "items.parquet"
    pl.DataFrame(columns, schema=ITEMS).write_parquet(path)
    return Against([Loaded("exam", "fingerprint", "stamp", path)], n)


def found(
    texts: list[str | None],
    known: Against,
    place: str = "problem",
    answers: list[str | None] | None = None,
    **options: Any,
) -> pl.DataFrame:
    """The hits among texts; problem ids are their positions."""
    return hits(asked(texts, answers, place), known, comparison(known, **options))


def asked(
    texts: Sequence[str | None], answers: list[str | None] | None = None, place: str = "problem"
) -> pl.DataFrame:
    """Texts as `hits` reads them."""
    return pl.DataFrame(
        {
            "problem_id": [str(k) for k in range(len(texts))],
            "trace_id": [None] * len(texts),
            "place": [place] * len(texts),
            "text": texts,
            "answer": answers or [None] * len(texts),
        },
        schema=dict.fromkeys(("problem_id", "trace_id", "place", "text", "answer"), pl.String),
    )


def comparison(known: Against, **options: Any) -> Decontaminate:
    """A comparison with that benchmark."""
    return Decontaminate(benchmarks=["exam"], n=known.n, **options)


def verdicts(hits: pl.DataFrame) -> list[tuple[str, str, str, str]]:
    """(problem, item, test, decision) of each hit."""
    return hits.select("problem_id", "item_id", "test", "decision").rows()
