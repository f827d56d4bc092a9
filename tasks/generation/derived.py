"""derived: answers of a model become traces or problems, each with the row that it came from.

Children come in as the rows of a source do: a stream in the order of the rows asked about, cut into
shards. One that says what a row of the pool says is that row (`repeated`); two parents may have one
child. `lineage` tells who came from whom: of a row that stood in the pool before its step, nothing,
so that descent has no circle.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from schemas.identity import derived_id, digest, normalise, problem_id
from schemas.tables import LINEAGE, REJECTS, TABLES
from tasks.generation.recorded import Index
from tasks.llm.asking.ask import answers_of
from tasks.llm.asking.ask_step import Answered, Shown
from tasks.llm.reasoning_parser import fields
from tasks.pool.forgotten import forgotten
from tasks.pool.growth import SHARD_ROWS, Intake, Prepared, intake
from tasks.pool.id_set import IdSet, keys_of
from tasks.pool.jobs import Done, frame_of
from tasks.pool.parquet import nothing
from tasks.pool.store import Receipt
from tasks.query.rows_about import chosen_of
from tasks.sources.ingest import options_of

VERSION = "1"

INHERITED = ("domain", "license", "language", "answer_kind")
"""What a derived problem has of the problem that it was derived from; its kind of answer only where
no answer of its own tells it."""

TEXTS = ("problem_id", "reasoning", "response")


class Derivation(NamedTuple):
    """What a step makes of answers.

    how: the step's name
    makes: `traces` or `problems`
    over: the table of the parents
    free: an answer is a whole reply (`reasoning`, `response`), not fields of the step's own
    teacher, prompt, hinted, params: of the model that is asked, as `traces` has them
    """

    how: str
    makes: str
    over: str
    free: bool
    teacher: str
    prompt: str
    hinted: bool
    params: str

    @property
    def key(self) -> str:
        """The id of a child: trace_id or problem_id."""
        return f"{self.makes.removesuffix('s')}_id"


class Child(NamedTuple):
    """A row derived from the row `parent`; `of` is the problem of both, or that of the parent."""

    parent: str
    of: str
    row: dict[str, Any]


def take_in(
    done: Done, derivation: Derivation, asked: Answered, tick: Callable[[int], None]
) -> Intake:
    """Bring the children up to date with the answers and with what the pool holds beside them."""
    gone = forgotten(done.pool)
    spec = digest("derived", VERSION, derivation.how, derivation.makes)
    others = [receipt.key for receipt in (*done.of(derivation.makes), *done.problems)]
    stamp = digest(derivation, [part.source.key for part in asked.parts], others, _told(asked))

    def batches() -> Iterator[Prepared]:
        return _batches(done, derivation, asked, gone.ids)

    stage, table, stamp = derivation.how, derivation.makes, gone.stamped(stamp)
    return intake(done.pool, stage, table, spec, stamp, batches, done.recipe, tick)


def _told(asked: Answered) -> list[str]:
    return [receipt.facts["content"] for receipt in asked.answers]


def _batches(
    done: Done, derivation: Derivation, asked: Answered, gone: frozenset[str]
) -> Iterator[Prepared]:
    """The children of each part, with those that do not come in."""
    index = Index(done.pool, done.problems)
    known = _known(done, derivation)
    for part, answers in zip(asked.parts, asked.answers, strict=True):
        said = answers_of(done.pool, answers)
        failed = said.filter(pl.col("failure").is_not_null()).select("row_id", "failure")
        aside = [(row_id, "no_answer", failure) for row_id, failure in failed.iter_rows()]
        yield Prepared(nothing(TABLES[derivation.makes]), _rejects(derivation, aside))
        for children in _children(done, derivation, part, said):
            yield prepared(derivation, children, index, known, gone)


def prepared(
    derivation: Derivation,
    children: list[Child],
    index: Index,
    known: IdSet,
    gone: frozenset[str],
) -> Prepared:
    """Some children as rows and rejects. Pure, but for `known`, which learns."""
    kept: list[Child] = []
    aside: list[tuple[str, str, str | None]] = []
    ids = [child.row[derivation.key] for child in children]
    for child, own, before in zip(children, ids, known.number(ids), strict=True):
        reason = (
            "forgotten" if own in gone
            else "empty" if _is_empty(derivation, child.row)
            else "repeated" if before
            else None
        )  # fmt: skip
        if reason:
            detail = f"from {child.parent}" if reason != "forgotten" else None
            aside.append((own, reason, detail))
        else:
            kept.append(child)
    rows = pa.Table.from_pylist([child.row for child in kept], TABLES[derivation.makes])
    parents = None
    if derivation.makes == "traces":
        parents = pa.array(index.owner([child.of for child in kept]), pa.string())
    return Prepared(rows, _rejects(derivation, aside), parents)


def _rejects(derivation: Derivation, aside: list[tuple[str, str, str | None]]) -> pa.Table:
    """Rows that do not come in: id, reason, detail."""
    whole = [(derivation.how, own, derivation.teacher, *told) for own, *told in aside]
    return pa.Table.from_pylist(
        [dict(zip(REJECTS.names, row, strict=True)) for row in whole], REJECTS
    )


def _is_empty(derivation: Derivation, row: dict[str, Any]) -> bool:
    return not (row["response"] if derivation.makes == "traces" else normalise(row["problem"]))


def _known(done: Done, derivation: Derivation) -> IdSet:
    """What the rows of the pool say, as ids that a child of the same words has."""
    known = IdSet()
    for receipt in done.of(derivation.makes):
        shard = receipt.whole(derivation.makes)
        if derivation.makes == "problems":
            known.number(done.pool.read(shard, ["problem_id"]).column(0).to_pylist())
        else:
            rows = frame_of(done.pool.read(shard, list(TEXTS)))
            known.number([derived_id(*row) for row in rows.iter_rows()])
    return known


def _children(
    done: Done, derivation: Derivation, part: Shown, said: pl.DataFrame
) -> Iterator[list[Child]]:
    """What the answers about a part make, in the order of its rows, some at a time."""
    said = said.filter(pl.col("answer").is_not_null())
    problems = _problems_of(done, derivation, part, said)
    for some in said.iter_slices(SHARD_ROWS):
        found = []
        for row_id, n, answer in some.select("row_id", "n", "answer").iter_rows():
            of = problems[row_id]
            make = trace_of if derivation.makes == "traces" else problem_of
            found.append(Child(row_id, of["problem_id"], make(derivation, row_id, of, n, answer)))
        yield found


def _problems_of(
    done: Done, derivation: Derivation, part: Shown, said: pl.DataFrame
) -> dict[str, dict[str, Any]]:
    """The problem of each row that was asked about: its id, and what is inherited of it."""
    rows = chosen_of(part).rows.select("row_id", "problem_id")
    rows = rows.filter(pl.col("row_id").is_in(said["row_id"].implode()))
    if derivation.makes == "problems" and len(rows):
        parents = part.source.parents if derivation.over == "traces" else [part.source.key]
        known = done.part(parents)
        inherited = known.problems_of(parents, list(INHERITED), rows["problem_id"])
        rows = rows.join(inherited, on="problem_id", how="left")
    return {row["row_id"]: row for row in rows.iter_rows(named=True)}


def trace_of(
    derivation: Derivation, parent: str, of: dict[str, Any], n: int, answer: str
) -> dict[str, Any]:
    """A derived trace. Pure. What it cost stands in `answers`, since two may share one answer."""
    told = json.loads(answer)
    parts = fields(told.get("reasoning"), told["response"], None)
    facts = {
        "trace_id": derived_id(of["problem_id"], parts.reasoning, parts.response),
        "problem_id": of["problem_id"],
        "teacher": derivation.teacher,
        "prompt": derivation.prompt,
        "hinted": derivation.hinted,
        "sample": n,
        "parent_id": parent if derivation.over == "traces" else None,
        "state": str(parts.state),
        "dialect": parts.dialect,
        "params": derivation.params,
    }
    texts = {"reasoning": parts.reasoning, "response": parts.response}
    return {**facts, **texts, "content": digest(facts)}


def problem_of(
    derivation: Derivation, parent: str, of: dict[str, Any], n: int, answer: str
) -> dict[str, Any]:
    """A derived problem. Pure. It has no gold: what the model says is the answer stands in `meta`,
    with its other words, until somebody has verified it.
    """
    from verifiers import answer_kind  # late: where no child is made no verifier is needed

    told = json.loads(answer)
    if derivation.free:
        told = {"problem": told["response"]}
    statement = told.pop("problem")
    claimed = told.get("answer")
    told_kind = answer_kind(claimed if isinstance(claimed, str) else None, statement)
    kind = told_kind or of["answer_kind"]
    row = {
        **{column: of[column] for column in INHERITED},
        "problem_id": problem_id(statement),
        "problem": statement,
        "answer_kind": kind,
        "options": options_of(statement) if kind == "choice" else None,
        "source": derivation.how,
        "parent_id": of["problem_id"],
        "meta": json.dumps(told, ensure_ascii=False) if told else None,
    }
    return {**row, "content": digest(row)}


def descent(done: Done, derivation: Derivation, asked: Answered, shards: list[Receipt]) -> Receipt:
    """Write who came from whom: the children in these shards, with every parent of theirs."""
    key = digest("lineage", VERSION, derivation, [r.key for r in shards], _told(asked),
                 [r.key for r in done.of("lineage")])[:16]  # fmt: skip
    found = done.pool.receipt(derivation.how, key)
    if found:
        return found
    done.pool.writing()
    born = [
        keys_of(done.pool.read(shard, [derivation.key]).column(0).to_pylist())
        for shard in (receipt.whole(derivation.makes) for receipt in shards)
    ]
    known = np.sort(np.concatenate([np.empty(0, np.uint64), *born]))
    generations = _generations(done)

    def rows() -> Iterator[pa.Table]:
        yield nothing(LINEAGE)
        for part, answers in zip(asked.parts, asked.answers, strict=True):
            said = answers_of(done.pool, answers)
            for children in _children(done, derivation, part, said):
                yield _pairs(derivation, children, known, generations)

    receipt = Receipt(derivation.how, key, "lineage")
    return done.pool.commit(receipt, {"lineage": rows()}, done.recipe)


def _pairs(
    derivation: Derivation, children: Iterable[Child], born: np.ndarray, generations: pl.DataFrame
) -> pa.Table:
    pairs = pl.DataFrame(
        [(child.row[derivation.key], child.parent, child.of) for child in children],
        schema={"child": pl.String, "parent": pl.String, "of": pl.String},
        orient="row",
    ).unique(maintain_order=True)
    own = pl.Series(np.isin(keys_of(pairs["child"].to_list()), born), dtype=pl.Boolean)
    told = pairs.filter(own)
    for column in ("parent", "of"):  # a trace that no step derived is of its problem's generation
        before = generations.rename({"child": column, "generation": f"of_{column}"})
        told = told.join(before, on=column, how="left", maintain_order="left")
    generation = pl.coalesce("of_parent", "of_of", 0).cast(pl.Int32) + 1
    rows = told.select("child", "parent", how=pl.lit(derivation.how), generation=generation)
    return rows.to_arrow().cast(LINEAGE)


def _generations(done: Done) -> pl.DataFrame:
    """The generation of each row that earlier steps derived; the least, where there are several."""
    columns = ["child", "generation"]
    shards = [receipt.whole("lineage") for receipt in done.of("lineage")]
    tables = [nothing(LINEAGE).select(columns), *(done.pool.read(s, columns) for s in shards)]
    frame = pl.concat([frame_of(table) for table in tables])
    return frame.group_by("child").agg(pl.col("generation").min())


def chosen_counts(asked: Answered) -> dict[str, int]:
    """How many rows there were, and how many of them were asked about, as the funnel counts."""
    parts = [chosen_of(part) for part in asked.parts]
    whole, aside = sum(part.whole for part in parts), sum(part.aside for part in parts)
    out = sum(len(part.rows) for part in parts)
    return {
        "in": whole, "out": out, "aside.set_aside": aside, "aside.not_chosen": whole - aside - out,
    }  # fmt: skip
