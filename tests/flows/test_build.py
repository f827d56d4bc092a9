"""A build over messy input: every row is accounted for and every shard loads where it should."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.flows.conftest import PATIENCE, Built, Site
from tests.flows.problems import VIEWS, problem, problems, recipe, trace, traces
from tests.patience import patience

MESS: list[Any] = [
    *problems(40),
    problem(3),  # again
    problem(4, answer="999"),  # again, with another answer
    {"problem": None, "answer": "1"},
    b'{"problem": "cut in the mid',
    b'{"problem": "bad \xff byte", "answer": "1"}',
    b"[1, 2]",
    {"problem": "Prove that 2 + 2 = 4.", "answer": "4"},
    {"problem": "How many triangles are in the figure below?", "answer": "4"},
    {"problem": "How many days has a week?", "answer": None},
    *[problem(i, domain="poetry") for i in range(40, 45)],
]
COPIES = [
    problem(i, problem=problem(i)["problem"].upper().replace(" ", "  ")) for i in range(35, 40)
]
TAGGED: list[Any] = [
    *traces(0, 40),
    {**trace(0, 7), "trace": "<think>\nround and round and round"},
    {**trace(0, 8), "trace": "<think>\ncut", "finish_reason": "length"},
    {**trace(0, 9), "trace": "   "},
    {**trace(1, 7), "trace": "never opened\n</think>\n\nThe answer is \\boxed{3}."},
    {**trace(1, 8), "trace": "<|begin_of_thought|>hm<|end_of_thought|>\\boxed{3}"},
    {**trace(1, 9), "trace": "No thought at all: \\boxed{3}"},
    {**trace(0, 0), "problem": "What is never asked?"},
    b"{broken",
    {**trace(2, 5), "problem": "Prove that 2 + 2 = 4."},
]
APART = [
    {"q": problem(i)["problem"], "thought": f"take {i}", "said": f"\\boxed{{{i}}}"}
    for i in range(60)
]
RECIPE = recipe(
    name="mess",
    sources=[
        {"path": "p.jsonl", "where": "domain IS DISTINCT FROM 'poetry'"},
        {"path": "more.parquet", "name": "more"},
    ],
    teachers=[
        {"name": "tagged", "recorded": "t.jsonl"},
        {
            "name": "apart",
            "recorded": "apart.jsonl",
            "columns": {"problem": "q", "reasoning": "thought", "response": "said"},
        },
    ],
    views={
        **VIEWS,
        "fields": {"reasoning": "field", "splits": {"train": 0.7, "test": 0.3}},
        "none": {"where": "pass_rate > 2"},
    },
)


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site]) -> Site:
    site = new_site()
    site.jsonl("p.jsonl", MESS)
    pl.DataFrame([*COPIES, *problems(50, 60)]).write_parquet(site.path("more.parquet"))
    site.jsonl("t.jsonl", TAGGED)
    site.jsonl("apart.jsonl", APART)
    site.recipe(RECIPE)
    return site


@pytest.fixture(scope="module")
def pool(site: Site) -> Built:
    return site.built()


def test_every_line_of_the_funnel_adds_up(pool: Built) -> None:
    for line in pool.report["funnel"]:
        assert line["in"] == line["out"] + sum(line["aside"].values()), line
        assert all(count > 0 for count in line["aside"].values())


def test_the_funnel_adds_up_end_to_end(pool: Built) -> None:
    first, second = pool.line("ingest", "p"), pool.line("ingest", "more")
    assert (first["in"], second["in"]) == (len(MESS), len(COPIES) + 10)
    problems_in = first["out"] + second["out"]
    assert pool.line("screen")["in"] == problems_in == len(pool.table("problems"))
    assert pool.line("dedupe")["in"] == pool.line("screen")["out"]
    assert pool.line("view", "rlvr")["in"] == problems_in
    tagged, apart = pool.line("generate", "tagged"), pool.line("generate", "apart")
    assert (tagged["in"], apart["in"]) == (len(TAGGED), len(APART))
    traces_in = tagged["out"] + apart["out"]
    assert traces_in == len(pool.table("traces"))
    for stage, label in (("verify", ""), ("measure", ""), ("view", "sft"), ("view", "midtrain")):
        assert pool.line(stage, label)["in"] == traces_in
    judged = pool.line("verify")
    assert sum(judged["notes"].values()) == judged["out"] == len(pool.table("verdicts"))


def test_every_row_set_aside_stands_somewhere_with_its_reason(pool: Built) -> None:
    told: Counter[tuple[str, str]] = Counter()
    for line in pool.report["funnel"]:
        if line["stage"] != "view":
            told.update({(line["stage"], reason): n for reason, n in line["aside"].items()})
    rejects, aside = pool.table("rejects"), pool.table("set_aside")
    found = [*rejects.select("stage", "reason").rows(), *aside.select("step", "reason").rows()]
    assert Counter(found) == told
    assert told == {
        ("ingest", "repeated"): 1,
        ("ingest", "conflicting_gold"): 1,
        ("ingest", "no_problem"): 1,
        ("ingest", "malformed"): 2,
        ("ingest", "invalid_utf8"): 1,
        ("ingest", "where"): 5,
        ("screen", "proof"): 1,
        ("screen", "figure"): 1,
        ("screen", "no_answer"): 1,
        ("screen", "conflicting_gold"): 1,
        ("dedupe", "duplicate"): 5,
        ("generate", "unknown_problem"): 1 + 10,
        ("generate", "malformed"): 1,
        ("verify", "problem_set_aside"): told["verify", "problem_set_aside"],
    }
    # Traces of problem 4 (two golds) from both teachers, and the one of the proof.
    assert told["verify", "problem_set_aside"] == 3 + 1 + 1
    assert {"p.jsonl:44", "p.jsonl:45"} <= set(rejects["row_id"])


def test_states_and_dialects_are_told_apart(pool: Built) -> None:
    tagged = pool.table("traces").filter(pl.col("teacher") == "tagged")
    states = dict(tagged["state"].value_counts().iter_rows())
    assert states == {"complete": 124, "unclosed": 1, "truncated": 1, "empty": 1}
    assert set(tagged["dialect"]) == {"think", "thought", "none", "unopened"}


def test_verdicts_agree_with_the_labels(pool: Built) -> None:
    judged = pool.table("traces").join(pool.table("verdicts"), on="trace_id")
    judged = judged.filter((pl.col("teacher") == "tagged") & (pl.col("sample") < 5))
    assert len(judged) == 117
    assert (judged["label"] == (judged["verdict"] == "correct")).all()
    assert "undecided" not in set(judged["verdict"])


@pytest.mark.parametrize("view", ["sft", "pairs", "rlvr", "midtrain", "fields"])
def test_shards_load_everywhere(pool: Built, view: str, tmp_path: Any) -> None:
    import datasets

    folder = pool.folder / "releases" / view
    rows = next(v["rows"] for v in pool.report["views"] if v["view"] == view)
    loaded = datasets.load_dataset("parquet", data_dir=str(folder), cache_dir=str(tmp_path))
    assert sum(loaded.num_rows.values()) == rows > 0
    assert set(loaded) == ({"train", "test"} if view == "fields" else {"train"})
    scanned = pl.scan_parquet(folder / "*.parquet").select(pl.len()).collect().item()
    found = duckdb.sql(f"SELECT count(*) FROM '{folder}/*.parquet'").fetchall()
    assert scanned == rows and found == [(rows,)]


def test_columns_are_what_trainers_read(pool: Built) -> None:
    def first(view: str) -> dict[str, Any]:
        shards = sorted((pool.folder / "releases" / view).glob("*.parquet"))
        return dict(pq.read_table(shards[0]).slice(0, 1).to_pylist()[0])

    user, assistant = first("sft")["messages"]
    assert (user["role"], assistant["role"]) == ("user", "assistant")
    assert assistant["content"].startswith("<think>\n")
    user, assistant = first("fields")["messages"]
    assert "<think>" not in assistant["content"] and assistant["reasoning_content"]
    pair = first("pairs")
    assert [turn["role"] for turn in pair["prompt"]] == ["user"]
    assert [turn["role"] for turn in pair["chosen"] + pair["rejected"]] == ["assistant"] * 2
    assert pair["rejected_reason"] and pair["chosen_id"] != pair["rejected_id"]
    task = first("rlvr")
    assert task["prompt"][0]["role"] == "user"
    assert task["reward_model"] == {"style": "rule", "ground_truth": task["answer"]}
    assert isinstance(first("midtrain")["text"], str)


def test_every_released_row_leads_back_to_the_pool(pool: Built) -> None:
    trace_ids, problem_ids = (
        set(pool.table("traces")["trace_id"]),
        set(pool.table("problems")["problem_id"]),
    )
    aside = set(
        pool.table("set_aside").filter(pl.col("step").is_in(["screen", "dedupe"]))["row_id"]
    )
    for view in ("sft", "pairs", "rlvr", "midtrain", "fields"):
        rows = pl.read_parquet(pool.folder / "releases" / view / "*.parquet")
        assert set(rows["problem_id"]) <= problem_ids - aside
        for column in {"trace_id", "chosen_id", "rejected_id"} & set(rows.columns):
            assert set(rows[column]) <= trace_ids


def test_a_view_that_selects_nothing_says_so(pool: Built) -> None:
    line = pool.line("view", "none")
    assert (line["out"], line["in"]) == (0, len(pool.table("traces")))


def test_footers_carry_provenance_and_descriptions(pool: Built) -> None:
    shards = sorted(pool.folder.glob("*/*-*.parquet"))
    own = [path for path in shards if path.parent.name not in ("selections", "releases")]
    released = sorted((pool.folder / "releases").glob("*/*.parquet"))
    assert len(own) > 8 and len(released) > 5
    for path in [*own, *released]:
        facts = pq.read_schema(path).metadata
        assert facts[b"longcot.recipe"].decode() == pool.manifest["recipe"]
        assert facts[b"longcot.code"] and facts[b"longcot.key"]
    for path in own:
        assert all(field.metadata[b"description"] for field in pq.read_schema(path)), path


def test_shards_of_the_manifest_are_as_it_says(pool: Built) -> None:
    import hashlib

    for shards in pool.manifest["tables"].values():
        for shard in shards:
            data = (pool.folder / shard["path"]).read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (
                shard["bytes"],
                shard["sha256"],
            )


IN_MEMORY = """
import json, sys, fsspec
from flows.build import build
reports = [build(sys.argv[1], "memory://pool") for _ in range(2)]
files = fsspec.filesystem("memory").glob("/pool/releases/sft/*.parquet")
print(json.dumps({"same": reports[0] == reports[1], "files": files, "views": reports[0]["views"]}))
"""


@pytest.mark.slow
def test_a_pool_may_stand_in_any_file_system(site: Site) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_MEMORY, site.own],
        cwd=site.folder, env=site.env, capture_output=True, text=True, timeout=patience(PATIENCE),
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["same"] and len(told["files"]) == 1
    assert told["views"][0]["path"] == "memory://pool/releases/sft"
