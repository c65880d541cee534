"""After every change at the desk: feeds kept true to what producers have changed."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from episodes.desk import may_change_something
from publishing.feed_refresh import refresh_feeds

logger = logging.getLogger(__name__)


class KeepFeedsFresh:
    """A producer who reads "withdrawn" can rely on it: no copy of the feed, also none for bad times, holds it still."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Inside a transaction (in tests) what is seen may never come true.
        if may_change_something(request) and not connection.in_atomic_block:
            try:
                refresh_feeds()
            except (DatabaseError, OSError) as error:
                logger.error("The feeds could not be renewed: %s", error)
        return response
