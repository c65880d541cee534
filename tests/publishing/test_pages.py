"""The listeners' pages: what is shown, to whom, and where it moved."""

from datetime import date

import pytest
from django.urls import reverse

from downloads.models import DailyDownload
from episodes.models import ShowHost
from episodes.preview import make_token, withdraw_links
from episodes.start_here import choose_start_here
from tests.factories import (
    an_hour_ago,
    in_one_hour,
    make_appearance,
    make_chapter,
    make_draft,
    make_episode,
    make_show,
    make_speaker,
    make_topic,
)
from tests.publishing.reading_pages import give_words, select, texts
from transcripts.models import Segment

pytestmark = pytest.mark.django_db

EPISODE_DOORS = [
    "/{show}/{slug}/",
    "/{show}/{slug}/transcript/",
    "/{show}/{slug}/transcript.vtt",
    "/{show}/{slug}/transcript.txt",
    "/{show}/{slug}/chapters.json",
    "/{show}/{slug}/embed/",
    "/{show}/{slug}/related/",
    "/{show}/{slug}/correct/",
    "/{show}/{slug}/share.jpg",
    "/{show}/{slug}/cite.bib",
    "/oembed?url=http://testserver/{show}/{slug}/",
]


def test_an_episode_page_holds_title_sound_people_chapters_notes_and_every_word(client, show):
    speaker = make_speaker(name="Ann Bell", slug="ann-bell")
    episode = make_episode(show, title="On trust", show_notes="Read **this**.")
    make_appearance(episode, speaker, role="Guest", affiliation="A ward")
    make_chapter(episode, 0, title="Welcome")
    give_words(episode)

    page = client.get(episode.get_absolute_url())

    assert texts(page, "h1") == ["On trust"]
    assert select(page, "audio[data-episode]")[0].get("src") == episode.get_enclosure_url()
    assert texts(page, ".chapters a") == ["0:00 Welcome"]
    assert texts(page, ".people-side .muted") == ["Guest · A ward"]
    assert texts(page, ".episode-notes strong") == ["this"]
    assert texts(page, ".turn-voice") == ["Ann Bell", "Bo Dahl", "Ann Bell"]
    assert texts(page, ".said span") == [
        "Care is a service.",
        "It is made together.",
        "Trust comes first, says the map.",
        "And the map is the patient’s.",
    ]


def test_a_time_is_a_link_that_plays_from_there_without_scripts(client, show):
    episode = make_episode(show)
    give_words(episode)
    page = client.get(episode.get_absolute_url())
    link = select(page, ".said .clock")[1].get("href")

    there = client.get(link.split("#")[0])

    assert link == f"{episode.get_absolute_url()}?t=4#s2"
    assert select(there, "audio[data-episode]")[0].get("src") == f"{episode.get_enclosure_url()}#t=4"


@pytest.mark.parametrize("asked", ["", "x", "-5", "1:75", "99999999999", "600", "١٢", "%F0%9F"])
def test_a_time_that_is_none_opens_the_page_all_the_same(client, show, asked):
    episode = make_episode(show, duration_ms=600_000)

    page = client.get(f"{episode.get_absolute_url()}?t={asked}")

    assert page.status_code == 200
    assert select(page, "audio[data-episode]")[0].get("src") == episode.get_enclosure_url()


@pytest.mark.parametrize("door", EPISODE_DOORS)
@pytest.mark.parametrize("kind", ["draft", "scheduled", "withdrawn", "deleted"])
def test_what_is_not_published_answers_like_a_name_nobody_ever_used(client, show, door, kind):
    over = {
        "draft": {"state": "draft"},
        "scheduled": {"published_at": in_one_hour()},
        "withdrawn": {"state": "withdrawn"},
        "deleted": {"deleted_at": an_hour_ago()},
    }[kind]
    episode = make_episode(show, title="Unmistakable", **over)
    make_chapter(episode)
    give_words(episode)

    answer = client.get(door.format(show=show.slug, slug=episode.slug))
    unknown = client.get(door.format(show=show.slug, slug="never-used"))

    assert answer.status_code == unknown.status_code == 404
    assert answer.content == unknown.content
    assert _without_number(answer) == _without_number(unknown)


def _without_number(answer) -> dict:
    """Headers, but the number each request has in the log."""
    return {name: value for name, value in answer.items() if name != "X-Request-ID"}


def test_nothing_of_a_draft_stands_on_any_list_page(client, show):
    make_episode(show)
    draft = make_draft(show, title="Unmistakable")
    guest = make_speaker(name="Unmistakable Guest")
    make_appearance(draft, guest)
    draft.topics.add(make_topic(name="Unmistakable topic"))
    give_words(draft, "WEBVTT\n\n00:01.000 --> 00:02.000\nUnmistakable words\n")
    paths = ["/", show.get_absolute_url(), reverse("publishing:episodes", args=[show.slug]), "/speakers/", "/topics/"]
    paths += ["/search/?q=unmistakable", "/search.json?q=unmistakable", "/sitemap.xml", f"/{show.slug}/about/"]

    bodies = [client.get(path).content.lower().replace(b"q=unmistakable", b"") for path in paths]

    asked_for = (
        b'value="unmistakable"',
        b"\xe2\x80\x9cunmistakable\xe2\x80\x9d",
        b"<title>unmistakable",
        b'"query": "unmistakable"',
    )
    for body in bodies:
        for echo in asked_for:
            body = body.replace(echo, b"")
        assert b"unmistakable" not in body
    assert client.get(guest.get_absolute_url()).status_code == 404
    assert client.get("/topics/topic-unmistakable/").status_code == 404


def test_former_addresses_of_show_episode_and_person_lead_to_the_present_ones(client, show):
    episode = make_episode(show)
    speaker = make_speaker()
    make_appearance(episode, speaker)
    give_words(episode)
    old_show, old_episode, old_speaker = show.slug, episode.slug, speaker.slug
    show.slug, episode.slug, speaker.slug = "new-show", "new-episode", "new-person"
    for row in (show, episode, speaker):
        row.save()

    moved = {
        path: client.get(path)["Location"]
        for path in (
            f"/{old_show}/",
            f"/{old_show}/episodes/?page=1",
            f"/{old_show}/{old_episode}/?t=5",
            f"/new-show/{old_episode}/transcript/",
            f"/{old_show}/new-episode/transcript.vtt",
            f"/speakers/{old_speaker}/",
        )
    }

    assert moved == {
        f"/{old_show}/": "/new-show/",
        f"/{old_show}/episodes/?page=1": "/new-show/episodes/?page=1",
        f"/{old_show}/{old_episode}/?t=5": "/new-show/new-episode/?t=5",
        f"/new-show/{old_episode}/transcript/": "/new-show/new-episode/transcript/",
        f"/{old_show}/new-episode/transcript.vtt": "/new-show/new-episode/transcript.vtt",
        f"/speakers/{old_speaker}/": "/speakers/new-person/",
    }


def test_the_former_address_of_a_draft_leads_nowhere(client, show):
    draft = make_draft(show)
    old = draft.slug
    draft.slug = "secret-plan"
    draft.save()

    assert client.get(f"/{show.slug}/{old}/").status_code == 404


def test_one_show_is_the_first_page_and_several_are_a_list(client, show):
    assert texts(client.get("/"), "h1") == [show.title]

    other = make_show(title="Another show")

    assert set(texts(client.get("/"), ".show-card h2")) == {show.title, other.title}


def test_all_episodes_are_one_link_away_however_few_there_are(client, show):
    make_episode(show)

    page = client.get("/")

    assert texts(page, ".section-head a") == ["All episodes"]


def test_the_about_page_says_how_to_reach_the_team(client, show, settings):
    make_episode(show)
    settings.CONTACT_EMAIL = "team@example.org"

    page = client.get(reverse("publishing:about", args=[show.slug]))

    assert [link.get("href") for link in select(page, ".facts a")] == ["mailto:team@example.org"]


def test_an_empty_site_says_so(client, db):
    page = client.get("/")

    assert page.status_code == 200
    assert "No show is here yet" in page.content.decode()


@pytest.mark.parametrize("asked", ["page=0", "page=-1", "page=x", "page=99999999999", "page=²"])
def test_a_page_that_is_no_number_is_not_there(client, show, asked):
    assert client.get(f"{reverse('publishing:episodes', args=[show.slug])}?{asked}").status_code == 404


def test_who_takes_back_consent_disappears_from_every_page(client, show):
    speaker = make_speaker(name="Ann Bell", slug="ann-bell")
    episode = make_episode(show)
    make_appearance(episode, speaker)
    ShowHost.objects.create(show=show, speaker=speaker)
    give_words(episode)
    paths = ["/", "/speakers/", episode.get_absolute_url(), f"{episode.get_absolute_url()}transcript/"]
    paths += [
        f"{episode.get_absolute_url()}transcript.vtt",
        f"{episode.get_absolute_url()}cite.ris",
        "/search/?q=trust",
    ]
    of_speaker = f"{show.get_absolute_url()}episodes/?speaker=ann-bell"
    named = [path for path in paths if b"Ann Bell" in client.get(path).content]
    listed = episode.get_absolute_url() in client.get(of_speaker).content.decode()

    speaker.hidden = True
    speaker.save()

    assert (len(named), listed) == (len(paths) - 1, True)
    assert episode.get_absolute_url() not in client.get(of_speaker).content.decode()
    assert [path for path in paths if b"Ann Bell" in client.get(path).content] == []
    assert client.get(speaker.get_absolute_url()).status_code == 404


def test_a_chapter_title_stands_in_the_transcript_where_it_begins(client, show):
    episode = make_episode(show)
    make_chapter(episode, 0, title="Opening")
    make_chapter(episode, 4_200, title="The map")
    give_words(episode)

    page = client.get(episode.get_absolute_url())

    assert texts(page, ".words h3") == ["Opening", "The map"]
    words = select(page, ".words")[0].text_content()
    assert words.index("made together") < words.index("The map") < words.index("Trust comes first")


def test_an_untimed_transcript_has_no_dead_buttons(client, show):
    episode = make_episode(show)
    give_words(episode)
    Segment.objects.update(start_ms=None, end_ms=None, status=Segment.Status.UNTIMED)

    page = client.get(episode.get_absolute_url())

    assert texts(page, ".words .clock") == []
    assert "Care is a service." in texts(page, ".said span")


def test_related_and_neighbouring_episodes_are_published_ones(client, show):
    topic = make_topic()
    first, second, third = (make_episode(show, title=title) for title in ("First", "Second", "Third"))
    for episode in (first, second, third):
        episode.topics.add(topic)
    third.published_at = in_one_hour()
    third.save()

    page = client.get(second.get_absolute_url())

    assert texts(page, ".related a") == ["First"]
    assert texts(page, ".neighbour .serif") == ["First"]


def test_a_preview_link_opens_the_real_page_and_is_kept_by_nobody(client, show):
    draft = make_draft(show, title="Not yet")

    page = client.get(reverse("publishing:preview", args=[make_token(draft)]))
    forged = client.get(reverse("publishing:preview", args=["x" + make_token(draft)]))

    assert texts(page, "h1") == ["Not yet"]
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert forged.status_code == 404
    assert "Not yet" not in forged.content.decode()


def test_a_show_offers_what_to_start_with_in_its_own_order_and_only_what_is_published(client, show):
    old, older, draft = (make_episode(show, title="Old"), make_episode(show, title="Older"), make_draft(show))
    for number in range(7):
        make_episode(show, title=f"New {number}")
    choose_start_here(show, [older, draft, old])

    page = client.get(show.get_absolute_url())

    assert texts(page, ".start h3") == ["Older", "Old"]
    assert "Old" not in texts(page, ".cards .card-title")


def test_a_show_without_picks_has_no_empty_heading_for_them(client, show):
    make_episode(show)

    assert "Start here" not in texts(client.get(show.get_absolute_url()), "h2")


def test_downloads_stand_on_the_page_only_where_the_team_wants_them_to(client, show, settings):
    episode = make_episode(show)
    for day in (1, 2):
        DailyDownload.objects.create(episode=episode, day=date(2026, 11, day), app="An app", downloads=1_200)
    shown = {}
    for settings.SHOW_DOWNLOAD_TOTALS in (False, True):
        shown[settings.SHOW_DOWNLOAD_TOTALS] = texts(client.get(episode.get_absolute_url()), ".facts div")

    assert [one for one in shown[False] if "Downloads" in one] == []
    assert "Downloads2,400" in shown[True]


def test_a_preview_link_that_has_ended_is_gone_and_a_broken_one_was_never_there(client, show):
    draft = make_draft(show, title="Not yet")
    token = make_token(draft)
    withdraw_links(draft)

    ended, broken = client.get(f"/preview/{token}/"), client.get("/preview/nonsense/")

    assert (ended.status_code, broken.status_code) == (410, 404)
    assert "Not yet" not in ended.content.decode()
    assert select(ended, "input[name='q']")
    assert ended["Cache-Control"] == "private, no-store"


def test_a_withdrawn_or_deleted_episode_is_not_told_from_a_name_nobody_used(client, show):
    withdrawn = make_episode(show, state="withdrawn", slug="was-here")
    deleted = make_episode(show, slug="was-here-too", deleted_at=an_hour_ago())

    pages = [
        client.get(f"{show.get_absolute_url()}{slug}/") for slug in (withdrawn.slug, deleted.slug, "never-was-anything")
    ]

    assert [page.status_code for page in pages] == [404] * 3
    assert len({page.content for page in pages}) == 1
