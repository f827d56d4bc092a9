import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from flows.runner.helpers import FEW, TRIES, Helpers
from schemas.errors import MachineError, SourceError


@pytest.fixture
def helpers() -> Iterator[Helpers]:
    made = Helpers(2)
    yield made
    made.close()


def process(number: int) -> tuple[int, int]:
    return number, os.getpid()


def slowly(number: int) -> tuple[int, int]:
    time.sleep(0.02)
    return process(number)


def complain(number: int) -> int:
    raise SourceError(f"row {number}: no problem")


def die(marks: Path, number: int) -> int:
    """End the process that does it, the first time."""
    time.sleep(0.01)
    mark = marks / str(number)
    if number == 290 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def always_die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_few_items_start_no_process(helpers: Helpers) -> None:
    assert set(helpers.each(process, range(FEW))) == {(n, os.getpid()) for n in range(FEW)}


def test_many_are_done_in_order_and_in_other_processes(helpers: Helpers) -> None:
    helpers.run(process, 0)
    found = list(helpers.each(slowly, range(300)))
    assert [number for number, _ in found] == list(range(300))
    others = {pid for _, pid in found[100:]}
    assert os.getpid() not in others and 1 <= len(others) <= 2


def test_nothing_waits_for_processes_that_start(helpers: Helpers) -> None:
    found = [pid for _, pid in helpers.each(slowly, range(600))]
    first = next(n for n, pid in enumerate(found) if pid != os.getpid())
    assert first > FEW, "what comes while they start is done here"
    assert os.getpid() not in found[first:]


def test_the_same_processes_do_the_next_work_until_they_are_closed(helpers: Helpers) -> None:
    before = helpers.run(process, 1)[1]
    assert before in {helpers.run(process, n)[1] for n in range(20)}
    helpers.close()
    assert before not in {helpers.run(process, n)[1] for n in range(20)}


def test_an_error_is_the_one_that_was_raised(helpers: Helpers) -> None:
    with pytest.raises(SourceError, match="row 12: no problem"):
        helpers.run(complain, 12)


def test_what_a_process_died_over_is_begun_again(helpers: Helpers, tmp_path: Path) -> None:
    helpers.run(process, 0)
    found = list(helpers.each(partial(die, tmp_path), range(300)))
    assert found == list(range(300))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_work_over_which_every_process_dies_ends(helpers: Helpers) -> None:
    with pytest.raises(MachineError, match=f"died {TRIES} times over the same work"):
        helpers.run(always_die, 1)
