"""Doors to pages about the site itself: accessibility, privacy."""

from django.http import HttpRequest, HttpResponse

from publishing.site_frame import read_frame
from publishing.views.answering import page, public_page


@public_page()
def accessibility(request: HttpRequest) -> HttpResponse:
    return page(read_frame(), "publishing/accessibility.html", {})


@public_page()
def privacy(request: HttpRequest) -> HttpResponse:
    return page(read_frame(), "publishing/privacy.html", {})
