"""Memory that is let go of goes back to the system, for a server that runs for weeks.

The C library keeps freed memory for each thread, for the next time. With a dozen threads and arrays of ever other sizes
that grows for hours, although what Python holds stays the same. And Python looks for what only holds itself when a
quarter more is there than the last time: a run that was dropped, with all its arrays, may wait for that for long.
"""

import ctypes
import gc
import sys
from functools import cache
from typing import Any

ARENA_MAX, MMAP_THRESHOLD = -8, -3  # names of mallopt(3)
ARENAS = 2  # pools that all threads share
LARGE = 2**18  # bytes; from there on a piece comes from the system and goes back to it
EVERY = 30.0  # seconds between two times that memory is given back


def frugal() -> bool:
    """Call it before threads are started. False where the C library is another than glibc: then nothing is done."""
    library = _glibc()
    return library is not None and bool(library.mallopt(ARENA_MAX, ARENAS) and library.mallopt(MMAP_THRESHOLD, LARGE))


def give_back() -> None:
    """What only holds itself is found, and whole pages that are free go back to the system. Takes milliseconds."""
    gc.collect()
    if library := _glibc():
        library.malloc_trim(0)


@cache
def _glibc() -> Any:
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL("libc.so.6")
        return library if library.mallopt and library.malloc_trim else None
    except (OSError, AttributeError):
        return None
