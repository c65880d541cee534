"""Door to the pictures that stand for a show or an episode where its link is shared."""

import hashlib
import logging
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from publishing.pages import rows as page_rows
from publishing.pages.frame import interface_language
from publishing.pages.pictures import Picture, picture_of
from publishing.pages.share_image import draw_share_image
from publishing.pages.wording import episode_label
from publishing.views.answering import public_page
from publishing.views.pages import former_episode, former_show

logger = logging.getLogger(__name__)

MOST_COVER_BYTES = 20_000_000


@public_page(keep=False)
def show_image(request: HttpRequest, show_slug: str) -> HttpResponse:
    found = page_rows.show_page(show_slug)
    if found is None:
        return former_show(request, show_slug)
    return _image(found.title, found.author, "", picture_of(found, "artwork"))


@public_page(keep=False)
def episode_image(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    found = page_rows.episode_page(show_slug, episode_slug)
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    with translation.override(interface_language(found.show.language)):
        kicker = episode_label(found)
    return _image(
        found.title, found.show.title, kicker, picture_of(found, "artwork") or picture_of(found.show, "artwork")
    )


def _image(title: str, show: str, kicker: str, cover: Picture | None) -> HttpResponse:
    """Drawn once for the same words and cover, then read from disk; drawn each time while nothing can be kept there."""
    name = cover.large_name if cover else ""
    key = hashlib.sha256("\0".join((title, show, kicker, name)).encode()).hexdigest()[:32]
    kept = Path(settings.VAR_DIR) / "share" / f"{key}.jpg"
    try:
        body = kept.read_bytes()
    except OSError:
        body = draw_share_image(title, show, kicker, _content(name), Path(settings.BASE_DIR) / "static" / "fonts")
        _keep(kept, body)
    return HttpResponse(body, content_type="image/jpeg")


def _keep(place: Path, body: bytes) -> None:
    """A full disk is no reason to show nothing; and an OSError that leaves a view is taken for a silent database."""
    part = place.with_suffix(f".{uuid.uuid4().hex}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(body)
        part.replace(place)
    except OSError as error:
        logger.warning("A picture for sharing was not kept: %s", error.strerror)
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _content(name: str) -> bytes | None:
    if not name:
        return None
    try:
        with default_storage.open(name) as stored:
            return stored.read(MOST_COVER_BYTES)
    except OSError:
        return None
