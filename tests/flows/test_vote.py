"""A build in which samples elect the gold answer of problems that came without one."""

import duckdb
import polars as pl
import pytest
from fastapi.testclient import TestClient

from flows.viewer.app import viewer
from tests.flows.conftest import Built, Site
from tests.flows.problems import gold, problems, recipe, statement, traces

STEPS = ["generate", "verify", {"vote": {"gold": {"least": 2}}}, "verify", "grade"]
VIEWS = {
    "sft": {"where": "verdict = 'correct'", "columns": ["gold_origin"]},
    "voters": {"where": "majority_voter and majority.share > 0.6"},
    "rlvr": {"where": "pass_rate > 0"},
}


def prepare(site: Site, count: int = 12) -> None:
    """Every second problem has no gold; of three samples two agree."""
    rows = problems(count)
    for row in rows[::2]:
        row["answer"] = None
    site.jsonl("p.jsonl", rows)
    site.jsonl("t.jsonl", traces(0, count))
    site.recipe(recipe(steps=STEPS, views=VIEWS))


def released(built: Built, view: str) -> pl.DataFrame:
    return pl.read_parquet(built.folder / f"releases/{view}/*.parquet")


def test_samples_elect_a_gold_and_are_judged_by_it(site: Site) -> None:
    prepare(site)
    built = site.built()
    golds = dict(built.table("golds").select("problem_id", "gold").rows())
    known = {
        row[0]: row[1] for row in built.table("problems").select("problem_id", "problem").rows()
    }
    numbers = {statement(n): n for n in range(12)}
    assert {known[one] for one in golds} == {statement(n) for n in range(0, 12, 2)}
    assert all(said == str(gold(numbers[known[one]])) for one, said in golds.items())

    sft = released(built, "sft")
    origin = dict(sft.group_by("gold_origin").len().iter_rows())
    assert origin == {"source": 12, "majority": 12}
    assert sft["answer"].null_count() == 0
    voters = released(built, "voters")
    assert set(voters["trace_id"]) == set(sft["trace_id"])
    rlvr = released(built, "rlvr")
    assert len(rlvr) == 12
    assert rlvr["reward_model"].struct.field("ground_truth").null_count() == 0

    line = built.line("majority")
    assert line["notes"] == {"golds": 6, "problems": 12}
    found = duckdb.sql(
        f"SELECT count(*), count(*) FILTER (majority.agrees) FROM "
        f"'{built.folder}/columns/majority/*.parquet'"
    ).fetchall()
    assert found == [(12, 6)]
    asked = "SELECT count(*) AS unsure FROM graded WHERE majority_entropy BETWEEN 0.63 AND 0.64"
    unsure = site.longcot("query", asked, "--pool", "pool", "--csv")
    assert unsure.out.split() == ["unsure", "12"], unsure.err  # two of three agree everywhere
    again = site.longcot("build", site.own, "--pool", "pool")
    assert "nothing to do" in again.out + again.err


@pytest.mark.slow
def test_a_person_sees_what_was_elected(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(site.path("cache")))
    prepare(site, 4)
    built = site.built()
    (problem, answer, _), *_ = built.table("golds").rows()
    trace = built.table("traces").filter(pl.col("problem_id") == problem)["trace_id"][0]
    for row in (problem, trace):
        said = site.longcot("show", row, "--pool", "pool").out
        assert "elected gold" in said and answer in said and "share" in said
    with TestClient(viewer(str(built.folder)), base_url="http://127.0.0.1:8910") as client:
        page = client.get(f"/trace/{trace}").text
        assert "<dt>majority.share</dt>" in page and "<dt>majority.tied</dt><dd>False" in page
        assert trace[:8] in client.get("/traces", params={"sql": "majority.share > 0.6"}).text
        assert trace[:8] not in client.get("/traces", params={"sql": "majority.share > 0.9"}).text


def test_a_gold_that_the_majority_contradicts_stays_and_is_counted(site: Site) -> None:
    prepare(site, 4)
    rows = problems(4)
    rows[1]["answer"] = "999"
    site.jsonl("p.jsonl", rows)
    built = site.built()
    assert built.line("majority")["notes"] == {"disagree_with_gold": 1, "problems": 4}
    said = site.longcot(
        "query", "SELECT answer, majority.answer AS voted, gold_origin FROM graded "
        "WHERE NOT majority.agrees", "--pool", "pool", "--json",
    ).out  # fmt: skip
    assert '"999"' in said
    assert f'"{gold(1)}"' in said
    assert '"source"' in said


def test_a_teacher_that_is_none_is_told(site: Site) -> None:
    prepare(site, 2)
    steps = ["generate", "verify", {"vote": {"teachers": ["who"]}}]
    site.recipe(recipe(steps=steps, views={}))
    said = site.longcot("build", site.own).complaint()
    assert "step `majority`: no teacher is called `who` (there are: t)" in said
