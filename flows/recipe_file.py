"""Reading a recipe from YAML: complaints name the file, the line and the nearest right key."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from flows.recipe import Entry, Recipe
from schemas import yaml_text
from schemas.errors import Mistake, MistakesError, RecipeError, SourceError, mistakes_of
from schemas.parts.step import Step
from schemas.recipe.teachers import KINDS

LONGEST = 10**6
"""Characters of a recipe; beyond them it is a mistake."""


def load_recipe(path: Path) -> Recipe:
    """Read and check a recipe. Raises RecipeError with one line per mistake."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise RecipeError(
            f"{path}: there is no such recipe; `longcot recipes` lists them"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: cannot be read: {error}") from None
    try:
        if len(text) > LONGEST:
            raise RecipeError(f"{path}: no recipe: more than {LONGEST:,} characters")
        content = yaml_text.load(text)
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise RecipeError(f"{path}{line}: not YAML: {getattr(error, 'problem', error)}") from None
    for key in _doubled(root):
        raise RecipeError(f"{path}:{key.start_mark.line + 1}: the key `{key.value}` stands twice")
    if not isinstance(content, dict):
        raise RecipeError(f"{path}:1: a recipe is a mapping with `name`, `sources`, `steps`")
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        lines = [line for item in error.errors() for line in _complaints(path, root, item)]
        raise RecipeError("\n".join(lines)) from None


@contextmanager
def with_lines(path: Path) -> Iterator[None]:
    """Mistakes that are found in here are told with the recipe's file and lines, as RecipeError;
    as SourceError where one may pass by itself (a file that is not there yet): who builds by the
    clock tries those again.
    """
    try:
        yield
    except MistakesError as error:
        root = yaml.compose(path.read_text("utf-8"), yaml.SafeLoader)
        lines = [_said(path, root, mistake) for mistake in error.mistakes]
        passing = any(one.passing for one in error.mistakes)
        raise (SourceError if passing else RecipeError)("\n".join(lines)) from None


def _said(path: Path, root: yaml.Node | None, mistake: Mistake) -> str:
    return f"{path}:{_line(root, [*mistake.place])}: {mistake}"


def _doubled(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """Keys that repeat one of the same mapping; YAML itself would keep the last in silence."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(str(key.value))
            yield from _doubled(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled(item)


def _complaints(path: Path, root: yaml.Node | None, error: Any) -> list[str]:
    """What pydantic says of one place, a line for each mistake."""
    if isinstance(raised := error.get("ctx", {}).get("error"), MistakesError):
        return [_said(path, root, one) for one in mistakes_of(raised, *error["loc"])]
    return [_complaint(path, root, error)]


def _complaint(path: Path, root: yaml.Node | None, error: Any) -> str:
    tagged = [part for part in error["loc"] if part != "function-before"]
    where = [part for part in tagged if part not in KINDS]
    line = _line(root, where)
    place = ".".join(str(part) for part in where)
    if error["type"] == "extra_forbidden":
        keys = _keys(tagged[:-1])
        near = difflib.get_close_matches(str(where[-1]), keys, n=1, cutoff=0.5)
        valid = f"valid keys: {', '.join(keys)}" if keys else "it has no options"
        hint = f"did you mean `{near[0]}`?" if near else valid
        parent = ".".join(str(part) for part in where[:-1]) or "the recipe"
        return f"{path}:{line}: unknown key `{where[-1]}` in {parent}; {hint}"
    if error["type"] == "missing":
        parent = ".".join(str(part) for part in where[:-1]) or "the recipe"
        return f"{path}:{line}: {parent} needs the key `{where[-1]}`"
    message = error["msg"].removeprefix("Value error, ")
    got = "" if error["type"] == "value_error" else f" (got {error['input']!r:.80})"
    return f"{path}:{line}: {place or 'recipe'}: {message}{got}"


def _line(node: yaml.Node | None, where: list[Any]) -> int:
    """The 1-based line of the deepest part of `where` that stands in the file."""
    line = 1
    for part in where:
        found = _below(node, part)
        if found is None:
            break
        line, node = found
    return line


def _below(node: yaml.Node | None, part: Any) -> tuple[int, yaml.Node] | None:
    """A part of a node and its line. A key may also stand in a mapping of its own (`roles`, `<<`)
    or, where names alone are said, as an item of a list.
    """
    if isinstance(node, yaml.MappingNode):
        inner = (v for _, v in node.value if isinstance(v, yaml.MappingNode))
        pairs = [*node.value, *(pair for mapping in inner for pair in mapping.value)]
        found = [(k.start_mark.line + 1, v) for k, v in pairs if k.value == str(part)]
    elif isinstance(node, yaml.SequenceNode):
        items = enumerate(node.value)
        found = [(v.start_mark.line + 1, v) for n, v in items if part in (n, v.value)]
    else:
        found = []
    return found[0] if found else None


def _keys(where: list[Any]) -> list[str]:
    """The valid keys at a place, by walking the models' fields."""
    model: type[BaseModel] = Recipe
    for part in where:
        if part in KINDS:
            model = KINDS[part]
            continue
        for name, known in model.model_fields.items():
            if part in (name, known.alias):
                model = _inner_model(known.annotation) or model
                model = Entry if model is Step else model
    if issubclass(model, Step) and model.once:  # what stands once needs no name
        return [name for name in model.model_fields if name != "name"]
    return [known.alias or name for name, known in model.model_fields.items()]


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    """The first model inside `list[X]`, `dict[str, X]`, `X | None` or Annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(getattr(annotation, "__args__", ())):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None
