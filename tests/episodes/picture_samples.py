"""Pictures of every kind, good and bad, made on the spot."""

import io
import struct
import zlib

from PIL import Image, ImageDraw


def picture(width: int = 1400, height: int | None = None, mode: str = "RGB", fmt: str = "JPEG", **save) -> bytes:
    """A picture whose upper left quarter is red, the rest of it teal."""
    height = height or width
    image = Image.new("RGB", (width, height), "#1f5b66")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2, height // 2), fill="#c02020")
    out = io.BytesIO()
    image.convert(mode).save(out, fmt, **save)
    return out.getvalue()


def png_header(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that only claims its size, with further chunks."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*c) for c in chunks) + chunk(b"IEND", b"")
