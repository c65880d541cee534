"""What a page is about, in schema.org's words, for search engines and citation tools."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from episodes.models import Episode, Show
from episodes.timecode import format_iso_duration
from publishing.pages.pictures import picture_of
from publishing.pages.rows import EpisodeRow, SpeakerRow

Node = dict[str, Any]


def absolute(path: str) -> str:
    return path if path.startswith(("http://", "https://")) else settings.SITE_URL + path


def _clean(node: Node) -> Node:
    """Without what nobody filled in."""
    return {key: value for key, value in node.items() if value not in ("", None, [], {})}


def _graph(*nodes: Node) -> Node:
    return {"@context": "https://schema.org", "@graph": [_clean(node) for node in nodes]}


def series(show: Show) -> Node:
    """The show; its address is its identity."""
    url = absolute(show.get_absolute_url())
    picture = picture_of(show, "artwork")
    return _clean(
        {
            "@type": "PodcastSeries",
            "@id": f"{url}#series",
            "name": show.title,
            "url": url,
            "description": show.tagline,
            "webFeed": absolute(show.get_feed_url()),
            "inLanguage": show.language,
            "image": absolute(picture.large_url) if picture else "",
            "author": {"@type": "Organization", "name": show.author},
            "license": show.licence_url,
        }
    )


def _web_site() -> Node:
    home = absolute(reverse("publishing:home"))
    return {
        "@type": "WebSite",
        "@id": f"{home}#site",
        "url": home,
        "name": settings.SITE_NAME,
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{absolute(reverse('publishing:search'))}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def _crumbs(*steps: tuple[str, str]) -> Node:
    """(name, path) from the top down."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    }


def series_page(show: Show, episodes: list[EpisodeRow]) -> Node:
    return _graph(
        _web_site(),
        {**series(show), "hasPart": [_reference(episode) for episode in episodes]},
    )


def _reference(episode: Episode) -> Node:
    url = absolute(episode.get_absolute_url())
    return {"@type": "PodcastEpisode", "@id": f"{url}#episode", "url": url, "name": episode.title}


def _person(row: Node) -> Node:
    url = absolute(reverse("publishing:speaker", args=[row["slug"]]))
    return _clean(
        {
            "@type": "Person",
            "@id": f"{url}#person",
            "name": row["name"],
            "url": url,
            "affiliation": _organisation(row.get("affiliation") or row.get("affiliation_now") or ""),
            "sameAs": [f"https://orcid.org/{row['orcid']}"] if row.get("orcid") else [],
        }
    )


def _organisation(name: str) -> Node:
    return {"@type": "Organization", "name": name} if name else {}


def episode_page(episode: EpisodeRow) -> Node:
    """Of an episode read by page_rows.episode_page."""
    show = episode.show
    url = absolute(episode.get_absolute_url())
    picture = picture_of(episode, "artwork") or picture_of(show, "artwork")
    duration = format_iso_duration(episode.duration_ms or 0)
    audio: Node = {
        "@type": "AudioObject",
        "contentUrl": absolute(episode.get_enclosure_url()),
        "encodingFormat": episode.audio_mime,
        "contentSize": str(episode.audio_bytes),
        "duration": duration,
        "name": episode.title,
        "uploadDate": episode.published_at.isoformat() if episode.published_at else "",
    }
    if episode.transcript_rows:
        audio["transcript"] = absolute(reverse("publishing:transcript_file", args=[show.slug, episode.slug, "txt"]))
    return _graph(
        _clean(
            {
                "@type": "PodcastEpisode",
                "@id": f"{url}#episode",
                "url": url,
                "name": episode.title,
                "description": episode.summary,
                "datePublished": episode.published_at.isoformat() if episode.published_at else "",
                "dateModified": episode.changed_at.isoformat(),
                "duration": duration,
                "episodeNumber": episode.number,
                "inLanguage": show.language,
                "isAccessibleForFree": True,
                "accessibilityFeature": ["transcript"] if episode.transcript_rows else [],
                "license": episode.licence_url or show.licence_url,
                "image": absolute(picture.large_url) if picture else "",
                "associatedMedia": audio,
                "partOfSeries": {"@type": "PodcastSeries", "@id": f"{absolute(show.get_absolute_url())}#series"},
                "partOfSeason": {"@type": "PodcastSeason", "seasonNumber": episode.season.number}
                if episode.season
                else {},
                "actor": [_person(row) for row in episode.people],
                "about": [{"@type": "Thing", "name": topic["name"]} for topic in episode.topic_rows],
                "citation": [
                    {"@type": "CreativeWork", "name": row["title"], "url": row["url"]} for row in episode.link_rows
                ],
                "hasPart": _clips(episode, url),
            }
        ),
        series(show),
        _crumbs((show.title, show.get_absolute_url()), (episode.title, episode.get_absolute_url())),
    )


def _clips(episode: EpisodeRow, url: str) -> list[Node]:
    """Chapters, in seconds; each ends where the next begins."""
    starts = [row["start_ms"] for row in episode.chapter_rows]
    ends = [*starts[1:], episode.duration_ms or 0][: len(starts)]
    return [
        {
            "@type": "Clip",
            "name": row["title"],
            "startOffset": start / 1000,
            "endOffset": end / 1000,
            "url": f"{url}?t={start // 1000}",
        }
        for row, start, end in zip(episode.chapter_rows, starts, ends, strict=True)
        if end > start
    ]


def speaker_page(speaker: SpeakerRow, episodes: list[EpisodeRow]) -> Node:
    """A person; `hidden` people have no page, so their name comes to nobody by this way either."""
    url = absolute(speaker.get_absolute_url())
    picture = picture_of(speaker, "photo")
    same = [speaker.website] if speaker.website else []
    if speaker.orcid:
        same.insert(0, f"https://orcid.org/{speaker.orcid}")
    same += [row["url"] for row in speaker.link_rows]
    return _graph(
        {
            "@type": "ProfilePage",
            "url": url,
            "mainEntity": {"@id": f"{url}#person"},
        },
        {
            "@type": "Person",
            "@id": f"{url}#person",
            "name": speaker.name,
            "url": url,
            "image": absolute(picture.url) if picture else "",
            "affiliation": _organisation(speaker.affiliation),
            "sameAs": same,
            "subjectOf": [_reference(episode) for episode in episodes],
        },
    )


def topic_page(name: str, path: str, episodes: list[EpisodeRow]) -> Node:
    return _graph(
        {
            "@type": "CollectionPage",
            "name": name,
            "url": absolute(path),
            "hasPart": [_reference(episode) for episode in episodes],
        }
    )
