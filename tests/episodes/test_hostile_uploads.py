"""Hostile pictures and transcripts through the real forms: a sentence, nothing stored, little memory, little time."""

import io
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse
from PIL import Image

from episodes.forms.episode_form import EpisodeForm
from episodes.models import Chapter, Episode, PictureWork, Speaker
from tests.episodes.desk_browser import add_url, change_url, errors_of, form_values, send
from tests.episodes.measured_cost import Cost
from tests.episodes.picture_samples import picture, png_header
from tests.factories import make_chapter, make_draft
from tests.transcripts.test_docx import make_docx
from transcripts.forms import TranscriptForm
from transcripts.models import Transcript

MOST_MEMORY_BYTES = 300_000_000
MOST_SECONDS = 30


def animated(fmt: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (1400, 1400), colour) for colour in ("red", "teal")]
    frames[0].save(out, fmt, save_all=True, append_images=frames[1:])
    return out.getvalue()


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def packed(kind: bytes, before: bytes) -> bytes:
    return png_header(1400, 1400, (kind, before + zlib.compress(bytes(200_000_000))))


PICTURES = {
    "a bomb of 144 million pixels": lambda: png_header(12_000, 12_000),
    "a bomb of 900 million pixels": lambda: png_header(30_000, 30_000),
    "a bomb that counts past its integers": lambda: png_header(2**31 - 1, 2**31 - 1),
    "a packed comment of 200 MB": lambda: packed(b"zTXt", b"Comment\0\0"),
    "a packed colour profile of 200 MB": lambda: packed(b"iCCP", b"icc\0\0"),
    "an EPS drawing": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n/x {loop} def",
    "an SVG drawing": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a moving GIF": lambda: animated("GIF"),
    "a moving PNG": lambda: animated("PNG"),
    "half a JPEG": lambda: cut(picture()),
    "half a PNG": lambda: cut(picture(fmt="PNG")),
    "half a CMYK JPEG": lambda: cut(picture(mode="CMYK")),
    "a header without pixels": lambda: png_header(1400, 1400, (b"IDAT", b"")),
    "a web page": lambda: b"<!doctype html><script>alert(1)</script>",
    "a program": lambda: b"\x7fELF" + bytes(2000),
    "nothing but zeros": lambda: bytes(1_000_000),
    "no bytes at all": lambda: b"",
    "more than the limit": lambda: picture() + bytes(31_000_000),
}

BILLION = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
TRANSCRIPTS = {
    "a Word file that unpacks to 400 MB": lambda: make_docx("Hello.", **{"word/x.xml": bytes(400_000_000)}),
    "a Word file of many large parts": lambda: make_docx(
        "Hello.", **{f"word/header{n}.xml": b"<a>" + b" " * 8_000_000 + b"</a>" for n in range(6)}
    ),
    "a Word file that laughs a billion times": lambda: make_docx("&c;", prolog=BILLION),
    "a Word file that reads another file": lambda: make_docx(
        "&a;", prolog='<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    ),
    "half a Word file": lambda: cut(make_docx("Hello.")),
    "half a UTF-16 character": lambda: b"\xff\xfe\x00\xd8",
    "nothing but NUL": lambda: bytes(1_000_000),
    "a picture": lambda: picture(),
    "no bytes at all": lambda: b"",
    "captions that end before they begin": lambda: b"WEBVTT\n\n00:10.000 --> 00:05.000\nHello.",
    "JSON of a hundred thousand brackets": lambda: b'{"segments":' + b"[" * 100_000,
    "a page of markup without words": lambda: b"<!doctype html><p><script>alert(1)</script>",
    "more lines than an episode has": lambda: b"a\n" * 300_000,
    "more than the limit": lambda: b"word " * 2_500_000,
}


def stored(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file()]


def is_a_sentence(errors: list[str]) -> bool:
    return bool(errors) and all(error[0].isupper() and error.rstrip("”").endswith(".") for error in errors)


def try_it(client, url: str, content: bytes, field: str, **others) -> tuple[list[str], Cost]:
    values = form_values(client, url)
    with Cost() as cost:
        answer = send(client, url, values, **{field: SimpleUploadedFile("harmless.jpg", content), **others})
    assert answer.status_code == 200
    return errors_of(answer), cost


def assert_refused(errors: list[str], cost: Cost, folder: Path) -> None:
    assert is_a_sentence(errors), errors
    assert stored(folder) == []
    assert cost.memory_bytes < MOST_MEMORY_BYTES
    assert cost.seconds < MOST_SECONDS


@pytest.mark.parametrize("kind", PICTURES)
def test_a_hostile_cover_is_refused(admin_client, show, files_of_this_test, kind):
    episode = make_draft(show)

    errors, cost = try_it(admin_client, change_url(episode), PICTURES[kind](), "artwork_file")

    assert_refused(errors, cost, files_of_this_test)
    assert Episode.objects.get().artwork.name == ""
    assert not PictureWork.objects.exists()


@pytest.mark.parametrize("kind", PICTURES)
def test_a_hostile_photo_is_refused(admin_client, db, files_of_this_test, kind):
    others = {"name": "Ann", "slug": "ann", "photo_alt": "Ann."}

    errors, cost = try_it(admin_client, add_url(Speaker), PICTURES[kind](), "photo_file", **others)

    assert_refused(errors, cost, files_of_this_test)
    assert not Speaker.objects.exists()


@pytest.mark.parametrize("kind", PICTURES)
def test_a_hostile_picture_of_a_chapter_is_refused(admin_client, show, files_of_this_test, kind):
    chapter = make_chapter(make_draft(show))
    url = reverse("admin:episodes_episode_pictures", args=[chapter.episode_id])

    errors, cost = try_it(admin_client, url, PICTURES[kind](), "at-0-file", **{"at-0-alt": "Words."})

    assert_refused(errors, cost, files_of_this_test)
    assert Chapter.objects.get().image.name == ""


@pytest.mark.parametrize("kind", TRANSCRIPTS)
def test_a_hostile_transcript_is_refused(admin_client, show, files_of_this_test, kind):
    episode = make_draft(show)
    url = reverse("admin:transcripts_transcript_add")
    content = TRANSCRIPTS[kind]()

    errors, cost = try_it(admin_client, url, content, "file", episode=episode.pk, language="en")

    assert_refused(errors, cost, files_of_this_test)
    assert not Transcript.objects.exists()


def a_gigabyte_of_nothing() -> TemporaryUploadedFile:
    """As Django hands it to a form: on disk, here with holes for bytes."""
    upload = TemporaryUploadedFile("nothing.jpg", "image/jpeg", 1 << 30, None)
    upload.file.truncate(1 << 30)
    return upload


@pytest.mark.parametrize(
    ("form", "field"), [(EpisodeForm, "artwork_file"), (EpisodeForm, "audio_file"), (TranscriptForm, "file")]
)
def test_a_gigabyte_of_nothing_is_refused_without_being_read_into_memory(db, form, field):
    with Cost() as cost, a_gigabyte_of_nothing() as upload:
        errors = form({}, {field: upload}).errors[field]

    assert is_a_sentence(list(errors)), errors
    assert cost.memory_bytes < 50_000_000
    assert cost.seconds < MOST_SECONDS


def test_a_cmyk_cover_is_no_attack_and_is_converted(admin_client, show):
    url = change_url(make_draft(show))
    values = form_values(admin_client, url)

    cmyk = SimpleUploadedFile("c.jpg", picture(mode="CMYK"))
    answer = send(admin_client, url, values, artwork_file=cmyk, artwork_alt="A circle.")

    assert errors_of(answer) == []
    with Episode.objects.get().artwork.open("rb") as file, Image.open(file) as kept:
        assert kept.mode == "RGB"


def test_text_in_utf_16_with_nul_inside_is_read_as_text_without_it(admin_client, show):
    url = reverse("admin:transcripts_transcript_add")
    values = form_values(admin_client, url)
    words = SimpleUploadedFile("a.txt", "Ann: Hel\0lo there. How are you?".encode("utf-16"))

    answer = send(admin_client, url, values, episode=make_draft(show).pk, language="en", file=words)

    assert errors_of(answer) == []
    assert [s.text for s in Transcript.objects.get().segments.order_by("position")] == ["Hello there.", "How are you?"]
