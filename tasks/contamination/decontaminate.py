"""decontaminate: problems that a benchmark has, by several tests, each with its evidence.

One job per shard writes its hits (`contamination`) and what they set aside. Problems that an
earlier step set aside are compared too, for the sake of what was made from them: one job after the
others follows `parent_id`, because a rewrite of a contaminated problem is contaminated.
"""

import functools
import pickle
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from schemas.identity import digest, digest_all
from schemas.tables import CONTAMINATION
from tasks.contamination import benchmarks, overrides
from tasks.contamination.benchmark_index import EMPTY, Against
from tasks.contamination.lineage import inherited
from tasks.contamination.options import Comparison
from tasks.contamination.overrides import Override
from tasks.dedupe.meaning import static
from tasks.dedupe.meaning.restated import shown
from tasks.llm.asking.ask import Part, answers_of
from tasks.pool.jobs import Done, Job, aside_of, frame_of
from tasks.pool.store import Pool, Receipt

VERSION = "3"
LINEAGE = "2"
TRACE = ("reasoning", "response")


class Setup(NamedTuple):
    """What the jobs of a step share. It pickles as what it was made from, and a process that has
    jobs of it makes it once."""

    step: str
    options: Comparison
    texts: list[str]
    against: Against
    people: list[Override]
    key: str
    made_from: tuple[Any, ...]

    def __reduce__(self) -> tuple[Callable[..., "Setup"], tuple[Any, ...]]:
        said = digest(self.key, [one.model_dump() for one in self.people])
        return _again, (said, self.made_from)

    def own(self, ids: pl.Series) -> list[Override]:
        """The overrides that speak of these problems."""
        wanted = ids.filter(ids.is_in([o.problem_id for o in self.people])).to_list()
        return [o for o in self.people if o.problem_id in wanted]

    @property
    def facts(self) -> dict[str, str]:
        """Which benchmarks, at which commit."""
        return {b.name: b.stamp for b in self.against.benchmarks}


class Scanned(NamedTuple):
    """What is scanned alike: the rows of a table, by these columns of it."""

    table: str
    row: str
    source: str
    reads: tuple[str, ...]
    texts: tuple[str, ...]


PROBLEMS = Scanned(
    "problems", "problem_id", "source", ("problem_id", "parent_id", "answer", "source"),
    ("problem", "solution"),
)  # fmt: skip
TRACES = Scanned(
    "traces", "trace_id", "teacher", ("problem_id", "parent_id", "trace_id", "teacher"), TRACE
)


def setup(
    step: str, options: Comparison, texts: list[str], people: str | None, base: Path
) -> Setup:
    """Load benchmarks and overrides (the file `people`); `base` is the recipe's folder.

    texts: the columns that are scanned. Raises RecipeError, also where the package that `meaning`
    needs is missing, and SourceError.
    """
    loaded = [benchmarks.load(name, base) for name in options.benchmarks]
    said = overrides.load((base / people).resolve()) if people else []
    how = options.model_dump(mode="json", include={*Comparison.model_fields} - {"benchmarks"})
    items = [(b.name, b.fingerprint) for b in loaded]
    vectors = [static.stamp()] if options.meaning else []
    key = digest(step, VERSION, {**how, "scan": texts}, items, *vectors)
    made_from = (step, options, texts, people, base)
    return Setup(step, options, texts, Against(loaded, options.n), said, key, made_from)


@functools.lru_cache(maxsize=4)
def _made(key: str, pickled: bytes) -> Setup:
    return setup(*pickle.loads(pickled))


def _again(key: str, made_from: tuple[Any, ...]) -> Setup:
    """Setup of that key: `key` holds what the files say from which it is made."""
    return _made(key, pickle.dumps(made_from))


class Heard(NamedTuple):
    """A model's answers about the open pairs of a shard; `spec`: what it was asked, and how."""

    answers: Receipt
    spec: str
    model: str


def plan(done: Done, ready: Setup, heard: Sequence[Heard] = ()) -> Iterator[Job]:
    """One job per problem shard; `heard`: the answers about each, in order, if any were asked."""
    for receipt, told in zip_longest(done.problems, heard):
        yield _job(done, ready, receipt, PROBLEMS, done.decided([receipt.key]), told)


def open_parts(done: Done, ready: Setup, only: frozenset[str] | None) -> Iterator[Part]:
    """What a model is asked about each problem shard; `only`: of these problems, None for all."""
    chosen = [] if only is None else [sorted(only)]
    for receipt in done.problems:
        stamp = digest("open pairs", ready.key, receipt.key, done.decided([receipt.key]), *chosen)
        known = done.part([receipt.key])
        yield Part(stamp, functools.partial(_open_rows, done.pool, ready, receipt, known, only))


def _open_rows(
    pool: Pool, ready: Setup, source: Receipt, known: Done, only: frozenset[str] | None
) -> pl.DataFrame:
    """The problems of a shard with the items to ask about; none of what is set aside."""
    gone = known.set_aside()["row_id"].implode()
    pairs = _open(frame_of(pool.read(source.whole("problems"), OPEN)), ready)
    live = pairs.filter(~pl.col("row_id").is_in(gone))
    return shown(live if only is None else live.filter(pl.col("row_id").is_in(only)))


OPEN = ["problem_id", "problem", "answer"]


def _open(frame: pl.DataFrame, ready: Setup) -> pl.DataFrame:
    from tasks.contamination.hits import open_pairs, weighed  # late: it imports numba

    pairs = weighed(texts_of(frame, "problem"), ready.against, ready.options)
    return open_pairs(pairs, ready.options)


def plan_traces(done: Done, ready: Setup) -> Iterator[Job]:
    """One job per trace shard, if traces are scanned."""
    if {*TRACE} & {*ready.texts}:
        for receipt in done.traces:
            yield _job(done, ready, receipt, TRACES, "")


def _job(
    done: Done,
    ready: Setup,
    source: Receipt,
    scanned: Scanned,
    decided: str,
    heard: Heard | None = None,
) -> Job:
    shard = source.whole(scanned.table)
    people: list[Override] = []
    if ready.people:  # an edit concerns the shards of the problems it names, no other
        people = ready.own(frame_of(done.pool.read(shard, ["problem_id"]))["problem_id"])
    said = [one.model_dump() for one in people]
    word = [[heard.spec, heard.answers.facts["content"]]] if heard else []
    key = digest(ready.key, source.key, scanned.table, decided, said, *word)[:16]
    known = done.part([source.key])
    given = (ready, source, scanned, people, known, heard)
    return Job(ready.step, key, shard.path, shard.rows, done.recipe, compare, given)


def compare(
    pool: Pool,
    job: Job,
    ready: Setup,
    source: Receipt,
    scanned: Scanned,
    people: list[Override],
    known: Done,
    heard: Heard | None,
) -> Receipt:
    """Scan a shard: its hits, and what they set aside."""
    columns = [column for column in ready.texts if column in scanned.texts]
    reads = dict.fromkeys([*scanned.reads, *columns])
    frame = frame_of(pool.read(source.whole(scanned.table), list(reads)))
    of_problems = scanned == PROBLEMS
    found = scan(frame, columns, ready, pool, heard)
    found = overrides.apply(found, people, add=of_problems)
    gone = known.set_aside()["row_id"].implode()
    live = frame.filter(~pl.col(scanned.row).is_in(gone))
    aside = reasons(found, live, scanned.row, scanned.source)
    receipt = Receipt(job.stage, job.key, source.key, parents=[source.key])
    receipt.counts.update(counts(len(live), aside, found))
    if of_problems:
        receipt.aside[source.key] = digest_all(sorted(aside["row_id"]))
        children = frame["parent_id"].drop_nulls().len()
        receipt.facts.update(benchmarks=ready.facts, children=children)
    return commit(pool, receipt, found, aside, job.recipe)


def scan(
    frame: pl.DataFrame, columns: Sequence[str], ready: Setup, pool: Pool, heard: Heard | None
) -> pl.DataFrame:
    """The hits among the texts of a shard, column by column; `heard`: about the problems."""
    from tasks.contamination.hits import Said, hits  # late: it imports numba

    said = Said(answers_of(pool, heard.answers), heard.model) if heard else None
    found = [EMPTY]
    for place in columns:
        word = said if place == "problem" else None
        found.append(hits(texts_of(frame, place), ready.against, ready.options, word))
    return pl.concat(found)


def texts_of(frame: pl.DataFrame, place: str) -> pl.DataFrame:
    """A column of a shard as `hits` reads it."""
    nothing = pl.lit(None, pl.String)
    return frame.select(
        "problem_id",
        trace_id="trace_id" if "trace_id" in frame.columns else nothing,
        place=pl.lit(place),
        text=place,
        answer="answer" if place == "problem" and "answer" in frame.columns else nothing,
    )


def reasons(found: pl.DataFrame, live: pl.DataFrame, row: str, source: str) -> pl.DataFrame:
    """The rows of `live` that a hit drops: the reason is the test of the best hit."""
    dropped = found.filter(pl.col("decision") == "drop").sort(
        "score", descending=True, nulls_last=True
    )
    first = dropped.unique(row, keep="first", maintain_order=True)
    named = live.select(row, source).join(first, on=row, how="inner", maintain_order="left")
    detail = pl.format(
        "{} {}: {}", "benchmark", "item_id", pl.col("item").fill_null("").str.head(200)
    )
    return named.select(row_id=row, source=source, reason="test", detail=detail)


def counts(rows: int, aside: pl.DataFrame, found: pl.DataFrame) -> dict[str, int]:
    """Rows in, out and aside per reason, and how many hits wait for a person."""
    told = {"in": rows, "out": rows - len(aside)}
    for reason, count in aside["reason"].value_counts().sort("reason").iter_rows():
        told[f"aside.{reason}"] = count
    told["to review"] = found.filter(pl.col("decision") == "review")["problem_id"].n_unique()
    return told


def commit(
    pool: Pool, receipt: Receipt, found: pl.DataFrame, aside: pl.DataFrame, recipe: str
) -> Receipt:
    """Write hits and what is set aside, where there is any, and the receipt."""
    tables = {
        "contamination": found.to_arrow().cast(CONTAMINATION),
        "set_aside": aside_of(receipt.stage, aside),
    }
    return pool.commit_rows(receipt, tables, recipe)


def plan_lineage(done: Done, ready: Setup, scanned: list[Receipt]) -> Iterator[Job]:
    """The job that follows `parent_id`; none where no problem has a parent.

    `scanned` are the receipts of `plan`.
    """
    if not any(receipt.facts.get("children") for receipt in scanned):
        return
    shards = [receipt.parents[0] for receipt in scanned]
    people = [one.model_dump() for one in ready.people]
    name = "lineage" if ready.step == "decontaminate" else f"lineage {ready.step}"
    # A problem that a step derived may have more parents than the one that it names.
    descent = done.of("lineage")
    more = [[receipt.key for receipt in descent]] if descent else []
    key = digest(name, LINEAGE, [r.key for r in scanned], done.decided(shards), people, *more)[:16]
    rows = sum(receipt.counts["in"] for receipt in scanned)
    given = (scanned, ready.people, done.part(shards), descent)
    yield Job(ready.step, key, "lineage", rows, done.recipe, follow, given)


def follow(
    pool: Pool,
    job: Job,
    scanned: list[Receipt],
    people: list[Override],
    known: Done,
    descent: list[Receipt],
) -> Receipt:
    """Set aside what was made from a problem that a hit drops. `descent`: those of `lineage`."""
    family = pl.concat([_family(pool, receipt) for receipt in known.problems])
    found = pl.concat([EMPTY, *_written(pool, scanned, "contamination")])
    made = inherited(_with_parents(pool, family, descent), found, people)
    gone = [frame.select("row_id") for frame in _written(pool, scanned, "set_aside")]
    out = pl.concat([known.set_aside().select("row_id"), *gone])["row_id"]
    live = family.filter(~pl.col("problem_id").is_in(out.implode()))
    aside = reasons(made, live, "problem_id", "source")
    receipt = Receipt(job.stage, job.key, "lineage", [], [r.key for r in scanned])
    left = len(live) - len(aside)
    receipt.counts.update({"in": len(live), "out": left, "aside.lineage": len(aside)})
    named = live.join(aside.select(problem_id="row_id"), on="problem_id")
    for (shard,), group in named.group_by("shard"):
        receipt.aside[str(shard)] = digest_all(sorted(group["problem_id"]))
    return commit(pool, receipt, made, aside, job.recipe)


def plan_trace_lineage(done: Done, ready: Setup, scanned: list[Receipt]) -> Iterator[Job]:
    """The job that follows traces to what steps derived from them; none where none were scanned.

    `scanned` are the receipts of `plan_traces`.
    """
    descent = done.of("lineage")
    steps = {receipt.stage for receipt in descent}
    derived = [receipt for receipt in done.traces if receipt.stage in steps]
    if scanned and derived:
        read = [receipt.key for receipt in (*scanned, *derived, *descent)]
        key = digest("lineage of traces", ready.step, LINEAGE, read)[:16]
        rows = sum(receipt.counts["out"] for receipt in scanned)
        given = (scanned, derived, descent)
        yield Job(ready.step, key, "lineage of traces", rows, done.recipe, follow_traces, given)


def follow_traces(
    pool: Pool, job: Job, scanned: list[Receipt], derived: list[Receipt], descent: list[Receipt]
) -> Receipt:
    """Set aside what was derived from a trace that a hit drops."""
    reads = ["trace_id", "problem_id", "teacher"]
    traces = pl.concat([frame_of(pool.read(r.whole("traces"), reads)) for r in derived])
    # As problems and their parents: a trace stands in the problem's place.
    rows = traces.select(problem_id="trace_id", parent_id=pl.lit(None, pl.String), source="teacher")
    found = pl.concat([EMPTY, *_written(pool, scanned, "contamination")]).with_columns(
        problem_id="trace_id", trace_id=pl.lit(None, pl.String)
    )
    made = inherited(_with_parents(pool, rows, descent), found, [])
    gone = pl.concat([EMPTY.select(row_id="problem_id"), *(
        frame.select("row_id") for frame in _written(pool, scanned, "set_aside")
    )])["row_id"]  # fmt: skip
    live = rows.filter(~pl.col("problem_id").is_in(gone.implode()))
    aside = reasons(made, live, "problem_id", "source")
    hits = made.drop("trace_id").rename({"problem_id": "trace_id"})
    hits = hits.join(traces.select("trace_id", "problem_id"), on="trace_id").select(made.columns)
    receipt = Receipt(job.stage, job.key, "lineage of traces", [], [r.key for r in scanned])
    left = job.rows - len(aside)
    receipt.counts.update({"in": job.rows, "out": left, "aside.lineage": len(aside)})
    return commit(pool, receipt, hits, aside, job.recipe)


def _written(pool: Pool, receipts: list[Receipt], table: str) -> list[pl.DataFrame]:
    shards = [shard for receipt in receipts if (shard := receipt.shard(table))]
    return [frame_of(pool.read(shard)) for shard in shards]


def _with_parents(pool: Pool, family: pl.DataFrame, descent: list[Receipt]) -> pl.DataFrame:
    """The problems, and again each that a step derived with every parent of it."""
    pairs = [frame_of(pool.read(r.whole("lineage"), ["child", "parent"])) for r in descent]
    further = [
        family.join(pair, left_on="problem_id", right_on="child")
        .with_columns(parent_id="parent")
        .select(family.columns)
        for pair in pairs
    ]
    return pl.concat([family, *further]).unique(maintain_order=True)


def _family(pool: Pool, receipt: Receipt) -> pl.DataFrame:
    columns = ["problem_id", "parent_id", "source"]
    frame = frame_of(pool.read(receipt.whole("problems"), columns))
    return frame.with_columns(shard=pl.lit(receipt.key))
