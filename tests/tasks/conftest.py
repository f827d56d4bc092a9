from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.pool.store import Pool
from tasks.verdicts import verifier_pool


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(tmp_path / "pool")


@pytest.fixture(scope="session", autouse=True)
def _verifiers() -> Iterator[None]:
    """The verifier processes that the tests of a run share end with it."""
    with verifier_pool.session():
        yield
