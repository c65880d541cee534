"""What stands around every page: the show it belongs to, the site's other shows, the language."""

from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from episodes.models import Show

SHOW_FIELDS = (
    "title slug tagline language author website licence licence_url copyright artwork artwork_alt artwork_renditions"
).split()


@dataclass(frozen=True)
class Frame:
    """`show` is the show in the page's head: its own, or the only one of the site; None on pages of a network.

    Shows are dicts of title, slug, tagline, language, author, website, licence, copyright and artwork.
    """

    show: dict | None
    shows: list[dict] = field(default_factory=list)

    @cached_property
    def key(self) -> str:
        """All that the frame shows: pages with the same one have the same frame."""
        return repr((self.show, self.is_network, self.site_name))

    @property
    def site_name(self) -> str:
        if settings.SITE_NAME:
            return str(settings.SITE_NAME)
        return str(self.show["title"]) if self.show else "Podcasts"

    @property
    def language(self) -> str:
        return str(self.show["language"]) if self.show else settings.LANGUAGE_CODE

    @property
    def direction(self) -> str:
        """Which way the page runs: as the show's language does, also where the interface does not speak it."""
        return direction_of(self.language)

    @property
    def home_url(self) -> str:
        return reverse("publishing:home")

    @property
    def is_network(self) -> bool:
        return len(self.shows) > 1


# Beyond those that Django has translations for.
_ALSO_RIGHT_TO_LEFT = {"dv", "ps", "sd", "yi"}


def direction_of(language: str) -> str:
    """ "rtl" or "ltr", for an HTML dir attribute."""
    main = language.lower().split("-")[0]
    return "rtl" if main in {*settings.LANGUAGES_BIDI, *_ALSO_RIGHT_TO_LEFT} else "ltr"


def with_shows(queryset: QuerySet) -> QuerySet:
    """Rows that bring the site's shows along as `site_shows`, so that a page needs no query for its frame."""
    shows = Show.objects.order_by("title").values(found=JSONObject(**{name: name for name in SHOW_FIELDS}))
    return queryset.annotate(site_shows=ArraySubquery(shows))


def frame_of(shows: list[dict], slug: str | None = None) -> Frame:
    """The frame of a show's page (by its slug), or of a page of the whole site."""
    own = next((show for show in shows if show["slug"] == slug), None)
    if own is None and len(shows) == 1:
        own = shows[0]
    return Frame(own, shows)


def read_frame(slug: str | None = None) -> Frame:
    """The frame alone; one query."""
    return frame_of(list(Show.objects.order_by("title").values(*SHOW_FIELDS)), slug)


def interface_language(language: str) -> str:
    """The language of buttons and headings: the show's own where the interface speaks it, else English."""
    known = {code for code, _ in settings.LANGUAGES}
    short = language.lower().split("-")[0]
    return language.lower() if language.lower() in known else short if short in known else "en"
