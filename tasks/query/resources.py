"""How much memory and how many threads DuckDB may use: half of what there is, unless set.

`LONGCOT_MEMORY` (such as `2GB`) and `LONGCOT_THREADS` say otherwise; `--memory` and `--threads` of
the command line set them. What does not fit is spilled to the temporary folder. `LONGCOT_THREADS`
is also how many verifiers a process has at most (tasks/verdicts/verifier_pool.py).
"""

import os
import re
from pathlib import Path

from schemas.errors import QueryError

LEAST = 256 * 2**20
CGROUP = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)


def set_limits(memory: str | None, threads: int | None) -> None:
    """Set the limits of this process. Raises QueryError where they are none."""
    if memory is not None:
        if not re.fullmatch(r"\d+(\.\d+)?\s*[KMGT]i?B", memory, re.IGNORECASE):
            raise QueryError(f"--memory {memory}: a size with its unit, such as 512MB or 4GB")
        os.environ["LONGCOT_MEMORY"] = memory
    if threads is not None:
        os.environ["LONGCOT_THREADS"] = str(threads)


def memory() -> str:
    """DuckDB's memory limit."""
    return os.environ.get("LONGCOT_MEMORY") or f"{max(_available() // 2, LEAST) // 2**20}MiB"


def threads() -> int:
    """DuckDB's threads: half of the cores that this process may use, at least one."""
    own = os.environ.get("LONGCOT_THREADS", "")
    return int(own) if own.isdigit() and int(own) else max(1, len(os.sched_getaffinity(0)) // 2)


def share(workers: int) -> dict[str, str]:
    """The environment of one of so many workers on this machine; what is set already stays."""
    cores = str(max(1, len(os.sched_getaffinity(0)) // workers))
    part = f"{max(_available() // 2 // workers, LEAST) // 2**20}MiB"
    own = {"LONGCOT_MEMORY": part, "LONGCOT_THREADS": cores, "POLARS_MAX_THREADS": cores}
    return {**own, **{name: os.environ[name] for name in own if os.environ.get(name)}}


def _available() -> int:
    """Bytes of memory of the machine, or of the control group where it grants less."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in CGROUP:
        try:
            text = Path(path).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            found.append(int(text))
    return min(found)
