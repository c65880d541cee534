"""The desk while the database is silent: told at once, in words, instead of a page that never comes."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template import loader

from downloads.delivery.patience import LONG_SECONDS, Silent, breaker, patience

# A search through all words or a long list may take its time; a server that stands still takes for ever.
QUERY_SECONDS = 30


class DeskWithoutDatabase:
    """Around the desk's pages: 503 with Retry-After when the database does not answer, or stops to during the work.

    What was sent is either saved as a whole, or not at all; the page says to send it again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._desk = f"/{settings.ADMIN_PATH}/"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(self._desk) or connection.in_atomic_block:
            return self.get_response(request)
        try:
            breaker.ask(_answers, LONG_SECONDS)
        except Silent:
            return _unavailable()
        with connection.execute_wrapper(_bounded):
            response = self.get_response(request)
        # Also where Django made it a 500 on the way out: keeping the session is the last thing a request does.
        return _unavailable() if response.status_code == 500 and _is_silent() else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError) and request.path_info.startswith(self._desk):
            return _unavailable()
        return None


def _bounded(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    with patience(QUERY_SECONDS):
        return execute(sql, params, many, context)


def _answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _is_silent() -> bool:
    connection.close()
    try:
        breaker.ask(_answers)
    except (Silent, DatabaseError):
        return True
    return False


def _unavailable() -> HttpResponse:
    connection.close()
    response = HttpResponse(loader.get_template("desk_503.html").render(), status=503)
    response["Retry-After"] = "30"
    response["Cache-Control"] = "no-store"
    return response
