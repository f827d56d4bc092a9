"""Each recipe of a paper beside SQL that was written from the paper, over one slice of problems.

The slice has rows on either side of every threshold: with any of them moved, the rows differ.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml

from flows.cli.recipe_names import SHIPPED
from flows.prepare import declared
from flows.recipe_file import load_recipe
from tasks.views.check import check_views
from tests.data.recipes.published import (
    ELECTED,
    LOOPS,
    PAIRS,
    PUBLISHED,
    RIGHT,
    SAMPLES,
    SOURCES,
    TOLD,
    WRONG,
)
from tests.flows.inline import build
from tests.flows.problems import gold, lines, statement
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import serve

PAPERS = {path.stem: path for path in (SHIPPED / "papers").rglob("*.yaml")}

PROBLEMS = 40
ELSEWHERE = ("decontaminate", "judge", "dedupe_semantic")
"""Steps that ask the network; each has tests of its own."""
NUMBER = re.compile(r"(?<![\w.'-])\d+(?:\.\d+)?(?![\w.'-])")  # a threshold, not r1-32b
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


def asked(i: int) -> str:
    """The question of problem `i`."""
    return statement(i) + ODD.get(i, "")


def trace(i: int, sample: int, teacher: str, of: int) -> dict[str, Any]:
    """Of problem `i` the first `i % (of + 1)` samples are right, so that every rate occurs; another
    teacher begins elsewhere.
    """
    shift = sum(map(ord, teacher)) % 5
    right = sample < (i + shift * (i // (of + 1))) % (of + 1)
    if of == 1:  # otherwise it would be right where the others are
        right = (i // (1 + shift)) % 2 == 0
    said = gold(i) if right else gold(i) + 1 + sample
    thought = "```python\n1\n```" if i % 5 == 1 else f"Draw {sample} by {teacher}."
    if (flaw := (i + 7 * sample) % 16) < len(FLAWS):
        thought += f"\n\n{FLAWS[flaw]}"
    if i % 7 == 3 or (teacher == "instruct" and i % 3):
        whole = f"The answer is \\boxed{{{said}}}."
    else:
        whole = f"<think>\n{thought}\n</think>\n\nThe answer is \\boxed{{{said}}}."
    code = "\n```python\nprint(1)\n```" if i % 4 else ""
    cut = {"finish_reason": "length"} if (i + sample) % 11 == 5 else {}
    return {
        "problem": asked(i), "trace": whole + code, "sample": sample, "label": i % 6 != 2,
        "completion_tokens": 1000 + 500 * ((i + sample) % 4) + (37_000 if i % 9 == 4 else 0), **cut,
    }  # fmt: skip


def slice_of(folder: Path, name: str, recipe: dict[str, Any], url: str) -> None:
    """The problems and recordings of a recipe, and the recipe over them; models answer at `url`."""
    rows = [
        {
            "problem": asked(i), "answer": None if name in ELECTED and i % 4 == 1
            else str(gold(i)), "domain": ("math", "code", "science")[i % 3], "level": str(i % 2),
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
        kept = {k: v for k, v in source.items() if k not in ("hub", "path")}
        plainly = {"problem": "problem", "answer": "answer", "domain": "domain", "level": "level"}
        sources.append({"name": "own", "columns": plainly, **kept, "path": file})
    teachers = []
    for teacher, of in SAMPLES[name].items():
        samples = [trace(i, s, teacher, of) for i in range(PROBLEMS) for s in range(of)]
        (folder / f"{teacher}.jsonl").write_bytes(lines(samples))
        teachers.append({"name": teacher, "recorded": f"{teacher}.jsonl"})
    steps = [plain(step, url) for step in recipe["steps"] if not ({*step} & {*ELSEWHERE})]
    whole = {
        **recipe, "teachers": teachers, "steps": steps,
        "sources": sources,
        "models": [{**told, **at(url)} for told in recipe.get("models", [])],
    }  # fmt: skip
    (folder / "r.yaml").write_text(yaml.safe_dump(whole, sort_keys=False))


def at(url: str) -> dict[str, Any]:
    """A model that is asked at `url`, without a key."""
    return {"model": "teacher", "endpoint": url, "key_env": None}


def plain(step: Any, url: str) -> Any:
    """A stage replays its recordings whole: whom it asks about is a matter of live teachers."""
    if isinstance(step, dict) and "generate" in step:
        return {"generate": {k: v for k, v in step["generate"].items() if k != "where"}}
    if isinstance(step, dict) and "rate" in step:
        return {"rate": {**step["rate"], **at(url)}}
    return step


@pytest.fixture(scope="module", params=sorted(SAMPLES))
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A paper's recipe and the pool that it builds of the slice."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    recipe = yaml.safe_load(PAPERS[name].read_text("utf-8"))
    says = {asked(i): json.dumps(TOLD[name](i)) for i in range(PROBLEMS) if name in TOLD}
    with serve(Behaviour(says=says)) as server:
        slice_of(folder, name, recipe, server.url)
        build(str(folder / "r.yaml"), str(folder / "pool"))
    yield name, recipe, folder


def released(folder: Path, view: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"pool/releases/{view}/*.parquet")


NOTHING = "(SELECT '' AS row_id, '' AS trace_id, '' AS verdict WHERE false)"


def expected(name: str, folder: Path, where: str, column: str) -> set[str]:
    """The ids that the paper's words select of the tables."""
    pool = folder / "pool"
    con = duckdb.connect()
    manifest = yaml.safe_load((pool / "manifest.json").read_text())
    for table in ("traces", "verdicts", "problems", "set_aside"):
        live = [str(pool / shard["path"]) for shard in manifest["tables"].get(table, [])]
        source = f"read_parquet({live})" if live else NOTHING
        con.execute(f"CREATE VIEW {table} AS FROM {source}")
    con.execute(
        "CREATE TABLE rates AS SELECT t.problem_id, t.teacher, (v.verdict = 'correct')::INT AS ok "
        "FROM traces t JOIN verdicts v USING (trace_id) WHERE v.verdict <> 'undecided'"
    )
    told = [{"problem": asked(i), **TOLD.get(name, lambda i: {})(i)} for i in range(PROBLEMS)]
    con.execute(LOOPS)
    con.register("told", pl.DataFrame(told).to_arrow())
    sql = (
        f"SELECT DISTINCT t.{column} FROM traces t JOIN problems p USING (problem_id) "
        f"LEFT JOIN told USING (problem) LEFT JOIN verdicts v USING (trace_id) "
        f"WHERE t.problem_id NOT IN (SELECT row_id FROM set_aside) AND {where}"
    )
    return {row[0] for row in con.execute(sql).fetchall()}


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_it_is_whole_and_says_where_it_is_from(name: str) -> None:
    recipe = load_recipe(PAPERS[name])
    assert recipe.name == name
    assert recipe.description
    check_views(recipe.views, declared(recipe.steps))
    told = PAPERS[name].read_text("utf-8")
    for part in ("# Published: ", "# Here: ", "https://"):
        assert part in told
    assert name in SAMPLES


@pytest.mark.slow
def test_its_views_are_what_the_paper_says(built: Any) -> None:
    name, recipe, folder = built
    checked = [view for of, view in PUBLISHED if of == name]
    assert checked or "pairs" in recipe["views"]
    for view in checked:
        rows = released(folder, view)
        kept = recipe["views"][view].get("per_problem")
        kept = kept.get("keep", 1) if isinstance(kept, dict) else kept
        one_each = kept == 1 or "prompt" in rows.columns
        column = "problem_id" if one_each else "trace_id"
        found = expected(name, folder, PUBLISHED[name, view], column)
        everything = expected(name, folder, "true", column)
        assert set(rows[column]) == found, view
        assert found and found < everything, f"{view}: the slice has no row on one side"
        assert not one_each or rows["problem_id"].is_unique().all()
        for moved in nudged(PUBLISHED[name, view]):
            assert any(expected(name, folder, other, column) != found for other in moved), moved
    if "pairs" in recipe["views"]:
        pairs_are_right(name, folder)
    if name in SOURCES:
        came_in = len(pl.read_parquet(folder / "pool/problems/*.parquet"))
        files = str(folder / "problems-*.jsonl")
        told = duckdb.sql(f"SELECT * FROM read_json('{files}') WHERE {SOURCES[name]}").fetchall()
        assert came_in == len(told) < PROBLEMS
    for view, said in recipe["views"].items():
        if "mix" in said:
            shares_hold(folder, view, said["mix"]["of"])
    if name == "llama-nemotron":
        modes_are_even(folder)
    if name in ELECTED:
        assert set(released(folder, "sft")["gold_origin"]) == {"source", "majority"}
    if name == "s1k":
        assert released(folder, "sft")["domain"].n_unique() == 3


def nudged(where: str) -> Iterator[list[str]]:
    """For each threshold of a condition the conditions with it moved to either side."""
    for number in NUMBER.finditer(where):
        value = float(number[0])
        step = 0.15 if "." in number[0] else 1 if value < 100 else 600
        yield [
            f"{where[: number.start()]}{value + move:g}{where[number.end() :]}"
            for move in (step, -step)
        ]


def pairs_are_right(name: str, folder: Path) -> None:
    """Both sides are as told, and every problem that has both gives a pair."""
    rows = released(folder, "pairs")
    right, wrong = PAIRS.get(name, (RIGHT, WRONG))
    assert set(rows["chosen_id"]) <= expected(name, folder, right, "trace_id")
    assert set(rows["rejected_id"]) <= expected(name, folder, wrong, "trace_id")
    both = expected(name, folder, right, "problem_id") & expected(name, folder, wrong, "problem_id")
    assert set(rows["problem_id"]) == both != set()


def shares_hold(folder: Path, mixed: str, of: dict[str, float]) -> None:
    """A mix has of each view its share, within a row, and as many as the scarcest allows."""
    ids = released(folder, mixed)["trace_id"]
    parts = {view: released(folder, view)["trace_id"] for view in of}
    for view, share in of.items():
        taken = ids.is_in(parts[view].implode()).sum()
        assert abs(taken - len(ids) * share / sum(of.values())) <= 1, view
    most = min(len(parts[view]) * sum(of.values()) / share for view, share in of.items())
    assert abs(len(ids) - most) <= len(of)


def modes_are_even(folder: Path) -> None:
    """As many rows with a thought as without, each under its own system text."""
    sizes = [len(released(folder, view)) for view in ("think", "plain", "hybrid")]
    assert sizes[2] == 2 * min(sizes[:2])
    said = released(folder, "hybrid")["messages"].list.first().struct.field("content")
    half = sizes[2] // 2
    assert dict(said.value_counts().iter_rows()) == {
        "detailed thinking on": half, "detailed thinking off": half,
    }  # fmt: skip
