"""Draw the cover of the example show: two circles that overlap, and where they do, a voice."""

import io
import math
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

SIDE_PX = 3000
TITLE = ("The Power of", "Coproduction")
ALT = (
    "Two large circles, one pale and one ochre, overlap on deep teal. Where they meet, a sound wave rises. "
    "Below stands the title: The Power of Coproduction."
)
_TEAL, _PAPER, _OCHRE, _LIGHT = "#163f48", "#fbfaf6", "#e8a867", "#fce9b8"
_SERIF = Path("fonts/source-serif-4-latin-wght-normal.woff2")


def draw_cover(static_dir: Path | None = None) -> bytes:
    """A PNG of 3000 × 3000 pixels; the same bytes each time with the same Pillow.

    The site's serif is taken from `static_dir`; without it Pillow's own letters stand in.
    """
    image = Image.new("RGB", (SIDE_PX, SIDE_PX), _TEAL)
    left, right = _disc(1085, 1130, 790), _disc(1915, 1130, 790)
    image.paste(_PAPER, mask=left)
    image.paste(_OCHRE, mask=right)
    image.paste(_LIGHT, mask=ImageChops.multiply(left, right))
    _draw_voice(image)
    _draw_title(image, static_dir)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def _disc(x: int, y: int, radius: int) -> Image.Image:
    """A mask with smooth edges: drawn twice as large, then halved."""
    mask = Image.new("L", (2 * SIDE_PX, 2 * SIDE_PX), 0)
    ImageDraw.Draw(mask).ellipse((2 * (x - radius), 2 * (y - radius), 2 * (x + radius), 2 * (y + radius)), fill=255)
    return mask.resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX)


def _draw_voice(image: Image.Image) -> None:
    """Rounded bars, tallest in the middle of the overlap."""
    draw = ImageDraw.Draw(image)
    count, step, width = 9, 76, 34
    for n in range(count):
        offset = n - (count - 1) / 2
        height = 620 * math.exp(-((offset / 2.6) ** 2)) * (1.0 if n % 2 == 0 else 0.58) + 60
        x = SIDE_PX / 2 + offset * step
        box = (x - width / 2, 1130 - height / 2, x + width / 2, 1130 + height / 2)
        draw.rounded_rectangle(box, radius=width / 2, fill=_TEAL)


def _draw_title(image: Image.Image, static_dir: Path | None) -> None:
    draw = ImageDraw.Draw(image)
    small, large = _font(static_dir, 210, 400), _font(static_dir, 405, 600)
    draw.text((SIDE_PX / 2, 2230), TITLE[0], font=small, fill=_LIGHT, anchor="ms")
    draw.text((SIDE_PX / 2, 2610), TITLE[1], font=large, fill=_PAPER, anchor="ms")


def _font(static_dir: Path | None, size: int, weight: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        font = ImageFont.truetype(str((static_dir or Path()) / _SERIF), size)
        font.set_variation_by_axes([weight])
    except OSError:
        return ImageFont.load_default(size * 0.88)
    return font
