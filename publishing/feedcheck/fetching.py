"""A feed's parts fetched as an app fetches them: what is wrong with the answers, in sentences."""

import io
import json
from collections.abc import Callable, Generator, Iterator
from urllib.parse import urlsplit

from episodes.audio.kinds import sniff_audio
from episodes.timecode import format_clock
from publishing.feedcheck.rules import ENDINGS, Finding, Need
from publishing.outgoing import Answer, OutgoingError, request
from publishing.rss.feed_shapes import FeedEnclosure, FeedItem, FeedTranscript
from publishing.rss.names import CHAPTERS_TYPE, FEED_TYPE
from transcripts.document import TranscriptError
from transcripts.formats.webvtt import parse_webvtt

MOST_FEED_BYTES = 1_000_000
MOST_ARTWORK_BYTES = 512_000
# Sounds may end a breath after the last frame that was counted.
LATE_MS = 2_000
_HEAD_BYTES = 65_536

Ask = Callable[..., Answer]


def asker(site_url: str) -> Ask:
    """A function that asks an address as an app would; only the site's own may lie in a private network."""
    parts = urlsplit(site_url)
    own = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"

    def ask(method: str, url: str, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(method, url, headers=named, most_bytes=20_000_000, trusted=own)

    return ask


def fetch_feed(url: str, ask: Ask) -> tuple[bytes, list[Finding]]:
    """The feed's bytes (empty when they cannot be had) and what is wrong with how it is served."""
    try:
        answer, head = ask("GET", url), ask("HEAD", url)
        if not answer.ok:
            return b"", [Finding(Need.MUST, f"The feed answers {answer.status} at {url}. Look into the site's log.")]
        found = [Finding(need, text) for need, text in _serving(url, answer, head, ask)]
    except OutgoingError as error:
        return b"", [Finding(Need.MUST, f"Apps cannot fetch the feed: {error} Set SITE_URL to the public address.")]
    return answer.body, found


def _serving(url: str, answer: Answer, head: Answer, ask: Ask) -> Iterator[tuple[Need, str]]:
    if answer.mime != FEED_TYPE:
        yield Need.MUST, f'The feed is served as "{answer.mime}" instead of {FEED_TYPE}. Look at the proxy in front.'
    if not head.ok:
        yield Need.SHOULD, f"HEAD of the feed answers {head.status}, and some directories ask so. Look at the proxy."
    if answer.size > MOST_FEED_BYTES:
        yield (
            Need.SHOULD,
            f"The feed has {answer.size / 1_000_000:.1f} MB; apps fetch it every hour. Set a limit of episodes a page.",
        )
    mark = answer.headers.get("etag", "")
    if not mark or ask("GET", url, If_None_Match=mark).status != 304:
        yield Need.SHOULD, "Apps that have the feed already get it whole again. Let the proxy pass ETag through."
    if "set-cookie" in answer.headers:
        yield Need.SHOULD, "The feed sets a cookie, so that caches do not keep it. Look at the proxy in front."


def check_artwork(url: str, where: str, ask: Ask) -> Iterator[Finding]:
    try:
        answer = ask("HEAD", url)
    except OutgoingError as error:
        yield Finding(Need.MUST, f"The cover cannot be fetched: {error}", where)
        return
    size = answer.declared_bytes or 0
    if not answer.ok:
        yield Finding(Need.MUST, f"The cover answers {answer.status}. Upload it once more.", where)
    elif answer.mime not in ("image/jpeg", "image/png"):
        yield Finding(Need.MUST, f'The cover is "{answer.mime}". Upload a JPEG or PNG.', where)
    elif size > MOST_ARTWORK_BYTES:
        yield Finding(
            Need.SHOULD,
            f"The cover has {size // 1000} kB; several directories want less than 512. Save it smaller.",
            where,
        )


def check_item(item: FeedItem, ask: Ask) -> Iterator[Finding]:
    """The audio by HEAD and by range, transcripts and chapters: there, of the right kind, and within the audio."""
    parts: list[tuple[str, Iterator[tuple[Need, str]]]] = []
    if item.enclosure:
        parts.append(("audio", _audio(item.enclosure, ask)))
    parts.extend(("smaller file", _file(one, "smaller file", ask)) for one in item.alternates)
    parts.extend(("transcript", _transcript(one, item.duration_ms, ask)) for one in item.transcripts)
    if item.chapters_url:
        parts.append(("list of chapters", _chapters(item.chapters_url, item.duration_ms, ask)))
    for name, checks in parts:
        try:
            for need, text in checks:
                yield Finding(need, text, item.title)
        except OutgoingError as error:
            yield Finding(Need.MUST, f"The {name} cannot be fetched: {error}", item.title)


def _file(enclosure: FeedEnclosure, name: str, ask: Ask) -> Generator[tuple[Need, str], None, bool]:
    """Whether it can be fetched, whole and in parts; `name` is what to call it."""
    head = ask("HEAD", enclosure.url)
    if not head.ok:
        yield Need.MUST, f"The {name} answers {head.status} at {enclosure.url}. Upload the audio once more."
        return False
    size = head.declared_bytes or 0
    if size != enclosure.length:
        yield (
            Need.MUST,
            f"The feed says that the {name} has {enclosure.length} bytes; it has {size}. Upload the audio once more.",
        )
    if head.mime != enclosure.mime:
        yield Need.MUST, f'The feed says that the {name} is "{enclosure.mime}"; it is served as "{head.mime}".'
    part = ask("GET", enclosure.url, Range="bytes=0-1")
    if part.status != 206 or part.headers.get("content-range") != f"bytes 0-1/{size}" or part.size != 2:
        yield (
            Need.MUST,
            f"The {name} cannot be fetched in parts, so apps can neither seek nor resume. Look at the proxy in front.",
        )
        return False
    return True


def _audio(enclosure: FeedEnclosure, ask: Ask) -> Iterator[tuple[Need, str]]:
    if not (yield from _file(enclosure, "audio", ask)):
        return
    start = ask("GET", enclosure.url, Range=f"bytes=0-{_HEAD_BYTES - 1}").body
    kind = sniff_audio(io.BytesIO(start))
    wanted = ENDINGS.get(enclosure.mime, "").lstrip(".")
    if kind != wanted:
        yield Need.MUST, f"The file is not {wanted.upper() or 'audio'} by its content. Export it again and upload it."


def _transcript(one: FeedTranscript, duration_ms: int | None, ask: Ask) -> Iterator[tuple[Need, str]]:
    answer = ask("GET", one.url)
    if not answer.ok:
        yield Need.MUST, f"The transcript answers {answer.status} at {one.url}. Save the transcript once more."
        return
    if answer.mime != one.mime:
        yield Need.MUST, f'The feed says that the transcript is "{one.mime}"; it is served as "{answer.mime}".'
    if answer.headers.get("access-control-allow-origin") != "*":
        yield Need.SHOULD, "Web players may not read the transcript. Let the proxy pass Access-Control-Allow-Origin."
    if one.mime != "text/vtt":
        return
    try:
        cues = parse_webvtt(answer.body.decode())
    except (TranscriptError, UnicodeDecodeError) as error:
        yield Need.MUST, f"The transcript cannot be read: {error}"
        return
    if not cues:
        yield Need.MUST, "The transcript has no lines. Upload it once more."
    elif duration_ms and cues[-1].end_ms > duration_ms + LATE_MS:
        yield (
            Need.MUST,
            f"The transcript ends at {format_clock(cues[-1].end_ms)}, after the audio ({format_clock(duration_ms)}). "
            "Was the audio replaced? Let the times be made anew.",
        )


def _chapters(url: str, duration_ms: int | None, ask: Ask) -> Iterator[tuple[Need, str]]:
    answer = ask("GET", url)
    if not answer.ok:
        yield Need.MUST, f"The list of chapters answers {answer.status}. Save the chapters once more."
        return
    if answer.mime != CHAPTERS_TYPE:
        yield Need.SHOULD, f'The list of chapters is served as "{answer.mime}" instead of {CHAPTERS_TYPE}.'
    try:
        starts = [float(chapter["startTime"]) for chapter in json.loads(answer.body)["chapters"]]
    except (ValueError, KeyError, TypeError):
        yield Need.MUST, "The list of chapters cannot be read. Save the chapters once more."
        return
    if starts != sorted(starts):
        yield Need.MUST, "The chapters are not in order of time. Save them once more."
    if duration_ms and starts and max(starts) * 1000 >= duration_ms:
        yield (
            Need.MUST,
            f"A chapter begins at {format_clock(round(max(starts) * 1000))}, after the audio "
            f"({format_clock(duration_ms)}). Correct its time.",
        )
    if starts and min(starts) > 0:
        yield Need.SHOULD, "The first chapter does not begin at 0:00; some apps then show none. Add one."
