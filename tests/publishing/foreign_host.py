"""Another podcast host for tests: it serves feeds, audio, covers, transcripts and chapters on loopback."""

import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.episodes.audio_samples import write_tone
from tests.episodes.picture_samples import picture
from tests.loopback import serving

SAMPLES = Path(__file__).parent.parent / "samples" / "feeds"
VTT = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Adam Curry>Hello and welcome.\n"
CHAPTERS = b'{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Start"}, {"startTime": 1.5, "title": "End"}]}'
_URL = re.compile(rb"""(url|href|img)=(["'])https?://[^/"'\s]+""")


@cache
def small_cover() -> bytes:
    return picture(1400, quality=60)


@contextmanager
def host(settings, tmp_path, **pages):
    """A host whose every address ending in .mp3, .m4a, .jpg, .png, .vtt, .txt, .json answers with such a file.

    `pages` are further answers: bytes of a feed, or functions of the handler. `place` = host:port, which imports may
    reach. `missing` = a set of path endings that answer 404, to be changed by the test.
    """
    folder = tmp_path / "foreign"
    folder.mkdir()
    files = {
        "mp3": write_tone(folder / "a.mp3", "mp3", seconds=3, bitrate_bps=32000).read_bytes(),
        "m4a": write_tone(folder / "a.m4a", "m4a", seconds=3).read_bytes(),
        "vtt": VTT, "txt": b"Adam Curry: Hello and welcome.\n", "json": CHAPTERS,
    }  # fmt: skip
    missing: set[str] = set()

    def file(handler):
        path = handler.path.split("?")[0]
        if any(path.endswith(ending) for ending in missing):
            handler.send(b"gone", 404)
            return
        kind = path.rpartition(".")[2].lower()
        if kind in ("jpg", "png", "jpeg"):
            handler.send(small_cover())
        elif kind in files:
            handler.send(files[kind])
        else:
            handler.send(b"Not here", 404)

    answers = {
        name: (lambda handler, page=page: handler.send(page)) if isinstance(page, bytes) else page
        for name, page in pages.items()
    }
    with serving(otherwise=file, **answers) as server:
        settings.OUTGOING_TEST_HOST = server.place
        server.missing = missing
        yield server


def sample(name: str, place: str, unlocked: bool = True) -> bytes:
    """A sample feed whose files are at `place`; guids and links stay as they are."""
    data = (SAMPLES / name).read_bytes()
    data = _URL.sub(lambda found: found[1] + b"=" + found[2] + f"http://{place}".encode(), data)
    if unlocked:
        data = data.replace(b'example.com">yes</podcast:locked>', b'example.com">no</podcast:locked>')
    return data
