"""Doors to the words of an episode: files for players and readers, and a page to print."""

from django.http import Http404, HttpRequest, HttpResponse

from episodes.models import Episode
from publishing.pages import rows as page_rows
from publishing.pages.frame import frame_of
from publishing.views.answering import page, public_page
from publishing.views.pages import chosen_transcript, former_episode, words_html, words_query
from transcripts import outputs
from transcripts.queries import transcript_of


@public_page(query=("lang",))
def transcript(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    """The words alone, typeset for paper; the episode's page is the one search engines should keep."""
    found = page_rows.episode_page(show_slug, episode_slug)
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    chosen = chosen_transcript(found.transcript_rows, found.show.language, request.GET.get("lang", ""))
    if chosen is None:
        raise Http404
    frame = frame_of(found.site_shows, found.show.slug)
    return page(
        frame,
        "publishing/transcript.html",
        {
            "episode": found,
            "show": found.show,
            "transcript": chosen,
            "transcript_html": words_html(found, chosen, frame),
            "words_query": words_query(found, chosen),
        },
    )


@public_page(query=("lang",))
def transcript_file(request: HttpRequest, show_slug: str, episode_slug: str, ext: str) -> HttpResponse:
    """transcript.vtt, .srt, .json, .txt or .html; ?lang= chooses among several languages."""
    if ext not in outputs.CONTENT_TYPES:
        raise Http404
    episodes = Episode.objects.published().select_related("show")
    found = episodes.filter(show__slug=show_slug, slug=episode_slug).first()
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    chosen = transcript_of(found, request.GET.get("lang", "")[:20])
    if chosen is None:
        raise Http404
    response = HttpResponse(outputs.write(chosen, ext), content_type=f"{outputs.CONTENT_TYPES[ext]}; charset=utf-8")
    # Podcast players in browsers fetch captions from another site than the one they stand on.
    response["Access-Control-Allow-Origin"] = "*"
    return response
