"""Two builds of one pool exclude each other, on a disk and on S3."""

import time

import pytest

from flows.runner import lock
from flows.runner.lock import alone
from schemas.errors import PoolError
from tasks.pool.store import Pool


def test_a_second_build_on_s3_is_refused_and_a_later_one_is_not(bucket: Pool) -> None:
    second = pytest.raises(PoolError, match=r"another build is running")
    with alone(bucket), second, alone(Pool(bucket.url)):
        pass
    with alone(bucket):
        pass


def test_of_two_that_find_one_lapsed_lease_one_gets_it(bucket: Pool) -> None:
    assert lock._create(bucket, 1, "one")
    assert not lock._create(bucket, 1, "two")
    assert lock._create(bucket, 1, "one")


@pytest.mark.slow
def test_a_build_that_died_is_taken_over_and_one_that_lives_is_not(
    bucket: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LAPSE", 3.0)
    monkeypatch.setattr(lock, "BEAT", 0.2)
    with alone(bucket):
        time.sleep(3.5)
        with pytest.raises(PoolError, match=r"another build"), alone(bucket):
            pass
    assert lock._create(bucket, 9, "dead")
    time.sleep(3.5)
    with alone(bucket):
        assert lock._numbers(bucket) == [10]


def test_a_build_that_was_taken_over_says_so(bucket: Pool) -> None:
    with pytest.raises(PoolError, match=r"another took the pool over"), alone(bucket):
        assert lock._create(bucket, 2, "other")


def test_a_build_that_was_taken_over_writes_no_more(
    bucket: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "BEAT", 3600.0)  # it sleeps, as a suspended machine does
    monkeypatch.setattr(lock, "LAPSE", 3601.0)
    with pytest.raises(PoolError, match=r"another took the pool over"), alone(bucket):
        bucket.put_json("a.json", {"a": 1})
        time.sleep(1.1)
        bucket.put_json("b.json", {"b": 1})  # it has lapsed, and nobody was there
        assert lock._create(bucket, 2, "other")
        with pytest.raises(PoolError, match=r"another took the pool over"):
            bucket.put_json("c.json", {"c": 1})
        with pytest.raises(PoolError, match=r"another took the pool over"):
            bucket.writing()
    assert bucket.exists("b.json") and not bucket.exists("c.json")
    assert lock._numbers(bucket) == [1, 2]
    told = bucket.fs.cat_file(lock._path(bucket, 2))
    assert b"other" in told


def test_other_stores_are_refused_by_name(tmp_path: object) -> None:
    pool = Pool(f"memory://{tmp_path}")
    with alone(pool):
        pass
    pool.fs = type("Other", (), {"protocol": "ftp"})()
    with pytest.raises(PoolError, match=r"cannot keep two builds apart on ftp://"), alone(pool):
        pass
