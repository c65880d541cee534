"""Doors for what is not there: the same answer for a draft, a withdrawn episode and a name nobody ever used."""

from django.http import HttpRequest, HttpResponse

from publishing.site_frame import read_frame
from publishing.views.answering import page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    response = page(read_frame(), "404.html", {}, status=404)
    response["Cache-Control"] = "public, max-age=0, s-maxage=5"
    return response
