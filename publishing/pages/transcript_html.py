"""The words of an episode as ready HTML, made once for the same words and kept."""

import hashlib

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from publishing.pages.store import PageStore, StoredPage
from publishing.pages.turns import Mark, lay_out
from transcripts.queries import TurnView, turns_of

KEPT = PageStore(limit_bytes=8_000_000)


def ready_transcript(transcript: dict, chapters: list[dict], *, play_url: str, stamp: int, language: str) -> str:
    """The reading text's HTML; one query only where it was not kept.

    `transcript` and `chapters` are rows of the page; `play_url` is the page that plays, with ?lang= if it takes one;
    `stamp` is the show's, which moves with any change of words, times, names and chapters; `language` is the
    interface's, whatever it is around this call.
    """
    key = f"{transcript['id']}-{transcript['revision']}-{stamp}-{language}-{play_url}"
    kept = KEPT.get(key)
    if kept is None:
        turns = turns_of(transcript["id"])
        begun = [(row["start_ms"], row["title"]) for row in chapters]
        # Mostly something else of the show has changed, and to write the words takes three times as long as to read
        # them. While DEBUG is on, the template may have been changed.
        told = repr((turns, begun, transcript["language"], play_url, language))
        same = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        kept = None if settings.DEBUG else KEPT.get(same)
        if kept is None:
            kept = _written(turns, begun, transcript["language"], play_url, language)
        KEPT.put(same, kept)
        KEPT.put(key, kept)
    return kept.body.decode()


def _written(
    turns: list[TurnView], chapters: list[Mark], words_language: str, play_url: str, language: str
) -> StoredPage:
    shown = {
        "chapters": lay_out(turns, chapters),
        "lang": words_language,
        "play_url": play_url + ("&" if "?" in play_url else "?"),
    }
    with translation.override(language):
        return StoredPage(render_to_string("publishing/_transcript.html", shown).encode(), "text/html")
