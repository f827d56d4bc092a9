"""A pool, and the stand-in for the Hub as huggingface_hub sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.pool.store import Pool
from tasks.publishing import hub as places
from tests.servers.hub import Server, hub


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
        hf_file_system.HfFileSystem.clear_instance_cache()
        yield running
