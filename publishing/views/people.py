"""Doors to people and topics."""

from django.http import Http404, HttpRequest, HttpResponse

from episodes.models import FormerSpeakerSlug
from publishing.pages import rows as page_rows
from publishing.pages import structured_data
from publishing.pages.frame import frame_of, read_frame
from publishing.views.answering import moved, page, public_page
from transcripts.moments import moments_of


@public_page()
def speakers(request: HttpRequest) -> HttpResponse:
    found = page_rows.speakers_page()
    frame = frame_of(found[0].site_shows) if found else read_frame()
    return page(frame, "publishing/speakers.html", {"here": "people", "speakers": found})


@public_page()
def speaker(request: HttpRequest, speaker_slug: str) -> HttpResponse:
    found = page_rows.speaker_page(speaker_slug)
    if found is None:
        former = FormerSpeakerSlug.objects.select_related("speaker").filter(slug=speaker_slug).first()
        if former is None or page_rows.speaker_page(former.speaker.slug) is None:
            raise Http404
        return moved(former.speaker.get_absolute_url(), request)
    episodes = page_rows.episodes_of_speaker(found)
    return page(
        frame_of(found.site_shows),
        "publishing/speaker.html",
        {
            "speaker": found,
            "episodes": episodes,
            "talk": moments_of(found),
            "structured": structured_data.speaker_page(found, episodes),
        },
    )


@public_page()
def topics(request: HttpRequest) -> HttpResponse:
    found = page_rows.topics_page()
    frame = frame_of(found[0].site_shows) if found else read_frame()
    return page(frame, "publishing/topics.html", {"here": "topics", "topics": found})


@public_page()
def topic(request: HttpRequest, topic_slug: str) -> HttpResponse:
    found = page_rows.topic_page(topic_slug)
    if found is None:
        raise Http404
    episodes = page_rows.episodes_of_topic(found)
    return page(
        frame_of(found.site_shows),
        "publishing/topic.html",
        {
            "topic": found,
            "episodes": episodes,
            "structured": structured_data.topic_page(found.name, found.get_absolute_url(), episodes),
        },
    )
