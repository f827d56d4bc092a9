"""Other trainers' own loaders read the releases as they are, each in an environment of its own.

LONGCOT_LLAMAFACTORY and LONGCOT_AXOLOTL name a Python that has `llamafactory` or `axolotl`.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.flows.inline import Place
from tests.flows.problems import problems, recipe, traces

pytestmark = pytest.mark.slow

RIGHT = "verdict = 'correct' and state = 'complete'"
SYSTEM = "Think step by step."
VIEWS: dict[str, Any] = {
    "alpaca": {"where": RIGHT},
    "sharegpt": {"where": RIGHT},
    "sft": {"where": RIGHT},
    "told": {
        "roles": {"one": RIGHT, "other": "verdict = 'incorrect'"},
        "messages": [
            {"user": "{{ problem }}\n\n{{ other.response }}\n\nIs it right?"},
            {"assistant": "{{ one.response }}"},
        ],
    },
    "alpaca-system": {"format": "alpaca", "where": RIGHT, "system": SYSTEM},
    "sharegpt-system": {"format": "sharegpt", "where": RIGHT, "system": SYSTEM},
}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Place(tmp_path_factory.mktemp("peers"))
    place.jsonl("p.jsonl", problems(6))
    place.jsonl("t.jsonl", traces(0, 6))
    place.recipe(recipe(views=VIEWS))
    return place.built().folder / "releases"


def loaded(variable: str, script: str, given: Path) -> dict[str, list[dict[str, Any]]]:
    """What a peer makes of the releases, by view."""
    python = os.environ.get(variable)
    if not python:
        pytest.skip(f"{variable} names no Python that has it")
    done = subprocess.run(
        [python, str(Path(__file__).with_name(script)), str(given)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows: dict[str, list[dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def asked(releases: Path) -> list[tuple[str, str]]:
    """Problem and answer of each row that all single-turn views hold."""
    rows = pl.read_parquet(releases / "alpaca/*.parquet")
    return list(zip(rows["instruction"], rows["output"], strict=True))


ROLES = {"role_tag": "role", "content_tag": "content", "user_tag": "user",
         "assistant_tag": "assistant", "system_tag": "system"}  # fmt: skip


def test_llamafactory_reads_the_folder_of_each_form(releases: Path, tmp_path: Path) -> None:
    chat = {"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": ROLES}
    turns = {"formatting": "sharegpt"}
    info = {
        "alpaca": {},
        "alpaca-system": {"columns": {"prompt": "instruction", "query": "input",
                                      "response": "output", "system": "system"}},
        "sharegpt": turns,
        "sharegpt-system": {**turns, "columns": {"messages": "conversations", "system": "system"}},
        "sft": chat,
        "told": chat,
    }  # fmt: skip
    named = {name: {"file_name": str(releases / name), **more} for name, more in info.items()}
    (tmp_path / "dataset_info.json").write_text(json.dumps(named))
    found = loaded("LONGCOT_LLAMAFACTORY", "load_llamafactory.py", tmp_path)
    assert {*found} == {*VIEWS}
    pairs = asked(releases)
    for name, rows in found.items():
        said = [(row["_prompt"], row["_response"]) for row in rows]
        assert all(len(prompt) == len(response) == 1 for prompt, response in said), name
        if name != "told":
            assert [(p[0]["content"], r[0]["content"]) for p, r in said] == pairs, name
        assert {row["_system"] for row in rows} == {SYSTEM if "system" in name else ""}, name


def test_axolotl_reads_the_folder_of_each_form(releases: Path, tmp_path: Path) -> None:
    chat = {"type": "chat_template", "field_messages": "messages"}
    turns = {
        "type": "chat_template",
        "field_messages": "conversations",
        "message_property_mappings": {"role": "from", "content": "value"},
    }
    kinds = {
        "alpaca": {"type": "alpaca"},
        "alpaca-system": {"type": "alpaca_w_system"},
        "sharegpt": turns,
        "sharegpt-system": {**turns, "field_system": "system"},
        "sft": chat,
        "told": chat,
    }
    told = [
        {"path": str(releases / name), "ds_type": "parquet", "split": "train", "name_of_view": name,
         **kind} for name, kind in kinds.items()
    ]  # fmt: skip
    config = tmp_path / "datasets.json"
    config.write_text(json.dumps(told))
    found = loaded("LONGCOT_AXOLOTL", "load_axolotl.py", config)
    assert {*found} == {*VIEWS}
    for name, rows in found.items():
        for row, (problem, answer) in zip(rows, asked(releases), strict=name != "told"):
            assert "system" not in name or SYSTEM in row["text"], name
            if name != "told":
                assert problem in row["text"] and problem not in row["trained"], name
                assert answer.strip() in row["trained"], name
