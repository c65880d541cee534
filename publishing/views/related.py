"""Door to where else the rare words of an episode are spoken."""

from django.http import HttpRequest, HttpResponse

from publishing.pages import rows as page_rows
from publishing.pages.frame import frame_of
from publishing.views.answering import page, public_page
from publishing.views.pages import former_episode
from transcripts.search.related import related_moments

MOST_MOMENTS = 6


@public_page()
def related(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    """A page of its own, since finding them costs more than the episode's page may; a script brings the list there."""
    found = page_rows.episode_page(show_slug, episode_slug)
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    return page(
        frame_of(found.site_shows, found.show.slug),
        "publishing/related.html",
        {"episode": found, "show": found.show, "moments": related_moments(found, MOST_MOMENTS)},
    )
