"""Around every request: what a page may never ask the browser for; feeds kept true to what producers change."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from publishing.feed_refresh import refresh_feeds

logger = logging.getLogger(__name__)

# Only what the site uses is left to it: sound, the lock screen, copying a quote, sharing a link.
REFUSED = (
    "accelerometer camera display-capture geolocation gyroscope hid magnetometer microphone midi payment serial usb "
    "xr-spatial-tracking browsing-topics"
).split()
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in REFUSED)


class PermissionsPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class KeepFeedsFresh:
    """A producer who reads "withdrawn" can rely on it: no copy of the feed, also none for bad times, holds it still."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Inside a transaction (in tests) what is seen may never come true.
        if request.method not in ("GET", "HEAD", "OPTIONS") and not connection.in_atomic_block:
            try:
                refresh_feeds()
            except (DatabaseError, OSError) as error:
                logger.error("The feeds could not be renewed: %s", error)
        return response
