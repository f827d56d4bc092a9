"""The system message of a view's rows: one Jinja text, with what is known of the row."""

import jinja2
import jinja2.meta
import polars as pl

from schemas.errors import LongcotError
from tasks.llm.prompts import JINJA


def rendered(text: str, joined: pl.DataFrame) -> pl.Series:
    """The message of each joined row; null where it comes out empty.

    Raises LongcotError where the text is no Jinja or names what a row does not have.
    """
    try:
        if unknown := jinja2.meta.find_undeclared_variables(JINJA.parse(text)) - {*joined.columns}:
            raise jinja2.UndefinedError(f"there is no {', '.join(sorted(unknown))}")
        template = JINJA.from_string(text)
        said = [template.render(row).strip() or None for row in joined.iter_rows(named=True)]
    except jinja2.TemplateError as error:
        raise LongcotError(
            f"`system`: {error}; a row has {', '.join(sorted(joined.columns))}"
        ) from None
    return pl.Series(said, dtype=pl.String)
