"""Each recipe of a paper beside SQL that was written from the paper, over one slice of problems.

The slice has rows on either side of every threshold: with any of them moved, the rows differ.
"""

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
from tests.flows.inline import build
from tests.flows.problems import gold, lines, statement

PAPERS = SHIPPED / "papers"

PROBLEMS = 40
SAMPLES = {
    "openr1-math": {"r1": 2}, "open-r1-pass-rates": {"student": 10}, "redi": {"r1": 4},
    "limo": {"qwen-7b": 4, "r1-32b": 32, "r1": 1, "qwq": 1},
    "s1k": {"qwen-7b": 1, "qwen-32b": 1, "r1": 1},
    "light-r1": {"small": 8, "r1": 4, "stage-2": 8},
    "deepdistill": {"r1-1.5b": 4, "r1-7b": 4, "r1": 4},
    "openreasoning": {"r1": 4}, "phi-4-mini-reasoning": {"r1": 8},
    "llama-nemotron": {"r1": 2, "instruct": 2, "student": 8},
    "opencodereasoning": {"r1": 4}, "acereason": {"r1": 2},
    "turning-dust-into-gold": {"teacher": 3},
}  # fmt: skip
ELSEWHERE = ("decontaminate", "judge")
"""Steps that ask the network; each has tests of its own."""

OK = "t.state = 'complete'"
RIGHT = f"{OK} AND v.verdict = 'correct'"
WRONG = "v.verdict = 'incorrect'"
RATE = "(SELECT avg(ok) FROM rates r WHERE r.problem_id = t.problem_id AND r.teacher = '{}')"
SOLVED = "(SELECT sum(ok) FROM rates r WHERE r.problem_id = t.problem_id AND r.teacher = '{}')"
ALL = "(SELECT avg(ok) FROM rates r WHERE r.problem_id = t.problem_id)"
SPREAD = "(SELECT stddev_pop(ok) / avg(ok) FROM rates r WHERE r.problem_id = t.problem_id)"

NUMBER = re.compile(r"(?<![\w.'-])\d+(?:\.\d+)?(?![\w.'-])")  # a threshold, not r1-32b
PUBLISHED: dict[tuple[str, str], str] = {
    ("openr1-math", "sft"): RIGHT,
    ("open-r1-pass-rates", "dapo"): f"{ALL} >= 0.1 AND {ALL} <= 0.6",
    ("open-r1-pass-rates", "generic"): f"{ALL} > 0.1 AND {ALL} < 0.9",
    ("open-r1-pass-rates", "demo"): f"{ALL} >= 0.2 AND {ALL} <= 0.8",
    ("redi", "positives"): f"{RIGHT} AND t.label",
    ("limo", "sft"): f"{RIGHT} AND t.teacher <> 'qwen-7b' AND {SOLVED.format('qwen-7b')} = 0 "
    f"AND {SOLVED.format('r1-32b')} BETWEEN 1 AND 3",
    ("s1k", "sft"): f"{OK} AND t.teacher = 'r1' AND {SOLVED.format('qwen-7b')} = 0 "
    f"AND {SOLVED.format('qwen-32b')} = 0",
    ("light-r1", "stage1"): f"{RIGHT} AND t.teacher = 'r1' AND {RATE.format('small')} < 0.5",
    ("light-r1", "stage2"): f"{RIGHT} AND t.teacher = 'r1' AND {RATE.format('r1')} < 0.5",
    ("light-r1", "rlvr"): f"{RATE.format('stage-2')} BETWEEN 0.25 AND 0.625",
    ("deepdistill", "sft"): f"{RIGHT} AND t.teacher = 'r1' AND {SPREAD} > 0.05",
    ("openreasoning", "sft"): "v.verdict = 'correct' AND t.reasoning IS NOT NULL",
    ("phi-4-mini-reasoning", "midtrain"): RIGHT,
    ("phi-4-mini-reasoning", "sft"): RIGHT,
    ("phi-4-mini-reasoning", "rlvr"): f"{ALL} > 0 AND {ALL} < 1",
    ("llama-nemotron", "think"): "v.verdict = 'correct' AND t.teacher = 'r1' "
    "AND t.reasoning IS NOT NULL",
    ("llama-nemotron", "plain"): "v.verdict = 'correct' AND t.teacher = 'instruct' "
    "AND t.reasoning IS NULL",
    ("llama-nemotron", "rlvr"): f"{RATE.format('student')} < 0.75",
    ("opencodereasoning", "sft"): f"{OK} AND t.reasoning NOT LIKE '%```%' "
    "AND t.response LIKE '%```%'",
    ("acereason", "sft"): f"{RIGHT} AND (t.completion_tokens > 2000 "
    "OR md5_number_lower(t.problem_id) % 2 = 0)",
    ("turning-dust-into-gold", "gold"): RIGHT,
    ("turning-dust-into-gold", "dust"): f"{OK} AND {WRONG}",
}
"""Which traces (of RL views: problems with a trace) a view takes, before one a problem is drawn."""


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
    if i % 7 == 3 or (teacher == "instruct" and i % 3):
        whole = f"The answer is \\boxed{{{said}}}."
    else:
        whole = f"<think>\n{thought}\n</think>\n\nThe answer is \\boxed{{{said}}}."
    code = "\n```python\nprint(1)\n```" if i % 4 else ""
    cut = {"finish_reason": "length"} if (i + sample) % 11 == 5 else {}
    return {
        "problem": statement(i), "trace": whole + code, "sample": sample, "label": i % 6 != 2,
        "completion_tokens": 1000 + 500 * ((i + sample) % 4) + (37_000 if i % 9 == 4 else 0), **cut,
    }  # fmt: skip


def slice_of(folder: Path, name: str, recipe: dict[str, Any]) -> None:
    """The problems and recordings of a recipe, and the recipe over them."""
    rows = [
        {
            "problem": statement(i), "answer": None if name == "openreasoning" and i % 4 == 1
            else str(gold(i)), "domain": f"d{i % 3}", "level": str(i % 2),
            "problem_is_valid": "No" if i % 13 == 5 else "Yes",
            "source": "cn_k12" if i % 13 == 6 else "olympiads",
            "prompt": [{"role": "user", "content": statement(i)}],
            "reward_model": {"ground_truth": str(gold(i))},
        }
        for i in range(PROBLEMS)
    ]  # fmt: skip
    (folder / "problems.jsonl").write_bytes(lines(rows))
    source = {k: v for k, v in recipe["sources"][0].items() if k not in ("hub", "path")}
    if "columns" not in source:
        source["columns"] = {"problem": "problem", "answer": "answer"}
    teachers = []
    for teacher, of in SAMPLES[name].items():
        samples = [trace(i, s, teacher, of) for i in range(PROBLEMS) for s in range(of)]
        (folder / f"{teacher}.jsonl").write_bytes(lines(samples))
        teachers.append({"name": teacher, "recorded": f"{teacher}.jsonl"})
    steps = [plain(step) for step in recipe["steps"] if not ({*step} & {*ELSEWHERE})]
    whole = {
        **recipe, "teachers": teachers, "steps": steps,
        "sources": [{**source, "path": "problems.jsonl", "name": "own"}],
    }  # fmt: skip
    (folder / "r.yaml").write_text(yaml.safe_dump(whole, sort_keys=False))


def plain(step: Any) -> Any:
    """A stage replays its recordings whole: whom it asks about is a matter of live teachers."""
    if isinstance(step, dict) and "generate" in step:
        return {"generate": {k: v for k, v in step["generate"].items() if k != "where"}}
    return step


@pytest.fixture(scope="module", params=sorted(SAMPLES))
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A paper's recipe and the pool that it builds of the slice."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    recipe = yaml.safe_load((PAPERS / f"{name}.yaml").read_text("utf-8"))
    slice_of(folder, name, recipe)
    build(str(folder / "r.yaml"), str(folder / "pool"))
    yield name, recipe, folder


def released(folder: Path, view: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"pool/releases/{view}/*.parquet")


NOTHING = "(SELECT '' AS row_id, '' AS trace_id, '' AS verdict WHERE false)"


def expected(folder: Path, where: str, column: str) -> set[str]:
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
    sql = (
        f"SELECT DISTINCT t.{column} FROM traces t LEFT JOIN verdicts v USING (trace_id) "
        f"WHERE t.problem_id NOT IN (SELECT row_id FROM set_aside) AND {where}"
    )
    return {row[0] for row in con.execute(sql).fetchall()}


@pytest.mark.parametrize("name", sorted(path.stem for path in PAPERS.glob("*.yaml")))
def test_it_is_whole_and_says_where_it_is_from(name: str) -> None:
    recipe = load_recipe(PAPERS / f"{name}.yaml")
    assert recipe.name == name
    assert recipe.description
    check_views(recipe.views, declared(recipe.steps))
    told = (PAPERS / f"{name}.yaml").read_text("utf-8")
    for part in ("# Published: ", "# Here: ", "https://"):
        assert part in told
    assert name in SAMPLES


@pytest.mark.slow
def test_its_views_are_what_the_paper_says(built: Any) -> None:
    name, recipe, folder = built
    checked = [view for of, view in PUBLISHED if of == name]
    assert checked
    for view in checked:
        rows = released(folder, view)
        one_each = "per_problem" in recipe["views"][view] or "prompt" in rows.columns
        column = "problem_id" if one_each else "trace_id"
        found = expected(folder, PUBLISHED[name, view], column)
        everything = expected(folder, "true", column)
        assert set(rows[column]) == found, view
        assert found and found < everything, f"{view}: the slice has no row on one side"
        assert not one_each or rows["problem_id"].is_unique().all()
        for moved in nudged(PUBLISHED[name, view]):
            assert any(expected(folder, other, column) != found for other in moved), moved
    if "pairs" in recipe["views"]:
        pairs_are_right(name, folder)
    if name == "llama-nemotron":
        modes_are_even(folder)
    if name == "openreasoning":
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
    short = "t.completion_tokens <= 19000" if name == "redi" else "true"
    also = " AND t.label" if name == "redi" else ""
    by = {"light-r1": ("t.teacher = 'r1'", "t.teacher = 'stage-2'")}.get(name, ("true", "true"))
    right = f"{RIGHT} AND {short} AND {by[0]}{also}"
    wrong = f"{WRONG} AND {short} AND {by[1]} AND {OK if name == 'redi' else 'true'}"
    assert set(rows["chosen_id"]) <= expected(folder, right, "trace_id")
    assert set(rows["rejected_id"]) <= expected(folder, wrong, "trace_id")
    both = expected(folder, right, "problem_id") & expected(folder, wrong, "problem_id")
    assert set(rows["problem_id"]) == both != set()


def modes_are_even(folder: Path) -> None:
    """As many rows with a thought as without, each under its own system text."""
    sizes = [len(released(folder, view)) for view in ("think", "plain", "hybrid")]
    assert sizes[2] == 2 * min(sizes[:2])
    said = released(folder, "hybrid")["messages"].list.first().struct.field("content")
    half = sizes[2] // 2
    assert dict(said.value_counts().iter_rows()) == {
        "detailed thinking on": half, "detailed thinking off": half,
    }  # fmt: skip
