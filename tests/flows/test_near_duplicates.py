"""Near-duplicates through a whole build: found, explained, and never signed twice."""

import pytest

from tests.flows.conftest import Built, Site
from tests.servers.faulty import serve

TALE = (
    "A baker sells {} loaves of bread in the morning and {} more in the afternoon of the same day, "
    "and none of them is given back by any of the customers who bought it there. How many loaves "
    "of bread does the baker sell on that day?"
)
TWIN = TALE.replace("customers", "neighbours")
THOUGHT = " ".join(f"Loaf {n} is followed by loaf {n + 1} on the shelf." for n in range(50))


def recorded(text: str, answer: int, thought: str, sample: int) -> dict[str, object]:
    trace = f"<think>{thought}</think>\n\nThe answer is \\boxed{{{answer}}}."
    return {"problem": text, "trace": trace, "sample": sample, "teacher": "t"}


@pytest.mark.slow
def test_a_build_with_near_duplicates(site: Site) -> None:
    one, other = TALE.format(12, 5), TALE.format(12, 6)
    first = [{"problem": one, "answer": "17"}, {"problem": other, "answer": "18"}]
    site.jsonl("first.jsonl", first)
    site.jsonl(
        "traces.jsonl",
        [
            recorded(one, 17, THOUGHT, 0),
            recorded(one, 16, THOUGHT.replace("shelf", "board", 1), 1),
            recorded(one, 17, " ".join(reversed(THOUGHT.split())), 2),
        ],
    )
    recipe = {
        "name": "near",
        "sources": [{"path": "first.jsonl"}],
        "teachers": [{"name": "t", "recorded": "traces.jsonl"}],
        "steps": ["screen", "dedupe", "generate", "verify", "dedupe_traces", "measure", "grade"],
        "views": {"sft": {"where": "duplicate_of is null"}},
    }
    site.recipe(recipe)
    before = site.built()
    assert before.line("dedupe")["out"] == 2  # another number is another problem
    marked = before.table("trace_duplicates")
    assert marked["why"].to_list() == ["verdict"]
    assert before.line("view", "sft")["out"] == 2
    signed = before.manifest["stages"]["sign"]
    assert set(before.report["bands"]) == {"dedupe", "dedupe_traces"}

    site.jsonl("second.jsonl", [{"problem": TWIN.format(12, 5), "answer": "17"}])
    recipe["sources"] = [{"path": "first.jsonl"}, {"path": "second.jsonl"}]
    site.recipe(recipe)
    after: Built = site.built()
    assert after.manifest["stages"]["sign"][:1] == signed
    assert after.line("dedupe")["aside"] == {"duplicate": 1}
    (found,) = after.table("duplicates").to_dicts()
    assert 0.8 <= found["jaccard"] < 1
    assert found["why"] == "source"


def test_a_build_with_semantic_duplicates(site: Site) -> None:
    said = (
        "Of bread, a baker sells {} loaves in the morning and {} more in the afternoon of a day. "
    )
    tail = "None of them is given back by customers who bought it there. How many does he sell?"
    texts = [TALE.format(12, 5), (said + tail).format(12, 5), TALE.format(13, 5)]
    site.jsonl("source.jsonl", [{"problem": text, "answer": "17"} for text in texts])
    with serve() as server:
        asked = {"model": "teacher", "endpoint": server.url, "threshold": 0.7}
        recipe = {
            "name": "semantic",
            "sources": [{"path": "source.jsonl"}],
            "steps": ["dedupe", {"dedupe_semantic": asked}],
            "views": {"rlvr": {"sample": {"n": 2, "by": "diverse"}}},
        }
        site.recipe(recipe)
        built = site.built()
        count = len(server.log)
        site.built()
        assert len(server.log) == count  # nothing is asked twice
    assert built.line("dedupe")["out"] == 3
    assert built.line("dedupe_semantic")["aside"] == {"duplicate_semantic": 1}
    (pair,) = built.table("semantic_duplicates").to_dicts()
    assert pair["cosine"] >= 0.7
    assert set(built.table("embeddings")["vector"].list.len()) == {256}
    assert built.line("view", "rlvr")["out"] == 2
