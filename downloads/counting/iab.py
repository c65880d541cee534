"""Which requests count as downloads, by the IAB Tech Lab podcast measurement rules (2.x).

Our reading, where the rules leave a choice:
- The window is fixed: one UTC day (the key that tells clients apart dies at midnight); `Window.ROLLING` is 24 hours
  from the request that counted, for whoever compares.
- The bytes of one client's ranges add up as distinct bytes: the same range five times is that range once.
- The request that brings the distinct bytes to the threshold is the download; its time is the download's time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from downloads.counting.clients import AgentClass

# Raise it with every change of these rules or of the lists of clients: totals say by which rules they were made.
RULES_VERSION = "iab-2-2026.11"
MINUTE_S = 60


class Window(StrEnum):
    UTC_DAY = "utc-day"
    ROLLING = "24-hours"


class Reason(StrEnum):
    """Why a request is, or is not, a download; the labels are for producers."""

    DOWNLOAD = "download"
    METHOD = "method"
    STATUS = "status"
    NOTHING_SENT = "nothing-sent"
    NO_AGENT = "no-agent"
    OWN = "own"
    BOT = "bot"
    WATCH = "watch"
    DATA_CENTRE = "data-centre"
    PROBE = "probe"
    PART = "part"
    UNDER_A_MINUTE = "under-a-minute"
    REPEAT = "repeat"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Reason.DOWNLOAD: "Counted as a download",
    Reason.METHOD: "Only asked about the file (HEAD), did not fetch it",
    Reason.STATUS: "Got no audio: a redirect, an unchanged copy or an error",
    Reason.NOTHING_SENT: "Left before the first byte",
    Reason.NO_AGENT: "Did not say what it is (no User-Agent)",
    Reason.OWN: "This site's own check",
    Reason.BOT: "A bot, a monitor or a programming library",
    Reason.WATCH: "A watch that fetches what its phone fetches too",
    Reason.DATA_CENTRE: "Came from a data centre",
    Reason.PROBE: "A player's test of the first two bytes",
    Reason.PART: "Part of a download that is counted once",
    Reason.UNDER_A_MINUTE: "Less than a minute of audio arrived",
    Reason.REPEAT: "The same listener fetched the episode again that day",
}


@dataclass(frozen=True)
class Hit:
    """One request for an episode's audio, as far as the rules look.

    `first` is the first byte sent, `sent` how many bytes went out; `asked_last` the last byte a Range header named, or
    None without one. `needed` is `threshold_bytes()` of the audio that was sent; `audio` names its bytes.
    """

    id: int
    at: datetime
    episode: int
    audio: str
    client: str
    agent: AgentClass
    method: str
    status: int
    first: int
    asked_last: int | None
    sent: int
    needed: int
    data_centre: bool = False


def threshold_bytes(audio_bytes: int, tag_bytes: int, bitrate_bps: int) -> int:
    """How many bytes make a download: the tag and a minute of sound, or the whole of a shorter file.

    Without a known bitrate the whole file is asked for.
    """
    if bitrate_bps <= 0:
        return audio_bytes
    return min(tag_bytes + MINUTE_S * bitrate_bps // 8, audio_bytes)


def excluded(hit: Hit) -> Reason | None:
    """Why the request alone can never count; None when it may."""
    if hit.method != "GET":
        return Reason.METHOD
    if hit.status not in (200, 206):
        return Reason.STATUS
    if hit.agent is AgentClass.NONE:
        return Reason.NO_AGENT
    if hit.agent is AgentClass.OWN:
        return Reason.OWN
    if hit.agent is AgentClass.BOT:
        return Reason.BOT
    if hit.agent is AgentClass.WATCH:
        return Reason.WATCH
    if hit.data_centre:
        return Reason.DATA_CENTRE
    if hit.status == 206 and hit.first == 0 and hit.asked_last == 1:
        return Reason.PROBE
    if hit.sent <= 0:
        return Reason.NOTHING_SENT
    return None


def judge(hits: Iterable[Hit], window: Window = Window.UTC_DAY) -> dict[int, Reason]:
    """Give every request its reason; `Reason.DOWNLOAD` are the downloads. The order of the hits changes nothing."""
    verdicts: dict[int, Reason] = {}
    eligible: list[Hit] = []
    for hit in hits:
        reason = excluded(hit)
        if reason:
            verdicts[hit.id] = reason
        else:
            eligible.append(hit)
    eligible.sort(key=lambda hit: (hit.episode, hit.client, hit.at, hit.id))
    for _, group in groupby(eligible, key=lambda hit: (hit.episode, hit.client)):
        verdicts.update(_judge_one_listener(list(group), window))
    return verdicts


def _judge_one_listener(hits: list[Hit], window: Window) -> dict[int, Reason]:
    """Judge one client's requests for one episode, in order of time."""
    verdicts: dict[int, Reason] = {}
    while hits:
        opened_at = hits[0].at
        inside = [hit for hit in hits if _same_window(opened_at, hit.at, window)]
        counted = _crossing(inside)
        if counted is None:
            verdicts.update((hit.id, Reason.UNDER_A_MINUTE) for hit in inside)
        else:
            if window is Window.ROLLING:
                # From the download on, 24 hours belong to it; what lies beyond opens a new window.
                closes_at = inside[counted].at + timedelta(hours=24)
                inside = [hit for hit in hits if hit.at < closes_at]
            for position, hit in enumerate(inside):
                verdicts[hit.id] = (
                    Reason.PART if position < counted else Reason.DOWNLOAD if position == counted else Reason.REPEAT
                )
        hits = hits[len(inside) :]
    return verdicts


def _same_window(opened_at: datetime, at: datetime, window: Window) -> bool:
    if window is Window.ROLLING:
        return at < opened_at + timedelta(hours=24)
    return at.astimezone(UTC).date() == opened_at.astimezone(UTC).date()


def _crossing(hits: list[Hit]) -> int | None:
    """The position of the request with which enough distinct bytes of one audio file had gone out."""
    runs: dict[str, Runs] = {}
    for position, hit in enumerate(hits):
        if runs.setdefault(hit.audio, Runs()).add(hit.first, hit.first + hit.sent) >= hit.needed:
            return position
    return None


class Runs:
    """Disjoint runs of bytes in their order; to add one costs next to nothing, however many there are."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._held = 0

    def add(self, start: int, end: int) -> int:
        """Add the bytes from `start` to before `end`; how many distinct ones there are now."""
        touched = slice(bisect_left(self._ends, start), bisect_right(self._starts, end))
        if self._starts[touched]:
            start = min(start, self._starts[touched][0])
            end = max(end, self._ends[touched][-1])
            self._held -= sum(self._ends[touched]) - sum(self._starts[touched])
        self._starts[touched], self._ends[touched] = [start], [end]
        self._held += end - start
        return self._held
