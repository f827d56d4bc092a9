"""Both tiers; a tier that this machine does not have is named and skipped."""

import json

import pytest

from verifiers.kinds.programs.code import Bench, judge, read_suite
from verifiers.sandbox import Tier, weakness


@pytest.fixture(scope="module", params=list(Tier))
def bench(request):
    why = weakness(request.param)
    if why:
        pytest.skip(f"no sandbox of tier {request.param} here: {why}")
    bench = Bench(request.param)
    yield bench
    bench.close()


@pytest.fixture
def judged(bench):
    """Judge a program against tests given as JSON would hold them."""

    def judged(tests, program, every=False):
        with bench.pair() as pair:
            return judge(read_suite(json.dumps(tests)), program, pair, every)

    return judged
