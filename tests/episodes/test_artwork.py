import io
import os
import zlib

import pytest
from PIL import Image, ImageCms

from episodes.artwork import (
    COVER_WIDTHS_PX,
    PORTRAIT_WIDTHS_PX,
    ArtworkError,
    make_renditions,
    prepare_cover,
    prepare_picture,
)
from tests.episodes.measured_cost import Cost
from tests.episodes.picture_samples import picture, png_header


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def corner(image: Image.Image) -> str:
    r, g, b = image.convert("RGB").getpixel((20, 20))[:3]
    return "red" if r > 150 and g < 90 and b < 90 else "teal"


@pytest.mark.parametrize("width", [1400, 3000])
@pytest.mark.parametrize(
    ("mode", "fmt"),
    [
        ("RGB", "JPEG"),
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("RGB", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("I;16", "PNG"),
        ("1", "PNG"),
    ],
)
def test_a_square_becomes_a_plain_rgb_jpeg_of_the_same_size(width, mode, fmt):
    data = picture(width, mode="I;16" if mode == "I;16" else mode, fmt=fmt)

    cover = prepare_cover(data)

    image = opened(cover.content)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (width, width))
    assert (cover.width_px, cover.mime, cover.extension) == (width, "image/jpeg", "jpg")
    assert mode in ("1", "P") or len(cover.content) < 500_000  # those two samples are dithered noise


def test_cmyk_keeps_its_colours():
    cover = prepare_cover(picture(mode="CMYK"))

    image = opened(cover.content)
    assert image.getpixel((1300, 1300)) == pytest.approx((31, 91, 102), abs=6)


def test_the_same_upload_gives_the_same_bytes():
    data = picture(2000, fmt="PNG")

    assert prepare_cover(data) == prepare_cover(data)


@pytest.mark.parametrize(("width", "height"), [(1399, 1399), (3001, 3001), (1400, 1401), (1200, 900), (1, 1)])
def test_what_is_no_square_of_1400_to_3000_is_refused_with_its_size(width, height):
    with pytest.raises(ArtworkError) as refused:
        prepare_cover(picture(width, height))

    assert str(refused.value) == (
        f"This cover is {width} × {height} pixels. "
        "Podcast apps need a square of 1400 to 3000 pixels. Export it as 3000 × 3000."
    )


def test_position_and_camera_are_taken_out():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (59.0, 19.0, 45.0)
    data = picture(exif=exif, comment=b"SecretComment")
    assert b"SecretCamera" in data

    cover = prepare_cover(data)

    assert b"Secret" not in cover.content
    assert not opened(cover.content).getexif()
    assert set(opened(cover.content).info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
        "dpi",
    }


@pytest.mark.parametrize(
    "data",
    [
        picture(1400, exif=b"Exif\x00\x00II*\x00", dpi=(72, 72)),
        picture(1400, exif=b"Exif\x00\x00nothing", dpi=(72, 72)),
    ],
    ids=["cut off", "no EXIF"],
)
def test_what_a_camera_wrote_wrongly_does_not_harm_the_picture(data):
    assert opened(prepare_cover(data).content).size == (1400, 1400)


def test_a_sideways_photo_is_set_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn 90 degrees clockwise to view

    upright = prepare_picture(picture(800, 400, exif=exif))

    assert (upright.width_px, opened(upright.content).size) == (400, (400, 800))
    assert corner(opened(upright.content)) == "teal"
    assert opened(upright.content).getpixel((390, 20))[0] > 150


def test_transparency_becomes_white():
    image = Image.new("RGBA", (1400, 1400), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")

    cover = prepare_cover(out.getvalue())

    assert opened(cover.content).getpixel((700, 700)) == (255, 255, 255)


def test_an_embedded_colour_profile_is_used_and_a_broken_one_does_no_harm():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    good, broken = prepare_cover(picture(icc_profile=srgb)), prepare_cover(picture(icc_profile=os.urandom(5000)))

    for cover in (good, broken):
        assert opened(cover.content).getpixel((1300, 1300)) == pytest.approx((31, 91, 102), abs=6)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty file"),
        (b"GIF89a" + bytes(500), "is a GIF"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(200), "WebP"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1400 1400\n", "EPS"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"II*\x00" + bytes(100), "TIFF"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
        (b"<html>sign in</html>", "not a picture"),
        (os.urandom(4000), "not a picture|which podcast apps"),
        (b"\xff\xd8\xff" + os.urandom(300), "damaged|not a picture"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(300), "damaged"),
        (picture(fmt="TIFF"), "TIFF"),
        (picture(fmt="BMP"), "BMP"),
        (picture(fmt="AVIF"), "AVIF"),
        (picture(fmt="WEBP"), "WebP"),
        (picture(fmt="GIF", mode="P"), "GIF"),
    ],
)
@pytest.mark.parametrize("prepare", [prepare_cover, prepare_picture])
def test_what_is_neither_jpeg_nor_png_is_refused_by_its_name(prepare, data, words):
    with pytest.raises(ArtworkError, match=words):
        prepare(data)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
@pytest.mark.parametrize("fmt", ["JPEG", "PNG"])
def test_a_picture_that_did_not_arrive_whole_is_refused(fmt, share):
    noise = Image.effect_noise((1400, 1400), 80).convert("RGB")
    out = io.BytesIO()
    noise.save(out, fmt)
    data = out.getvalue()

    with pytest.raises(ArtworkError, match="damaged or cut off"):
        prepare_cover(data[: int(len(data) * share)])


def packed_zeros() -> bytes:
    """200 MB of them, made piece by piece: the most memory that was ever in use is what the test looks at."""
    packer = zlib.compressobj(1)
    return b"".join([packer.compress(bytes(1_000_000)) for _ in range(200)]) + packer.flush()


@pytest.mark.parametrize(
    "make",
    [
        lambda: png_header(12_000, 12_000),
        lambda: png_header(30_000, 30_000),
        lambda: png_header(2**31 - 1, 2**31 - 1),
        lambda: png_header(1400, 1400, (b"zTXt", b"Comment\x00\x00" + packed_zeros())),
        lambda: png_header(1400, 1400, (b"iCCP", b"icc\x00\x00" + packed_zeros())),
        lambda: png_header(1400, 1400, (b"IDAT", b"")),
    ],
    ids=["12000", "30000", "2^31", "zTXt bomb", "iCCP bomb", "no pixels"],
)
def test_a_bomb_is_refused_in_words_little_time_and_little_memory(make):
    data = make()

    with Cost() as cost, pytest.raises(ArtworkError):
        prepare_cover(data)

    assert cost.seconds < 3
    assert cost.memory_bytes < 100_000_000


def test_a_file_of_more_than_thirty_megabytes_is_refused():
    with pytest.raises(ArtworkError, match="31 MB; 30 MB are the limit"):
        prepare_cover(picture() + bytes(31_000_000))


def test_an_animated_picture_is_refused():
    frames = [Image.new("RGB", (1400, 1400), c) for c in ("red", "green")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])

    with pytest.raises(ArtworkError, match="is animated"):
        prepare_cover(out.getvalue())


def test_code_hidden_behind_a_picture_is_gone():
    cover = prepare_cover(picture() + b"<script>alert(1)</script><?php system('id'); ?>")

    assert b"script" not in cover.content
    assert b"php" not in cover.content


def test_a_cover_gets_squares_of_every_width_in_both_formats():
    cover = prepare_cover(picture(1500))

    renditions = make_renditions(cover.content, COVER_WIDTHS_PX)

    assert [(r.width_px, r.format) for r in renditions] == [(w, f) for w in COVER_WIDTHS_PX for f in ("avif", "jpeg")]
    for rendition in renditions:
        image = opened(rendition.content)
        assert (image.size, image.format.lower()) == ((rendition.width_px,) * 2, rendition.format)
        assert not image.getexif()


def test_a_tall_portrait_is_cropped_above_its_middle_and_never_enlarged():
    photo = prepare_picture(picture(500, 900))

    renditions = make_renditions(photo.content, PORTRAIT_WIDTHS_PX)

    assert {r.width_px for r in renditions} == {96, 192, 384}
    assert corner(opened(renditions[0].content).crop((0, 0, 48, 48)).resize((96, 96))) == "red"


@pytest.mark.parametrize(("size", "words"), [((200, 300), "At least 240"), ((2400, 300), "narrow strip")])
def test_a_photo_too_small_or_too_narrow_is_refused(size, words):
    with pytest.raises(ArtworkError, match=words):
        prepare_picture(picture(*size))


def test_a_camera_photo_is_made_smaller_with_little_memory():
    data = picture(7000, 5000)

    with Cost() as cost:
        photo = prepare_picture(data)

    assert (photo.width_px, opened(photo.content).size) == (1200, (1200, 857))
    assert cost.memory_bytes < 150_000_000
