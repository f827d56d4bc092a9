"""A version to the Hub's stand-in and to a folder: what goes, what is refused, what is taken up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.errors import LongcotError
from tasks.pool.release_files import publish as show
from tasks.pool.release_files import store
from tasks.pool.store import Pool
from tasks.publishing import hub as places
from tasks.publishing.export import export
from tasks.publishing.layout import CARD
from tasks.publishing.licences import combined, for_card, identifier, refuse
from tasks.publishing.publish import _commits, publish
from tasks.publishing.versions import File, Version, latest, write
from tests.servers.hub import Server, hub

TO = "hf://datasets/tester/data"


def released(pool: Pool, keys: list[str]) -> Version:
    """A version whose files hold a row each."""
    shown = []
    for key in keys:
        frame = pl.DataFrame({"text": [f"text {key}"]})
        store(pool, "sft", key, frame.write_parquet)
        shown.append(("train", key, 1))
    shards = show(pool, "sft", shown)
    pool.put_json("manifest.json", {"views": {"sft": [vars(shard) for shard in shards]}})
    files = []
    for key in keys:
        proof = pool.get_json(f"releases/.store/sft/{key}.json")
        path = f"releases/.store/sft/{key}.parquet"
        files.append(File("sft", "train", path, 1, proof["bytes"], proof["sha256"]))
    content: dict[str, Any] = {
        "id": "".join(keys), "why": "build", "views": ["sft"], "tables": {}, "deciding": [],
        "recipe": {"name": "mine", "hash": "h", "text": "endpoint: https://me:secret@host/v1\n"},
        "code": "1", "verifiers": "1", "steps": {}, "teachers": [], "drawn": [], "lengths": [],
        "benchmarks": [], "sources": [{"source": "s", "license": "CC BY-NC 4.0", "kept": 2}],
        "report": {"funnel": [], "pass_rates": [], "label": []}, "removed": [],
    }  # fmt: skip
    return write(pool, latest(pool), files, content)


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(tmp_path / "pool")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    from huggingface_hub import constants, hf_api, hf_file_system

    with hub() as running:
        monkeypatch.setenv("HF_TOKEN", "x")
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        for module in (constants, hf_api, hf_file_system):
            for name in ("ENDPOINT", "HF_ENDPOINT"):
                if hasattr(module, name):
                    monkeypatch.setattr(module, name, running.url)
        template = "{endpoint}/{repo_id}/resolve/{revision}/{filename}"
        at = template.format(endpoint=running.url, repo_id="{repo_id}", revision="{revision}",
                             filename="{filename}")  # fmt: skip
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", at)
        monkeypatch.setattr(places.time, "sleep", lambda seconds: None)
        yield running


def test_a_second_version_sends_only_what_is_new(pool: Pool, server: Server) -> None:
    sent = publish(pool, released(pool, ["aa", "bb"]), TO)
    assert (sent.commits, len(sent.new)) == (1, 5)
    again = publish(pool, latest(pool) or pytest.fail(), TO)
    assert (again.commits, again.new) == (0, [])
    before = len(server.uploads)
    more = publish(pool, released(pool, ["aa", "cc"]), TO)
    assert len(server.uploads) == before + 1
    assert more.removed == ["sft/train-00001-bb.parquet"]
    repo = server.repos["tester/data"]
    assert list(repo["tags"]) == ["v1", "v2"]
    assert "sft/train-00001-bb.parquet" not in repo["files"]


def test_refusals_of_the_hub_are_waited_out_and_a_foreign_push_is_kept(
    pool: Pool, server: Server
) -> None:
    version = released(pool, ["aa"])
    server.faults = [
        ("POST", "/commit/", 429),
        ("POST", "/commit/", 500),
        ("POST", "/commit/", 412),
    ]
    assert publish(pool, version, TO).commits == 1
    server.push("tester/data", "notes.txt", b"theirs")
    publish(pool, released(pool, ["bb"]), TO)
    assert server.files("tester/data")["notes.txt"] == b"theirs"


def test_a_connection_that_dies_is_one_paragraph_and_the_next_run_does_the_rest(
    pool: Pool, server: Server
) -> None:
    version = released(pool, ["aa"])
    server.faults = [("POST", "/commit/", "die")]
    with pytest.raises(LongcotError, match="Run the same command again"):
        publish(pool, version, TO)
    assert publish(pool, version, TO).commits == 1
    assert len(server.uploads) == 1


def test_nothing_goes_where_it_may_not(
    pool: Pool, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = released(pool, ["aa"])
    with pytest.raises(LongcotError, match="cannot write for other"):
        publish(pool, version, "hf://datasets/other/data")
    with pytest.raises(LongcotError, match=r"refuses s \(CC BY-NC 4\.0, 2 rows\)"):
        publish(pool, version, TO, forbid=["nc"])
    Path(pool.path("releases/sft/train-00000-of-00001.parquet")).write_bytes(b"mine")
    with pytest.raises(LongcotError, match="was changed by hand"):
        publish(pool, version, TO)
    assert server.repos == {}


def test_a_folder_gets_the_same_and_no_secret_of_an_address(pool: Pool, tmp_path: Path) -> None:
    target = tmp_path / "there"
    publish(pool, released(pool, ["aa", "bb"]), str(target))
    assert len(publish(pool, latest(pool) or pytest.fail(), str(target)).kept) == 5
    told = b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())
    assert b"secret" not in told
    assert export(pool, latest(pool) or pytest.fail(), tmp_path / "out") == 2
    assert (tmp_path / "out/sft/train-00000-aa.parquet").is_file()


def test_three_hundred_files_are_four_commits_the_card_in_the_last() -> None:
    file = File("sft", "train", "p", 1, 1, "s")
    new: dict[str, Any] = {f"sft/{n}.parquet": file for n in range(300)}
    commits = _commits({**new, CARD: b"", "recipe.yaml": b"", "longcot.json": b""}, [])
    assert len(commits) == 4
    assert max(len(add) for add, _ in commits) <= 100
    assert [CARD in add for add, _ in commits] == [False, False, False, True]


def test_licences_are_read_as_the_hub_spells_them() -> None:
    assert identifier("CC BY-SA 4.0") == "cc-by-sa-4.0"
    assert identifier("Creative Commons Attribution-NonCommercial 4.0") == "cc-by-nc-4.0"
    assert identifier("Apache License 2.0") == identifier("Apache-2.0") == "apache-2.0"
    assert identifier(None) == "unknown"
    assert for_card(combined(["MIT", "mit"])) == "mit"
    refuse([{"source": "s", "license": "MIT", "rows": 1}], ["nc", "sa"])
