"""What the papers select, a family of recipes a file."""

from tests.data.recipes.published import (
    concise,
    curated,
    distillation,
    preferences,
    problems,
    self_training,
    small_students,
)
from tests.data.recipes.published.paper import Paper

FAMILIES = (
    concise,
    curated,
    distillation,
    preferences,
    problems,
    self_training,
    small_students,
)

PAPERS: dict[str, Paper] = {
    name: paper for family in FAMILIES for name, paper in family.PAPERS.items()
}
