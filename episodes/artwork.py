"""Turn an uploaded picture into one that apps and browsers can be given, or refuse it in a sentence."""

import hashlib
import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

COVER_MIN_PX, COVER_MAX_PX = 1400, 3000
COVER_WIDTHS_PX = (96, 192, 384, 768, 1400)
PORTRAIT_MIN_PX, PORTRAIT_MAX_PX = 240, 1200
PORTRAIT_WIDTHS_PX = (96, 192, 384, 768)
MOST_FILE_BYTES = 30_000_000
MOST_PIXELS = 40_000_000
# Several directories refuse larger covers.
COVER_TARGET_BYTES = 500_000

_OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"GIF8", "a GIF"),
    (8, b"WEBP", "a WebP picture"),
    (0, b"%!PS", "an EPS or PostScript drawing"),
    (0, b"\xc5\xd0\xd3\xc6", "an EPS drawing"),
    (0, b"%PDF", "a PDF document"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (4, b"ftypheic", "a HEIC photo of a phone"),
    (4, b"ftypmif1", "a HEIC photo of a phone"),
    (4, b"ftypavif", "an AVIF picture"),
    (0, b"BM", "a BMP picture"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"ID3", "an audio file"),
)

# What Pillow raises for EXIF that is cut off or was never any.
_BROKEN_EXIF = (OSError, ValueError, SyntaxError, OverflowError, LookupError, TypeError, AttributeError, struct.error)


class ArtworkError(ValueError):
    """The picture cannot be used; the message says what was found and what to do."""


@dataclass(frozen=True)
class Picture:
    """A picture ready to be stored: JPEG in sRGB, upright, without EXIF, GPS or other metadata."""

    content: bytes
    width_px: int
    mime: str = "image/jpeg"
    extension: str = "jpg"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Rendition:
    """A smaller square of a picture; `format` is "avif" or "jpeg"."""

    content: bytes
    width_px: int
    format: str


def prepare_cover(data: bytes) -> Picture:
    """A podcast cover: a square of 1400 to 3000 pixels, JPEG, under half a megabyte where quality allows.

    Only the decoded content counts. CMYK and other colour spaces are converted to sRGB, transparency becomes white.
    The same input gives the same bytes. Raises ArtworkError. Source: Apple's artwork requirements.
    """
    image = _open(data, "cover")
    width, height = image.size
    if width != height or not COVER_MIN_PX <= width <= COVER_MAX_PX:
        raise ArtworkError(
            f"This cover is {width} × {height} pixels. Podcast apps need a square of {COVER_MIN_PX} to {COVER_MAX_PX} "
            "pixels. Export it as 3000 × 3000."
        )
    clean = _flatten(_load(image, "cover"))
    content = b""
    for quality in (92, 88, 84, 80, 75):
        content = _jpeg(clean, quality)
        if len(content) <= COVER_TARGET_BYTES:
            break
    return Picture(content, width)


def prepare_picture(data: bytes, noun: str = "photo") -> Picture:
    """A photo of a person or a picture of a chapter: any shape, at least 240 pixels, made at most 1200 pixels."""
    image = _open(data, noun)
    if min(image.size) < PORTRAIT_MIN_PX:
        raise ArtworkError(
            f"This {noun} is {image.width} × {image.height} pixels. At least {PORTRAIT_MIN_PX} on each side are "
            "needed, 768 or more look sharp. Take it from the original."
        )
    if max(image.size) > 6 * min(image.size):
        raise ArtworkError(
            f"This {noun} is {image.width} × {image.height} pixels, a narrow strip. Crop it and upload again."
        )
    # A JPEG can be decoded smaller at once, which saves memory with photos straight from a camera.
    image.draft("RGB", (2 * PORTRAIT_MAX_PX, 2 * PORTRAIT_MAX_PX))
    clean = _flatten(_load(image, noun))
    clean.thumbnail((PORTRAIT_MAX_PX, PORTRAIT_MAX_PX), Image.Resampling.LANCZOS)
    return Picture(_jpeg(clean, 88), clean.width)


def make_renditions(content: bytes, widths_px: tuple[int, ...]) -> list[Rendition]:
    """Squares of the given widths, smallest first, each as AVIF and as JPEG; none larger than the picture.

    `content` is a Picture's. What is not square is cropped, somewhat above the middle, where faces are.
    """
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        source = image.convert("RGB")
    side = min(source.size)
    if source.width != source.height:
        source = ImageOps.fit(source, (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.35))
    made = []
    for width in sorted(w for w in widths_px if w <= side):
        small = source.resize((width, width), Image.Resampling.LANCZOS, reducing_gap=3.0)
        avif = io.BytesIO()
        small.save(avif, "AVIF", quality=60, speed=6, max_threads=1)
        made.append(Rendition(avif.getvalue(), width, "avif"))
        made.append(Rendition(_jpeg(small, 82), width, "jpeg"))
    return made


def shrink(content: bytes, most_px: int, most_bytes: int) -> bytes:
    """A Picture's content as a JPEG of its own shape, at most so many pixels on the longer side, and so many bytes."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        small = image.convert("RGB")
    shrunk = b""
    for share in (1.0, 0.75, 0.5, 0.35, 0.25):  # grain and noise do not get small by quality alone
        side = max(1, round(most_px * share))
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in (75, 65, 55):
            shrunk = _jpeg(small, quality)
            if len(shrunk) <= most_bytes:
                return shrunk
    return shrunk


def _open(data: bytes, noun: str) -> Image.Image:
    """Read the header only. Two decoders are allowed; none of them starts a program or follows a link."""
    if not data:
        raise ArtworkError(f"This {noun} is an empty file (0 bytes). Export it again and upload the new file.")
    if len(data) > MOST_FILE_BYTES:
        raise ArtworkError(f"This {noun} has {len(data) / 1e6:.0f} MB; 30 MB are the limit. Export it as JPEG.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(noun) from error
    except (OSError, ValueError, SyntaxError, OverflowError) as error:
        raise ArtworkError(f"{_describe(data, noun)} Export it as JPEG or PNG.") from error
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels(noun)
    if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
        raise ArtworkError(f"This {noun} is animated. Apps show a still picture: export a single frame as JPEG or PNG.")
    return image


def _load(image: Image.Image, noun: str) -> Image.Image:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, OverflowError) as error:
        raise ArtworkError(
            f"This {noun} is damaged or cut off: only a part of the picture is in the file. Export or copy it again."
        ) from error
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN_EXIF:
        return image  # what a camera wrote beside it says nothing against the picture


def _flatten(image: Image.Image) -> Image.Image:
    """Eight-bit sRGB without transparency or metadata."""
    profile = image.info.get("icc_profile")
    if image.mode in ("I;16", "I;16B", "I", "F"):
        image = image.convert("I").point(lambda v: v / 257).convert("L")
    if image.mode in ("P", "PA", "LA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        image = _to_srgb(image, profile)
    if image.mode == "RGBA":
        background = Image.new("RGB", image.size, "white")
        background.paste(image, mask=image.getchannel("A"))
        return background
    plain = image.convert("RGB")
    plain.info.clear()
    return plain


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Through the embedded profile; a profile that is broken or of another kind is left out of account."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return converted or image


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True, subsampling=0 if quality >= 90 else 2)
    return out.getvalue()


def _describe(data: bytes, noun: str) -> str:
    for offset, magic, words in _OTHERS:
        if data[offset : offset + len(magic)] == magic:
            return f"This {noun} is {words}, which podcast apps do not show."
    if b"<svg" in data[:2000].lower():
        return f"This {noun} is an SVG drawing, which podcast apps do not show."
    if data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n":
        return f"This {noun} is damaged or cut off and cannot be opened."
    return f"This {noun} is not a picture we know."


def _too_many_pixels(noun: str) -> ArtworkError:
    return ArtworkError(f"This {noun} has more than 40 million pixels. Export it smaller, a cover as 3000 × 3000.")
