"""What the C library does with memory that is given back to it."""

from __future__ import annotations

import ctypes
import sys

_MMAP_MAX, _TRIM_THRESHOLD = -4, -1  # as glibc's malloc.h names them, with M_ before
_ALL = 2**31 - 1  # bytes, the most it takes


def keep_freed_memory() -> None:
    """Let freed memory be taken again, in place of handing it back to the system each time.

    A step of a training takes and frees tensors beyond 32 MiB, hundreds of times a minute; handed
    back, each of their pages is cleared anew: a quarter of a step's time on a processor.
    Of the whole process, for as long as it lives: for a program, not for a library. Elsewhere than
    with glibc nothing happens.

    Source: mallopt(3).
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(_MMAP_MAX, 0)
        library.mallopt(_TRIM_THRESHOLD, _ALL)
