"""What is near by meaning, in whole builds: real vectors, and a model that says what it is told."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

from schemas.identity import problem_id
from tests.flows.conftest import Site
from tests.servers.behaviour import Behaviour
from tests.servers.faulty import Server, serve

pytestmark = pytest.mark.skipif(
    not find_spec("wordllama"), reason="wordllama is not installed: pip install 'longcot[semantic]'"
)

TRAINS = (
    "Two trains leave the same station at noon, one going north at 60 km/h and one going south at "
    "75 km/h. How far apart are they at 4 pm?"
)
ANEW = (
    "At midday, one train heads north and another heads south from the same platform; the speeds "
    "are 60 and 75 kilometres in an hour. What distance lies between them four hours later?"
)
OTHER = "How many ways are there to seat five guests around a circular table?"


def judged(server: Server, **step: Any) -> dict[str, Any]:
    return {
        "name": "meaning",
        "sources": [{"path": "source.jsonl"}],
        "models": [{"name": "m", "model": "teacher", "endpoint": server.url, "prices": {}}],
        "steps": [{"decontaminate": {"benchmarks": ["exam.jsonl"], "meaning": {}, **step}}],
    }


def test_a_model_says_which_items_a_problem_restates_and_is_asked_once(site: Site) -> None:
    site.env["LONGCOT_CACHE"] = str(site.path("cache"))
    site.jsonl("source.jsonl", [{"problem": text} for text in (ANEW, TRAINS, OTHER)])
    site.jsonl("exam.jsonl", [{"id": "e1", "problem": TRAINS}])
    with serve(Behaviour(fields={"same": [1], "variant": []})) as server:
        site.recipe(judged(server))
        alone = site.built()
        assert alone.line("decontaminate")["aside"] == {"ngram": 1}
        assert server.log == []
        site.recipe(judged(server, judge="m"))
        built = site.built()
        count = len(server.log)
        site.built()
        assert len(server.log) == count == 1  # of the copy and the other there is nothing to ask
    assert built.line("decontaminate")["aside"] == {"ngram": 1, "paraphrase": 1}
    hits = {row["problem_id"]: row for row in built.table("contamination").to_dicts()}
    assert hits[problem_id(ANEW)]["decided_by"] == "judge teacher"
    (answer,) = built.table("answers").to_dicts()
    assert answer["row_id"] == problem_id(ANEW) and answer["what"] == "decontaminate"
    assert json.loads(answer["answer"])["same"] == [1]
    assert built.report["answers"][0]["what"] == "decontaminate"


def test_where_the_model_fails_the_thresholds_decide(site: Site) -> None:
    site.env["LONGCOT_CACHE"] = str(site.path("cache"))
    site.jsonl("source.jsonl", [{"problem": text} for text in (ANEW, TRAINS)])
    site.jsonl("exam.jsonl", [{"id": "e1", "problem": TRAINS}])
    with serve(Behaviour(structured="ignored", dialect="inline", says={"": "Hm."})) as server:
        site.recipe(judged(server, judge="m"))
        built = site.built()
    assert built.line("decontaminate")["aside"] == {"ngram": 1}
    assert set(built.table("contamination")["decided_by"]) == {"thresholds"}


PRIMES = [
    "For how many two-digit primes is the sum of the digits equal to 8?",
    "For how many two-digit prime numbers is the sum of its digits 8?",
    "For how many two-digit prime numbers is the sum of its digits 9?",
]
UNNUMBERED = [
    "What is the largest number of points in which some circles of a plane meet?",
    "Some circles lie in a plane. At most how many points are there in which they meet?",
]


def deduped(**step: Any) -> dict[str, Any]:
    return {
        "name": "semantic",
        "sources": [{"path": "source.jsonl"}],
        "steps": ["dedupe", {"dedupe_semantic": step}],
    }


def source(site: Site) -> None:
    golds = ["5", "5.0", "5"]
    rows = [{"problem": text, "answer": gold} for text, gold in zip(PRIMES, golds, strict=True)]
    site.jsonl("source.jsonl", [*rows, *({"problem": text} for text in UNNUMBERED)])


def test_the_same_numbers_and_the_same_gold_in_other_words_are_one_problem(site: Site) -> None:
    source(site)
    site.recipe(deduped())
    built = site.built()
    assert built.line("dedupe")["out"] == 5
    assert built.line("dedupe_semantic")["aside"] == {"duplicate_semantic": 1}
    (pair,) = built.table("semantic_duplicates").to_dicts()
    assert {pair["row_id"], pair["duplicate_of"]} == {problem_id(text) for text in PRIMES[:2]}
    assert pair["cosine"] >= 0.8
    (sure,) = built.table("semantic_candidates").filter("figures").to_dicts()
    assert sure["agree"] is True  # 5 and 5.0
    assert set(built.table("embeddings")["model"]) == {"wordllama-l2-supercat-256"}


def test_a_model_is_asked_about_what_numbers_and_golds_leave_open(site: Site) -> None:
    source(site)
    with serve(Behaviour(fields={"same": [1], "variant": []})) as server:
        model = {"name": "m", "model": "teacher", "endpoint": server.url}
        site.recipe({**deduped(judge="m"), "models": [model]})
        built = site.built()
        count = len(server.log)
        site.built()
        assert len(server.log) == count == 1
    assert built.line("dedupe_semantic")["aside"] == {"duplicate_semantic": 2}
    gone = set(built.table("semantic_duplicates")["row_id"])
    assert len(gone & {problem_id(text) for text in UNNUMBERED}) == 1


def test_how_the_source_is_cut_does_not_show(new_site: Callable[..., Site]) -> None:
    tables = []
    for cut in (1, 3):
        site = new_site()
        rows = [{"problem": text} for text in (*PRIMES, *UNNUMBERED)]
        for at in range(cut):
            site.jsonl(f"source{at}.jsonl", rows[at::cut])
        recipe = deduped()
        recipe["sources"] = [{"path": "source*.jsonl"}]
        site.recipe(recipe)
        built = site.built()
        tables.append(built.table("semantic_candidates").sort("row_id", "other_id"))
    assert tables[0].equals(tables[1])
