"""After a change at the desk: the list of published audio on disk is right before the answer goes out."""

import logging

from django.db import DatabaseError, connection

from downloads.delivery.published import refresh_list
from episodes.desk import may_change_something

logger = logging.getLogger(__name__)


class KeepPublishedList:
    """A producer who reads "withdrawn" can rely on it: no process and no front server sends the audio any more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if may_change_something(request) and not connection.in_atomic_block:
            try:
                refresh_list()
            except (DatabaseError, OSError) as error:
                logger.error("The list of published audio could not be written: %s", error)
        return response
