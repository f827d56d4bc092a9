"""A version to the Hub's stand-in and to a folder: what goes, what is refused, what is taken up."""

from pathlib import Path
from typing import Any

import pytest

from schemas.errors import LongcotError
from tasks.pool.store import Pool
from tasks.publishing.export import export
from tasks.publishing.layout import CARD
from tasks.publishing.licences import combined, for_card, identifier, refuse
from tasks.publishing.publish import _commits, publish
from tasks.publishing.versions import File, latest
from tests.servers.hub import Server
from tests.tasks.publishing.released import TO, released


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
