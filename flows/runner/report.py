"""The report at the end of a build: the page in the pool, its first screen in Prefect's UI."""

from prefect.artifacts import create_markdown_artifact

from tasks.pool.store import Pool
from tasks.reports.page import summary, write_report


def show_report(pool: Pool, changed: str | None = None) -> str:
    """Write `report.html` (where it stands comes back) and its summary as an artifact.

    Called when the manifest and `report.json` are written; `changed` is the text of a diff.
    """
    place = write_report(pool, changed)
    markdown = f"{summary(pool)}\n\nThe whole report: `{place}`"
    create_markdown_artifact(markdown, key="report", description=f"report of {pool.url}")
    return place
