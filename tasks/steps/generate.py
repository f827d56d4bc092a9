"""generate: the teachers' traces, recorded ones replayed and live ones asked for."""

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from schemas.errors import placed
from schemas.parts.choice import Choice
from schemas.parts.step import Step
from schemas.recipe.teachers import Live, Recorded

if TYPE_CHECKING:
    from tasks.pool.build import Build
    from tasks.pool.growth import Intake


class Generate(Step, kind="generate"):
    """Ask the teachers (or replay them)."""

    writes = ("traces",)
    reasons = (
        "unknown_problem", "no_problem", "repeated", "where", "malformed", "invalid_utf8",
        "wrong_type", "forgotten",
    )  # fmt: skip

    # Keys that are not set are not written: the fingerprint of a recipe without them stays.
    teachers: list[str] = Field(
        [], exclude_if=operator.not_, description="who is asked, by name; default: all"
    )
    where: str | None = Field(
        None,
        exclude_if=operator.not_,
        description="SQL condition over the problems: whom live teachers are asked about",
    )

    @property
    def called(self) -> str:
        """Its name; a stage is called by its teachers where it has none."""
        return self.name or "-".join(["generate", *self.teachers])

    def asked(self, teachers: Sequence[Any]) -> list[Any]:
        """The teachers of this stage."""
        all_of = [one for one in teachers if isinstance(one, Live | Recorded)]
        return [one for one in all_of if not self.teachers or one.name in self.teachers]

    def fits(self, earlier: Sequence[Step], teachers: Sequence[Any]) -> None:
        """Somebody has to be asked, and nobody twice."""
        own = self.asked(teachers)
        known = [one.name for one in teachers if isinstance(one, Live | Recorded)]
        for name in self.teachers:
            if name not in known:
                raise ValueError(
                    f"step `{self.called}`: no teacher is called `{name}` (there are: "
                    f"{', '.join(known) or 'none'})"
                )
        if not own:
            raise ValueError("step `generate` needs at least one teacher")
        for other in earlier:
            before = other.asked(teachers) if isinstance(other, Generate) else []
            if twice := [one.name for one in before if one in own]:
                raise ValueError(
                    f"step `{self.called}`: `{twice[0]}` was asked in `{other.called}`; name in "
                    "`teachers` who is asked where"
                )
        if self.where and (replayed := [one.name for one in own if isinstance(one, Recorded)]):
            raise ValueError(
                f"step `{self.called}`: the recording `{replayed[0]}` is replayed whole; `where` "
                "is for teachers who are asked"
            )

    def choice(self, ready: Any) -> Choice | None:
        """The problems that are asked about."""
        return Choice("problems", self.where) if self.where else None

    def run(self, build: "Build | Any") -> None:
        """Ask the live teachers side by side, replay the recordings one after another."""
        from tasks.generation.recorded import Earlier

        build.only = build.first()
        own = self.asked(build.teachers)
        only = self._chosen(build)
        live = [teacher for teacher in own if isinstance(teacher, Live)]
        works = {teacher.name: _ask(build, teacher, only) for teacher in live}
        taken = build.runner.questions("traces", works) if works else {}
        earlier = Earlier()
        for teacher in own:
            if isinstance(teacher, Recorded):
                with placed("teachers", build.teachers.index(teacher)):
                    taken[teacher.name] = _replay(build, teacher, earlier)
            build.intake("generate", teacher.name, "traces", taken[teacher.name])

    def _chosen(self, build: "Build") -> frozenset[str] | None:
        """The problems that are asked about; None: all."""
        from tasks.query.chosen import chosen

        choice = self.choice(None)
        if choice is None:
            return build.only
        parts = chosen(build, self.called, choice)
        ids = frozenset(one for part in parts for one in part.rows["problem_id"])
        return ids if build.only is None else ids & build.only


def _ask(build: "Build", teacher: Live, only: frozenset[str] | None) -> "Callable[[Any], Intake]":
    from tasks.generation.live.run import generate

    verify = next((step for step in build.steps if step.kind == "verify"), None)
    return lambda show: generate(
        build.done,
        teacher,
        build.base,
        verify,
        build.choices.retry_failed,
        only,
        show,
        build.choices.rebuy,
    )


def _replay(build: "Build", teacher: Recorded, earlier: Any) -> "Intake":
    from tasks.generation.recorded import replay

    done = build.done
    return build.runner.stream(
        "generate",
        teacher.name,
        lambda tick: replay(
            build.pool,
            teacher,
            build.base,
            done.problems,
            earlier,
            done.recipe,
            tick,
            build.runner.each,
        ),
    )
