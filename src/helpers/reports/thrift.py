"""Give memory back to the system that the work on pages needed only for a moment."""

import ctypes
from functools import cache
from typing import Any

# From glibc's malloc.h.
ARENA_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD = -8, -3, -1
BIG = 128 * 1024


@cache
def _allocator() -> Any:
    """Return the C library; None where its allocator is another than glibc's."""
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def save_memory() -> None:
    """Let this process's threads share one heap, and big blocks go back as soon as they are free.

    Each thread would else keep the pages it has made, half a megabyte of text several times over,
    in a heap of its own: a third of the process. There is nothing to lose, for the threads hold
    Python's lock whenever they allocate. It holds for the rest of the process, so it is for
    commands, not for programs that call us. Other allocators are left alone.
    """
    if library := _allocator():
        for setting, value in ((ARENA_MAX, 1), (MMAP_THRESHOLD, BIG), (TRIM_THRESHOLD, BIG)):
            library.mallopt(setting, value)


def give_back() -> None:
    """Give free memory back now; it takes less than a millisecond."""
    if library := _allocator():
        library.malloc_trim(0)
