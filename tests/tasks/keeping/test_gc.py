"""gc: what goes is what nothing needs, whatever was going on in the pool."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flows.build import finished, run
from schemas.errors import PoolError
from tasks.keeping.gc import collect, summed, survey
from tasks.keeping.needed import bought
from tasks.pool.jobs import Job
from tasks.pool.store import Pool, Receipt
from tasks.publishing.diff.rows import diff
from tasks.publishing.diff.sides import sides
from tasks.publishing.export import export
from tasks.publishing.versions import numbers, whole
from tests.flows.inline import Inline
from tests.tasks.keeping.conftest import Place

KILLED = """
import os, signal, sys
from fsspec.implementations.local import LocalFileSystem
from tasks.keeping.gc import collect, survey
from tasks.pool.store import Pool

left, remove = [int(sys.argv[2])], LocalFileSystem.rm_file

def counted(self, path):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    remove(self, path)

LocalFileSystem.rm_file = counted
pool = Pool(sys.argv[1])
collect(pool, survey(pool, 1))
"""


def gc(pool: Pool, keep: int | None = None) -> list[str]:
    found = survey(pool, keep)
    collect(pool, found)
    return [file.path for file in found if file.goes]


def good(place: Place, versions: list[int]) -> None:
    """The pool is what its recipe makes, and its versions are whole."""
    assert finished(place.recipe, place.pool.url) is not None
    assert numbers(place.pool) == versions
    for number in versions:
        target = place.folder / f"out-{number}"
        export(place.pool, whole(place.pool, number), target)
        assert list(target.glob("sft/*.parquet"))


def test_all_versions_stay_whole_and_nothing_is_to_be_done_again(place: Place) -> None:
    gone = gc(place.pool)
    assert gone and all(path.startswith(("selections/", "receipts/")) for path in gone)
    good(place, [1, 2])
    (row, _) = diff(*sides("1", "2", place.pool.url))
    assert row["added"] > 0 and row["removed"] == 0
    assert gc(place.pool) == []


def test_what_only_an_older_version_needs_goes_with_it_and_is_made_again_the_same(
    place: Place,
) -> None:
    before = place.files()
    rows = {row["what"]: row for row in summed(survey(place.pool, 1))}
    assert rows["released files"]["can go"] > 0 and rows["tables"]["can go"] > 0
    gone = gc(place.pool, 1)
    assert {path: data for path, data in before.items() if path not in gone} == place.files()
    good(place, [2])
    place.write(12, views={"sft": {"where": "verdict = 'correct'"}, "rlvr": {}})
    place.build()
    files = [path for path in gone if path.startswith("releases/.store") and "parquet" in path]
    assert files and all(place.files()[path] == before[path] for path in files)


class Killed(Inline):
    """Stops before a stage."""

    def jobs(self, pool: Pool, step: str, jobs: list[Job]) -> list[Receipt]:  # type: ignore[override]
        if step == "grade":
            raise KeyboardInterrupt
        return super().jobs(pool, step, jobs)


def test_what_an_unfinished_build_has_done_stays(place: Place) -> None:
    place.write(20)
    with pytest.raises(KeyboardInterrupt):
        run(place.recipe, place.pool.url, Killed())
    gc(place.pool, 1)
    again = Inline()
    run(place.recipe, place.pool.url, again)
    assert not {"screen", "verify", "measure"} & {*again.ran} and "grade" in again.ran


def test_what_was_paid_for_stays_though_it_is_not_live(place: Place) -> None:
    path = next(path for path in place.files() if path.startswith("receipts/generate/"))
    told = {**json.loads(place.files()[path]), "key": "0" * 16}
    told.pop("digest")
    shard = {**told["outputs"][0], "path": f"traces/generate-{'0' * 16}.parquet"}
    live = replace(Receipt(**{**told, "outputs": []}), facts={"wall": 1.0})
    for receipt, stays in ((live, True), (replace(live, facts={"wall": 1.0, "of": "x"}), False)):
        content = {**vars(receipt), "outputs": [shard]}
        place.pool.put(shard["path"], lambda sink: sink.write(b"rows"))
        place.pool.put_json(f"receipts/generate/{'0' * 16}.json", content)
        manifest = place.pool.get_json("manifest.json")  # written later than the receipt
        place.pool.put_json("manifest.json", manifest)
        assert (shard["path"] not in gc(place.pool)) is stays


def test_a_shard_of_traces_without_a_receipt_stays_one_of_verdicts_goes(place: Place) -> None:
    for table in ("traces", "verdicts"):
        place.pool.put(f"{table}/x-{'1' * 16}.parquet", lambda sink: sink.write(b"rows"))
    gone = gc(place.pool)
    assert f"traces/x-{'1' * 16}.parquet" not in gone
    assert f"verdicts/x-{'1' * 16}.parquet" in gone
    assert not bought(Receipt("verify", "k", "l"))


def test_a_pool_whose_first_build_has_not_finished_is_left_alone(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.write(3)
    with pytest.raises(KeyboardInterrupt):
        run(place.recipe, place.pool.url, Killed())
    with pytest.raises(PoolError, match="build first"):
        survey(place.pool)


def test_a_kill_in_the_middle_leaves_a_good_pool_and_the_next_run_does_the_rest(
    copied: Callable[[str], Place],
) -> None:
    undisturbed = copied("undisturbed")
    total = len(gc(undisturbed.pool, 1))
    for at in (0, 1, total // 2, total - 1):
        place = copied(f"killed-{at}")
        command = [sys.executable, "-c", KILLED, place.pool.url, str(at)]
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
        good(place, [1, 2] if at <= 1 else [2])  # the report goes first, then the version
        gc(place.pool, 1)
        assert place.files() == undisturbed.files()
