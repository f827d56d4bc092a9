"""Columns from a file and from a program, in conditions and views."""

import os
import re
import signal
import sys

import polars as pl
import psutil
import pytest
import yaml

from tests import ROOT
from tests.flows.conftest import Site
from tests.flows.problems import problems, recipe, traces
from tests.patience import wait_for

PROGRAM = """
import json, os, sys, time
with open("calls", "a") as calls:
    calls.write("x")
while os.path.exists("slow") and len(open("calls").read()) > 1:
    time.sleep(0.1)
for line in sys.stdin:
    row = json.loads(line)
    print(json.dumps({"trace_id": row["trace_id"], "length": len(row["response"])}))
"""
STEPS = ["generate", "verify"]


def prepare(site: Site, *steps: object, **views: object) -> None:
    site.jsonl("p.jsonl", problems(12))
    site.jsonl("t.jsonl", traces(0, 6))
    site.jsonl("u.jsonl", traces(6, 12))
    teachers = [{"name": name, "recorded": f"{name}.jsonl"} for name in "tu"]
    site.recipe(recipe(steps=[*STEPS, *steps], teachers=teachers, views=views))


FILE = {"attach": {"name": "rm", "to": "traces", "file": "s.csv", "columns": {"reward": "float"}}}


@pytest.mark.slow
def test_a_file_s_columns_stand_in_conditions_and_an_edit_is_seen(site: Site) -> None:
    prepare(site)
    built = site.built()
    ids = sorted(built.table("traces")["trace_id"])
    lines = [f"{one},{n / 100}" for n, one in enumerate([*ids[:30], "0" * 32])]
    site.path("s.csv").write_text("\n".join(["trace_id,reward", *lines]))
    prepare(site, FILE, sft={"where": "rm.reward >= 0.2", "columns": {"reward": "rm.reward"}})
    built = site.built()
    rows = pl.read_parquet(built.folder / "releases/sft/*.parquet")
    assert set(rows["trace_id"]) == set(ids[20:30])
    assert rows["reward"].min() == 0.2
    line = built.line("rm")
    assert (line["in"], line["out"], line["aside"]) == (36, 30, {"no_value": 6})
    assert line["notes"] == {"unknown_key": 1}
    again = site.longcot("build", site.own, "--pool", "pool")
    assert "nothing to do" in again.out + again.err
    site.path("s.csv").write_text("\n".join(["trace_id,reward", *lines[:25]]))
    built = site.built()
    assert len(pl.read_parquet(built.folder / "releases/sft/*.parquet")) == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("trace_id,score\na,1\n", r"s.csv:2: no `reward` (there is: trace_id, score)"),
        ("trace_id,reward\na,1\na,2\n", "s.csv:3: trace_id a stands in s.csv:2 already"),
        ("trace_id,reward\na,1\n", "none of its 1 rows is in the pool"),
    ],
)
def test_a_file_that_is_wrong_is_one_paragraph(site: Site, text: str, told: str) -> None:
    prepare(site, FILE)
    site.path("s.csv").write_text(text)
    assert told in site.longcot("build", site.own).complaint()


def test_a_name_that_is_taken_is_told(site: Site) -> None:
    site.path("s.csv").write_text("trace_id,reward\na,1\n")
    taken = {"attach": {**FILE["attach"], "name": "domain"}}
    prepare(site, taken)
    assert "the pool has the name `domain`" in site.longcot("build", site.own).complaint()


def running(word: str) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if word in (p.info["cmdline"] or [])]


@pytest.mark.slow
def test_a_program_killed_in_the_middle_is_asked_only_for_what_is_missing(site: Site) -> None:
    program = {
        "name": "own", "to": "traces", "given": ["response"],
        "command": f"{sys.executable} score.py", "where": "verdict = 'correct'",
        "columns": {"length": {"int": [0, 1000]}},
    }  # fmt: skip
    prepare(site, {"attach": program}, sft={"where": "own.length > 0"})
    site.path("score.py").write_text(PROGRAM)
    site.path("slow").touch()
    build = site.start("build", site.own, "--pool", "pool")
    calls = site.path("calls")
    try:
        wait_for(lambda: calls.exists() and len(calls.read_text()) == 2, 120)
    finally:
        os.kill(build.pid, signal.SIGKILL)  # the build alone
        build.communicate()
    wait_for(lambda: not running("score.py"), 10, "for the program to be gone")
    site.path("slow").unlink()
    built = site.built()
    assert calls.read_text() == "xxx"  # the first shard's stand, the second's were asked for again
    right = built.table("verdicts").filter(pl.col("verdict") == "correct")
    rows = pl.read_parquet(built.folder / "releases/sft/*.parquet")
    assert set(rows["trace_id"]) == set(right["trace_id"])
    assert built.line("own")["aside"] == {"not_chosen": 12}


SCORE = """
import json, sys
assert sys.argv[1:] == ["--device", "cuda:0"]
for line in sys.stdin:
    row = json.loads(line)
    kind = "sum" if "apples" in row["problem"] else "proof"
    told = {"length": len(row["response"]), "kind": kind}
    print(json.dumps({"trace_id": row["trace_id"], **told}))
"""


def test_the_example_of_the_docs_is_built(site: Site) -> None:
    text = (ROOT / "docs" / "operators.md").read_text("utf-8").split("\n## attach\n", 1)[1]
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    told = yaml.safe_load(example[1].replace("python score.py", f"{sys.executable} score.py"))
    prepare(site)
    ids = site.built().table("traces")["trace_id"].sort()
    scores = pl.DataFrame({"trace_id": ids, "reward": pl.Series(range(36)) / 36})
    scores.write_parquet(site.path("reward_scores.parquet"))
    site.path("score.py").write_text(SCORE)
    prepare(site, *told["steps"][len(STEPS) :], **told["views"])
    built = site.built()
    rows = pl.read_parquet(built.folder / "releases/sft/*.parquet")
    right = built.table("verdicts").filter(pl.col("verdict") == "correct")["trace_id"]
    assert set(rows["trace_id"]) == {one for n, one in enumerate(ids) if n > 18} & set(right)
