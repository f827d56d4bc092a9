"""What a step frees goes back to the system: the next one has other needs, and other processes too.

Arrow's own allocator and glibc keep freed memory for the next time. Texts are large and come by the
shard: a third of what a process held after measuring a few was free. Measured on 100,000 traces of
8 kB: releasing takes half as long again, the whole build some 4 % more, and the peak of a release
is 1,000 MB instead of 1,180.
"""

import ctypes
import os
import sys
from contextlib import suppress

LARGE = 128 * 2**10
"""Bytes from which an allocation is the system's own, and goes back to it when it is freed."""

ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(LARGE),
    "MALLOC_TRIM_THRESHOLD_": str(LARGE),
}
"""For processes that a build starts."""

TRIM, MMAP, ARENAS = -1, -3, -8
"""The same as glibc's `mallopt` numbers them."""


def settle() -> None:
    """Have it so in this process, as far as its environment says nothing else."""
    if "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
        import pyarrow as pa

        pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):  # another C library
        libc = ctypes.CDLL("libc.so.6")
        for name, number in (
            ("MALLOC_TRIM_THRESHOLD_", TRIM), ("MALLOC_MMAP_THRESHOLD_", MMAP),
            ("MALLOC_ARENA_MAX", ARENAS),
        ):  # fmt: skip
            if name not in os.environ:
                libc.mallopt(number, int(ENVIRONMENT[name]))
