"""Both tiers; a tier that this machine does not have is named and skipped."""

import pytest

from verifiers.sandbox import Sandbox, Tier, weakness


@pytest.fixture(scope="module", params=list(Tier))
def tier(request):
    why = weakness(request.param)
    if why:
        pytest.skip(f"no sandbox of tier {request.param} here: {why}")
    return request.param


@pytest.fixture(scope="module")
def sandbox(tier):
    with Sandbox(tier) as sandbox:
        yield sandbox
