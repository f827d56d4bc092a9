"""build: problems in, training rows out. Each step of the recipe is one line of the figure."""

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.task_runners import ThreadPoolTaskRunner

from flows.runner.lock import alone
from flows.runner.progress import progress
from flows.runner.requests import ask_all, embed_all, put_question, replay_one
from flows.runner.tasks import WORKERS, run_jobs, run_stream
from schemas.recipe import Recipe, format_of
from schemas.recipe_file import load_recipe
from schemas.teachers import Live, Recorded
from tasks import __version__
from tasks.generation.plan import plan_of
from tasks.generation.recorded import Earlier
from tasks.llm.asking.question import Question
from tasks.pool.growth import Intake
from tasks.pool.jobs import Done
from tasks.pool.store import FORMAT, Pool, Shard
from tasks.reports import pilot
from tasks.reports.cost import answer_costs, costs
from tasks.reports.funnel import figures, funnel_line, funnel_row
from tasks.sources.ingest import Answers, ingest, source_name
from tasks.steps import (
    decontaminate,
    dedupe,
    dedupe_semantic,
    dedupe_traces,
    grade,
    judge,
    measure,
    rate,
    screen,
    verify,
)
from tasks.verdicts import adjudication, other_graders, verifier_pool
from tasks.views import release, select
from tasks.views.output_files import publish

Report = dict[str, Any]

ASKING = {"judge": judge, "rate": rate}
"""The steps that put a question to a model about rows."""


@flow(
    name="longcot-build",
    flow_run_name="build {recipe}",
    task_runner=ThreadPoolTaskRunner(max_workers=WORKERS),  # type: ignore[arg-type]
    persist_result=False,
)
def build(
    recipe: str, pool: str | None = None, retry_failed: bool = False, only_pilot: int | None = None
) -> Report:
    """Build a recipe (a path) into a pool (a folder or URL; default `pools/<name>`).

    `retry_failed`: ask again for samples whose request had failed for good. `only_pilot`: ask the
    live teachers for so many problems alone, and report what the whole build would yield and cost;
    what the pilot draws stays in the pool and is not drawn again.
    """
    plan = load_recipe(Path(recipe))
    place = Pool(pool or f"pools/{plan.name}")
    with alone(place), verifier_pool.session():
        base = Path(recipe).resolve().parent
        run = Run(place, plan, base, retry_failed, only_pilot)
        run.ingest()
        for step in plan.steps:
            getattr(run, step.name)(step.options)
        for name in plan.views:
            run.view(name)
        return run.report()


class Run:
    """The state of one build: what is done so far, and the funnel's lines."""

    def __init__(
        self, pool: Pool, recipe: Recipe, base: Path, retry_failed: bool, only_pilot: int | None
    ) -> None:
        self.pool, self.recipe, self.base = pool, recipe, base
        self.retry_failed, self.only_pilot = retry_failed, only_pilot
        self.only: frozenset[str] | None = None
        self.done = Done(pool, recipe.fingerprint())
        self.funnel: list[dict[str, Any]] = []
        self.views: dict[str, list[Shard]] = {}
        # Before anything is bought: a mistake in a prompt is told at once.
        self.questions: dict[str, Question] = {
            step.name: ASKING[step.name].question(step.options, base)
            for step in recipe.steps
            if step.name in ASKING
        }
        for teacher in recipe.teachers:
            if isinstance(teacher, Live):
                plan_of(teacher, base)
        pool.sweep()

    def ingest(self) -> None:
        """Sources become the `problems` table."""
        known = Answers()
        for source in self.recipe.sources:
            name = source_name(source)
            with progress("ingest", None) as tick:
                taken = run_stream(
                    f"ingest: {name}",
                    ingest,
                    self.pool,
                    source,
                    self.base,
                    known,
                    self.done.recipe,
                    tick,
                )
            self._take("ingest", name, "problems", taken)

    def screen(self, options: Any) -> None:
        """Set aside problems that no trace should be bought for."""
        self._map("screen", "problems", screen.plan(self.done, options))

    def dedupe(self, options: Any) -> None:
        """Set aside problems that say nearly the same as another."""
        names = [source_name(source) for source in self.recipe.sources]
        signed = dedupe.plan_signatures(self.done, options)
        self.done.receipts["sign"] = run_jobs(self.pool, "sign", signed)
        self._map("dedupe", "problems", dedupe.plan(self.done, options, names))

    def dedupe_semantic(self, options: Any) -> None:
        """Set aside problems that say the same in other words."""
        embed_all(self.done, options)
        names = [source_name(source) for source in self.recipe.sources]
        self._map("dedupe_semantic", "problems", dedupe_semantic.plan(self.done, options, names))

    def dedupe_traces(self, options: Any) -> None:
        """Mark the traces of a problem that say nearly the same as another."""
        signed = dedupe_traces.plan_signatures(self.done, options)
        self.done.receipts["sign_traces"] = run_jobs(self.pool, "sign_traces", signed)
        self._map("dedupe_traces", "traces", dedupe_traces.plan(self.done, options))

    def decontaminate(self, options: Any) -> None:
        """Set aside problems that a benchmark has, and what was made from them."""
        ready = decontaminate.setup(options, self.base)
        found = run_jobs(self.pool, "decontaminate", decontaminate.plan(self.done, ready))
        shards = len(self.done.problems)
        lineage = decontaminate.plan_lineage(self.done, ready, found[:shards])
        inherited = run_jobs(self.pool, "decontaminate", lineage)
        self.done.receipts["decontaminate"] = [*found, *inherited]
        problems = [*found[:shards], *inherited]
        self.funnel.append(funnel_row("decontaminate", "", "problems", problems))
        if found[shards:]:
            self.funnel.append(funnel_row("decontaminate", "traces", "traces", found[shards:]))
        self.manifest()

    def generate(self, options: Any) -> None:
        """Ask or replay the teachers: the `traces` table."""
        earlier = Earlier()
        if self.only_pilot is not None:
            self.only = pilot.first(self.done, self.only_pilot)
        asked = ask_all(self.done, self.recipe, self.base, self.retry_failed, self.only)
        for teacher in self.recipe.teachers:
            if isinstance(teacher, Recorded):
                taken = replay_one(self.done, teacher, self.base, earlier)
            else:
                taken = asked[teacher.name]
            self._take("generate", teacher.name, "traces", taken)

    def verify(self, options: Any) -> None:
        """Judge every finished trace; record what other graders and people say beside it."""
        own = options.model_copy(update={"second": []})  # a peer changes no verdict
        self._map("verify", "traces", verify.MAPPER.plan(self.done, own))
        if options.second:
            self._map("second", "traces", other_graders.MAPPER.plan(self.done, options))
        people = run_jobs(self.pool, "adjudicate", adjudication.plan(self.done))
        self.done.receipts["adjudicate"] = people

    def judge(self, options: Any) -> None:
        """Ask a model where the rules could not decide."""
        question = self.questions["judge"]
        parts = judge.parts(self.done, options, self.only)
        answers = put_question(self.done, question, parts, self.retry_failed)
        self._map("judge", "verdicts", judge.plan(self.done, question, answers))

    def rate(self, _: Any) -> None:
        """Ask a model how hard each problem is."""
        question = self.questions["rate"]
        only = None if self.only_pilot is None else pilot.first(self.done, self.only_pilot)
        answers = put_question(self.done, question, rate.parts(self.done, only), self.retry_failed)
        self._map("rate", "problems", rate.plan(self.done, question, answers))

    def measure(self, options: Any) -> None:
        """Signals of every trace."""
        self._map("measure", "traces", measure.MAPPER.plan(self.done, options))

    def grade(self, options: Any) -> None:
        """Pass rates per problem."""
        self.done.receipts["grade"] = run_jobs(self.pool, "grade", grade.plan(self.done, options))

    def view(self, name: str) -> None:
        """Select a view's rows and write them as a trainer reads them."""
        view, tables = self.recipe.views[name], self.tables()
        chosen = run_jobs(self.pool, f"select {name}", select.plan(self.done, tables, name, view))
        self.done.receipts.setdefault("select", []).extend(chosen)
        made = run_jobs(self.pool, f"release {name}", release.plan(self.done, tables, name, view))
        shards = publish(self.pool, name, made[0].facts["shards"])
        self.views[name] = shards
        what = "problems" if format_of(name, view).per == "problem" else "traces"
        self.funnel.append(funnel_row("view", name, what, chosen))

    def report(self) -> Report:
        """Write the manifest and the report, and show both in Prefect's UI."""
        tables = self.tables()
        live = [teacher for teacher in self.recipe.teachers if isinstance(teacher, Live)]
        asked = {what: question.asked for what, question in self.questions.items()}
        self.manifest()
        content: Report = {
            "recipe": self.recipe.name,
            "pool": self.pool.url,
            "funnel": self.funnel,
            "bands": {
                step: receipt.facts["bands"]
                for step, receipts in self.done.receipts.items()
                for receipt in receipts
                if "bands" in receipt.facts
            },
            **figures(self.pool, tables),
            "costs": costs(self.pool, tables, live, self.done.traces),
            "answers": answer_costs(self.pool, tables, asked),
            "views": [
                {
                    "view": name,
                    "rows": sum(s.rows for s in shards),
                    "files": len(shards),
                    "bytes": sum(s.bytes for s in shards),
                    "path": f"{self.pool.url.rstrip('/')}/releases/{name}",
                }
                for name, shards in self.views.items()
            ],
        }
        if self.only is not None:
            content["forecast"] = pilot.predict(
                self.pool, self.done, live, asked, self.only, self.views
            )
        self.pool.put_json("report.json", content)
        flat: list[dict[str, Any]] = [
            {**line, "aside": str(line["aside"] or ""), "notes": str(line["notes"] or "")}
            for line in self.funnel
        ]
        create_table_artifact(flat, key="funnel", description=f"funnel of {self.recipe.name}")
        create_table_artifact(
            content["pass_rates"], key="pass-rates", description=f"pass rates of {self.recipe.name}"
        )
        return content

    def tables(self) -> dict[str, list[Shard]]:
        """The live shards of every table so far, in order."""
        tables: dict[str, list[Shard]] = {}
        everything = [r for stage in self.done.receipts.values() for r in stage]
        for receipt in [*everything, *self.done.asides]:
            for shard in receipt.outputs:
                if not shard.table.startswith(("releases/", "selections")):
                    tables.setdefault(shard.table, []).append(shard)
        return tables

    def manifest(self) -> None:
        """Say what is live; readers look here, so it is written when a step is whole."""
        stages = {s: [r.key for r in rs] for s, rs in self.done.receipts.items()}
        tables = {t: [s.__dict__ for s in shards] for t, shards in self.tables().items()}
        views = {v: [s.__dict__ for s in shards] for v, shards in self.views.items()}
        self.pool.put_json(
            "manifest.json",
            {
                "format": FORMAT,
                "code": __version__,
                "name": self.recipe.name,
                "recipe": self.done.recipe,
                "stages": stages,
                "tables": tables,
                "views": views,
            },
        )

    def _map(self, step: str, what: str, jobs: Any) -> None:
        receipts = run_jobs(self.pool, step, jobs)
        self.done.receipts[step] = receipts
        self.funnel.append(funnel_row(step, "", what, receipts))
        self.manifest()

    def _take(self, step: str, name: str, what: str, taken: Intake) -> None:
        self.done.receipts.setdefault(step, []).extend(taken.shards)
        self.done.asides.extend(taken.aside)
        self.funnel.append(funnel_line(step, name, what, taken.counts))
        self.manifest()
