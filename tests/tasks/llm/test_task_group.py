import asyncio

import pytest

from schemas.errors import TeacherError
from tasks.llm.task_group import together


async def fail(error: BaseException, after: float = 0.0) -> None:
    await asyncio.sleep(after)
    raise error


async def run(*errors: BaseException) -> list[str]:
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    try:
        async with together() as group:
            group.create_task(wait())
            await asyncio.sleep(0)
            for error in errors:
                group.create_task(fail(error))
    finally:
        assert ended == ["cancelled"]
    return ended


def test_the_first_error_leaves_bare_and_ends_the_others():
    with pytest.raises(TeacherError, match="one"):
        asyncio.run(run(TeacherError("one"), TeacherError("two")))


def test_a_defect_is_never_hidden_behind_an_error():
    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(run(TeacherError("one"), ZeroDivisionError("two")))
    assert caught.group_contains(ZeroDivisionError, match="two")


def test_groups_in_groups_are_opened():
    async def nested() -> None:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(fail(TeacherError("within")))

    async def outside() -> None:
        async with together() as group:
            group.create_task(nested())

    with pytest.raises(TeacherError, match="within"):
        asyncio.run(outside())
