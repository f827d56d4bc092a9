"""What a view writes into its rows: Jinja texts, with what is known of the row."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import jinja2
import jinja2.meta
import jinja2.nodes

from schemas.errors import Mistake, MistakesError
from schemas.recipe.sql import nearest
from tasks.llm.prompts import JINJA

NONE: Mapping[str, Sequence[str]] = MappingProxyType({})


def rendered(
    place: tuple[str | int, ...],
    text: str,
    rows: Iterable[Mapping[str, Any]],
    columns: Iterable[str],
    parts: Mapping[str, Sequence[str]] = NONE,
) -> list[str | None]:
    """The text of each row; None where it comes out empty.

    place: where the text stands in the view; columns: what a row has; parts: what some of these
    have

    Raises MistakesError where the text is no Jinja or names what a row does not have.
    """
    known = sorted({*columns})
    try:
        tree = JINJA.parse(text)
        absent = sorted(jinja2.meta.find_undeclared_variables(tree) - {*known})
        unknown = [f"`{name}`{nearest(name, known)}" for name in absent]
        for node in tree.find_all(jinja2.nodes.Getattr):
            of = node.node.name if isinstance(node.node, jinja2.nodes.Name) else ""
            if of in parts and node.attr not in parts[of]:
                unknown.append(f"`{of}.{node.attr}`{nearest(node.attr, parts[of])}")
        if unknown:
            raise jinja2.UndefinedError(f"there is no {', no '.join(unknown)}")
        template = JINJA.from_string(text)
        return [template.render(row).strip() or None for row in rows]
    except jinja2.TemplateError as error:
        raise MistakesError([Mistake(place, str(error))]) from None
