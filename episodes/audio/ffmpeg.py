"""PyAV, loaded at its first use: FFmpeg's libraries take 17 MB, and who serves pages, feeds and audio needs none of it.

Say `from episodes.audio.ffmpeg import av`. A type named in a signature is no use: such modules put off annotations.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["av"]

if TYPE_CHECKING:
    import av
    import av.error
    import av.filter
    import av.logging
else:

    class _AtFirstUse:
        """Stands for the module. Python's own lock of imports lets one thread load it while others wait."""

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module("av"), name)

    av = _AtFirstUse()
