"""YAML of people: read with bounds, so that a bomb is refused before anything walks through it."""

from itertools import accumulate
from typing import Any

import yaml

MOST_ALIASES = 32
"""Files of people have a handful; nine aliases of nine aliases are a gigabyte once copied."""

DEEPEST = 100
"""Brackets within brackets; PyYAML takes time that grows with the square of them."""


def load(text: str) -> Any:
    """What a text says. Raises yaml.YAMLError, whatever is wrong with it."""
    if max(accumulate(map(_opens, text)), default=0) > DEEPEST:
        raise yaml.YAMLError(f"nested too deep: more than {DEEPEST} brackets within brackets")
    try:
        events = yaml.parse(text, yaml.SafeLoader)
        if sum(isinstance(event, yaml.AliasEvent) for event in events) > MOST_ALIASES:
            raise yaml.YAMLError(f"more than {MOST_ALIASES} aliases")
        return yaml.safe_load(text)
    except RecursionError:
        raise yaml.YAMLError("nested too deep, or an alias of itself") from None
    except ValueError as error:  # 2024-13-45 is no date
        raise yaml.YAMLError(str(error)) from None


def _opens(character: str) -> int:
    return (character in "[{") - (character in "]}")
