"""The topics of the shipped sample: computed answers, puzzles with one solution."""

from random import Random

from data.make.common import Maker
from data.make.problems import TOPICS
from schemas.parts.generator import Drawn, generator

SUMMARIES = {
    "arithmetic": "numbers to work out",
    "algebra": "equations, roots, polynomials",
    "number theory": "remainders, divisors, digits",
    "knights and knaves": "who tells the truth: options, one solution",
    "ordering": "who stands where: options, one solution",
    "kinematics": "motion with units",
    "density": "masses and volumes with units",
    "unit conversion": "one unit in another",
    "mixtures": "concentrations",
}

for _topic, _domain, _kind, _levels in TOPICS:
    _name = _topic.partition(" and ")[0].replace(" ", "-")

    @generator(_name, SUMMARIES[_topic], levels=(min(_levels), max(_levels)))
    def _draw(
        rng: Random,
        level: int,
        makers: dict[int, list[Maker]] = _levels,
        domain: str = _domain,
        kind: str = _kind,
    ) -> Drawn | None:
        drawn = rng.choice(makers[level])(rng)
        if drawn is None:
            return None
        told = {"answer_kind": kind, "domain": domain, "license": "Apache-2.0", "language": "en"}
        return {"problem": drawn[0], "answer": drawn[1], **told}
