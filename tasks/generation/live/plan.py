"""What is asked of a live teacher: the draws of a problem, their ids, seeds and requests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from schemas.identity import digest, trace_id
from schemas.recipe.teachers import Live
from tasks.llm.prompts import Template, load

VERSION = 1


class Draw(NamedTuple):
    """One sample to be drawn."""

    trace_id: str
    sample: int
    seed: int
    template: Template


class Plan(NamedTuple):
    """A teacher with its templates loaded. `params` is part of every sample's identity."""

    teacher: Live
    templates: list[Template]
    params: str

    @property
    def spec(self) -> str:
        """Names the teacher's shards and journal: one for all its models, prompts, parameters."""
        return spec_of(self.teacher.name)

    def draws(self, problem_id: str, most: int) -> Iterator[Draw]:
        """The draws of a problem, in order; templates take turns."""
        for sample in range(most):
            template = self.templates[sample % len(self.templates)]
            own = trace_id(problem_id, self.teacher.name, template.label, self.params, sample)
            yield Draw(own, sample, int(own[:8], 16) & 0x7FFFFFFF, template)

    def wanted(self, prompt: str | None, params: str | None, sample: int | None) -> bool:
        """Whether a sample of the pool is one that this plan would draw."""
        if sample is None or params != self.params or sample >= self.teacher.samples.max:
            return False
        return prompt == self.templates[sample % len(self.templates)].label

    def request(self, draw: Draw, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Path and body of a draw's first request."""
        path, body = draw.template.body(row)
        seed = self.seed(draw)
        seeded = {} if seed is None else {"seed": seed}
        return path, {"model": self.teacher.model, **body, **self.teacher.sent(), **seeded}

    def seed(self, draw: Draw) -> int | None:
        """The seed that is sent; None where the server takes none."""
        return None if self.teacher.seed == "none" else draw.seed


def spec_of(teacher: str) -> str:
    """Names the shards and the journal of the live teacher that is called so."""
    return digest("live", VERSION, teacher)


def plan_of(teacher: Live, base: Path) -> Plan:
    """The plan of a teacher; `base` is the recipe's folder. Raises TeacherError."""
    import orjson

    params = {"model": teacher.model, **teacher.sent()}
    templates = [load(name, base) for name in teacher.prompt]
    return Plan(teacher, templates, orjson.dumps(params, option=orjson.OPT_SORT_KEYS).decode())
