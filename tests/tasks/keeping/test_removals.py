"""A corrected verifier makes a version that lists what left the release."""

import json
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import verifiers
from schemas.vocabulary import Verdict
from tasks.publishing import versions
from tasks.publishing.diff.rows import diff
from tasks.publishing.diff.sides import sides
from tasks.publishing.publications import note
from tasks.publishing.versions import whole
from tasks.verdicts import verifier_pool
from tests.tasks.keeping.conftest import Place


class Corrected:
    """The verifier with another version, by which one answer that was right is wrong."""

    def __init__(self, limits: Any, judges: Any, wrong: str) -> None:
        self.inner, self.wrong = judges(limits), wrong

    def map(self, what: str, items: list[Any]) -> list[Any]:
        words = self.inner.map(what, items)
        if what != "verify":
            return list(words)
        return [
            replace(word, verdict=Verdict.INCORRECT, reason="differ.value", version="9")
            if response == self.wrong
            else word
            for word, (_, response) in zip(words, items, strict=True)
        ]


def test_rows_whose_label_was_corrected_are_listed_with_where_they_went(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = whole(place.pool)
    note(place.pool, before.number, "hf://datasets/me/mine", ["sft"], [])
    traces = pl.read_parquet(place.folder / "pool/traces/*.parquet")
    released = pl.read_parquet(place.folder / "pool/releases/sft/*.parquet")
    one = released["trace_id"][0]
    (response,) = traces.filter(pl.col("trace_id") == one)["response"]
    same = set(traces.filter(pl.col("response") == response)["trace_id"])

    real = verifier_pool.judges
    monkeypatch.setattr(verifier_pool, "judges", lambda limits: Corrected(limits, real, response))
    monkeypatch.setattr(verifiers, "VERSION", "9.0.0")
    monkeypatch.setattr(versions, "VERIFIERS", "9.0.0")
    place.build()

    after = whole(place.pool)
    assert (after.number, after.content["why"]) == (before.number + 1, "correction")
    listed = place.files()[f"removals/version-{after.number}.jsonl"].decode().splitlines()
    rows = [json.loads(line) for line in listed]
    assert {row["id"] for row in rows} == same & set(released["trace_id"])
    assert {row["view"] for row in rows} == {"sft"}
    assert all("incorrect" in row["reason"] for row in rows)
    assert all(row["published"] == ["hf://datasets/me/mine"] for row in rows)
    (changed, *_) = diff(*sides(str(before.number), str(after.number), place.pool.url))
    assert changed["removed"] == len(rows)
