"""What the papers select, a family of recipes a file."""

from tests.data.recipes.published import curated, distillation, preferences, problems
from tests.data.recipes.published.paper import Paper

FAMILIES = (curated, distillation, preferences, problems)

PAPERS: dict[str, Paper] = {
    name: paper for family in FAMILIES for name, paper in family.PAPERS.items()
}
