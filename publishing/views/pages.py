"""Doors to a show's own pages: home, show, archive, episode, about."""

from functools import partial

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from downloads.counting.statistics import public_total
from episodes.models import Episode, FormerEpisodeSlug, FormerShowSlug, Show
from episodes.timecode import TimecodeError, parse_time
from publishing.pages import rows as page_rows
from publishing.pages import structured_data
from publishing.pages.addresses import as_query
from publishing.pages.citing import cited
from publishing.pages.embed_code import embed_code
from publishing.pages.frame import Frame, frame_of, interface_language, read_frame
from publishing.pages.rows import EpisodeRow, Filters, ShowRow
from publishing.pages.transcript_html import ready_transcript
from publishing.views.answering import moved, page, public_page, site_mark, whole_number

LATEST_ON_HOME = 6
LARGEST_PAGE = 100_000


@public_page()
def home(request: HttpRequest) -> HttpResponse:
    """The only show's page, or the list of shows."""
    first = page_rows.show_page(None, site_mark(request))
    if first is None:
        return page(read_frame(), "publishing/empty.html", {})
    frame = frame_of(first.site_shows)
    if frame.is_network:
        return page(frame, "publishing/network.html", {"description": frame.site_name})
    return _show_page(first)


@public_page()
def show(request: HttpRequest, show_slug: str) -> HttpResponse:
    found = page_rows.show_page(show_slug, site_mark(request))
    if found is None:
        return former_show(request, show_slug)
    return _show_page(found)


def _show_page(show: ShowRow) -> HttpResponse:
    frame = frame_of(show.site_shows, show.slug)
    episodes, picks = page_rows.front_episodes(show, LATEST_ON_HOME)
    return page(
        frame,
        "publishing/show.html",
        {
            "show": show,
            "latest": episodes[0] if episodes else None,
            "episodes": episodes[1:],
            "picks": picks,
            "structured": structured_data.series_page(show, episodes),
        },
    )


@public_page(query=("season", "topic", "speaker", "year", "transcript", "page"))
def archive(request: HttpRequest, show_slug: str) -> HttpResponse:
    found = page_rows.show_page(show_slug, site_mark(request))
    if found is None:
        return former_show(request, show_slug)
    filters = Filters(
        season=whole_number(request.GET.get("season")),
        topic=request.GET.get("topic", "")[:50],
        speaker=request.GET.get("speaker", "")[:50],
        year=whole_number(request.GET.get("year"), most=9999),
        transcript=request.GET.get("transcript") == "yes",
    )
    number = whole_number(request.GET.get("page", "1"), most=LARGEST_PAGE)
    if not number:
        raise Http404
    listed = page_rows.archive_page(found, filters, number)
    if number > 1 and not listed.episodes:
        raise Http404
    return page(
        frame_of(found.site_shows, found.slug),
        "publishing/archive.html",
        {"here": "episodes", "show": found, "listed": listed, "filters": filters, "kept": filters.as_query()},
    )


@public_page(query=("t", "lang"))
def episode(request: HttpRequest, show_slug: str, episode_slug: str) -> HttpResponse:
    found = page_rows.episode_page(show_slug, episode_slug, site_mark(request))
    if found is None:
        return former_episode(request, show_slug, episode_slug)
    return page(
        *episode_context(found, start_ms=moment(request.GET.get("t", "")), language=request.GET.get("lang", ""))
    )


def episode_context(
    found: EpisodeRow, *, start_ms: int | None = None, language: str = "", is_preview: bool = False
) -> tuple:
    """Frame, template and context of an episode's page, for the public door and the preview alike.

    `language` asks for the words of that language; where there are none, the page has those it has without asking.
    """
    frame = frame_of(found.site_shows, found.show.slug)
    transcript = chosen_transcript(found.transcript_rows, found.show.language, language)
    if start_ms is not None and found.duration_ms is not None and start_ms >= found.duration_ms:
        start_ms = None
    # What only parts of the page ask for that are kept is worked out when such a part is written.
    context = {
        "told": None if is_preview else found.told,
        "episode": found,
        "show": found.show,
        "transcript": transcript,
        "transcript_html": words_html(found, transcript, frame) if transcript else "",
        "words_query": words_query(found, transcript),
        "downloads": None if is_preview else public_total(found.pk),
        "peaks": found.waveform_rows[0] if found.waveform_rows else None,
        "earlier": found.earlier_rows[0] if found.earlier_rows else None,
        "later": found.later_rows[0] if found.later_rows else None,
        "start_ms": start_ms,
        "is_preview": is_preview,
        "structured": partial(structured_data.episode_page, found),
        "cited": partial(cited, found, start_ms),
        "oembed_url": partial(oembed_url, found),
        "embed_code": partial(embed_code, found),
    }
    return frame, "publishing/episode.html", context


def oembed_url(found: EpisodeRow) -> str:
    asked = as_query(url=settings.SITE_URL + found.get_absolute_url())
    return f"{settings.SITE_URL}{reverse('publishing:oembed')}?{asked}"


def chosen_transcript(transcripts: list[dict], language: str, asked: str = "") -> dict | None:
    """The transcript in the language asked for, else in the show's, else the first."""
    for wanted in (asked, language):
        for same in (str.lower, _main_language):
            found = next((one for one in transcripts if wanted and same(one["language"]) == same(wanted)), None)
            if found is not None:
                return found
    return transcripts[0] if transcripts else None


def words_html(found: EpisodeRow, transcript: dict, frame: Frame) -> str:
    """The words of this transcript as its pages print them."""
    return ready_transcript(
        transcript,
        found.chapter_rows,
        play_url=found.get_absolute_url() + words_query(found, transcript),
        stamp=found.stamp or 0,
        language=interface_language(frame.language),
    )


def _main_language(code: str) -> str:
    return code.lower().split("-")[0]


def words_query(found: EpisodeRow, transcript: dict | None) -> str:
    """The beginning of a question that names the words' language, where the page would choose others by itself.

    "?lang=sv", else ""; templates go on with & or ?, as `join_query` says.
    """
    if transcript is None or transcript == chosen_transcript(found.transcript_rows, found.show.language):
        return ""
    return "?" + as_query(lang=transcript["language"])


@public_page()
def about(request: HttpRequest, show_slug: str) -> HttpResponse:
    found = page_rows.show_page(show_slug, site_mark(request))
    if found is None:
        return former_show(request, show_slug)
    shown = {"here": "about", "show": found, "contact_email": settings.CONTACT_EMAIL}
    return page(frame_of(found.site_shows, found.slug), "publishing/about.html", shown)


def moment(text: str) -> int | None:
    """The milliseconds of ?t=754, 12:34 or 12m34s; None for anything else, since a bad link still opens the page."""
    try:
        return parse_time(text) if text else None
    except TimecodeError:
        return None


def former_show(request: HttpRequest, slug: str) -> HttpResponse:
    former = FormerShowSlug.objects.select_related("show").filter(slug=slug).first()
    if former is None:
        raise Http404
    return moved(request.path.replace(f"/{slug}/", f"/{former.show.slug}/", 1), request)


def former_episode(request: HttpRequest, show_slug: str, slug: str) -> HttpResponse:
    """301 from an address the show or the episode once had, if the episode is published now."""
    show = Show.objects.filter(slug=show_slug).first()
    if show is None:
        former_show = FormerShowSlug.objects.select_related("show").filter(slug=show_slug).first()
        if former_show is None:
            raise Http404
        show = former_show.show
    published = Episode.objects.published().filter(show=show)
    found = published.filter(slug=slug).first()
    if found is None:
        former = FormerEpisodeSlug.objects.filter(show=show, slug=slug, episode__in=published).first()
        if former is None:
            raise Http404
        found = former.episode
    rest = request.path.removeprefix(f"/{show_slug}/{slug}/")
    return moved(f"/{show.slug}/{found.slug}/{rest}", request)
