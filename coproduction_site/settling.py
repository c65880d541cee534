"""What a web server does with its memory before its workers part from it, so that they share as much as can be."""

import ctypes
import gc


def settle() -> None:
    """What is there by now is left out of the workers' search for garbage, which would write to all of it and so copy
    it. What importing left unused goes back to the system: 3 MB, which each worker would otherwise fill on its own.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc; other systems' C libraries have none
    if trim is not None:
        trim(0)
