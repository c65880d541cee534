"""Doors to following a show: every app, the feed's address, a QR code."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from publishing.pages import rows as page_rows
from publishing.pages.following import app_links, qr_path
from publishing.pages.frame import frame_of
from publishing.pages.rows import ShowRow
from publishing.views.answering import page, public_page
from publishing.views.pages import former_show


@public_page()
def follow(request: HttpRequest, show_slug: str) -> HttpResponse:
    found = page_rows.show_page(show_slug)
    if found is None:
        return former_show(request, show_slug)
    return follow_response(found)


def follow_response(found: ShowRow) -> HttpResponse:
    """The page that a person gets instead of XML; `found` comes from page_rows.show_page."""
    feed_url = settings.SITE_URL + found.get_feed_url()
    return page(
        frame_of(found.site_shows, found.slug),
        "publishing/follow.html",
        {
            "here": "follow",
            "show": found,
            "feed_url": feed_url,
            "apps": app_links(feed_url, found.follow_rows),
            "qr": qr_path(settings.SITE_URL + reverse("publishing:follow", args=[found.slug])),
            "episodes": page_rows.latest_episodes(found, 3),
        },
    )
