"""A pool that was built, without a build: for comparisons over it."""

from typing import Any

from schemas.recipe.views import View
from tasks import __version__
from tasks.pool.store import FORMAT, Pool
from tests.tasks.judged import Judged, many

SFT = View.model_validate({"where": "verdict = 'correct'", "per_problem": 1})
PAIRS = View.model_validate({"chosen": "verdict = 'correct'", "rejected": "verdict = 'incorrect'"})
RLVR = View.model_validate({"where": "pass_rate < 1"})
VIEWS = {"sft": SFT, "pairs": PAIRS, "rlvr": RLVR}


def filled(pool: Pool, judged: Judged | None = None, **report: Any) -> Pool:
    """A pool with a manifest, and a report that says so much."""
    tables = (judged or many()).into(pool)
    pool.put_json(
        "manifest.json",
        {"format": FORMAT, "code": __version__, "name": "small", "recipe": "r" * 32, "stages": {},
         "tables": {t: [s.__dict__ for s in shards] for t, shards in tables.items()}, "views": {},
         "deciding": ["screen"]},
    )  # fmt: skip
    pool.put_json("report.json", report)
    return pool
