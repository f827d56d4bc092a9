"""verify: the rules' verdict on every trace, and what other graders and people say beside it."""

import shlex
from collections.abc import Sequence
from itertools import chain
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr

from schemas.parts.step import Step
from schemas.recipe.teachers import Listed
from tasks.pool.map_step import MapStep
from tasks.steps.screen import Screen
from tasks.verdicts.limits import Limits
from tasks.verdicts.own_verifier import NONE, Name, OwnVerifier, OwnVerifiers

if TYPE_CHECKING:
    import polars as pl

    from tasks.pool.build import Build
    from tasks.pool.jobs import Output


class Verify(MapStep, Limits, kind="verify"):
    """Judge every finished trace against the gold answer."""

    version = "2"
    over = "traces"
    columns = ("trace_id", "problem_id", "teacher", "prompt", "response", "state")
    looks_up = ("answer", "answer_kind", "options", "tests")
    writes = ("verdicts", "set_aside")
    reasons = ("problem_set_aside",)
    once = True
    again = True

    second: list[Literal["math-verify"]] = Field(
        [], description="other graders whose word is recorded beside; it is never the label"
    )

    kinds: dict[Name, OwnVerifier] = Field(
        {},
        exclude_if=lambda kinds: not kinds,
        description="verifiers of one's own, by the `answer_kind` that they judge",
    )
    by_prompt: dict[str, Listed] = Field(
        {},
        exclude_if=lambda kinds: not kinds,
        description="the `answer_kind` of traces that a prompt (its name) asked for, whatever the "
        "problem's is: prose, a program and equations for one problem. Several kinds judge a trace "
        "together",
    )
    by_teacher: dict[str, Listed] = Field(
        {}, exclude_if=lambda kinds: not kinds, description="the same by teacher; a prompt is first"
    )
    label: Literal["all", "any"] = Field(
        "all",
        exclude_if=lambda label: label == "all",
        description="where several kinds judge a trace: right by all of them, or by any",
    )
    _own: OwnVerifiers = PrivateAttr(NONE)
    _screens: list[Screen] = PrivateAttr([])

    def fits(self, earlier: Sequence[Step], teachers: Sequence[Any]) -> None:
        """A verifier of one's own has a name of its own; screens before this step audit by it."""
        if not (self.kinds or self.by_prompt or self.by_teacher):
            return
        from schemas.vocabulary import HUMAN, PEERS
        from tasks.verdicts.labels import BY_STATE
        from verifiers.dispatch import KINDS

        if taken := sorted({*self.kinds} & {*KINDS, *PEERS, HUMAN, BY_STATE}):
            raise ValueError(f"`kinds`: longcot judges `{taken[0]}` itself; choose another name")
        for kind in chain(*self.by_prompt.values(), *self.by_teacher.values()):
            if kind not in KINDS and kind not in self.kinds:
                known = ", ".join(sorted([*KINDS, *self.kinds]))
                raise ValueError(f"no verifier judges `{kind}` (there are: {known})")
        self._own = OwnVerifiers(self.kinds)
        self._screens = [step for step in earlier if isinstance(step, Screen)]
        for screen in self._screens:
            screen.judged_by(self._own)

    def prepare(self, base: Path) -> None:
        """Find the programs. Raises SourceError where one is missing."""
        self._own = OwnVerifiers(self.kinds, base.resolve())
        for screen in self._screens:
            screen.judged_by(self._own)
        for name, verifier in self.kinds.items():
            if verifier.command:
                from tasks.query.attached import program_at

                program_at(shlex.split(verifier.command)[0], base, f"verifier `{name}`")

    def _kinds_of(self, prompt: str | None, teacher: str, kind: str | None) -> list[str | None]:
        """The kinds that judge a trace; `kind` is its problem's."""
        name = (prompt or "").rpartition("@")[0] or prompt or ""
        for own in (name, PurePath(name).stem):
            if own in self.by_prompt:
                return [*self.by_prompt[own]]
        return [*self.by_teacher.get(teacher, [kind])]

    def options(self) -> dict[str, Any]:
        """The options but for the other graders, who change no verdict."""
        return {**super().options(), "second": []}

    def stamp(self) -> str:
        """The version, and that of the verifiers."""
        from verifiers import VERSION

        return f"{self.version}/{VERSION}"

    def rows(self, frame: "pl.DataFrame", **known: Any) -> "Output":
        """One verdict per trace; traces of problems that were set aside are set aside too."""
        from tasks.verdicts.verify import Kinds, verify

        kinds = Kinds(self._kinds_of, self.label) if self.by_prompt or self.by_teacher else None
        return verify(frame, self.called, self, self._own, kinds)

    def run(self, build: "Build | Any") -> None:
        """The rules' verdicts, then the other graders', then people's."""
        from tasks.verdicts import adjudication

        super().run(build)
        if self.second:
            from tasks.verdicts import other_graders

            jobs = other_graders.plan(build.done, super().options(), self.second, self)
            build.line("second", "", "traces", build.jobs("second", jobs, []))
        build.jobs("adjudicate", adjudication.plan(build.done), ["verdicts"])
