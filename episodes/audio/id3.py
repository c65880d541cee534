"""The tags inside an MP3: read what a producer's editor wrote, write ours in front of the same sound."""

import io
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from mutagen.id3 import (
    APIC,
    CHAP,
    COMM,
    CTOC,
    ID3,
    TALB,
    TCON,
    TDRC,
    TIT2,
    TPE1,
    TRCK,
    WOAF,
    WXXX,
    CTOCFlags,
    Encoding,
    ID3NoHeaderError,
    PictureType,
)
from mutagen.id3 import error as Id3Error

from episodes.audio.mp3_frames import find_frames, id3v2_bytes
from episodes.plaintext import storable

MOST_READ_TAG_BYTES = 16 << 20
# The chapter addendum counts a table's children in one byte.
MOST_CHAPTERS = 255
_UNUSED_OFFSET = 0xFFFFFFFF
# A picture of no stated kind, which ID3v2.3 permits: readers look at its first bytes. FFmpeg, and with it every
# Chromium, passes it by; a picture named "image/jpeg" makes a Chromium, which has no decoder for it there, read half a
# megabyte of sound in search of its size before it plays: 11 seconds instead of 2 on a slow line.
_SOME_PICTURE = "image/"


@dataclass(frozen=True)
class TagChapter:
    """A chapter in the file; `picture` a small JPEG or nothing."""

    start_ms: int
    end_ms: int
    title: str
    link: str = ""
    listed: bool = True
    picture: bytes = b""


@dataclass(frozen=True)
class EpisodeTags:
    """What an episode's file says of itself. `date` is YYYY-MM-DD; `cover` a JPEG of any size."""

    title: str = ""
    show: str = ""
    author: str = ""
    date: str = ""
    number: int | None = None
    comment: str = ""
    link: str = ""
    cover: bytes = b""
    chapters: list[TagChapter] = field(default_factory=list)


def write_id3(source: Path, target: BinaryIO, tags: EpisodeTags) -> None:
    """Copy the sound of the MP3 at `source` to `target` behind an ID3v2.3 tag of these values and no other.

    Old tags in front are left out. The same input gives the same bytes. Sources: ID3v2.3; ID3v2 Chapter Frame
    Addendum 1.0.
    """
    made = ID3()
    utf16 = Encoding.UTF16  # v2.3 knows no UTF-8
    texts = ((TIT2, tags.title), (TPE1, tags.author), (TALB, tags.show), (TDRC, tags.date), (TCON, "Podcast"))
    for frame, text in texts:
        if text:
            made.add(frame(encoding=utf16, text=[text]))
    if tags.number:
        made.add(TRCK(encoding=Encoding.LATIN1, text=[str(tags.number)]))
    if tags.comment:
        made.add(COMM(encoding=utf16, lang="eng", desc="", text=[tags.comment]))
    if tags.link:
        made.add(WOAF(url=tags.link))
    if tags.cover:
        made.add(APIC(Encoding.LATIN1, _SOME_PICTURE, PictureType.COVER_FRONT, "", tags.cover))
    _add_chapters(made, tags.chapters[:MOST_CHAPTERS])
    made.update_to_v23()
    head = io.BytesIO()
    made.save(head, v1=0, v2_version=3, padding=lambda _: 0)
    target.write(head.getvalue())
    with source.open("rb") as sound:
        start = id3v2_bytes(sound)
        first = find_frames(sound, start, within=1 << 20)
        sound.seek(start if first is None else first)
        shutil.copyfileobj(sound, target, 1 << 20)


def read_id3(file: BinaryIO) -> EpisodeTags | None:
    """The tags an MP3 came with; None without any, or when they are too large, packed or broken to be read safely."""
    size = id3v2_bytes(file)
    if not 10 < size <= MOST_READ_TAG_BYTES:
        return None
    file.seek(0)
    data = file.read(size)
    if _has_packed_frames(data):
        return None
    try:
        found = ID3(io.BytesIO(data))
    except (ID3NoHeaderError, Id3Error, ValueError, OverflowError, MemoryError):
        return None
    pictures = [picture for picture in found.getall("APIC") if picture.data]
    pictures.sort(key=lambda picture: picture.type != PictureType.COVER_FRONT)
    return EpisodeTags(
        title=_text(found, "TIT2"),
        show=_text(found, "TALB"),
        author=_text(found, "TPE1"),
        date=_text(found, "TDRC")[:10],
        number=_number(_text(found, "TRCK")),
        comment=next((storable(str(c)) for c in found.getall("COMM") if not c.desc), ""),
        cover=pictures[0].data if pictures else b"",
        chapters=_chapters(found),
    )


def _add_chapters(made: ID3, chapters: list[TagChapter]) -> None:
    listed = []
    for count, chapter in enumerate(chapters, start=1):
        inside: list[Any] = [TIT2(encoding=Encoding.UTF16, text=[chapter.title])]
        if chapter.link:
            inside.append(WXXX(encoding=Encoding.LATIN1, desc="chapter url", url=chapter.link))
        if chapter.picture:
            inside.append(APIC(Encoding.LATIN1, "image/jpeg", PictureType.OTHER, "", chapter.picture))
        name = f"chp{count}"
        made.add(
            CHAP(
                element_id=name,
                start_time=chapter.start_ms,
                end_time=chapter.end_ms,
                start_offset=_UNUSED_OFFSET,
                end_offset=_UNUSED_OFFSET,
                sub_frames=inside,
            )
        )
        if chapter.listed:
            listed.append(name)
    if listed:
        flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
        made.add(CTOC(element_id="toc", flags=flags, child_element_ids=listed, sub_frames=[]))


def _chapters(found: ID3) -> list[TagChapter]:
    tables = found.getall("CTOC")
    listed = {name for table in tables for name in table.child_element_ids}
    made = []
    for chapter in found.getall("CHAP")[:1000]:
        links = chapter.sub_frames.getall("WXXX")
        made.append(
            TagChapter(
                start_ms=chapter.start_time,
                end_ms=chapter.end_time,
                title=_text(chapter.sub_frames, "TIT2"),
                link=storable(links[0].url) if links else "",
                listed=not tables or chapter.element_id in listed,
            )
        )
    return sorted(made, key=lambda chapter: chapter.start_ms)


def _has_packed_frames(tag: bytes) -> bool:
    """Whether a frame says it is compressed: a megabyte of it may become gigabytes, so such tags are not read."""
    version, flags = tag[3], tag[5]
    if version < 3:
        return bool(flags & 0x40)
    if version == 3 and flags & 0x80:
        tag = tag[:10] + tag[10:].replace(b"\xff\x00", b"\xff")
    position = 10
    if flags & 0x40:
        position += int.from_bytes(tag[10:14], "big") + (4 if version == 3 else 0)
    return _are_packed(tag[position:], version)


def _are_packed(frames: bytes, version: int, inside: bool = False) -> bool:
    """The same of frames in a row, and of those inside chapters and their tables; a chapter inside one is refused."""
    mask = 0x80 if version == 3 else 0x08
    position = 0
    while position + 10 <= len(frames) and frames[position] != 0:
        raw = frames[position + 4 : position + 8]
        size = int.from_bytes(raw, "big")
        synchsafe = raw[0] << 21 | raw[1] << 14 | raw[2] << 7 | raw[3]
        form = frames[position + 9]
        if form & mask:
            return True
        # Some writers of v2.4 count plainly: follow the count that leads to a next frame.
        if version == 4 and (size < 128 or _frame_at(frames, position + 10 + synchsafe)):
            size = synchsafe
        name, body = frames[position : position + 4], frames[position + 10 : position + 10 + size]
        if name in (b"CHAP", b"CTOC") and (inside or form or _are_packed(_inside(name, body), version, inside=True)):
            return True
        position += 10 + size
    # Frames that do not line up cannot be vouched for.
    return position < len(frames) and any(frames[position:])


def _inside(name: bytes, body: bytes) -> bytes:
    """The frames behind a chapter's times, or behind a table's list of chapters. Source: Chapter Frame Addendum 1.0."""
    rest = body.partition(b"\x00")[2]
    if name == b"CHAP":
        return rest[16:]
    count, children = rest[1:2], rest[2:]
    for _ in range(count[0] if count else 0):
        children = children.partition(b"\x00")[2]
    return children


def _frame_at(tag: bytes, position: int) -> bool:
    name = tag[position : position + 4]
    return position >= len(tag) or name == bytes(4) or (len(name) == 4 and name.isalnum() and name.isupper())


def _text(frames: Any, name: str) -> str:
    found = frames.getall(name)
    return storable(str(found[0])).replace("\n", " ").strip()[:1000] if found else ""


def _number(text: str) -> int | None:
    digits = text.split("/")[0].strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None
