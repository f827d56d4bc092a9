"""build: problems in, training rows out."""

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.manifest import manifest
from flows.prepare import prepare, prepare_steps
from flows.recipe import Recipe
from flows.recipe_file import load_recipe, with_lines
from flows.runner.allocators import settle
from flows.runner.dry_run import Looking, Missing, Shown
from flows.runner.lock import alone
from flows.runner.prefect.server import at_hand, check_home
from flows.runner.signals import obeyed
from schemas.errors import RecipeError
from schemas.recipe.buying import Target
from schemas.recipe.run import Run
from schemas.recipe.teachers import Live
from tasks.generation.buying import buy_enough, enough_problems
from tasks.generation.spent import spent
from tasks.keeping.forget import purge
from tasks.keeping.recheck import take_rechecks
from tasks.keeping.removals import list_corrections
from tasks.llm.ending import budget
from tasks.pool.build import PLAIN, Build, Choices, Runner
from tasks.pool.forgotten import pending
from tasks.pool.jobs import Done
from tasks.pool.migrate import explained, migrate, older
from tasks.pool.store import Pool, Shard
from tasks.publishing import gates
from tasks.publishing.changes import tidy, told
from tasks.publishing.diff.since import since_at_a_look
from tasks.publishing.versions import identity, latest, record, whole
from tasks.reports.page import place_of, write_report
from tasks.reports.report import report
from tasks.sources.ingest import ingest_all, source_name
from tasks.verdicts import verifier_pool
from tasks.verdicts.limits import limits_among
from tasks.verdicts.rejudged import last_verdicts
from tasks.views.view import choose_rows, make_views

Report = dict[str, Any]
Views = dict[str, list[Shard]]
"""The files of each view."""


def build(
    recipe: str,
    pool: str | None = None,
    choices: Choices = PLAIN,
) -> Report:
    """Build a recipe under Prefect; the arguments are those of `run`."""
    check_home()
    settle()
    with at_hand() as wait:
        from flows.runner.prefect.threads import as_flow  # Prefect takes seconds to import

        wait()
        report: Report = as_flow(run)(recipe, pool, choices)
    return report


def finished(recipe: str, pool: str | None = None, choices: Choices = PLAIN) -> Pool | None:
    """The pool, if building the recipe would change nothing; None where there is work to do.

    Looks at receipts and sizes, and stops at the first that is missing.
    """
    plan = load_recipe(Path(recipe))
    place = Shown(pool or f"pools/{plan.name}")
    if not (place.exists("manifest.json") and place.exists("report.json")):
        return None
    build = begin(plan, place, Path(recipe), Looking(), choices)
    if plan.target:
        build.most = enough_problems(place, build.done.recipe)
        if build.most is None:
            return None
    try:
        if older(place) or pending(place):
            return None
        with with_lines(Path(recipe)):
            prepare_steps(plan, build)
        with kept_budget(plan, place):
            views = figure(plan, build, say=lambda views: None)
        last = latest(place)
        own = identity(build.done.recipe, build.done.live(), views, plan.gates.asked())
        if last is None or last.id != own:
            return None
        now = [manifest(plan, build, views), build.funnel]
    except Missing:
        return None
    before = place.get_json("manifest.json")
    then = [before, place.get_json("report.json").get("funnel")]
    if not before.pop("whole", False):
        return None
    same = json.loads(json.dumps(now)) == then
    return Pool(place.url) if same else None


def run(recipe: str, pool: str | None, runner: Runner, choices: Choices = PLAIN) -> Report:
    """Build a recipe (a path) into a pool (a folder or URL; default `pools/<name>`).

    What a pilot draws stays in the pool and is not drawn again; what an earlier build finished
    (manifest, report, releases) stays as it is. Raises GateError where everything was built and the
    version does not pass its gates.
    """
    plan, text = load_recipe(Path(recipe)), Path(recipe).read_text("utf-8")
    place = Pool(pool or f"pools/{plan.name}")
    where = asked_for(plan.run, choices)
    here = where.runner == "threads" and not place.exists("manifest.json")
    soon = limits_among(plan.steps) if here else []
    with (
        with_lines(Path(recipe)),
        alone(place),
        obeyed(),
        verifier_pool.session(soon),
        runner.holding(place, recipe),
        runner.working(where),
        ExitStack() as stack,
    ):
        if moving := older(place):
            print(f"longcot: {explained(place, moving)}", file=sys.stderr)
            migrate(place, moving)
        if pending(place):  # a `longcot forget` was killed
            purge(place)
        place.sweep()
        stack.enter_context(kept_budget(plan, place))
        before = last_verdicts(place)

        def say(build: Build, views: Views, whole: bool = False) -> None:
            place.put_manifest(manifest(plan, build, views), whole)

        def begun(most: int | None) -> Build:
            build = begin(plan, place, Path(recipe), runner, choices)
            build.most = most
            prepare(plan, build)
            return build

        if plan.target and choices.pilot is None:
            build = bought(plan, place, plan.target, begun, say)
            views = all_views(plan, build)
        else:
            build = begun(None)
            views = figure(plan, build, partial(say, build))
        if over := budget.told():
            print(f"longcot: {over}", file=sys.stderr)
        if choices.pilot is not None:
            return report(plan.name, build, views, before)
        say(build, views, whole=True)  # readers see the last whole state until this one is
        content = report(plan.name, build, views, before)
        judge = partial(gates.judge, plan.gates, place)
        asked = plan.gates.asked()
        version = record(build, text, plan.name, views, content, asked, judge)
        listed = list_corrections(place, version)
        for line in [*tidy(place, plan.views, views), *told(place, version, listed)]:
            print(f"longcot: {line}", file=sys.stderr)
        made = version or whole(place)
        content["gates"] = made.content.get("gates", [])
        if content["gates"]:
            runner.table("gates", content["gates"], f"gates of {plan.name}")
        if version or not place.exists(place_of(made)):
            page = write_report(Pool(place.url), made, since_at_a_look(place, made))
            runner.page("report", page.summary)
        gates.check_gates(made, gates.KEPT, content)
        return content


def kept_budget(plan: Recipe, pool: Pool) -> AbstractContextManager[None]:
    """Keep to the recipe's budget while this is open; nothing where it has none."""
    if plan.budget is None:
        return budget.kept(None, budget.Spent())
    models = {model.name: model for model in plan.named()}
    teachers = {name: model for name, model in models.items() if isinstance(model, Live)}
    questions = {what: to for step in plan.steps for what, to in step.questions(models).items()}
    return budget.kept(plan.budget, spent(pool, teachers, questions))


def bought(
    plan: Recipe,
    pool: Pool,
    target: Target,
    begun: Callable[[int], Build],
    say: Callable[[Build, Views], None],
) -> Build:
    """The build whose steps are done with problems enough for the target.

    begun: a build of so many problems, of which nothing is done
    """

    def stepped(most: int) -> Build:
        build = begun(most)
        steps(plan, build, partial(say, build))
        return build

    def count(build: Build) -> tuple[int, int]:
        rows = sum(s.rows for s in choose_rows(build, target.view, plan.views).outputs)
        build.funnel.pop()  # the view's line comes when it is made
        return rows, len(build.done.eligible())

    live = [one.samples.max for one in plan.teachers if isinstance(one, Live)]
    most = max(live, default=1)
    return buy_enough(pool, plan.fingerprint(), target, most, stepped, count)


def asked_for(run: Run, choices: Choices) -> Run:
    """Where the jobs are done, when all is said. Raises RecipeError."""
    try:
        return run.but(choices.runner, choices.workers, choices.address)
    except ValidationError as error:
        told = "; ".join(str(each["msg"]).removeprefix("Value error, ") for each in error.errors())
        raise RecipeError(f"--runner, --workers, --address: {told}") from None


def begin(plan: Recipe, pool: Pool, path: Path, runner: Runner, choices: Choices = PLAIN) -> Build:
    """A build of which nothing is done."""
    names = [source_name(source) for source in plan.sources]
    done, base = Done(pool, plan.fingerprint()), path.resolve().parent
    models = {model.name: model for model in plan.named()}
    return Build(done, runner, base, names, plan.teachers, plan.steps, choices, models)


def figure(plan: Recipe, build: Build, say: Callable[[Views], None]) -> Views:
    """The paper's figure: sources, steps, views. Returns the files of each view; of a pilot, which
    releases nothing, its selections.

    say: told after each step
    """
    steps(plan, build, say)
    return all_views(plan, build)


def steps(plan: Recipe, build: Build, say: Callable[[Views], None]) -> None:
    """Sources and steps."""
    ingest_all(build, plan.sources)
    take_rechecks(build)
    say({})
    for step in plan.steps:
        step.run(build)
        say({})


def all_views(plan: Recipe, build: Build) -> Views:
    """The files of each view; of a pilot, which releases nothing, its selections."""
    if build.choices.pilot is not None:
        return {name: choose_rows(build, name, plan.views).outputs for name in plan.views}
    return make_views(build, plan.views)
