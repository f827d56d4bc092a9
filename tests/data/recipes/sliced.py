"""A paper's recipe over one slice of problems, with recordings in the place of its teachers.

The slice has rows on either side of every threshold: with any of them moved, the rows differ.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from tests.data.recipes.published.paper import Paper
from tests.flows.problems import gold, lines, statement
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import serve

PROBLEMS = 40
ELSEWHERE = ("decontaminate", "judge", "dedupe_semantic")
"""Steps that ask the network; each has tests of its own."""
MADE = ("generate", "n", "seed", "level")
"""Keys of a source that makes its problems: the slice has made them."""
THOUSANDTH = 1000
"""A cap of the published size is this many times a slice's."""
ODD = {
    16: "\n(A) 1\n(B) 2\n(C) 3", 18: "\nIs it more than 3?", 22: " See https://example.org/22.",
}  # fmt: skip
"""What stands behind some questions, for the filters over problems."""
FLAWS = (
    "I am Qwen, made by Alibaba.", "My knowledge cutoff is in 2023.", "他有很多苹果，" * 3,
    *("So it is one more step of a kind that we know. " * n for n in (39, 40)),
    *("Once more.\n\n" * n for n in (9, 10)),
    *((" ".join(f"w{k}" for k in range(20)) + " ") * n for n in (20, 21)),
)  # fmt: skip
"""What stands in some thoughts, for the filters over traces."""
LOOPS = """CREATE MACRO loops(x) AS coalesce(list_max(map_values(list_aggregate(list_transform(
    range(1, len(string_split_regex(trim(x), '[[:space:]]+')) - 18),
    lambda i: string_split_regex(trim(x), '[[:space:]]+')[i:i + 19]), 'histogram'))), 0)"""
"""How often the commonest 20 words in a row stand in a text."""
NOTHING = (
    "(SELECT '' AS row_id, '' AS problem_id, '' AS trace_id, '' AS teacher, 0 AS sample, "
    "'' AS verdict, '' AS child, '' AS parent, '' AS how WHERE false)"
)


def asked(i: int) -> str:
    """The question of problem `i`."""
    return statement(i) + ODD.get(i, "")


def mark(i: int, sample: int, teacher: str) -> str:
    """What stands in one trace and in no other."""
    return f"Draw {sample} by {teacher} of {i}."


def trace(paper: Paper, i: int, sample: int, teacher: str) -> dict[str, Any]:
    """Of problem `i` the first `i % (of + 1)` samples are right, so that every rate occurs; another
    teacher begins elsewhere.
    """
    of = paper.samples[teacher]
    shift = sum(map(ord, teacher)) % 5
    right = sample < (i + shift * (i // (of + 1))) % (of + 1)
    if of == 1:  # otherwise it would be right where the others are
        right = (i // (1 + shift)) % 2 == 0
    said = str(gold(i) if right else gold(i) + 1 + sample)
    own = mark(i, sample, teacher)
    answer = f"The answer is \\boxed{{{said}}}." + ("\n```python\nprint(1)\n```" if i % 4 else "")
    if teacher in paper.answers:
        answer = paper.answers[teacher](i, said)
    if i % 7 == 3 or (teacher == "instruct" and i % 3):
        whole = f"{own} {answer}"
    else:
        thought = f"```python\n1\n```\n{own}" if i % 5 == 1 else own
        if (flaw := (i + 7 * sample) % 16) < len(FLAWS):
            thought += f"\n\n{FLAWS[flaw]}"
        whole = f"<think>\n{thought}\n</think>\n\n{answer}"
    cut = {"finish_reason": "length"} if (i + sample) % 11 == 5 else {}
    if paper.prompts:
        cut["prompt"] = f"{paper.prompts[sample % len(paper.prompts)]}@0"
    return {
        "problem": paper.about.get(teacher, asked)(i), "trace": whole, "sample": sample,
        "label": i % 6 != 2, **cut,
        "completion_tokens": 1000 + 500 * ((i + sample) % 4) + (37_000 if i % 9 == 4 else 0),
    }  # fmt: skip


def questions(paper: Paper) -> Iterator[tuple[int, str]]:
    """Every statement of the slice, and the problem that it is or was derived from."""
    for of in (asked, *paper.about.values()):
        yield from ((i, of(i)) for i in range(PROBLEMS))


def draws(paper: Paper) -> Iterator[tuple[int, int, str]]:
    """Every trace of the slice: its problem, sample and teacher."""
    for teacher, of in paper.samples.items():
        yield from ((i, sample, teacher) for i in range(PROBLEMS) for sample in range(of))


def models(paper: Paper, recipe: dict[str, Any]) -> dict[str, Behaviour]:
    """What each model that the recipe asks says, by its name; `rate` by the name of the step."""
    names = [model["name"] for model in recipe.get("models", [])]
    names += [name for step in recipe["steps"] if isinstance(step, dict) for name in step]
    found = {}
    for name in names:
        says: dict[str, dict[str, Any] | None] = {}
        if name in paper.said:
            says = {mark(*drawn): paper.said[name](*drawn) for drawn in draws(paper)}
        if name in paper.told:
            says |= {text: paper.told[name](i) for i, text in questions(paper)}
        texts = {text: json.dumps(said) for text, said in says.items() if said is not None}
        fails = {text: "400" for text, said in says.items() if said is None}
        if texts:
            found[name] = Behaviour(says=texts, poison=fails, dialect="inline")
    return found


def slice_of(folder: Path, paper: Paper, recipe: dict[str, Any], urls: dict[str, str]) -> None:
    """Problems and recordings of a recipe, and the recipe over them; models answer at `urls`."""
    rows = [
        {
            "problem": asked(i),
            "answer": None if paper.elected and i % 4 == 1 else str(gold(i)),
            "domain": ("math", "code", "science")[i % 3], "level": str(i % 2),
            "problem_is_valid": "No" if i % 13 == 5 else "Yes",
            "source": "cn_k12" if i % 13 == 6 else "olympiads",
            "prompt": [{"role": "user", "content": asked(i)}],
            "reward_model": {"ground_truth": f"{gold(i)}.5" if i % 9 == 2 else str(gold(i))},
        }
        for i in range(PROBLEMS)
    ]  # fmt: skip
    sources = []
    for number, source in enumerate(recipe["sources"]):
        file = f"problems-{number}.jsonl"
        (folder / file).write_bytes(lines(rows[number :: len(recipe["sources"])]))
        kept = {k: v for k, v in source.items() if k not in ("hub", "path", *MADE)}
        plainly = {"problem": "problem", "answer": "answer", "domain": "domain", "level": "level"}
        sources.append({"name": "own", "columns": plainly, **kept, "path": file})
    teachers = []
    for teacher, of in paper.samples.items():
        samples = [trace(paper, i, s, teacher) for i in range(PROBLEMS) for s in range(of)]
        (folder / f"{teacher}.jsonl").write_bytes(lines(samples))
        teachers.append({"name": teacher, "recorded": f"{teacher}.jsonl"})
    steps = [plain(step, urls) for step in recipe["steps"] if not ({*step} & {*ELSEWHERE})]
    whole = {
        **recipe, "sources": sources, "teachers": teachers, "steps": steps,
        "models": [{**told, **at(urls[told["name"]])} for told in recipe.get("models", [])],
        "views": {name: smaller(view) for name, view in recipe["views"].items()},
    }  # fmt: skip
    (folder / "r.yaml").write_text(yaml.safe_dump(whole, sort_keys=False))


def at(url: str) -> dict[str, Any]:
    """A model that is asked at `url`, without a key."""
    return {"model": "teacher", "endpoint": url, "key_env": None}


def plain(step: Any, urls: dict[str, str]) -> Any:
    """A stage replays its recordings whole: whom it asks about is a matter of live teachers."""
    if isinstance(step, dict) and "generate" in step:
        return {"generate": {k: v for k, v in step["generate"].items() if k != "where"}}
    if isinstance(step, dict) and "rate" in step:
        return {"rate": {**step["rate"], **at(urls["rate"])}}
    return step


def smaller(view: dict[str, Any]) -> dict[str, Any]:
    """The view with caps of a slice's size."""
    caps = view.get("caps", {})
    return {**view, "caps": {k: n // THOUSANDTH for k, n in caps.items()}} if caps else view


def build_slice(folder: Path, paper: Paper, recipe: dict[str, Any], build: Any) -> None:
    """Build the recipe over its slice, with the models that it asks."""
    with ExitStack() as running:
        urls = {
            name: running.enter_context(serve(behaviour)).url
            for name, behaviour in models(paper, recipe).items()
        }
        slice_of(folder, paper, recipe, urls)
        build(str(folder / "r.yaml"), str(folder / "pool"))


class Tables:
    """The tables of a built slice, for SQL that was written from a paper."""

    def __init__(self, folder: Path, paper: Paper) -> None:
        pool = folder / "pool"
        self.con = duckdb.connect()
        self.sampled = bool(paper.samples)
        manifest = yaml.safe_load((pool / "manifest.json").read_text())
        for table in ("traces", "verdicts", "problems", "set_aside", "lineage"):
            live = [str(pool / shard["path"]) for shard in manifest["tables"].get(table, [])]
            source = f"read_parquet({live})" if live else NOTHING
            self.con.execute(f"CREATE VIEW {table} AS FROM {source}")
        self.con.execute(
            "CREATE TABLE rates AS SELECT t.problem_id, t.teacher, "
            "(v.verdict = 'correct')::INT AS ok FROM traces t JOIN verdicts v USING (trace_id) "
            "WHERE v.verdict <> 'undecided'"
        )
        self.con.execute(LOOPS)
        told = [
            {**flat({name: f(i) for name, f in paper.told.items()}), "problem": text}
            for i, text in questions(paper)
        ]
        said = [
            flat({name: f(*drawn) for name, f in paper.said.items()})
            | {"problem": asked(drawn[0]), "sample": drawn[1], "teacher": drawn[2]}
            for drawn in draws(paper)
        ]
        self.con.register("told", pl.DataFrame(told).to_arrow())
        nobody = {"problem": pl.String, "sample": pl.Int32, "teacher": pl.String}
        frame = pl.DataFrame(said, infer_schema_length=None) if said else pl.DataFrame([], nobody)
        self.con.register("said", frame.to_arrow())

    def rows(self, columns: str, where: str) -> list[tuple[Any, ...]]:
        """Of the traces that the paper's words select, and of problems without any."""
        return self.con.execute(
            f"SELECT DISTINCT {columns} FROM problems p "
            f"{'' if self.sampled else 'LEFT'} JOIN traces t USING (problem_id) "
            "LEFT JOIN told USING (problem) LEFT JOIN verdicts v USING (trace_id) "
            "LEFT JOIN said ON said.problem = p.problem AND said.teacher = t.teacher "
            "AND said.sample = t.sample "
            f"WHERE p.problem_id NOT IN (SELECT row_id FROM set_aside) AND {where}"
        ).fetchall()

    def ids(self, column: str, where: str) -> set[str]:
        """The ids of these traces, or of their problems."""
        return {row[0] for row in self.rows(f"{OF[column]}.{column}", where)}


OF = {"problem_id": "p", "trace_id": "t"}


def flat(answers: dict[str, dict[str, Any] | None]) -> dict[str, Any]:
    """The fields of all answers, and those of each model under its name."""
    return {k: v for said in answers.values() for k, v in (said or {}).items()} | answers
