"""What is live, what comes next and what waits: the desk's front page as data."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from episodes import desk
from episodes.desk import Card
from episodes.models import AudioWork, Chapter, Episode, PictureWork, Show, Speaker
from episodes.readiness import readiness, summarise

SHOWN = 5
LITTLE_SPACE_BYTES = 5_000_000_000


@dataclass(frozen=True)
class Line:
    """An episode in a list of the front page. `when` is in the show's own time zone, `note` a sentence or empty."""

    title: str
    url: str
    when: str
    note: str = ""


@dataclass(frozen=True)
class Board:
    live: list[Line]
    scheduled: list[Line]
    drafts: list[Line]
    waiting: list[Card]
    facts: list[Card]
    may_add: bool
    has_show: bool


def read_board(user: User) -> Board:
    """The front page for this user; nothing of it needs more rights than seeing episodes."""
    if not user.has_perm("episodes.view_episode"):
        return Board([], [], [], [], [], may_add=False, has_show=True)
    cards = list(cards_for(user))
    kept = Episode.objects.kept().select_related("show")
    drafts = kept.exclude(state=Episode.State.PUBLIC).select_related("audio_work").order_by("-changed_at")[:SHOWN]
    return Board(
        live=[_line(e) for e in Episode.objects.published().select_related("show").newest_first()[:SHOWN]],
        scheduled=[
            _line(e) for e in Episode.objects.scheduled().select_related("show").order_by("published_at")[:SHOWN]
        ],
        drafts=[_line(e, summarise(readiness(e))) for e in drafts],
        waiting=sorted((card for card in cards if card.asks), key=lambda card: not card.urgent),
        facts=[card for card in cards if not card.asks],
        may_add=user.has_perm("episodes.add_episode"),
        has_show=Show.objects.exists(),
    )


def _line(episode: Episode, note: str = "") -> Line:
    when = ""
    if episode.published_at and episode.state == Episode.State.PUBLIC:
        zone = episode.show.time_zone
        when = f"{episode.published_at.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M} {zone}"
    return Line(episode.title, reverse("admin:episodes_episode_change", args=[episode.pk]), when, note)


def cards_for(user: User) -> Iterable[Card]:
    yield from _work_cards()
    yield from _picture_cards()
    yield from _disk_cards()
    for maker in desk.card_makers:
        yield from maker(user)


def _work_cards() -> Iterable[Card]:
    of_kept = AudioWork.objects.filter(episode__deleted_at=None)
    going_on = of_kept.filter(state__in=(AudioWork.State.WAITING, AudioWork.State.RUNNING)).count()
    if going_on:
        yield Card("Audio in the works", "The present files stay until the new ones are complete.", count=going_on)
    for work in of_kept.filter(state=AudioWork.State.FAILED).select_related("episode")[:SHOWN]:
        url = reverse("admin:episodes_episode_change", args=[work.episode_id])
        yield Card(f"Audio of “{work.episode}” failed", work.problem, url, urgent=True)


def _picture_cards() -> Iterable[Card]:
    failed = PictureWork.objects.filter(state=PictureWork.State.FAILED)
    if problem := failed.values_list("problem", flat=True).first():
        url = reverse("admin:episodes_picturework_changelist") + "?state__exact=failed"
        text = f"{problem} Pages show them as uploaded meanwhile."
        yield Card("Sizes of pictures that could not be made", text, url, failed.count(), urgent=True)
    people = Speaker.objects.shown().exclude(photo="").filter(photo_alt="").count()
    if people:
        url = reverse("admin:episodes_speaker_changelist")
        yield Card("Photos without words", "People who cannot see a photo need a few words.", url, people)
    covers = Episode.objects.kept().exclude(artwork="").filter(artwork_alt="").count()
    if covers:
        url = reverse("admin:episodes_episode_changelist")
        yield Card("Covers without words", "An episode with such a cover cannot be published.", url, covers)
    pictured = Chapter.objects.filter(episode__deleted_at=None).exclude(image="")
    if wordless := pictured.filter(image_alt="").values("episode").distinct().count():
        url = reverse("admin:episodes_episode_changelist")
        yield Card("Chapter pictures without words", "Say in a few words what each shows.", url, wordless)


def _disk_cards() -> Iterable[Card]:
    media = Path(settings.MEDIA_DIR)
    if not media.exists():
        return
    free = shutil.disk_usage(media).free
    little = free < LITTLE_SPACE_BYTES
    text = "Space is short: tell the person who runs the server." if little else "free for new episodes."
    yield Card("Disk", f"{free / 1e9:,.0f} GB {text}", urgent=little)
