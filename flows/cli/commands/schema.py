"""schema: the recipe's JSON Schema."""

import json

import typer

from flows.cli.app import app


@app.command()
def schema() -> None:
    """Print the recipe's JSON Schema, for editors that complete and check YAML.

    Example:

        longcot schema > recipe.schema.json
    """
    from flows.recipe import Recipe

    typer.echo(json.dumps(Recipe.model_json_schema(), indent=1))
