"""The picture that stands for a page when it is shared: 1200 × 630, cover on one side, words on the other."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

SIZE_PX = (1200, 630)
PAPER, INK, MUTED, BRAND, ACCENT = "#fbfaf6", "#1d2a33", "#51606b", "#1f5b66", "#8a4b12"
COVER_PX = 630
LEFT, RIGHT = COVER_PX + 50, SIZE_PX[0] - 50
SMALLEST_TITLE, LARGEST_TITLE = 34, 66

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def draw_share_image(title: str, show: str, kicker: str, cover: bytes | None, fonts: Path) -> bytes:
    """A JPEG. `kicker` is a short line above the title; `fonts` holds the site's serif and sans as WOFF2."""
    image = Image.new("RGB", SIZE_PX, PAPER)
    draw = ImageDraw.Draw(image)
    art = _cover(cover)
    if art is None:
        draw.rectangle((0, 0, 26, SIZE_PX[1]), fill=BRAND)
        left = 90
    else:
        image.paste(art, (0, 0))
        left = LEFT
    serif = fonts / "source-serif-4-latin-wght-normal.woff2"
    sans = fonts / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
    width = RIGHT - left
    lines, size = _fitted(title, serif, width, 330)
    font = _font(serif, size, 600)
    height = round(size * 1.16)
    y = 120 + max(0, (330 - height * len(lines)) // 2)
    draw.text((left, y - 52), _cut(kicker, _font(sans, 28, 650), width), font=_font(sans, 28, 650), fill=ACCENT)
    for line in lines:
        draw.text((left, y), line, font=font, fill=INK)
        y += height
    draw.line((left, 520, left + 64, 520), fill=BRAND, width=5)
    draw.text((left, 544), _cut(show, _font(sans, 30, 500), width), font=_font(sans, 30, 500), fill=MUTED)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _cover(content: bytes | None) -> Image.Image | None:
    if not content:
        return None
    try:
        with Image.open(io.BytesIO(content)) as opened:
            return opened.convert("RGB").resize((COVER_PX, COVER_PX), Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, ValueError):
        return None


def _font(path: Path, size: int, weight: int) -> Font:
    if not path.is_file():
        return ImageFont.load_default(size)
    font = ImageFont.truetype(str(path), size)
    font.set_variation_by_axes([weight])
    return font


def _fitted(text: str, font_path: Path, width: int, height: int) -> tuple[list[str], int]:
    """The largest size at which the text fits the box, and its lines; what does not fit at the smallest is cut."""
    for size in range(LARGEST_TITLE, SMALLEST_TITLE - 1, -4):
        font = _font(font_path, size, 600)
        lines = _wrapped(text, font, width)
        if len(lines) * size * 1.16 <= height and all(font.getlength(line) <= width for line in lines):
            return lines, size
    size = SMALLEST_TITLE
    font = _font(font_path, size, 600)
    most = int(height / (size * 1.16))
    lines = _wrapped(text, font, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    return [_cut(line, font, width) for line in lines], size


def _wrapped(text: str, font: Font, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines or [""]


def _cut(text: str, font: Font, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
