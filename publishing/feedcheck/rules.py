"""The directories' rules, held against what a feed says: each breach a sentence with its cure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from episodes.categories import CATEGORIES
from episodes.timecode import format_clock
from publishing.rss.feed_shapes import Feed, FeedItem, FeedShow
from publishing.rss.names import MOST_DESCRIPTION_BYTES

# The endings apps go by, for the types that RSS takes.
ENDINGS = {"audio/mpeg": ".mp3", "audio/x-m4a": ".m4a", "audio/mp4": ".m4a"}
MOST_VALUE_CHARACTERS = 255
_LANGUAGE = re.compile(r"[a-z]{2}(-[a-z0-9]{2,8})*", re.IGNORECASE)
_NUMBER_IN_TITLE = re.compile(r"^\W*(?:episode|ep\.?|e|s\d+\s*e|#)\s*\d+\b", re.IGNORECASE)


class Need(StrEnum):
    """MUST: a directory refuses the feed, or apps break. SHOULD: asked for, or better."""

    MUST = "MUST"
    SHOULD = "SHOULD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `where` is the episode's title, "" for the show; `text` says what is wrong and what to do."""

    need: Need
    text: str
    where: str = ""

    def __str__(self) -> str:
        place = f'"{self.where}": ' if self.where else ""
        return f"{self.need}: {place}{self.text}"


def check_feed(feed: Feed, url: str) -> list[Finding]:
    """Everything that can be seen in the feed itself; `url` is the address it is known by. MUST first."""
    found = [Finding(need, text) for need, text in _show(feed, url)]
    for item in feed.items:
        found.extend(Finding(need, text, item.title or item.guid) for need, text in _item(item, feed.show))
    found.extend(Finding(need, text) for need, text in _together(feed))
    return in_order(found)


def in_order(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.need != Need.MUST)


def _show(feed: Feed, url: str) -> Iterator[tuple[Need, str]]:
    show = feed.show
    if not show.title:
        yield Need.MUST, "The show has no title. Write the show's name."
    if not show.author:
        yield Need.MUST, "The show has no author, which Spotify requires. Name the people or the organisation."
    if not show.description_html:
        yield Need.MUST, "The show has no description. Say what it is about and for whom."
    elif len(show.description_html.encode()) > MOST_DESCRIPTION_BYTES:
        yield Need.MUST, "The show's description is longer than 4000 bytes. Shorten it."
    if not show.image_url:
        yield Need.MUST, "The show has no cover. Upload a square of 3000 × 3000 pixels, JPEG or PNG."
    if not _LANGUAGE.fullmatch(show.language):
        yield (
            Need.MUST,
            f'"{show.language}" is no language code. Write two letters, with a region if wanted: "en", "en-us".',
        )
    if not show.categories:
        yield Need.MUST, "The show has no category. Choose one of Apple's list."
    for category, sub in show.categories:
        if category not in CATEGORIES or (sub and sub not in CATEGORIES[category]):
            yield (
                Need.MUST,
                f'"{category}{" > " + sub if sub else ""}" is no category of Apple. Choose one of the list.',
            )
    if show.explicit is None:
        yield Need.MUST, "Nothing says whether the show is explicit. Save the show once more."
    if show.self_url != url:
        yield (
            Need.MUST,
            f"The feed calls itself {show.self_url or 'nothing'}, but stands at {url}. Set SITE_URL to the public one.",
        )
    if not show.owner_email:
        yield (
            Need.SHOULD,
            "The owner has no e-mail address, where Spotify and YouTube send the code that proves whose show it is.",
        )
    if not show.guid:
        yield Need.SHOULD, "The show has no podcast:guid. Save the show once more."
    if not show.image_alt and show.image_url:
        yield Need.SHOULD, "The cover has no words for people who cannot see it. Describe it in a sentence."
    if urlsplit(url).scheme != "https":
        yield Need.SHOULD, "The site's address begins with http. Get a certificate, and set SITE_URL to https://…"
    if len(show.title) > MOST_VALUE_CHARACTERS:
        yield Need.MUST, f"The title has {len(show.title)} characters; 255 are the limit. Shorten it."
    if show.blocked:
        yield Need.SHOULD, 'The show asks directories to hide it. If that is not meant, take the tick from "Blocked".'


def _item(item: FeedItem, show: FeedShow) -> Iterator[tuple[Need, str]]:
    if not item.title:
        yield Need.MUST, "The episode has no title. Give it one."
    elif show.title and show.title.casefold() in item.title.casefold():
        yield Need.MUST, "The title repeats the show's name, which Apple removes shows for. Take it out."
    if _NUMBER_IN_TITLE.match(item.title):
        yield Need.SHOULD, "The title begins with a number, which apps show by themselves. Use the field for it."
    if not item.guid:
        yield Need.MUST, "The episode has no GUID. Save it once more."
    if item.published_at is None:
        yield Need.MUST, "The episode has no date that apps can read. Set its publication date."
    yield from _enclosure(item)
    if not (item.description_html or item.content_html):
        yield Need.SHOULD, "Nothing says what the episode is about. Write a summary of two or three sentences."
    if len(item.description_html.encode()) > MOST_DESCRIPTION_BYTES:
        yield Need.MUST, "The description is longer than 4000 bytes. Shorten it."
    if show.type == "serial" and item.kind in ("", "full") and not item.number:
        yield Need.MUST, "The episode has no number above 0, by which a serial show is ordered. Give it one."
    if not item.duration_ms:
        yield Need.SHOULD, "The episode has no length. Upload its audio once more."
    if not item.transcripts:
        yield Need.SHOULD, "The episode has no transcript. Add one: people read, search and translate by it."
    yield from _chapters(item)


def _enclosure(item: FeedItem) -> Iterator[tuple[Need, str]]:
    enclosure = item.enclosure
    if enclosure is None or not enclosure.url:
        yield Need.MUST, "The episode has no audio. Upload an MP3 or M4A file."
        return
    ending = ENDINGS.get(enclosure.mime)
    if ending is None:
        yield Need.MUST, f'Its audio is "{enclosure.mime}", which podcast apps do not take. Upload MP3 or M4A.'
    elif not urlsplit(enclosure.url).path.endswith(ending):
        yield Need.MUST, f"The address of its audio does not end in {ending}, so apps refuse it."
    if not enclosure.length:
        yield Need.MUST, "The feed does not say how many bytes its audio has. Upload the audio once more."
    if not enclosure.url.isascii():
        yield Need.MUST, "The address of its audio has letters that some apps cannot fetch. Give it another slug."


def _chapters(item: FeedItem) -> Iterator[tuple[Need, str]]:
    for bite in item.soundbites:
        if item.duration_ms and bite.start_ms + bite.duration_ms > item.duration_ms:
            yield (
                Need.MUST,
                f"The sound bite at {format_clock(bite.start_ms)} ends after the audio "
                f"({format_clock(item.duration_ms)}). Correct its time.",
            )
        elif not 15_000 <= bite.duration_ms <= 120_000:
            yield (
                Need.SHOULD,
                f"The sound bite at {format_clock(bite.start_ms)} lasts {bite.duration_ms / 1000:g} seconds; "
                "15 to 120 are best.",
            )


def _together(feed: Feed) -> Iterator[tuple[Need, str]]:
    if not feed.items:
        yield Need.MUST, "The feed has no episode, and directories take only feeds that have one. Publish the first."
    for what, values in (
        ("GUID", [item.guid for item in feed.items if item.guid]),
        ("audio address", [item.enclosure.url for item in feed.items if item.enclosure]),
    ):
        for value, times in Counter(values).items():
            if times > 1:
                yield Need.MUST, f"{times} episodes have the same {what} ({value}); apps show one of them."
