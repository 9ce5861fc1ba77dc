"""How the C library deals with memory that is given back: a step frees and asks for the same sizes again and again."""

from __future__ import annotations

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # glibc's names of the two settings (mallopt(3))
LARGEST = 2**31 - 1
SEPARATE = 2**30  # bytes from which on a request gets pages of its own, which go back to the system when freed


def keep_freed_memory() -> bool:
    """Let this process keep what tensors free, instead of handing it to the system and having it zeroed anew.

    Without it each large tensor of a step costs a page fault per 4 KiB. True where the C library took the setting;
    False elsewhere (macOS, Windows, musl), where nothing is changed.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt") or not hasattr(library, "gnu_get_libc_version"):
        return False
    return bool(library.mallopt(MMAP_THRESHOLD, SEPARATE) and library.mallopt(TRIM_THRESHOLD, LARGEST))
