"""The recorded teacher: traces that exist already become rows of the `traces` table.

A recording gives either the raw text (`trace`), whose reasoning is found by its tags, or
`reasoning` and `response` apart. Traces of problems that the pool does not have are set aside;
traces of problems that a screen set aside are kept, because the text is written once and
decisions change.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from schemas.identity import digest, problem_id, trace_id
from schemas.recipe.teachers import Recorded
from schemas.tables import EVERYONE, REJECTS, TRACES
from schemas.vocabulary import State
from tasks.generation.earlier_reading import reads_as_ever, stands_as_ever
from tasks.generation.rollouts import endings, rollouts
from tasks.generation.turns import first_turn
from tasks.llm.http.replies import INT32, INT64, Reader, whole_number
from tasks.llm.reasoning_parser import Parts, fields, split
from tasks.pool.build import Each
from tasks.pool.forgotten import forgotten
from tasks.pool.growth import Intake, Prepared, Reject, intake
from tasks.pool.id_set import IdSet, keys_of
from tasks.pool.store import Pool, Receipt
from tasks.sources.chat import Turn, answered, asked
from tasks.sources.columns import (
    checked,
    content_of,
    place_of,
    readable,
    stream,
    text_of,
    value_of,
)
from tasks.sources.files import fingerprint, source_files
from tasks.sources.ingest import statement_of
from tasks.sources.rows import BadRow

VERSION = 1

INTEGERS = {"sample": INT32, "seed": INT64} | dict.fromkeys(
    ("prompt_tokens", "reasoning_tokens", "completion_tokens"), INT32
)
"""The columns of whole numbers, and the largest that each holds."""


class Index:
    """Which problem shard a problem is in: 12 bytes per problem."""

    def __init__(self, pool: Pool, problems: list[Receipt]) -> None:
        self.shards = [receipt.key for receipt in problems]
        keys, owners = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
        for number, receipt in enumerate(problems):
            shard = receipt.shard("problems")
            assert shard is not None
            keys.append(keys_of(pool.read(shard, ["problem_id"]).column(0).to_pylist()))
            owners.append(np.full(len(keys[-1]), number, np.int32))
        order = np.argsort(np.concatenate(keys))
        self.keys, self.owners = np.concatenate(keys)[order], np.concatenate(owners)[order]

    def owner(self, ids: list[str]) -> list[str | None]:
        """For each problem id the key of its shard, or None."""
        if not len(self.keys) or not ids:
            return [None] * len(ids)
        wanted = keys_of(ids)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        known = self.keys[at] == wanted
        return [
            self.shards[owner] if ok else None
            for owner, ok in zip(self.owners[at].tolist(), known.tolist(), strict=True)
        ]


class Earlier:
    """The traces of the recordings before this one, and the shards that hold them."""

    def __init__(self) -> None:
        self.traces, self.shards = IdSet(), list[str]()


def replay(
    pool: Pool,
    teacher: Recorded,
    base: Path,
    problems: list[Receipt],
    earlier: Earlier,
    recipe: str,
    tick: Callable[[int], None],
    each: Each = map,
) -> Intake:
    """Bring the traces of one recording up to date with its files and the pool's problems.

    `earlier` knows the traces of the recordings before this one, and learns this one's.
    each: `map`, or one that does several batches at once
    """
    files, stamp = place_of(teacher, teacher.recorded, base, endings(teacher))
    if teacher.requests:
        stamp = digest(stamp, fingerprint(source_files(teacher.requests, base)))
    how = teacher.model_dump(mode="json", exclude={"recorded"})
    spec = digest("recorded", VERSION, how)
    index, gone = Index(pool, problems), forgotten(pool)

    def batches() -> Iterator[Prepared]:
        seen = IdSet()
        others = rollouts(teacher, files, base) if teacher.format else None
        read = stream(teacher, files, teacher.name, others)
        read = checked(teacher, teacher.name, read, needed_columns(teacher))
        for made in each(partial(rows_of, teacher), read):
            yield prepare(teacher, made, index, earlier.traces, seen, gone.ids)

    stamp = gone.stamped(digest(stamp, index.shards, earlier.shards))
    found = intake(pool, "generate", "traces", spec, stamp, batches, recipe, tick)
    readable(found.counts, f"teacher {teacher.name}", teacher.recorded or teacher.hub)
    for name, count in sorted(found.counts.items()):
        if name.startswith("unread."):
            what = name.removeprefix("unread.")
            print(
                f"longcot: {teacher.name}: {count:,} traces whose {what} cannot be read; it is "
                "null there",
                file=sys.stderr,
            )
    for receipt in found.shards:
        shard = receipt.shard("traces")
        assert shard is not None
        earlier.traces.number(pool.read(shard, ["trace_id"]).column(0).to_pylist())
        earlier.shards.append(receipt.key)
    return found


def needed_columns(teacher: Recorded) -> list[str]:
    """The columns that a recording must have: the raw text, or its parts."""
    parts = "reasoning" in teacher.columns or "response" in teacher.columns
    return ["problem", "response" if parts else "trace"]


class Made(NamedTuple):
    """Recorded rows as traces, wherever their problems are.

    places: where each trace stands in the recording
    aside: the rows that are no trace, as `REJECTS`
    unread: what could not be read of how many traces
    """

    traces: pa.Table
    places: list[str]
    aside: list[Reject]
    unread: dict[str, int]


def rows_of(teacher: Recorded, batch: list[Any]) -> Made:
    """A batch of recorded rows as traces. Pure."""
    rows: list[dict[str, Any]] = []
    places: list[str] = []
    aside: list[Reject] = []
    reader = Reader()
    for (place, content), holds in batch:
        try:
            rows.append(trace_row(teacher, content_of(teacher, content, holds), reader))
            places.append(place)
        except BadRow as bad:
            aside.append(("generate", place, teacher.name, bad.reason, bad.detail))
    return Made(pa.Table.from_pylist(rows, TRACES), places, aside, Counter(reader.unread))


def prepare(
    teacher: Recorded,
    made: Made,
    index: Index,
    earlier: IdSet,
    seen: IdSet,
    gone: frozenset[str] = frozenset(),
) -> Prepared:
    """A batch of recorded traces as those that come in, and rejects. Pure, but for `seen`, which
    learns.

    A trace that an earlier recording has is repeated; so is one of this recording that is numbered
    alike. An equal text that nothing numbers is another draw that came out the same.

    gone: problems and traces that are forgotten, with every draw of the same text
    """
    aside, problems = list(made.aside), made.traces["problem_id"].to_pylist()
    traces, contents = (made.traces[name].to_pylist() for name in ("trace_id", "content"))
    sampled = made.traces["sample"].is_valid().to_pylist()
    owners = index.owner(problems)
    numbers = iter(
        seen.number([one for one, owner in zip(traces, owners, strict=True) if owner is not None])
    )
    known = earlier.has(traces)
    kept: list[int] = []
    for at, (trace, place, owner) in enumerate(zip(traces, made.places, owners, strict=True)):
        if problems[at] in gone:
            aside.append(("generate", trace, teacher.name, "forgotten", None))
            continue
        if owner is None:
            detail = f"{place}: no source has this problem"
            aside.append(("generate", trace, teacher.name, "unknown_problem", detail))
            continue
        number = next(numbers)
        if known[at] or (number and sampled[at]):
            aside.append(("generate", trace, teacher.name, "repeated", place))
            continue
        if gone and {trace, digest(trace, number)} & gone:
            aside.append(("generate", trace, teacher.name, "forgotten", None))
            continue
        if number:
            traces[at], contents[at] = digest(trace, number), digest(contents[at], number)
        kept.append(at)
    rows = made.traces
    for name, values in (("trace_id", traces), ("content", contents)):
        field = TRACES.field(name)
        column = pa.array(values, field.type)
        rows = rows.set_column(TRACES.get_field_index(name), field, column)
    if len(kept) < len(rows):
        rows = rows.take(pa.array(kept, pa.int64()))
    rejects = [dict(zip(REJECTS.names, row, strict=True)) for row in aside]
    return Prepared(
        rows,
        pa.Table.from_pylist(rejects, REJECTS),
        pa.array([owners[at] for at in kept], pa.string()),
        {f"unread.{name}": count for name, count in made.unread.items()},
    )


def trace_row(
    teacher: Recorded, content: dict[str, Any], reader: Reader | None = None
) -> dict[str, Any]:
    """One trace. Raises BadRow where it cannot be one.

    Numbers and dates that cannot be read are null, and `reader` remembers which: they are no reason
    to lose a trace.
    """
    reader = reader or Reader()

    def read(column: str, how: Callable[..., Any], *limits: int) -> Any:
        told = value_of(teacher, content, column)
        return reader.take(column, told, lambda value: how(value, *limits))

    problem = problem_id(statement_of(teacher, content))
    words = {
        column: text_of(value_of(teacher, content, column), column)
        for column in ("teacher", "prompt", "finish_reason", "params")
    }
    name = words["teacher"] or teacher.name
    if name == EVERYONE:
        raise BadRow("wrong_type", f"teacher: {EVERYONE!r} means every teacher together")
    numbers = {column: read(column, whole_number, most, -most) for column, most in INTEGERS.items()}
    whole, raw, as_ever = parts_of(teacher, content, words["finish_reason"])
    parts, framed = first_turn(whole, raw)
    facts = {
        **words,
        **numbers,
        "trace_id": trace_id(
            problem, name, words["prompt"], words["params"], numbers["sample"], digest(raw)
        ),
        "problem_id": problem,
        "teacher": name,
        "state": str(parts.state),
        "dialect": parts.dialect,
        "label": label_of(value_of(teacher, content, "label")),
        "started_at": read("started_at", time_of),
        "seconds": read("seconds", seconds_of),
    }
    # The id covers the text, so the long columns need not be hashed again, unless they are read
    # in another way than in the first pools.
    anew = {} if framed is None else {"frame": framed}
    if not as_ever:
        anew["parts"] = digest(whole.reasoning, whole.response)
    return {
        **facts,
        "frame": framed,
        "reasoning": parts.reasoning,
        "response": parts.response,
        "content": digest({**facts, **anew}),
    }


def parts_of(
    teacher: Recorded, content: dict[str, Any], finish: str | None
) -> tuple[Parts, str, bool]:
    """Reasoning and response, the raw text that the trace's identity hashes, and whether the parts
    are those that the first pools have. Of a conversation the first answer counts, and its raw
    text is all its turns.
    """
    found = {c: value_of(teacher, content, c) for c in ("trace", "reasoning", "response")}
    conversation: list[Turn] = []
    for column in ("trace", "response"):
        turn, turns = answered(found[column], column) or (None, [])
        conversation = conversation or turns
        if turn and turn.thought is not None:
            found = {"trace": None, "reasoning": turn.thought, "response": turn.text}
        elif turn:
            found[column] = turn.text
    parts, raw, as_ever = _apart(found, finish)
    if not conversation:
        return parts, raw, as_ever
    if parts.state == State.COMPLETE:
        parts = parts._replace(state=State.FURTHER_TURN)
    raw = json.dumps([turn._asdict() for turn in conversation], ensure_ascii=False)
    return parts, raw, as_ever


def _apart(found: dict[str, Any], finish: str | None) -> tuple[Parts, str, bool]:
    raw, reasoning, response = (text_of(asked(v, c), c) for c, v in found.items())
    if raw is None and (reasoning is not None or response is not None):
        parts = fields(reasoning, response or "", finish)
        raw = json.dumps([reasoning, response], ensure_ascii=False)
        return parts, raw, stands_as_ever(parts, reasoning, response)
    parts = split(raw or "", finish)
    return parts, raw or "", reads_as_ever(parts, raw or "")


def label_of(value: Any) -> bool | None:
    """The recording's own verdict: booleans, 0 and 1, and the words for them; else None."""
    if isinstance(value, bool) or value in (0, 1):
        return bool(value)
    words = {
        "true": True,
        "correct": True,
        "1": True,
        "false": False,
        "incorrect": False,
        "0": False,
    }
    return words.get(str(value).strip().lower())


def seconds_of(value: Any) -> float | None:
    """Seconds, as a number or its text. Raises ValueError where they are none."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError(f"{value} is no time")
    return seconds


def time_of(value: Any) -> datetime | None:
    """A point in time: a datetime, ISO text, or a number (or its text) of seconds since 1970, or of
    milli-, micro- or nanoseconds, which are told apart by their size. Raises ValueError.
    """
    if value is None or isinstance(value, datetime):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        if not str(value).strip():
            return None
        return datetime.fromisoformat(str(value).strip())
    for _ in range(3):
        number = number / 1000 if abs(number) >= AGES else number
    try:
        return datetime.fromtimestamp(number, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None


AGES = 1e11
"""Seconds after 1970 that no trace was drawn at (the year 5138): a larger number counts less."""
