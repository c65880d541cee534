"""An episode's page, of which most is kept, says at once whatever its rows say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from episodes.models import (
    Appearance,
    Chapter,
    Episode,
    EpisodeLink,
    FundingLink,
    Show,
    Speaker,
    Topic,
    Waveform,
)
from episodes.preview import make_token
from publishing.pages import rows as page_rows
from publishing.pages import transcript_html
from tests.factories import (
    make_appearance,
    make_chapter,
    make_episode,
    make_season,
    make_small_audio,
    make_speaker,
    make_topic,
)
from tests.publishing.reading_pages import give_words, texts
from transcripts.models import Segment, Transcript, VoiceLabel

pytestmark = pytest.mark.django_db

COVER = {"artwork": "artwork/new.jpg", "artwork_alt": "A cover"}


@pytest.fixture
def episode(show):
    """One of everything that stands on the page, and two older ones: of the same things, and before it."""
    found = make_episode(show, slug="own", show_notes="Notes.", summary="What it is about.")
    make_appearance(found, make_speaker(name="Ann Bell", slug="ann"), role="Guest")
    make_chapter(found, 0, title="Welcome")
    make_chapter(found, 60_000, title="The map")
    found.topics.add(make_topic(name="Trust", slug="trust"))
    EpisodeLink.objects.create(episode=found, title="A paper", url="https://example.org/")
    FundingLink.objects.create(show=show, label="Give", url="https://example.org/give")
    Waveform.objects.create(episode=found, audio_sha256=found.audio_sha256, peaks=[1, 200, 50])
    give_words(found)
    for days in (1, 2):
        date = timezone.now() - timedelta(days=days)
        make_episode(show, slug=f"older-{days}", published_at=date).topics.set(found.topics.all())
    return found


def of_own(**changed):
    return lambda episode: Episode.objects.filter(pk=episode.pk).update(**changed)


def of_all(model, **changed):
    return lambda episode: model.objects.update(**changed)


def publish_another(episode):
    make_episode(episode.show, title="Newer", published_at=timezone.now())


def rename_a_voice(label):
    VoiceLabel.objects.filter(pk=VoiceLabel.objects.latest("pk").pk).update(label=label, speaker=None)


def draw_anew(episode):
    """As the work on a recording does, in one transaction with the episode."""
    Waveform.objects.update(peaks=[90, 1, 1])
    of_own(audio_changed_at=timezone.now())(episode)


CHANGES = {
    "title": (of_own(title="Another"), '<h1 tabindex="-1">Another</h1>'),
    "summary": (of_own(summary="Something else."), "Something else."),
    "notes": (of_own(show_notes="Other notes."), "Other notes."),
    "number": (of_own(display_number="E07"), "E07"),
    "season": (lambda one: of_own(number=4, season=make_season(one.show, number=3))(one), "Season 3, episode 4"),
    "date": (of_own(published_at="2020-02-03T00:00Z"), "3 February 2020"),
    "length": (of_own(duration_ms=4_000_000), "1 hour 6 minutes"),
    "size": (of_own(audio_bytes=77_000_000), "77.0 MB"),
    "sound": (of_own(audio_sha256="f" * 64), "ffffffff"),
    "explicit": (of_own(explicit=True), "Explicit"),
    "licence": (of_own(licence="CC0"), "CC0"),
    "place": (of_own(location_name="Jönköping"), "Jönköping"),
    "disclosure": (of_own(disclosure="A sponsor paid."), "A sponsor paid."),
    "discussion": (of_own(social_uri="https://talk.example/1"), "talk.example"),
    "cover": (of_own(**COVER), "A cover"),
    "person": (of_all(Speaker, name="Bea Cole"), "Bea Cole"),
    "who took back consent": (of_all(Speaker, hidden=True), "Welcome"),
    "role": (of_all(Appearance, role="Narrator"), "Narrator"),
    "affiliation": (of_all(Appearance, affiliation="A clinic"), "A clinic"),
    "chapter": (of_all(Chapter, title="Farewell"), "Farewell"),
    "topic": (of_all(Topic, name="Hope"), "Hope"),
    "reference": (of_all(EpisodeLink, title="A book"), "A book"),
    "support": (of_all(FundingLink, label="Help us"), "Help us"),
    "waveform": (draw_anew, "wave-all"),
    "words": (of_all(Segment, text="Other words."), "Other words."),
    "time of words": (of_all(Segment, start_ms=77_000, end_ms=78_000), 'data-start="77000"'),
    "voice": (lambda _: rename_a_voice("Cid Dahl"), "Cid Dahl"),
    "paragraphs": (of_all(Segment, starts_paragraph=True), 'class="said"'),
    "who checked the words": (of_all(Transcript, credit="Read by Bo."), "Read by Bo."),
    "smaller file": (make_small_audio, "Smaller file"),
    "neighbour": (publish_another, "Newer"),
    "related": (lambda _: Episode.objects.filter(slug="older-2").update(title="Old friend"), "Old friend"),
    "show": (of_all(Show, title="Another show"), "Another show"),
    "show's cover": (of_all(Show, **COVER), "A cover"),
    "show's author": (of_all(Show, author="A hospital"), "A hospital"),
    "language": (of_all(Show, language="sv"), "Avsnitt"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_on_the_next_page(client, episode, name):
    change, now_there = CHANGES[name]
    path = episode.get_absolute_url()
    before = client.get(path).content.decode()
    change(episode)

    after = client.get(path).content.decode()

    assert after != before
    assert now_there in after


def test_what_was_taken_back_is_on_no_part_of_the_page(client, episode):
    path = episode.get_absolute_url()
    assert "Ann Bell" in client.get(path).content.decode()
    Speaker.objects.update(hidden=True)

    assert "Ann Bell" not in client.get(path).content.decode()


def test_words_are_written_once_until_they_change(client, episode, monkeypatch):
    written, write = [], transcript_html._written
    monkeypatch.setattr(transcript_html, "_written", lambda *told: written.append(told) or write(*told))
    path = episode.get_absolute_url()
    client.get(path)
    Episode.objects.filter(slug="older-2").update(show_notes="Nobody's business here.")
    client.get(path)
    times_written = [len(written)]
    Segment.objects.update(text="Other words.")

    client.get(path)

    assert [*times_written, len(written)] == [1, 2]


def test_each_moment_has_its_own_page(client, episode):
    pages = [client.get(f"{episode.get_absolute_url()}{asked}").content.decode() for asked in ("", "?t=9", "?t=8", "")]

    assert [page.count("#t=9") for page in pages] == [0, 1, 0, 0]
    assert [page.count("(0:08)") for page in pages] == [0, 0, 1, 0]
    assert pages[3] == pages[0]


def test_each_preview_is_of_its_own_episode(client, show):
    drafts = [make_episode(show, title=title, state="draft", published_at=None) for title in ("One", "Two")]

    pages = [client.get(reverse("publishing:preview", args=[make_token(one)])) for one in drafts]

    assert [texts(page, "h1") for page in pages] == [["One"], ["Two"]]
    assert [draft.slug in page.content.decode() for draft, page in zip(drafts, pages, strict=True)] == [True, True]


def test_the_row_is_read_again_when_the_mark_is_another(episode, django_assert_num_queries):
    slugs = episode.show.slug, episode.slug
    first = page_rows.episode_page(*slugs, "one mark")
    with django_assert_num_queries(0):
        assert page_rows.episode_page(*slugs, "one mark") is first
    of_own(title="Another")(episode)

    assert page_rows.episode_page(*slugs, "another mark").title == "Another"


def test_a_change_elsewhere_leaves_the_page_s_parts_as_they_are(episode):
    slugs = episode.show.slug, episode.slug
    first = page_rows.episode_page(*slugs)
    Episode.objects.filter(slug="older-2").update(show_notes="Nobody's business here.")

    again = page_rows.episode_page(*slugs)

    assert (again.told, again.stamp == first.stamp) == (first.told, False)


def test_an_archive_is_written_anew_only_for_other_rows(client, episode):
    path = f"/{episode.show.slug}/episodes/"
    before = client.get(path).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE episodes_showstamp SET stamp = stamp + 1")
    unchanged = client.get(path).content.decode()
    of_own(title="Another")(episode)

    assert unchanged == before
    assert ">Another</a>" in client.get(path).content.decode()
