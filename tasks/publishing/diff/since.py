"""What a version has that the one before it had not, in words: for its card and its report."""

from schemas.errors import PoolError
from tasks.pool.store import Pool
from tasks.publishing.diff.changelog import changelog
from tasks.publishing.diff.rows import diff
from tasks.publishing.diff.sides import of_version
from tasks.publishing.versions import Version, numbers, whole

MOST = 2**30
"""Bytes of files that only one of two versions has, beyond which a build does not compare them."""


def since(pool: Pool, version: Version) -> str | None:
    """The difference to the version before as Markdown; None where that is not kept.

    Raises PoolError where a file of either is damaged.
    """
    parent = version.content["parent"]
    if parent not in numbers(pool):  # `longcot gc --keep` may have let it go
        return None
    found = diff(of_version(pool, whole(pool, parent)), of_version(pool, version))
    return changelog(parent, found)


def since_at_a_look(pool: Pool, version: Version) -> str | None:
    """The same for the end of a build, which neither waits long for it nor fails by it."""
    parent = version.content["parent"]
    if parent not in numbers(pool):
        return None
    try:
        before = {file.sha256: file.bytes for file in whole(pool, parent).files}
        now = {file.sha256: file.bytes for file in version.files}
        differ = before.keys() ^ now.keys()
        if sum({**before, **now}[digest] for digest in differ) <= MOST:
            return since(pool, version)
    except PoolError as error:
        return str(error)
    return f"longcot diff {parent} {version.number} --pool {pool.url}"
