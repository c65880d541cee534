"""The iframe that shows an episode's player on other people's pages."""

from django.conf import settings
from django.urls import reverse
from lxml import etree

from episodes.models import Episode

EMBED_WIDTH_PX, EMBED_HEIGHT_PX = 640, 190


def embed_code(episode: Episode, width: int = EMBED_WIDTH_PX, height: int = EMBED_HEIGHT_PX) -> str:
    """HTML to paste; the title is what screen readers call the frame."""
    frame = etree.Element("iframe")
    address = settings.SITE_URL + reverse("publishing:embed", args=[episode.show.slug, episode.slug])
    for name, value in (
        ("src", address),
        ("width", str(width)),
        ("height", str(height)),
        ("title", f"{episode.title} – {episode.show.title}"),
        ("loading", "lazy"),
        ("frameborder", "0"),
    ):
        frame.set(name, value)
    return str(etree.tostring(frame, method="html", encoding="unicode"))
