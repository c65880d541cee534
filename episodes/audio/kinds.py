"""Tell what kind of file an upload is by its first bytes, never by its name."""

from typing import BinaryIO

from episodes.audio.mp3_frames import find_frames, id3v2_bytes

MP3, M4A, WAV, FLAC = "mp3", "m4a", "wav", "flac"
SERVED_KINDS = frozenset({MP3, M4A})
# The ending of the smaller files that are made here; an upload of that kind is refused, since apps could not play it.
SMALL_EXTENSION = "opus"

# What the sentence calls a file that is no podcast audio; the first that fits counts.
_OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"OggS", "Ogg audio (Vorbis or Opus), which many podcast apps cannot play"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    (8, b"AVI ", "an AVI video"),
    (0, b"RIFF", "a RIFF file without sound"),
    (0, b"FORM", "AIFF audio, which podcast apps do not play"),
    (0, b"caff", "Apple's Core Audio format, which podcast apps do not play"),
    (0, b"\x30\x26\xb2\x75", "Windows Media, which podcast apps do not play"),
    (0, b"#!AMR", "AMR phone audio, which podcast apps do not play"),
    (0, b"MThd", "a MIDI file"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\xd0\xcf\x11\xe0", "an old Office document"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"\x1f\x8b", "a compressed archive"),
    (0, b"#EXTM3U", "a playlist, not the audio itself"),
    (0, b"WEBVTT", "a transcript (WebVTT)"),
)


def sniff_audio(file: BinaryIO) -> str | None:
    """MP3, M4A (any MP4 family file), WAV or FLAC; None when the content is none of them."""
    tag = id3v2_bytes(file)
    file.seek(tag)
    head = file.read(16)
    if head[:4] == b"fLaC":
        return FLAC
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return WAV
    if head[4:8] == b"ftyp":
        return M4A
    # A renamed picture or document holds chance frames too: MP3 must begin at once, or after padding.
    if tag or not describe_other(head):
        start = find_frames(file, tag, within=64 * 1024)
        file.seek(tag)
        if start is not None and (start == tag or not file.read(start - tag).strip(b"\x00")):
            return MP3
    return None


def describe_other(head: bytes) -> str:
    """In words what a file that is not podcast audio seems to be; "" when nothing is known about it."""
    for offset, magic, words in _OTHERS:
        if head[offset : offset + len(magic)] == magic:
            return words
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "raw AAC without a container"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE4:
        return "MPEG Layer II audio, which podcast apps do not play"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page; a download link often gives the page instead of the file"
    if start.startswith((b"<?xml", b"<rss", b"<svg")):
        return "an XML document"
    if head and not head.strip(b"\x00"):
        return "made of nothing but zeros; the download or copy that made it failed"
    if head and all(32 <= b < 127 or b in b"\t\r\n" for b in head):
        return "a text file"
    return ""
