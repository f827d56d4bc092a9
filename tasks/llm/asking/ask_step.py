"""The operator that asks a model about rows, as a step of a recipe.

A kind of it declares the table of rows, the prompt, the form of an answer, and what becomes of the
answers. Asking, keeping what was bought, and the jobs that take answers in are the same for all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from schemas.parts.step import Step
from schemas.recipe.teachers import Asked

if TYPE_CHECKING:
    import polars as pl

    from tasks.llm.asking.question import Question
    from tasks.llm.prompts import Template
    from tasks.pool.build import Build
    from tasks.pool.jobs import Job, Output
    from tasks.pool.store import Pool, Receipt


class Shown(NamedTuple):
    """The rows of one shard that are asked about.

    source: the receipt of the shard
    stamp: a digest of what decides which rows these are and what they say
    read: gives the rows (`row_id`, and the names that the prompt may use); it pickles
    about: what decides, beside the answers, what becomes of them
    """

    source: "Receipt"
    stamp: str
    read: "Callable[[Pool], pl.DataFrame]"
    about: tuple[object, ...]


class Answered(NamedTuple):
    """A question, the rows that it was put to, and the receipt of the answers about each part."""

    question: "Question"
    parts: list[Shown]
    answers: "list[Receipt]"


class AskStep(Step):
    """A step that asks a model about rows: write the methods that raise NotImplementedError."""

    name: str
    prompt: str

    def draws(self) -> int:
        """How many answers are drawn about each row."""
        return 1

    @property
    def counted(self) -> str:
        """What its line of the funnel counts."""
        return "problems"

    @property
    def what(self) -> str:
        """The name of its question in `answers` and the journal."""
        return self.kind

    def asked(self, models: Mapping[str, Asked]) -> Asked:
        """The model that is asked: itself, or one of those that the recipe names."""
        raise NotImplementedError

    def questions(self, models: Mapping[str, Asked]) -> Mapping[str, Asked]:
        """Its one question."""
        return {self.what: self.asked(models)}

    def names(self) -> Iterable[str] | None:
        """The names that the prompt may use; None: whatever the joined pool has of its rows."""
        raise NotImplementedError

    def form(self) -> type[BaseModel] | None:
        """What the model says; None: whatever its reply is."""
        raise NotImplementedError

    def parts(self, build: "Build") -> "Iterator[Shown]":
        """The rows to ask about, shard by shard."""
        raise NotImplementedError

    def taker(self, question: "Question") -> "Callable[..., Output]":
        """A function of (pool, answers, part, rows asked about) that pickles: what becomes of the
        answers (row_id, n, answer, failure, seconds) about a part.
        """
        raise NotImplementedError

    def prepare(self, base: Path) -> "Template":
        """The prompt. Raises TeacherError where it is wrong."""
        from tasks.llm.asking.question import FENCE, check_chat
        from tasks.llm.prompts import load

        names = self.names()
        template = load(self.prompt, base, None if names is None else frozenset([*names, FENCE]))
        check_chat(template)
        return template

    def question(self, template: "Template", models: Mapping[str, Asked]) -> "Question":
        """The question that is asked."""
        from tasks.llm.asking.question import Question

        return Question(self.what, self.asked(models), template, self.form(), self.draws())

    def answered(self, build: "Build") -> "Answered":
        """Ask what was not asked."""
        from tasks.llm.asking.ask import Part, ask

        question = self.question(build.ready[self.called], build.models)
        parts = list(self.parts(build))
        pool, name = build.pool, f"{question.what}: {question.asked.model}"
        asked = [Part(part.stamp, _reader(pool, part)) for part in parts]
        arguments = (pool, question, asked, build.done.recipe, build.choices.retry_failed)
        works = {name: lambda show: ask(*arguments, show, build.choices.rebuy)}
        answers = build.runner.questions("answers", works)[name]
        build.take(f"answers to {self.called}", answers, ["answers"])
        return Answered(question, parts, answers)

    def run(self, build: "Build | Any") -> None:
        """Ask what was not asked, then take the answers in, a job per shard."""
        from tasks.pool.jobs import empty_jobs

        tables = [*(table for table in self.writes if table != "answers"), *self.adds()]
        jobs = list(self.jobs(build.done.recipe, *self.answered(build)))
        jobs = jobs or empty_jobs(self.called, self.adds(), build.done.recipe)
        build.line(self.called, "", self.counted, build.jobs(self.called, jobs, tables))

    def jobs(
        self, recipe: str, question: "Question", parts: list[Shown], answers: "list[Receipt]"
    ) -> "Iterator[Job]":
        """One job per shard: answers become rows of the step's tables."""
        from schemas.identity import digest
        from tasks.pool.jobs import Job

        taker = self.taker(question)
        for part, said in zip(parts, answers, strict=True):
            how = (self.called, self.version, question.spec, *part.about, said.facts["content"])
            key = digest(*how)[:16]
            shard = part.source.outputs[0]
            given = (taker, part, said)
            rows = said.facts["rows"]
            yield Job(self.called, key, shard.path, rows, recipe, take_answers, given)


def check_named(step: str, model: str, teachers: Sequence[Any]) -> None:
    """Raises ValueError unless the recipe has a model, or a live teacher, of that name."""
    models = [one.name for one in teachers if isinstance(one, Asked)]
    if model not in models:
        raise ValueError(
            f"step `{step}`: no model is called `{model}` (there are: "
            f"{', '.join(models) or 'none'}); add it to `models` or to `teachers`"
        )


class OwnModel(AskStep, Asked):
    """A step that asks a model which it describes itself."""

    def asked(self, models: Mapping[str, Asked]) -> Asked:
        """Itself."""
        return self


def take_answers(
    pool: "Pool", job: "Job", taker: "Callable[..., Output]", part: Shown, answers: "Receipt"
) -> "Receipt":
    """Write what becomes of the answers about a part."""
    from tasks.llm.asking.ask import answers_of
    from tasks.pool.store import Receipt

    output = taker(pool, answers_of(pool, answers), part, answers.facts["rows"])
    key = part.source.key
    receipt = Receipt(job.stage, job.key, key, parents=[key], counts=output.counts)
    return pool.commit_rows(receipt, output.tables, job.recipe)


def _reader(pool: "Pool", part: Shown) -> "Callable[[], pl.DataFrame]":
    return lambda: part.read(pool)
