"""The words of an episode as ready HTML, made once for each state of the show and kept."""

from django.template.loader import render_to_string
from django.utils import translation

from publishing.pages.store import PageStore, StoredPage
from publishing.pages.turns import lay_out
from transcripts.queries import turns_of

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
        shown = {
            "chapters": lay_out(turns_of(transcript["id"]), [(row["start_ms"], row["title"]) for row in chapters]),
            "lang": transcript["language"],
            "play_url": play_url + ("&" if "?" in play_url else "?"),
        }
        with translation.override(language):
            body = render_to_string("publishing/_transcript.html", shown)
        kept = StoredPage(body.encode(), "text/html")
        KEPT.put(key, kept)
    return kept.body.decode()
