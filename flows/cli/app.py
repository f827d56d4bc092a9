"""The application that every command's file adds itself to."""

from typing import Annotated

import typer

app = typer.Typer(
    help="Build long chain-of-thought datasets: problems in, verified teacher traces out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich would be half of the time of `--help`
    pretty_exceptions_enable=False,
)

PoolOption = Annotated[
    str | None, typer.Option("--pool", help="folder or fsspec URL; default: see the command")
]
