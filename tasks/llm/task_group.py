"""Tasks of which the first that fails ends the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from schemas.errors import LongcotError


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose first LongcotError leaves it bare.

    Not `except*`: what that raises came wrapped in a group again before Python 3.11.4. Other errors
    than longcot's own leave as the group that they came in, with every traceback.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        ours, others = errors.split(LongcotError)
        if ours is None or others is not None:
            raise
        error: BaseException = ours
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None
