"""The pool's tables as pyarrow schemas; every field says what it holds.

The descriptions travel in the Parquet footers (`PARQUET:field_metadata`), so that a shard explains
itself: `pyarrow.parquet.read_schema(path).field("state").metadata`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import pyarrow as pa

from schemas.errors import PartError
from schemas.parts.signal import Signal, in_order

ID = pa.string()
TEXT = pa.large_string()  # 64-bit offsets: one row may hold 50 MB, a column more than 2 GB


def field(name: str, kind: pa.DataType, description: str, nullable: bool = True) -> pa.Field:
    """A field with what it holds, in words, as metadata."""
    return pa.field(name, kind, nullable, {"description": description})


def word(name: str, description: str, nullable: bool = True) -> pa.Field:
    """A field of few distinct values; Parquet stores these once per row group."""
    return pa.field(name, pa.string(), nullable, {"description": description, "words": "few"})


PROBLEMS = pa.schema(
    [
        field("problem_id", ID, "hash of the normalised problem; 32 hex digits", False),
        field("problem", TEXT, "the statement as the teacher sees it, options included", False),
        word("domain", "math, logic, science, code, table, ...; as the source says"),
        field("answer", TEXT, "the gold answer; null where the source has none"),
        word("answer_kind", "kind of answer, which names its verifier: math, choice, ...; or null"),
        field("options", TEXT, "the lettered options of a multiple-choice problem, as they stand"),
        field("tests", TEXT, "what the kind needs beside the answer, as JSON"),
        word("source", "name of the recipe's source", False),
        field("source_id", ID, "the id that the source gives the problem"),
        word("license", "licence of the problem"),
        word("language", "natural language of the problem; as the source says"),
        word("level", "difficulty as the source states it"),
        field("solution", TEXT, "worked solution that came with the problem"),
        field("parent_id", ID, "problem this one was rewritten or synthesised from"),
        field("meta", TEXT, "the source's other short columns, as a JSON object"),
        field("content", ID, "hash of the whole row: tells an edited row from a kept one", False),
    ]
)

TRACES = pa.schema(
    [
        field("trace_id", ID, "hash of problem, teacher, prompt, parameters, sample", False),
        field("problem_id", ID, "the problem it answers", False),
        word("teacher", "model that wrote it", False),
        word("prompt", "prompt template: its name @ the hash of its text"),
        field("hinted", pa.bool_(), "the prompt gave the answer or the solution away"),
        field("sample", pa.int32(), "index of the draw; null where a recording is not numbered"),
        field("parent_id", ID, "trace that this one continues or rewrites"),
        field("reasoning", TEXT, "what stands inside the think tags, tags removed; null: no tags"),
        field("response", TEXT, "what follows the reasoning: the text with the final answer"),
        word(
            "state",
            "complete, truncated, repetition, filtered, interrupted, unknown, unclosed, empty, "
            "further_turn or failed",
            False,
        ),
        word(
            "dialect",
            "how the reasoning was marked (think, harmony, ...), none, unopened; field: apart",
        ),
        word("frame", "raw text, U+E000 for `reasoning`, U+E001 for `response`; null: nothing cut"),
        word("finish_reason", "as the server said: stop, length, ...; error type if failed"),
        field("error", TEXT, "the server's words where the request, or a continuation, failed"),
        field("prompt_tokens", pa.int32(), "tokens of the prompt, as the server counted"),
        field("reasoning_tokens", pa.int32(), "tokens of the reasoning, as the server counted"),
        field("completion_tokens", pa.int32(), "tokens generated, as the server counted"),
        field("rounds", pa.int32(), "requests that wrote it: 1, and 1 for each continuation"),
        field("seed", pa.int64(), "seed of the draw"),
        field("params", TEXT, "sampling parameters, as a JSON object"),
        field("label", pa.bool_(), "correct or not, as the recording says; never used to decide"),
        field("started_at", pa.timestamp("ms", "UTC"), "when the request was sent"),
        field("seconds", pa.float32(), "seconds from request to last token"),
        field("content", ID, "hash of the whole row: tells an edited row from a kept one", False),
    ]
)

VERDICTS = pa.schema(
    [
        field("trace_id", ID, "the trace judged", False),
        word("verifier", "who judged: a kind, state, human, or another grader's name", False),
        word("version", "version of the verifier", False),
        word("verdict", "correct, incorrect or undecided", False),
        field("extracted", TEXT, "the final answer as stated; of a program, its place and tests"),
        word("reason", "why, from the closed list in schemas/vocabulary.py", False),
        field("seconds", pa.float32(), "wall seconds of the comparison"),
        field("score", pa.float32(), "share of tests, parts or constraints that hold; null: none"),
    ]
)

ANSWERS = pa.schema(
    [
        field("answer_id", ID, "hash of what was asked of whom, how, and which draw it is", False),
        field("row_id", ID, "the row asked about; rows that ask the same share the answer", False),
        word("what", "name of the question, such as judge or rate", False),
        field("n", pa.int32(), "index of the draw", False),
        word("model", "model that was asked", False),
        word("prompt", "prompt template: its name @ the hash of its text", False),
        field("answer", TEXT, "the answer, a JSON object of the question's form; null: failed"),
        word("failure", "why there is none, from the closed list in schemas/vocabulary.py"),
        field("detail", TEXT, "the server's or the check's words where it failed"),
        field("replies", pa.int32(), "replies bought for it; more than 1: asked again", False),
        field("prompt_tokens", pa.int64(), "tokens of the prompts of all replies"),
        field("completion_tokens", pa.int64(), "tokens generated in all replies"),
        field("seconds", pa.float32(), "seconds from the first request to the last token"),
    ]
)

LINEAGE = pa.schema(
    [
        field("child", ID, "a problem or trace that a step derived", False),
        field("parent", ID, "the problem or trace that it was derived from; one of them", False),
        word("how", "the step that derived it, by its name in the recipe", False),
        field(
            "generation",
            pa.int32(),
            "derivations since a row of a source, its problem's too: 1 and up",
            False,
        ),
    ]
)

RATINGS = pa.schema(
    [
        field("problem_id", ID, "the problem rated", False),
        word("rater", "model that rated it", False),
        field("n", pa.int32(), "ratings in hand", False),
        field("rating", pa.float64(), "mean difficulty, from 1 (trivial) to 10", False),
        field("sd", pa.float64(), "sample standard deviation of the ratings; null for one"),
    ]
)


@cache
def signals() -> pa.Schema:
    """The table `signals` with all of its columns: one for every signal that declares itself."""
    return signals_of(in_order())


def signals_of(chosen: Iterable[Signal]) -> pa.Schema:
    """The table `signals` as a shard has it where these were measured."""
    return pa.schema([field("trace_id", ID, "the trace measured", False), *map(_column, chosen)])


def _column(signal: Signal) -> pa.Field:
    if signal.type == pa.string():
        return word(signal.name, signal.description, signal.nullable)
    return field(signal.name, signal.type, signal.description, signal.nullable)


SIGNATURES = pa.schema(
    [
        field("row_id", ID, "the problem or trace", False),
        field("sequence", pa.uint64(), "hash of its tokens in order; 0: it has none", False),
        field("block", pa.uint64(), "only rows of the same block are compared", False),
        field(
            "signature",
            pa.binary(512),
            "MinHash of its shingles: 128 little-endian uint32, datasketch's affine32, seed 1",
            False,
        ),
        field(
            "answer", pa.uint64(), "1 in the upper byte, hash of the gold answer; 0: none", False
        ),
        field("numerals", pa.uint64(), "count (upper byte) and hash of its number words", False),
        field("signs", pa.uint64(), "count (upper byte) and hash of its operators", False),
        word("source", "name of its source or teacher", False),
        field("sound", pa.bool_(), "the problem has an answer; the trace is complete", False),
        field("length", pa.int64(), "characters of the solution; of the trace", False),
    ]
)

DUPLICATES = pa.schema(
    [
        field("row_id", ID, "the row that repeats another", False),
        field("duplicate_of", ID, "the row that stays for it", False),
        field("jaccard", pa.float64(), "exact Jaccard similarity of the two; >= threshold", False),
        field("cluster", ID, "smallest id of all rows that neighbours link to it", False),
        word("why", "what made the survivor: verdict, sound, length, source or id", False),
    ]
)

EMBEDDINGS = pa.schema(
    [
        field("row_id", ID, "the problem", False),
        word("model", "model that embedded it", False),
        field(
            "vector",
            pa.list_(pa.float16()),
            "its direction, of length 1 and of the model's dimension; null: the model refuses it",
        ),
        field("detail", TEXT, "the server's words where it refused"),
    ]
)

SEMANTIC_DUPLICATES = pa.schema(
    [
        field("row_id", ID, "the row that repeats another", False),
        field("duplicate_of", ID, "the row that stays for it", False),
        field("cosine", pa.float64(), "cosine similarity of the two; >= threshold", False),
        word("why", "what made the survivor: sound, length, source or id", False),
    ]
)

SEMANTIC_CANDIDATES = pa.schema(
    [
        field("row_id", ID, "a problem that may say the same as another", False),
        field("other_id", ID, "that other, which would stay for it", False),
        field("cosine", pa.float32(), "cosine similarity of the two", False),
        field("figures", pa.bool_(), "whether they state numbers, which are the same", False),
        field(
            "agree",
            pa.bool_(),
            "whether the verifier says that both golds are one value; null: no gold, or a choice "
            "among a few. Pairs whose golds differ are no candidates",
        ),
    ]
)

CONTAMINATION = pa.schema(
    [
        field("problem_id", ID, "the problem", False),
        field("trace_id", ID, "the trace that quotes the item; null: the problem itself"),
        word("place", "what was read: problem, solution, reasoning, response or parent", False),
        word("benchmark", "name of the benchmark", False),
        field("item_id", ID, "the benchmark's item", False),
        word("test", "ngram, fuzzy, variant, paraphrase, meaning, lineage or override", False),
        field("score", pa.float32(), "what the test measured, 0 to 1; null: nothing to measure"),
        field(
            "coverage",
            pa.float32(),
            "share of the item's n-grams in the text, by rarity; null: under 0.2",
        ),
        field("share", pa.float32(), "share of the text's tokens in n-grams of the item"),
        field("similarity", pa.float32(), "edit similarity of both, numbers masked, 0 to 1"),
        field("words", pa.float32(), "share of words that both have, by idf (Dice)"),
        field("numbers", pa.float32(), "share of the item's numbers that the text has"),
        field("agree", pa.bool_(), "whether both answers are the same; null: one is unknown"),
        field("overlap", TEXT, "the longest stretch that both share, as it stands in the text"),
        field("start", pa.int64(), "where the overlap begins in the text, in characters"),
        field("text", TEXT, "the text, or 2,000 characters around the overlap"),
        field("item", TEXT, "the benchmark's item, or its first 2,000 characters"),
        word("decision", "drop, review or keep", False),
        word("decided_by", "thresholds, judge MODEL, or the override that a person wrote", False),
        field("note", TEXT, "the person's note; for lineage the ancestor's id"),
    ]
)

EVERYONE = "all"
"""The solver that stands for every teacher together; no teacher may be called so."""

GRADES = pa.schema(
    [
        field("problem_id", ID, "the problem", False),
        word("solver", "a teacher's name, or `all` for every teacher together", False),
        field("n", pa.int32(), "samples drawn", False),
        field("correct", pa.int32(), "samples judged correct", False),
        field(
            "undecided", pa.int32(), "samples the verifier could not decide; not in the rate", False
        ),
        field("unfinished", pa.int32(), "samples cut or never closed; they count as failed", False),
        field("pass_rate", pa.float64(), "correct / (n - undecided); null where that is 0"),
        field("low", pa.float64(), "lower end of the 95 % Wilson interval"),
        field("high", pa.float64(), "upper end of the 95 % Wilson interval"),
        field("mean_score", pa.float64(), "mean score of the decided samples: 1 and 0, or shares"),
        field("cv", pa.float64(), "coefficient of variation of the scores; null where all are 0"),
        field(
            "pass_at_k",
            pa.list_(pa.struct([("k", pa.int32()), ("estimate", pa.float64())])),
            "unbiased pass@k for k = 1, 2, 4, ... up to the decided samples",
        ),
        word("difficulty", "band of the pass rate: easy, medium, hard, unsolved; null: none"),
    ]
)

GOLDS = pa.schema(
    [
        field("problem_id", ID, "the problem that came without a gold answer", False),
        field("gold", TEXT, "the answer that holds as its gold", False),
        word("origin", "where it comes from: the name of the step that elected it", False),
    ]
)
"""Gold answers of problems whose source has none."""

REJECTS = pa.schema(
    [
        word("stage", "where the row came in: ingest, generate, or the step deriving it", False),
        field("row_id", ID, "problem or trace id; file and line where the row has no id", False),
        word("source", "name of the source or teacher the row came from"),
        word("reason", "why, in one word", False),
        field("detail", TEXT, "the evidence: what was found, where"),
    ]
)
"""Rows of sources and recordings that never came into the pool."""

SET_ASIDE = pa.schema(
    [
        field("row_id", ID, "the problem or trace", False),
        word("step", "the step that set it aside, by its name in the recipe", False),
        word("reason", "why, in one word", False),
        field("detail", TEXT, "the evidence: what was found, where"),
        word("source", "name of the source or teacher the row came from"),
    ]
)
"""Rows of the pool that a step set aside."""


KEYS = ("problem_id", "trace_id")


class Tables(Mapping[str, pa.Schema]):
    """Schemas by name; one that derives from parts is made when it is asked for."""

    def __init__(self, schemas: dict[str, pa.Schema | Callable[[], pa.Schema]]) -> None:
        self._schemas = schemas
        self._own = frozenset(schemas)

    def add(self, name: str, *fields: pa.Field) -> pa.Schema:
        """Declare the table of a step that adds columns; returns its schema.

        The first field is `problem_id` or `trace_id`, with one row for each; the others are then
        columns of `pool` (and of `graded`, where the row is a problem), which views select by.
        Raises PartError if another table has the name, or the key or a description is missing.
        """
        if name in self._schemas:
            raise PartError(f"table `{name}` is declared twice; give one another name")
        if not fields or fields[0].name not in KEYS:
            raise PartError(f"table `{name}`: its first field is {' or '.join(KEYS)}")
        for one in fields:
            if b"description" not in (one.metadata or {}):
                raise PartError(f"table `{name}`: `{one.name}` has no description")
        made = self._schemas[name] = pa.schema(fields)
        return made

    def is_added(self, name: str) -> bool:
        """Whether a step brought the table along, rather than longcot's own schema."""
        return name not in self._own

    def __getitem__(self, name: str) -> pa.Schema:
        found = self._schemas[name]
        return found if isinstance(found, pa.Schema) else found()

    def __iter__(self) -> Iterator[str]:
        return iter(self._schemas)

    def __len__(self) -> int:
        return len(self._schemas)


TABLES = Tables(
    {
        "problems": PROBLEMS,
        "traces": TRACES,
        "verdicts": VERDICTS,
        "answers": ANSWERS,
        "lineage": LINEAGE,
        "golds": GOLDS,
        "ratings": RATINGS,
        "signals": signals,
        "signatures": SIGNATURES,
        "duplicates": DUPLICATES,
        "embeddings": EMBEDDINGS,
        "semantic_duplicates": SEMANTIC_DUPLICATES,
        "semantic_candidates": SEMANTIC_CANDIDATES,
        "trace_signatures": SIGNATURES,
        "trace_duplicates": DUPLICATES,
        "contamination": CONTAMINATION,
        "grades": GRADES,
        "set_aside": SET_ASIDE,
        "rejects": REJECTS,
    }
)
"""Every table of the pool by its name, which is also its folder."""

CHOSEN = frozenset(["signals"])
"""Tables whose shards have the columns that a recipe chose of them, not always all."""

ADDED_TO = frozenset(
    "problems traces verdicts answers lineage duplicates semantic_duplicates contamination "
    "set_aside rejects".split()
)
"""Tables to which each step adds rows. The others have one row for a row of the pool: where two
steps write one, the later one's rows are live."""
