"""A version to the Hub's stand-in and to a folder: what goes, what is refused, what is taken up."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import LongcotError
from tasks.pool.store import Pool
from tasks.publishing.export import export
from tasks.publishing.layout import CARD, files_of, named_here
from tasks.publishing.licences import combined, for_card, identifier, refuse
from tasks.publishing.publications import published
from tasks.publishing.publish import _commits, publish
from tasks.publishing.versions import File, Version, latest
from tests.patience import patience, wait_for
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


CLIENT = """
import sys
from tasks.pool.store import Pool
from tasks.publishing.publish import publish
from tasks.publishing.versions import whole
pool = Pool(sys.argv[1])
publish(pool, whole(pool), sys.argv[2])
"""


@pytest.mark.slow
def test_a_client_that_is_killed_three_times_is_taken_up(
    pool: Pool, server: Server, tmp_path: Path
) -> None:
    keys = [f"{number:04x}" for number in range(300)]
    released(pool, keys)
    known = {"HF_ENDPOINT": server.url, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(tmp_path)}

    def client() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-c", CLIENT, pool.root, TO], env={**os.environ, **known}
        )

    def commits() -> int:
        return len(server.repos["tester/data"]["commits"]) if server.repos else 0

    def killed_once(holds: Callable[[], bool]) -> "subprocess.Popen[bytes]":
        with client() as running:
            wait_for(lambda: holds() or running.poll() is not None, 120)
            running.kill()
        return running

    moments = (lambda: len(server.uploads) > 20, lambda: commits() == 1, lambda: commits() == 3)
    for moment in moments:
        running = killed_once(moment)
        assert running.returncode == -9, "it ended before it was killed"
        assert CARD not in server.files("tester/data")  # nobody reads half a version
    with client() as running:
        assert running.wait(patience(120)) == 0
    assert len(server.uploads) == len(set(server.uploads)) == 300
    assert commits() == 4
    repo = server.repos["tester/data"]
    assert repo["tags"] == {"v1": repo["head"]}
    assert len(published(pool)) == 1


def test_a_version_counts_as_published_before_its_tag(pool: Pool, server: Server) -> None:
    version = released(pool, ["aa"])
    server.faults = [("POST", "/tag/", "die")]
    with pytest.raises(LongcotError, match="the version is there, but not its tag v1"):
        publish(pool, version, TO)
    assert [row["version"] for row in published(pool)] == [1]
    publish(pool, version, TO)
    assert list(server.repos["tester/data"]["tags"]) == ["v1"]


def test_a_hub_without_tags_is_said(pool: Pool, server: Server) -> None:
    told: list[str] = []
    server.faults = [("POST", "/tag/", 404)]
    publish(pool, released(pool, ["aa"]), TO, say=told.append)
    assert told[-1].startswith("no tag v1")


def test_a_name_that_the_hub_keeps_for_something_else_is_one_paragraph(
    pool: Pool, server: Server
) -> None:
    version = released(pool, ["aa"])
    with pytest.raises(
        LongcotError, match=r"a repository is hf://datasets/USER/NAME: Repo id must"
    ):
        publish(pool, version, "hf://datasets/tester/no name")
    server.taken.add("tester/data")
    with pytest.raises(LongcotError, match="the name is taken, and not by a dataset"):
        publish(pool, version, TO)
    assert server.uploads == []


def test_other_peoples_files_stay(pool: Pool, server: Server, tmp_path: Path) -> None:
    theirs = ("sft/train-00000-of-00001.parquet", "sft/mine.parquet", "more/x.parquet")
    publish(pool, released(pool, ["aa"]), TO)
    publish(pool, latest(pool) or pytest.fail(), str(tmp_path / "there"))
    for path in theirs:
        server.push("tester/data", path, b"theirs")
        (tmp_path / "there" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "there" / path).write_bytes(b"theirs")
    second = released(pool, ["bb"])
    for to in (TO, str(tmp_path / "there")):
        assert publish(pool, second, to).removed == ["sft/train-00000-aa.parquet"]
    assert set(theirs) <= set(server.files("tester/data"))
    assert all((tmp_path / "there" / path).exists() for path in theirs)


names = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True)


@given(names, names, st.text("0123456789abcdef", min_size=16, max_size=16))
def test_the_names_that_are_given_are_known_again(view: str, split: str, key: str) -> None:
    file = File(view, split, f"releases/.store/{view}/{key}.parquet", 1, 1, "s")
    version = Version(1, [file], {"views": [view]})
    assert all(named_here(path) for path in files_of(version, [view]))


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


@pytest.mark.parametrize("term", ["nc", " NC", "non-commercial", "cc-by-nc-4.0", "cc"])
def test_a_term_is_refused_however_it_is_spelt(term: str) -> None:
    with pytest.raises(LongcotError, match="refuses s "):
        refuse([{"source": "s", "license": "CC BY-NC 4.0", "rows": 1}], [term])


def test_a_term_that_no_licence_has_is_told_and_not_passed_over() -> None:
    with pytest.raises(LongcotError, match="--forbid ncc: no licence has this term"):
        refuse([{"source": "s", "license": "CC BY-NC 4.0", "rows": 1}], ["ncc"])
    refuse([{"source": "s", "license": "MIT", "rows": 1}], ["unknown", "gpl"])
