"""generate: the teachers' traces, recorded ones replayed and live ones asked for."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

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
    once = True

    def fits(self, earlier: Sequence[Step], teachers: Sequence[Any]) -> None:
        """Somebody has to be asked."""
        if not any(isinstance(teacher, Live | Recorded) for teacher in teachers):
            raise ValueError("step `generate` needs at least one teacher")

    def run(self, build: "Build | Any") -> None:
        """Ask the live teachers side by side, replay the recordings one after another."""
        from tasks.generation.recorded import Earlier

        build.only = build.first()
        live = [teacher for teacher in build.teachers if isinstance(teacher, Live)]
        works = {teacher.name: _ask(build, teacher) for teacher in live}
        taken = build.runner.questions("traces", works) if works else {}
        earlier = Earlier()
        for teacher in build.teachers:
            if isinstance(teacher, Recorded):
                taken[teacher.name] = _replay(build, teacher, earlier)
            build.intake(self.called, teacher.name, "traces", taken[teacher.name])


def _ask(build: "Build", teacher: Live) -> "Callable[[Any], Intake]":
    from tasks.generation.live.run import generate

    verify = next((step for step in build.steps if step.kind == "verify"), None)
    return lambda show: generate(
        build.done,
        teacher,
        build.base,
        verify,
        build.choices.retry_failed,
        build.only,
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
            build.pool, teacher, build.base, done.problems, earlier, done.recipe, tick
        ),
    )
