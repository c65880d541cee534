"""Doors to the search over everything said and written: a page, and the same answer as JSON."""

import dataclasses
import math
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from downloads.counting.delivery_notes import address_of
from episodes.models import Episode
from publishing.pages import addresses
from publishing.pages import rows as page_rows
from publishing.pages.frame import read_frame
from publishing.rationing import Ration
from publishing.views.answering import page, public_page, whole_number
from transcripts.search.misses import note_miss
from transcripts.search.query import search as find
from transcripts.search.results import EpisodeHit, SearchQuery, SearchResults

ASKED = ("q", "show", "speaker", "topic", "year", "page")


SEARCHES = Ration()


@public_page(query=ASKED, keep=False)
def search(request: HttpRequest) -> HttpResponse:
    query = _query(request)
    if wait := _seconds_to_wait(request, query):
        shown = {"here": "search", "seconds": wait, "kept": query_string(query)}
        response = page(read_frame(), "publishing/too_many_searches.html", shown, status=429)
        response["Retry-After"], response["Cache-Control"] = str(wait), "no-store"
        return response
    results = _answer(query)
    frame = read_frame()
    playable = (
        Episode.objects.published().select_related("show", "season").in_bulk([hit.episode_id for hit in results.hits])
    )
    found = [(hit, playable[hit.episode_id]) for hit in results.hits if hit.episode_id in playable]
    nothing = query.cleaned and not results.total
    return page(
        frame,
        "publishing/search.html",
        {
            "here": "search",
            "query": query,
            "results": results,
            "found": found,
            "speakers": page_rows.speakers_page(),
            "topics": page_rows.topics_page(),
            "years": page_rows.years_of_episodes(),
            "kept": query_string(query),
            "latest": page_rows.latest_of_site(3) if nothing or not query.cleaned else [],
        },
    )


@public_page(query=ASKED, keep=False)
def search_json(request: HttpRequest) -> HttpResponse:
    """Rows as transcripts.search.results has them, each hit and passage with its address."""
    query = _query(request)
    if wait := _seconds_to_wait(request, query):
        sentence = f"There were very many searches from your network. Try again in {wait} seconds."
        return JsonResponse(
            {"error": sentence}, status=429, headers={"Retry-After": str(wait), "Cache-Control": "no-store"}
        )
    results = _answer(query)
    return JsonResponse(
        {
            "query": results.query.cleaned,
            "page": results.query.page,
            "pages": results.pages,
            "total": results.total,
            "suggestion": results.suggestion,
            "people": [dataclasses.asdict(one) for one in results.people],
            "topics": [dataclasses.asdict(one) for one in results.topics],
            "episodes": [_hit(hit, results.query.cleaned) for hit in results.hits],
        }
    )


def _seconds_to_wait(request: HttpRequest, query: SearchQuery) -> int:
    """0 for whoever searches as people do. An empty search asks the database for nothing that costs."""
    if not query.cleaned or not settings.SEARCHES_PER_MINUTE:
        return 0
    return math.ceil(SEARCHES.take(address_of(request.META), settings.SEARCHES_PER_MINUTE))


def _hit(hit: EpisodeHit, query: str) -> dict[str, Any]:
    url = reverse("publishing:episode", args=[hit.show_slug, hit.slug])
    passages = [
        {
            "start_ms": passage.start_ms,
            "speaker": passage.speaker_name,
            "before": passage.before,
            "text": passage.text,
            "marked": [list(piece) for piece in passage.marked],
            "after": passage.after,
            "url": addresses.moment_url(url, passage.start_seconds, passage.anchor, query),
        }
        for passage in hit.passages
    ]
    return {
        "show": hit.show_title,
        "title": hit.title,
        "url": url,
        "published_at": hit.published_at.isoformat(),
        "duration_ms": hit.duration_ms,
        "passages": passages,
        "more_passages": hit.more_passages,
    }


def _query(request: HttpRequest) -> SearchQuery:
    asked = request.GET
    return SearchQuery(
        asked.get("q", "")[:2000],
        show_slug=asked.get("show", "")[:50],
        speaker_slug=asked.get("speaker", "")[:50],
        topic_slug=asked.get("topic", "")[:50],
        year=whole_number(asked.get("year"), most=9998),
        page=whole_number(asked.get("page"), most=1000) or 1,
    )


def _answer(query: SearchQuery) -> SearchResults:
    results = find(query)
    if results.total == 0 and query.cleaned and not query.has_filters:
        note_miss(query.cleaned)
    return results


def query_string(query: SearchQuery) -> str:
    """The question without its page, for the links to other pages."""
    return addresses.as_query(
        q=query.cleaned,
        show=query.show_slug,
        speaker=query.speaker_slug,
        topic=query.topic_slug,
        year=query.year,
    )
