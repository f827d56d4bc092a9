"""Publishing a pool: its latest version, with what changed since the one before."""

from collections.abc import Callable, Sequence

from flows.runner.lock import alone
from tasks.pool.store import Pool
from tasks.publishing.diff.since import since
from tasks.publishing.publish import Sent
from tasks.publishing.publish import publish as send
from tasks.publishing.versions import Version, whole


def publish(
    pool: Pool,
    to: str,
    *,
    views: list[str] | None = None,
    private: bool = False,
    dry_run: bool = False,
    forbid: Sequence[str] = (),
    ignore_gates: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[Version, Sent]:
    """Bring a place to the latest version of a pool, which is held meanwhile.

    The arguments are those of tasks/publishing/publish.py:`publish`. Raises LongcotError.
    """
    _ = pool.manifest  # says so where there is no pool, before a folder is made for the lock
    with alone(pool):
        version = whole(pool)
        sent = send(
            pool, version, to, views=views, private=private, dry_run=dry_run, forbid=forbid,
            changed=since(pool, version), ignore_gates=ignore_gates, say=say,
        )  # fmt: skip
    return version, sent
