"""PyAV, loaded at its first use: FFmpeg's libraries take 17 MB, and who serves pages, feeds and audio needs none of it.

Say `from episodes.audio.ffmpeg import av`.
"""

from typing import TYPE_CHECKING

from episodes.at_first_use import AtFirstUse

__all__ = ["av"]

if TYPE_CHECKING:
    import av
    import av.error
    import av.filter
    import av.logging
else:
    av = AtFirstUse("av")
