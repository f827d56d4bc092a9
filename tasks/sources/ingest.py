"""ingest: sources of problems become the `problems` table.

Every row of a source is counted: it becomes a problem, or it is set aside with a reason (`where`,
`no_problem`, `repeated`, `conflicting_gold`, `malformed`, `invalid_utf8`, `wrong_type`, `too_long`,
`multi_turn`, `forgotten`).
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from schemas.errors import placed
from schemas.identity import digest, problem_id
from schemas.recipe.views import Source
from schemas.tables import PROBLEMS, REJECTS
from tasks.pool.build import Build, Each, Tick
from tasks.pool.forgotten import forgotten
from tasks.pool.growth import Intake, Prepared, Reject, intake
from tasks.pool.id_set import IdSet
from tasks.pool.store import Pool
from tasks.sources.chat import asked, gold
from tasks.sources.columns import (
    checked,
    content_of,
    place_of,
    readable,
    stream,
    text_of,
    value_of,
)
from tasks.sources.generated import generated
from tasks.sources.generated import stamp as stamp_of
from tasks.sources.rows import BadRow

VERSION = 2

TEXT_COLUMNS = (
    "answer domain source_id license language level solution parent_id answer_kind".split()
)
META_CHARS = 200
"""Other columns of the source go to `meta` if they are no longer than this as JSON text."""


def source_name(source: Source) -> str:
    """The source's name in the pool: stated, else the hub id or the path's last part."""
    made = source.generate and source.generate.replace("/", "-")
    return source.name or source.hub or made or Path(str(source.path)).name.split(".")[0]


def ingest(
    pool: Pool,
    source: Source,
    base: Path,
    earlier: "Answers",
    recipe: str,
    tick: Callable[[int], None],
    each: Each = map,
) -> Intake:
    """Bring the problems of one source up to date.

    `earlier` knows the problems of the sources before this one (and learns this one's), so that
    the first source in the recipe keeps a problem that several have.
    each: `map`, or one that does several batches at once
    """
    name = source_name(source)
    place = ([], stamp_of(source)) if source.generate else place_of(source, source.path, base)
    files, stamp = place
    gone = forgotten(pool)
    how = source.model_dump(mode="json", exclude={"path", "name", "n"})
    spec = digest("ingest", VERSION, name, how)

    def batches() -> Iterator[Prepared]:
        made = generated(source) if source.generate else None
        known = earlier.copy()
        read = checked(source, name, stream(source, files, name, made), ["problem"])
        for rows in each(partial(rows_of, source, name), read):
            yield prepare(name, rows, known, gone.ids)

    stamp = gone.stamped(digest(stamp, earlier.stamp))
    found = intake(pool, "ingest", "problems", spec, stamp, batches, recipe, tick)
    readable(found.counts, f"source {name}", source.path or source.hub or source.generate)
    for receipt in found.shards:
        shard = receipt.shard("problems")
        assert shard is not None
        earlier.learn(pool.read(shard, ["problem_id", "answer"]))
    earlier.stamp = digest(earlier.stamp, [r.key for r in found.shards])
    return found


def ingest_all(build: Build, sources: list[Source]) -> None:
    """Bring the problems of all sources up to date, in the order of the recipe."""
    known = Answers()
    for at, source in enumerate(sources):
        work = _work(build, source, known)
        with placed("sources", at):  # on the hub nobody has looked at it before
            taken = build.runner.stream("ingest", source_name(source), work)
        build.intake("ingest", source_name(source), "problems", taken)


def _work(build: Build, source: Source, known: "Answers") -> Callable[[Tick], Intake]:
    done = build.done
    each = build.runner.each
    return lambda tick: ingest(done.pool, source, build.base, known, done.recipe, tick, each)


class Answers:
    """Which problems are known already, and with which gold answers."""

    def __init__(self) -> None:
        self.problems, self.golds, self.stamp = IdSet(), IdSet(), ""

    def copy(self) -> "Answers":
        """An independent copy (the arrays are never changed in place)."""
        other = Answers()
        other.problems.runs, other.golds.runs = [*self.problems.runs], [*self.golds.runs]
        return other

    def number(self, ids: list[str], answers: list[str | None]) -> list[tuple[int, int]]:
        """How often each problem came before, and how often with this very answer."""
        golds = [digest(i, a or "") for i, a in zip(ids, answers, strict=True)]
        return list(zip(self.problems.number(ids), self.golds.number(golds), strict=True))

    def learn(self, table: pa.Table) -> None:
        """Remember a shard's problems."""
        self.number(table.column(0).to_pylist(), table.column(1).to_pylist())


class Made(NamedTuple):
    """Rows of a source as problems, whether these were there before or not.

    places: where each problem stands in the source
    aside: the rows that are no problem, as `REJECTS`
    """

    problems: pa.Table
    places: list[str]
    aside: list[Reject]


def rows_of(source: Source, name: str, batch: list[Any]) -> Made:
    """A batch of source rows as problems. Pure."""
    rows: list[dict[str, Any]] = []
    places: list[str] = []
    aside: list[Reject] = []
    for (place, content), holds in batch:
        try:
            rows.append(problem_row(source, name, content_of(source, content, holds)))
            places.append(place)
        except BadRow as bad:
            aside.append(("ingest", place, name, bad.reason, bad.detail))
    return Made(pa.Table.from_pylist(rows, PROBLEMS), places, aside)


def prepare(name: str, made: Made, known: Answers, gone: frozenset[str] = frozenset()) -> Prepared:
    """A batch of problems as those that come in, and rejects. Pure, but for `known`, which learns.

    gone: problems that are forgotten; what was made from them does not come in either
    """
    aside, kept = list(made.aside), []
    ids, answers, parents = (
        made.problems[column].to_pylist() for column in ("problem_id", "answer", "parent_id")
    )
    for at, (before, same) in enumerate(known.number(ids, answers)):
        if ids[at] in gone or parents[at] in gone:
            aside.append(("ingest", ids[at], name, "forgotten", None))
        elif before == 0:
            kept.append(at)
        elif same:
            aside.append(("ingest", ids[at], name, "repeated", made.places[at]))
        else:
            told = {"answer": answers[at], "place": made.places[at]}
            detail = json.dumps(told, ensure_ascii=False)
            aside.append(("ingest", ids[at], name, "conflicting_gold", detail))
    rows = made.problems
    if len(kept) < len(rows):
        rows = rows.take(pa.array(kept, pa.int64()))
    rejects = [dict(zip(REJECTS.names, row, strict=True)) for row in aside]
    return Prepared(rows, pa.Table.from_pylist(rejects, REJECTS))


def problem_row(source: Source, name: str, content: dict[str, Any]) -> dict[str, Any]:
    """One problem. Raises BadRow where it cannot be one."""
    from verifiers import answer_kind  # late: an unchanged source needs no verifier

    statement = statement_of(source, content)
    values = {c: value_of(source, content, c) for c in TEXT_COLUMNS}
    if values["answer_kind"] is None:  # some kinds have golds that are lists or objects
        values["answer"] = gold(values["answer"], "answer")
    row = {c: text_of(value, c) for c, value in values.items()}
    row["tests"] = tests_of(source, content, statement)
    if row["answer"] is not None and not row["answer"].strip():
        row["answer"] = None
    row["answer_kind"] = row["answer_kind"] or (
        "code" if row["tests"] else answer_kind(row["answer"], statement)
    )
    row["options"] = options_of(statement) if row["answer_kind"] == "choice" else None
    row["source_id"] = row["source_id"] or text_of(content.get("id"), "id")
    whole = {
        **row,
        "problem_id": problem_id(statement),
        "problem": statement,
        "source": name,
        "meta": meta_of(source, content),
    }
    return {**whole, "content": digest(whole)}


def tests_of(source: Source, content: dict[str, Any], statement: str) -> str | None:
    """The tests in longcot's form; as the source has them where they cannot be read."""
    tests = value_of(source, content, "tests")
    if tests is None:
        return None
    from verifiers.kinds.programs.code import canonical
    from verifiers.kinds.programs.code.literals import write_json

    entry = value_of(source, content, "entry_point")
    kind = value_of(source, content, "answer_kind")
    form = canonical(tests, statement, entry) if kind in (None, "code") else None
    return text_of(write_json(form) if form else tests, "tests")


def statement_of(source: Any, content: dict[str, Any]) -> str:
    """The problem as the teacher sees it; separate `options` are lettered and appended."""
    statement = text_of(asked(value_of(source, content, "problem"), "problem"), "problem")
    if statement is None or not statement.strip():
        raise BadRow("no_problem", "the problem is null or empty")
    options = value_of(source, content, "options")
    if isinstance(options, list) and options:
        lines = [f"({chr(65 + i)}) {text_of(o, 'options')}" for i, o in enumerate(options)]
        if not all(line in statement for line in lines):
            statement = "\n".join([statement, *lines])
    return statement


def options_of(statement: str) -> str | None:
    """The part of a multiple-choice problem from its first option on."""
    found = re.search(r"(?:^|[\s,;:])(?:\(A\)|\\text(?:bf)?\{\(?A\)?\}|A[.)]|A:)\s", statement)
    return statement[found.start() :].strip() if found else None


def meta_of(source: Source, content: dict[str, Any]) -> str | None:
    """The source's other short columns, as JSON."""
    used = {
        source.columns.get(c, c)
        for c in [*TEXT_COLUMNS, "problem", "tests", "options", "entry_point"]
    }
    other = {}
    for key, value in content.items():
        if key not in used and value is not None:
            text = json.dumps(value, ensure_ascii=False, default=str)
            if len(text) <= META_CHARS and (key + text).isprintable():
                other[key] = value
    return json.dumps(other, ensure_ascii=False, default=str) if other else None
