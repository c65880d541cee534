"""Doors for what is not there: the same answer for a draft, a withdrawn episode and a name nobody ever used."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse

from downloads.delivery.patience import Silent, breaker
from publishing.pages.frame import Frame, read_frame
from publishing.views.answering import from_file, page

GONE_IS_NEW = "public, max-age=0, s-maxage=5"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Says nothing of the address that was asked for, so that no two can be told apart."""
    response = page(_frame(), "404.html", {}, status=404)
    response["Cache-Control"] = GONE_IS_NEW
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return page(Frame(None), "form_too_large.html", {}, status=413)
    return page(Frame(None), "400.html", {}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(_frame(), "403.html", {}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Whatever broke may be what a page needs, so this one needs nothing."""
    return from_file(request, "500.html", 500)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page was open for too long, or whose browser keeps no cookie: nobody did anything wrong."""
    return page(_frame(), "form_refused.html", {}, status=403)


def _frame() -> Frame:
    """Without a database the page still says what it has to say."""
    try:
        return breaker.ask(read_frame)
    except Silent:
        return Frame(None)
