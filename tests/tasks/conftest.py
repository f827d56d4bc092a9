from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks import judges
from tasks.pool import Pool


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    return Pool(tmp_path / "pool")


@pytest.fixture(scope="session", autouse=True)
def _verifiers() -> Iterator[None]:
    """The verifier processes that the tests of a run share end with it."""
    with judges.session():
        yield
