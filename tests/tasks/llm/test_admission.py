"""Admission: expected tokens in flight stay under the limit, the longest goes first."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.llm.admission import Admission, Gate, Load, load_of
from tests.patience import patience

METRICS = """
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{model_name="m"} 3.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{model_name="m"} 2.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{model_name="m"} 0.5
# TYPE vllm:num_preemptions_total counter
vllm:num_preemptions_total{model_name="m"} 7.0
# TYPE vllm:cache_config_info gauge
vllm:cache_config_info{block_size="16",num_gpu_blocks="1000"} 1.0
"""


def gate(limit: float = 100.0, **more: float) -> Gate:
    load = Load(running=1, waiting=0, cache=0.1, preemptions=0, capacity=limit)
    return Gate(8, limit, seen=load, **more)  # type: ignore[arg-type]


def test_vllm_s_metrics_are_read_and_others_are_none() -> None:
    assert load_of(METRICS) == Load(3.0, 2.0, 0.5, 7.0, 16_000)
    assert load_of("# TYPE up gauge\nup 1\n") is None
    assert load_of(METRICS.replace('num_gpu_blocks="1000"', 'num_gpu_blocks="None"')) == Load(
        3.0, 2.0, 0.5, 7.0, None
    )


@given(st.lists(st.integers(1, 150), min_size=1, max_size=60), st.randoms())
def test_the_limit_holds_and_everyone_gets_in_at_last(
    sizes: list[int], draw: random.Random
) -> None:
    async def run() -> None:
        admission = Admission([gate(100), gate(60)])
        inside: list[tuple[int, int]] = []

        async def one(size: int) -> None:
            replica = await admission.enter(size)
            inside.append((replica, size))

        tasks = [asyncio.create_task(one(size)) for size in sizes]
        left = 0
        while left < len(sizes):
            await asyncio.sleep(0)
            for number, limit in enumerate((100, 60)):
                held = [size for replica, size in inside if replica == number]
                assert sum(held) <= limit or len(held) == 1
            if inside:
                replica, size = inside.pop(draw.randrange(len(inside)))
                admission.leave(replica, size)
                left += 1
        await asyncio.gather(*tasks)
        assert all(g.tokens == 0 and g.requests == 0 for g in admission.gates)

    asyncio.run(run())


def test_the_longest_goes_first() -> None:
    async def run() -> list[int]:
        admission, order = Admission([Gate(1)]), []

        async def one(size: int) -> None:
            replica = await admission.enter(size)
            order.append(size)
            await asyncio.sleep(0)
            admission.leave(replica, size)

        await asyncio.gather(*(one(size) for size in (5, 1, 9, 3, 7)))
        return order

    assert asyncio.run(run()) == [5, 9, 7, 3, 1]  # the first found the door open


def test_a_cancelled_waiter_holds_nobody() -> None:
    async def run() -> None:
        admission = Admission([Gate(1)])
        replica = await admission.enter(1)
        waiting = asyncio.create_task(admission.enter(50))
        behind = asyncio.create_task(admission.enter(2))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        admission.leave(replica, 1)
        assert await asyncio.wait_for(behind, patience(1)) == 0

    asyncio.run(run())


def test_a_replica_that_is_down_gets_nothing_and_the_other_all() -> None:
    async def run() -> set[int]:
        admission = Admission([Gate(10), Gate(10)])
        admission.gates[0].up = False
        return {await admission.enter(1) for _ in range(10)}

    assert asyncio.run(run()) == {1}


def test_closing_tells_everyone_why_once_those_inside_have_left() -> None:
    async def run() -> None:
        admission = Admission([Gate(1)])
        place = await admission.enter(1)
        waiting = asyncio.create_task(admission.enter(1))
        await asyncio.sleep(0)
        admission.close(RuntimeError("gone"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        admission.leave(place, 1)
        for late in (waiting, admission.enter(1)):
            with pytest.raises(RuntimeError, match="gone"):
                await late

    asyncio.run(run())


def test_the_limit_follows_the_server() -> None:
    def load(running: float, waiting: float = 0, preemptions: float = 0) -> Load:
        return Load(running, waiting, 0.5, preemptions, 1000)

    door = Gate(8, tokens=1000)
    door.observe(load(10))
    assert door.limit == 1000, "what the cache holds"
    door.observe(load(10))
    assert door.limit == pytest.approx(1100), "nothing waits and we hold back: more"
    door.observe(load(10, preemptions=1))
    assert door.limit == pytest.approx(990), "it had to preempt: less"
    door.observe(load(10, waiting=10, preemptions=1))
    assert door.limit == pytest.approx(1000 * 12 / 20), "half waits there: what runs, and a few"
    door.tokens = 100
    door.observe(load(2, preemptions=1))
    assert door.limit == pytest.approx(600), "the limit is not what holds us back: unchanged"
