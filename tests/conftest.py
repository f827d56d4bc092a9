"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.servers.s3 import bucket, s3
from tests.servers.vllm import small_model, tiny_teacher, vllm, vllm_command

__all__ = [
    "bucket",
    "s3",
    "small_model",
    "tiny_teacher",
    "vllm",
    "vllm_command",
]

# A busy machine is no reason to fail; on CI hypothesis draws the same examples every time.
settings.register_profile("longcot", settings(), deadline=None, max_examples=50)
settings.load_profile("longcot")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public problems and traces; the test is skipped where there is none."""
    folder = os.environ.get("LONGCOT_REAL_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("set LONGCOT_REAL_DATA to the folder of real problems and traces to run this")
    return Path(folder)
