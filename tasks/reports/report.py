"""report: what a build tells at its end, as report.json and in the runner's own place."""

from typing import Any

from schemas.recipe.teachers import Live
from tasks.llm.ending import budget
from tasks.pool.build import Build
from tasks.pool.store import Pool, Shard
from tasks.reports import pilot
from tasks.reports.alarms.changed_labels import changed_labels
from tasks.reports.cost import answer_costs, costs
from tasks.reports.funnel import figures


def report(
    recipe: str, build: Build, views: dict[str, list[Shard]], before: list[Shard]
) -> dict[str, Any]:
    """Write report.json (of a pilot, plan.json) and return what stands in it.

    before: the shards of `verdicts` in the last whole state of the pool
    """
    pool, done = build.pool, build.done
    tables = done.live()
    live = [teacher for teacher in build.teachers if isinstance(teacher, Live)]
    chosen = build.only if build.choices.pilot is not None else None
    models = build.models
    asked = {what: to for step in build.steps for what, to in step.questions(models).items()}
    content: dict[str, Any] = {
        "recipe": recipe,
        "pool": pool.url,
        "funnel": build.funnel,
        "bands": {
            stage: receipt.facts["bands"]
            for stage, receipts in build.stages.items()
            for receipt in receipts
            if "bands" in receipt.facts
        },
        **figures(pool, tables),
        "changed_labels": changed_labels(pool, before, tables.get("verdicts", [])),
        "costs": costs(pool, tables, live, done.traces),
        "answers": answer_costs(pool, tables, asked),
        "views": [] if chosen is not None else [_view(pool, *view) for view in views.items()],
    }
    if bought := budget.state():
        content["budget"] = bought
    if chosen is not None:
        content["forecast"] = pilot.predict(pool, done, live, asked, chosen, views)
    pool.put_json("report.json" if chosen is None else "plan.json", content)
    flat = [
        {**line, "aside": str(line["aside"] or ""), "notes": str(line["notes"] or "")}
        for line in build.funnel
    ]
    build.runner.table("funnel", flat, f"funnel of {recipe}")
    build.runner.table("pass-rates", content["pass_rates"], f"pass rates of {recipe}")
    return content


def _view(pool: Pool, name: str, shards: list[Shard]) -> dict[str, Any]:
    return {
        "view": name,
        "rows": sum(s.rows for s in shards),
        "files": len(shards),
        "bytes": sum(s.bytes for s in shards),
        "path": f"{pool.url.rstrip('/')}/releases/{name}",
    }
