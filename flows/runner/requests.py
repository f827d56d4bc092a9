"""The teachers of a run: recordings one after another, live ones side by side; and questions."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from prefect.utilities.annotations import quote

from flows.runner.progress import asking, progress
from flows.runner.tasks import run_stream, stream
from schemas.questions import DedupeSemantic
from schemas.recipe import Recipe
from schemas.teachers import Live, Recorded
from tasks.dedupe.embeddings import embeddings
from tasks.generation.live import generate
from tasks.generation.recorded import Earlier, replay
from tasks.llm.asking.ask import Part, ask
from tasks.llm.asking.question import Question
from tasks.pool.growth import Intake
from tasks.pool.jobs import Done
from tasks.pool.store import Receipt


def replay_one(done: Done, teacher: Recorded, base: Path, earlier: Earlier) -> Intake:
    """Bring a recording's traces up to date. `earlier` knows the recordings before it."""
    with progress("generate", None) as tick:
        return run_stream(
            f"generate: {teacher.name}",
            replay,
            done.pool,
            teacher,
            base,
            done.problems,
            earlier,
            done.recipe,
            tick,
        )


def ask_all(
    done: Done,
    recipe: Recipe,
    base: Path,
    retry_failed: bool,
    only: frozenset[str] | None,
    rebuy: bool,
) -> dict[str, Intake]:
    """Bring the traces of all live teachers up to date, by name; no server waits for another's.

    `only`: the problems to ask, None for all. Raises the first teacher's error when all have ended.
    """
    teachers = [teacher for teacher in recipe.teachers if isinstance(teacher, Live)]
    steps = {step.name: step.options for step in recipe.steps}

    def work(teacher: Live, show: Any) -> Callable[[], Intake]:
        judged: Any = steps.get("verify")
        return lambda: generate(done, teacher, base, judged, retry_failed, only, show, rebuy)

    with asking([teacher.name for teacher in teachers]) as shows:
        jobs = {
            teacher.name: stream.submit(
                f"generate: {teacher.name}", quote(work(teacher, shows[teacher.name]))
            )
            for teacher in teachers
        }
        for job in jobs.values():
            job.wait()
        return {name: job.result() for name, job in jobs.items()}


def put_question(
    done: Done, question: Question, parts: Iterable[Part], retry_failed: bool, rebuy: bool
) -> list[Receipt]:
    """The answers to a question about rows, one receipt for each part, as one Prefect task."""
    name = f"{question.what}: {question.asked.model}"
    with asking([name], "answers") as shows:
        arguments = (done.pool, question, parts, done.recipe, retry_failed, shows[name], rebuy)
        answers: list[Receipt] = stream.submit(name, quote(lambda: ask(*arguments))).result()
    done.receipts[f"answers to {question.what}"] = answers
    return answers


def embed_all(done: Done, options: DedupeSemantic) -> None:
    """Bring the embeddings of all problems up to date, as one Prefect task."""
    name = f"embed: {options.model}"
    with asking([name], "requests") as shows:
        work = quote(lambda: embeddings(done, options, shows[name]))
        done.receipts["embed"] = stream.submit(name, work).result()
