"""All public pages with the time of their last change, for search engines."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, OuterRef
from django.urls import reverse

from episodes.models import Episode, Show, Topic
from publishing.pages.rows import seen_speakers


@dataclass(frozen=True)
class _Site:
    """What Django asks a site for; django.contrib.sites and its table are not needed for one name."""

    domain: str


class _Ours(Sitemap):
    """Addresses begin with SITE_URL, whatever host the request named."""

    limit = 40_000  # of each kind; one map may name 50,000 addresses (sitemaps.org), and ours is one

    def get_urls(self, page=1, site=None, protocol=None):
        own = urlsplit(settings.SITE_URL)
        return super().get_urls(page, site=_Site(own.netloc), protocol=own.scheme)


class ShowMap(_Ours):
    def items(self):
        return [
            (name, show) for show in Show.objects.order_by("id") for name in ("show", "episodes", "about", "follow")
        ]

    def location(self, item):
        return reverse(f"publishing:{item[0]}", args=[item[1].slug])

    def lastmod(self, item):
        return item[1].changed_at


class EpisodeMap(_Ours):
    def items(self):
        return (
            Episode.objects.published()
            .select_related("show")
            .only("slug", "changed_at", "published_at", "show__slug")
            .newest_first()
        )

    def lastmod(self, episode):
        return max(episode.changed_at, episode.published_at)


class SpeakerMap(_Ours):
    def items(self):
        return seen_speakers().order_by("id")

    def lastmod(self, speaker):
        return speaker.changed_at


class TopicMap(_Ours):
    def items(self):
        heard = Exists(Episode.objects.published().filter(topics=OuterRef("pk")))
        return Topic.objects.filter(heard).order_by("id")


class SiteMap(_Ours):
    def items(self):
        return ["speakers", "topics", "accessibility", "privacy"]

    def location(self, name):
        return reverse(f"publishing:{name}")


SITEMAPS = {"shows": ShowMap, "episodes": EpisodeMap, "people": SpeakerMap, "topics": TopicMap, "site": SiteMap}
