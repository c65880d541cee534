"""What the background worker does for the audio: every minute and every night."""

import logging

from downloads.counting.feed_readers import count_fetches, forget_fetches
from downloads.counting.tally import count_new, forget
from downloads.delivery.published import refresh_list

logger = logging.getLogger(__name__)


def every_minute() -> str:
    """Renew the list of published audio, and count what was delivered. Safe to run twice at once."""
    refresh_list()
    requests = count_new()
    fetches = count_fetches()
    return f"{requests} requests and {fetches} feed fetches counted"


def every_night() -> str:
    """Forget requests that are old enough, and the keys of past days."""
    gone = forget()
    forget_fetches()
    logger.info("%d old requests for audio were deleted; their totals stay.", gone)
    return f"{gone} old requests deleted"
