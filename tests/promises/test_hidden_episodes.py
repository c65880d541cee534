"""What is not published cannot be told from what never was, at any door; every door opens when its hour comes."""

import re
import time
from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from episodes.models import Episode, Waveform
from tests.factories import an_hour_ago, in_one_hour, make_appearance, make_chapter, make_episode, make_speaker
from tests.publishing.reading_pages import give_words

HIDDEN = {
    "draft": {"state": "draft"},
    "scheduled": {"published_at": in_one_hour()},
    "withdrawn": {"state": "withdrawn"},
    "thrown away": {"deleted_at": an_hour_ago()},
}
SOUND = b"the sound of a conversation " * 40
# What else an address says beside show and episode: each value that leads somewhere for a published episode.
ENDINGS = {
    "publishing:transcript_file": ["vtt", "srt", "json", "html", "txt"],
    "publishing:citation": ["bib", "ris"],
    "downloads:audio": ["mp3"],
}
WAYS_TO_ASK = {
    "as a reader": ("get", {}),
    "for the headers": ("head", {}),
    "for a part": ("get", {"Range": "bytes=0-9"}),
    "with a copy in hand": ("get", {"If-None-Match": '"x"', "Accept-Encoding": "br, gzip"}),
    "as a form": ("post", {}),
    "what may be asked": ("options", {}),
}


def patterns(resolver: URLResolver | None = None, namespace: str = ""):
    """Every pattern of the site with its full name: ("publishing:episode", URLPattern)."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{one.namespace}:" if one.namespace else namespace)
        elif isinstance(one, URLPattern) and one.name:
            yield namespace + one.name, one


def doors_to_an_episode() -> list[str]:
    """Names of all public addresses that name an episode: nobody has to remember to add a new one here."""
    named = {name for name, one in patterns() if {"episode", "episode_slug"} & set(one.pattern.converters)}
    return sorted({name for name in named if not name.startswith("admin:")} | {"downloads:audio"})


def addresses(show, slug: str, sha8: str) -> dict[str, str]:
    """Every address that a published episode of this slug has, by door and ending."""
    base = f"/{show.slug}/{slug}/"
    found = {}
    for name in doors_to_an_episode():
        for ending in ENDINGS.get(name, [""]):
            found[f"{name} {ending}".strip()] = {
                "publishing:episode": base,
                "publishing:transcript_file": f"{base}transcript.{ending}",
                "publishing:citation": f"{base}cite.{ending}",
                "publishing:chapters": f"{base}chapters.json",
                "publishing:episode_image": f"{base}share.jpg",
                "downloads:audio": f"/audio/{show.slug}/{slug}/{sha8}.{ending}",
            }.get(name, f"{base}{name.removeprefix('publishing:')}/")
    for format in ("json", "xml"):
        for page in (base, f"{base}embed/", f"{base}transcript/"):
            found[f"oembed {format} {page.removeprefix(base)}"] = f"/oembed?format={format}&url=http://testserver{page}"
    return found


def make_whole_episode(show, **over):
    episode = make_episode(show, title="Unmistakable", audio_content=SOUND, **over)
    make_appearance(episode, make_speaker(name="Unmistakable Guest"))
    make_chapter(episode, 0, title="Unmistakable chapter")
    Waveform.objects.create(episode=episode, audio_sha256=episode.audio_sha256, peaks=[1, 2, 3])
    give_words(episode)
    return episode


def seen(answer) -> tuple[int, dict[str, str], bytes]:
    """All that a stranger can see, but the number that each request has in the log."""
    headers = {name: value for name, value in answer.items() if name != "X-Request-ID"}
    return answer.status_code, headers, answer.getvalue()


def test_each_door_opens_to_a_published_episode(client, show):
    episode = make_whole_episode(show)

    answers = {
        door: seen(client.get(address))[0]
        for door, address in addresses(show, episode.slug, episode.audio_sha256[:8]).items()
    }

    assert {door: status for door, status in answers.items() if status != 200} == {}
    assert len(answers) >= 20


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_hidden_episode_answers_like_a_name_nobody_ever_used(client, show, kind):
    episode = make_whole_episode(show, **HIDDEN[kind])
    sha8 = episode.audio_sha256[:8]
    hidden, invented = addresses(show, episode.slug, sha8), addresses(show, "x" * len(episode.slug), sha8)

    answers = {
        (door, way): [seen(getattr(client, method)(address[door], headers=headers)) for address in (hidden, invented)]
        for door in hidden
        for way, (method, headers) in WAYS_TO_ASK.items()
    }

    assert [asked for asked, (real, unknown) in answers.items() if real != unknown] == []
    opened = {asked: real[0] for asked, (real, _) in answers.items() if real[0] not in (404, 405)}
    assert {way for _, way in opened} <= {"what may be asked"}, opened


@pytest.mark.parametrize("kind", HIDDEN)
def test_nothing_of_a_hidden_episode_stands_where_others_are_listed(client, show, kind):
    out = make_episode(show, title="A title of its own")
    make_whole_episode(show, **HIDDEN[kind])
    lists = ["/", f"/{show.slug}/", f"/{show.slug}/episodes/", f"/{show.slug}/about/", f"/{show.slug}/follow/"]
    lists += [f"/{show.slug}/feed.xml", "/sitemap.xml", "/speakers/", "/topics/", out.get_absolute_url()]
    lists += [f"{out.get_absolute_url()}related/", f"{out.get_absolute_url()}embed/"]
    lists += ["/search/?q=service", "/search.json?q=service", "/search/?q=unmistakabel", "/search.json?q=unmistakabel"]

    bodies = {path: client.get(path).content.lower() for path in lists}

    assert [path for path, body in bodies.items() if b"unmistakable" in body or b"care is a" in body] == []


@pytest.mark.django_db(transaction=True)
def test_page_feed_and_audio_open_together_within_two_seconds_of_their_hour(client, show):
    episode = make_whole_episode(show, published_at=timezone.now() + timedelta(hours=1))
    doors = addresses(show, episode.slug, episode.audio_sha256[:8])
    doors |= {"feed": f"/{show.slug}/feed.xml", "sitemap": "/sitemap.xml", "search": "/search/?q=service"}

    def is_open(door: str) -> bool:
        status, _, body = seen(client.get(doors[door]))
        listed = door not in ("feed", "sitemap", "search") or re.search(rb"episode-\d", body) is not None
        return status == 200 and listed

    began = timezone.now()
    too_early = [door for door in doors if is_open(door)]
    # As far ahead as a look takes here, and some more: a busy machine needs longer than an idle one.
    opens = timezone.now() + 3 * (timezone.now() - began) + timedelta(seconds=1)
    Episode.objects.filter(pk=episode.pk).update(published_at=opens)
    too_early += [door for door in doors if is_open(door)]
    assert timezone.now() < opens, "the machine was too slow to look before the hour"
    time.sleep(max((opens - timezone.now()).total_seconds(), 0) + 2)

    assert too_early == []
    assert [door for door in doors if not is_open(door)] == []
