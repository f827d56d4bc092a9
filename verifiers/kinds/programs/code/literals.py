"""Integers of any length in JSON and in test code; Python reads at most 4,300 digits by itself."""

import json
import re
from decimal import Decimal
from functools import partial
from typing import Any

_MOST = 4300  # digits that Python reads
LONGEST = 300_000
"""Digits of an integer beyond which none is read: reading takes their square in time."""

_LONG = re.compile(r"(?<![\w.])[1-9]\d{4299,}(?![\w.])")  # an integer literal of too many digits


def read_json(text: str) -> Any:
    """What JSON text holds. ValueError for what is none, RecursionError for what is too deep."""
    return json.loads(text, parse_int=integer)


def integer(text: str) -> int:
    """An integer of up to `LONGEST` digits. Raises ValueError for more."""
    if len(text) <= _MOST:
        return int(text)
    if len(text) > LONGEST:
        raise ValueError(f"an integer of {len(text)} digits")
    return int(Decimal(text))


def write_json(value: Any) -> str:
    """Plain data as JSON text, with integers of any length."""
    return _MARKED.sub(lambda found: str(Decimal(int(found[1], 16))), _dumps(_marked(value)))


def _marked(value: Any) -> Any:
    """The longest integers as texts that stand for them; the rest as it is."""
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(item) for item in value]
    long = isinstance(value, int) and value.bit_length() > 3 * _MOST
    return f"{_MARK}{value:x}" if long else value


_MARK = "longcot-integer:"
_MARKED = re.compile(rf'"{_MARK}(-?[0-9a-f]{{1000,}})"')
_dumps = partial(json.dumps, ensure_ascii=False, default=str)


def readable(source: str) -> str:
    """Python source with its longest integers in hexadecimal, which Python reads at any length."""
    if len(source) <= _MOST:
        return source
    return _LONG.sub(lambda found: hex(integer(found[0])), source)
