"""Rollouts that others saved, as recordings: a format is one file and its line in `FORMATS`.

    rows(rollout, requests) -> its traces, with columns of a recording: `problem`, `trace` (a
    message), `teacher`, `finish_reason`, `label`, tokens

The formats are those of `Recorded.format`.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from schemas.recipe.teachers import Recorded
from tasks.generation.rollouts import inspect_log, nemo_gym, openai_batch, verifiers_traces
from tasks.sources.files import source_files
from tasks.sources.readers import read_files
from tasks.sources.rows import BadRow, Broken, Row


class Format(NamedTuple):
    """How a format is read.

    items: the rollouts of a line, or of a whole log
    rows: (rollout, what was asked by the id of the request) to its traces. Raises BadRow
    """

    items: Callable[[dict[str, Any]], list[Any]]
    rows: Callable[[Any, Mapping[str, Any]], Iterator[dict[str, Any]]]


FORMATS = {
    "openai_batch": Format(lambda content: [content], openai_batch.rows),
    "verifiers": Format(verifiers_traces.items, verifiers_traces.rows),
    "inspect": Format(inspect_log.items, inspect_log.rows),
    "nemo_gym": Format(lambda content: [content], nemo_gym.rows),
}


def endings(teacher: Recorded) -> tuple[str, ...]:
    """The endings of files that the format of a recording has of its own."""
    return (".eval",) if teacher.format == "inspect" else ()


def rollouts(teacher: Recorded, files: list[str], base: Path) -> Iterator[Row]:
    """The traces of a recording in one of the formats. What is none is Broken."""
    read = FORMATS[str(teacher.format)]
    asked = openai_batch.requests(source_files(teacher.requests, base)) if teacher.requests else {}
    logs = [file for file in files if file.endswith(".eval")]
    plain = read_files([file for file in files if file not in logs])
    for row in chain(inspect_log.samples_of(logs), plain):
        yield from _traces(row, read, asked)


def _question(content: dict[str, Any]) -> Any:
    """The problem without the system prompt, which the run and not the problem has."""
    said = content["problem"]
    if not isinstance(said, list):
        return said
    return [one for one in said if one.get("role") not in ("system", "developer")]


def _traces(row: Row, read: Format, asked: Mapping[str, Any]) -> Iterator[Row]:
    if isinstance(row.content, Broken):
        yield row
        return
    try:
        items = read.items(row.content)
    except (KeyError, TypeError, AttributeError) as error:
        yield Row(row.place, Broken("wrong_type", f"not of this format ({error!r:.80})"))
        return
    for number, item in enumerate(items):  # a rollout that cannot be read takes no other along
        place = f"{row.place}[{number}]"
        try:
            for choice, content in enumerate(read.rows(item, asked)):
                own = {**content, "problem": _question(content)}
                yield Row(f"{place}[{choice}]" if choice else place, own)
        except BadRow as bad:
            yield Row(place, Broken(bad.reason, bad.detail))
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            yield Row(place, Broken("wrong_type", f"not of this format ({error!r:.80})"))
