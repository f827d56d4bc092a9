import pytest
from pydantic import ValidationError

from flows.recipe import Recipe
from schemas.recipe.run import Run


def test_an_address_belongs_to_a_cluster() -> None:
    with pytest.raises(ValidationError, match="for the runners dask and ray; processes has none"):
        Run(runner="processes", address="tcp://head:8786")


def test_what_is_asked_comes_before_what_the_recipe_says() -> None:
    own = Run(runner="dask", workers=3, address="tcp://head:8786")
    assert own.but(None, None, None) == own
    assert own.but(None, 8, None) == Run(runner="dask", workers=8, address="tcp://head:8786")
    assert own.but("ray", None, None) == Run(runner="ray"), "Dask's address is none of Ray's"


def test_where_it_runs_is_no_part_of_what_comes_out() -> None:
    plain = {"name": "r", "sources": [{"path": "p.jsonl"}], "steps": ["screen"]}
    spread = {**plain, "run": {"runner": "ray", "workers": 3}}
    one, other = Recipe.model_validate(plain), Recipe.model_validate(spread)
    assert one.fingerprint() == other.fingerprint()
