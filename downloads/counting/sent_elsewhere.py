"""Counting audio that nginx or an object store sent, from their access logs."""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils import timezone

from downloads.counting.access_log import LoggedRequest, parse_line
from downloads.counting.clients import LONGEST_AGENT
from downloads.counting.delivery_notes import data_centres, place_of, salts, salts_for_a_log
from downloads.counting.intake import take_in
from downloads.counting.listeners import DailySalts
from downloads.counting.spool import DeliveryNote
from downloads.delivery.enclosures import Enclosure
from downloads.delivery.published import published_list

logger = logging.getLogger(__name__)


class AudioByAddress:
    """Finds the audio a log line speaks of, by the list of published audio."""

    def __init__(self) -> None:
        listed = [file for one in published_list().all() for file in one.files()]
        self._by_path = {f"/audio/{one.show_slug}/{one.slug}/{one.sha8}.{one.extension}": one for one in listed}
        self._by_key = {one.file: one for one in listed}

    def of(self, logged: LoggedRequest) -> Enclosure | None:
        """The audio, or None for anything else: a redirect's old address, a draft, another file."""
        return self._by_path.get(logged.path) if logged.path else self._by_key.get(logged.key)


def take_in_log(lines: Iterable[str]) -> int:
    """Make a log's lines into requests to be judged; how many were new. The same log may be read again and again.

    A day that is read in two parts must be so before the next day ends: its key is then deleted, and its listeners
    would be taken for others.
    """
    keys = salts_for_a_log()
    try:
        return take_in(_notes_of(lines, keys))
    finally:
        salts().forget_before(timezone.now().date())


def note_of_line(line: str, audio: AudioByAddress, keys: DailySalts) -> DeliveryNote | None:
    """What one log line says was delivered; None when it is not about published audio."""
    logged = parse_line(line)
    one = audio.of(logged) if logged else None
    if logged is None or one is None:
        return None
    at = datetime.fromtimestamp(logged.at_ms / 1000, UTC)
    agent = logged.agent[:LONGEST_AGENT]
    return DeliveryNote(
        at_ms=logged.at_ms,
        episode=one.episode,
        audio=one.sha8,
        audio_bytes=one.audio_bytes,
        needed=one.needed,
        client=keys.key(logged.address, agent, at),
        agent=agent,
        place=place_of(logged.referrer),
        method=logged.method,
        status=logged.status,
        first=logged.first,
        asked_last=logged.asked_last,
        sent=logged.sent,
        data_centre=logged.address in data_centres(),
        source=logged.source,
    )


def _notes_of(lines: Iterable[str], keys: DailySalts) -> Iterator[tuple[str, DeliveryNote]]:
    audio = AudioByAddress()
    seen: Counter[bytes] = Counter()
    for line in lines:
        note = note_of_line(line, audio, keys)
        if note is None:
            continue
        # The same line twice in one log is two requests; the same log read twice is not.
        digest = hashlib.sha256(line.strip().encode("utf-8", "surrogatepass")).digest()
        seen[digest] += 1
        origin = hashlib.sha256(digest + str(seen[digest]).encode()).hexdigest()
        yield origin, note
