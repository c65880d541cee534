"""Doors to pages about the site itself: accessibility, privacy, what is saved for offline."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from publishing.pages.frame import read_frame
from publishing.views.answering import page, public_page


@public_page()
def accessibility(request: HttpRequest) -> HttpResponse:
    return page(read_frame(), "publishing/accessibility.html", {"contact_email": settings.CONTACT_EMAIL})


@public_page()
def privacy(request: HttpRequest) -> HttpResponse:
    return page(read_frame(), "publishing/privacy.html", {"audio_from_store": settings.AUDIO_DELIVERY == "s3"})


@public_page()
def offline(request: HttpRequest) -> HttpResponse:
    """The list itself is known to the listener's browser only."""
    return page(read_frame(), "publishing/offline.html", {})
