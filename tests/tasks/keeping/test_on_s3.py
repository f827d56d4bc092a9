"""gc and forget on object storage do what they do in a folder."""

from pathlib import Path

import pytest

from flows.build import finished
from schemas.identity import problem_id
from tasks.keeping.family import descendants, every_row
from tasks.keeping.forget import forget
from tasks.keeping.fsck import fsck
from tasks.keeping.gc import collect, survey
from tasks.pool.store import Pool
from tasks.publishing.export import export
from tasks.publishing.versions import numbers, whole
from tests.flows.inline import build
from tests.flows.problems import statement
from tests.tasks.keeping.conftest import Place

GONE = problem_id(statement(4))


@pytest.mark.slow
def test_a_row_leaves_every_version_and_what_nothing_needs_goes(
    bucket: Pool, tmp_path: Path
) -> None:
    place = Place(tmp_path)
    for count in (8, 10):
        place.write(count, views={"sft": {"where": "verdict = 'correct'"}, "rlvr": {}})
        build(place.recipe, bucket.url)
    assert numbers(Pool(bucket.url)) == [1, 2]

    family = descendants({GONE}, *every_row(Pool(bucket.url)))
    assert forget(Pool(bucket.url), family)
    assert list(fsck(Pool(bucket.url), deep=True)) == []
    pool = Pool(bucket.url)
    for number in (1, 2):
        export(pool, whole(pool, number), tmp_path / f"out-{number}")
    build(place.recipe, bucket.url)
    assert finished(place.recipe, bucket.url) is not None

    found = survey(Pool(bucket.url), 1)
    collect(Pool(bucket.url), found)
    assert any(file.goes for file in found)
    assert numbers(Pool(bucket.url)) == [3]
    assert list(fsck(Pool(bucket.url), deep=True)) == []
    assert finished(place.recipe, bucket.url) is not None
    held = b"".join(pool.fs.cat(path) for path in pool.fs.find(pool.path("")) if "json" in path)
    assert statement(4).encode() not in held
