"""A feed is read in as many queries for many episodes as for one, and its items are told apart by their values."""

from dataclasses import fields

import pytest
from django.utils import timezone

from episodes.models import Episode
from publishing.rss.channel import channel_bytes
from publishing.rss.feed import addresses_of, build
from publishing.rss.records import Channel
from publishing.rss.rows import read_channel, read_items
from tests.factories import make_appearance, make_episode, make_speaker
from tests.publishing.full_show import make_full_episode, make_full_show
from tests.publishing.reading_feeds import attributes, read_feed, texts
from transcripts.models import Segment, Transcript

pytestmark = pytest.mark.django_db


def test_an_item_has_the_same_fingerprint_with_its_values_and_without():
    show = make_full_show()
    make_full_episode(show)
    make_episode(show)
    now = timezone.now()

    whole = read_items(show.pk, now)

    marks = {row.fingerprint for row in whole}
    again = read_items(show.pk, now, marks)
    assert [row.fingerprint for row in again] == [row.fingerprint for row in whole]
    assert len(marks) == len(whole) > 1
    assert all(row.item for row in whole)
    assert not any(row.item for row in again)


def test_every_value_asked_of_a_show_is_used():
    show = make_full_show()
    used: set[str] = set()

    class Watched(Channel):
        def __getattribute__(self, name):
            used.add(name)
            return super().__getattribute__(name)

    asked = read_channel(show.pk, timezone.now())
    names = {field.name for field in fields(Channel)}
    channel_bytes(Watched(**{name: getattr(asked, name) for name in names}), None, addresses_of(show.slug))

    # Which show it is, the word in its address, and the limit that cuts the feed into pages: used around the head.
    assert names - used == {"id", "slug", "feed_limit"}


def test_notes_whose_html_is_known_stay_in_the_database(show):
    make_episode(show, title="One", show_notes="Of *one*.")
    make_episode(show, title="Other", show_notes="Of *another*.")
    now = timezone.now()
    marks = {row.item.title: row.notes_mark for row in read_items(show.pk, now)}

    rows = read_items(show.pk, now, known_notes=[marks["One"]])

    assert {row.item.title: row.item.show_notes for row in rows} == {"One": None, "Other": "Of *another*."}
    assert {row.item.title: row.notes_mark for row in rows} == marks


def test_people_of_one_place_who_change_their_order_give_another_fingerprint(show):
    episode = make_episode(show)
    first, second = (make_appearance(episode, make_speaker(name=name), position=1) for name in ("Ann", "Bo"))
    now = timezone.now()
    [was] = read_items(show.pk, now)
    speakers = second.speaker, first.speaker

    first.delete()
    second.delete()
    for speaker in speakers:
        make_appearance(episode, speaker, position=1)

    [row] = read_items(show.pk, now, {was.fingerprint})
    assert row.fingerprint != was.fingerprint
    assert [person.name for person in row.item.people] == ["Bo", "Ann"]


def test_rows_stored_anew_with_the_same_values_give_the_same_fingerprint(show):
    """Apps are told of a feed whose fingerprints moved."""
    episode = make_episode(show)
    chapters = [{"start_ms": 0, "title": "Start"}, {"start_ms": 5000, "title": "End"}]
    for values in chapters:
        episode.chapters.create(**values)
    now = timezone.now()
    [was] = read_items(show.pk, now)

    episode.chapters.all().delete()
    for values in reversed(chapters):
        episode.chapters.create(**values)

    [row] = read_items(show.pk, now, {was.fingerprint})
    assert (row.fingerprint, row.item) == (was.fingerprint, None)


@pytest.mark.parametrize("episodes", [1, 3, 30])
def test_a_build_costs_two_queries_however_many_episodes_and_one_more_for_what_changed(
    show, episodes, django_assert_num_queries
):
    for number in range(episodes):
        make_episode(show, title=f"Episode {number}", show_notes=f"Of *number* {number}.")
    now = timezone.now()

    with django_assert_num_queries(2):
        first = build(show.pk, 1, 1, now)
    Episode.objects.filter(title="Episode 0").update(title="Another")
    with django_assert_num_queries(3):
        second = build(show.pk, 2, 1, now, first)

    assert len(first.items) == len(second.items) == episodes
    assert len({item.content for item in second.items} - {item.content for item in first.items}) == 1


def test_what_items_have_in_common_is_written_with_each_ones_own_address(show):
    """Written once for all of them; a slug that came in past its field's rules is still an address in valid XML."""
    guest = make_speaker(name="Ann & <Bo>")
    for slug in ("one", """a"b&c<{slug}>"""):
        episode = make_episode(show, title=slug)
        make_appearance(episode, guest, role="Guest")
        transcript = Transcript.objects.create(episode=episode, language="en")
        Segment.objects.create(transcript=transcript, position=0, text="A", start_ms=0, status="ok")
        episode.chapters.create(start_ms=0, title="Start")
        Episode.objects.filter(pk=episode.pk).update(slug=slug)

    items = {item.findtext("title"): item for item in read_feed(show).items}

    for slug, item in items.items():
        base = f"http://testserver/{show.slug}/{slug}"
        ways = [f"{base}/transcript.{ending}?lang=en" for ending in ("vtt", "srt", "json", "html")]
        assert [one["url"] for one in attributes(item, "podcast:transcript")] == ways
        assert [one["url"] for one in attributes(item, "podcast:chapters")] == [f"{base}/chapters.json"]
        assert texts(item, "podcast:person") == ["Ann & <Bo>"]
    assert len(items) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"summary": "a", "disclosure": ""}, {"summary": "", "disclosure": "a"}),
        ({"disclosure": "(", "show_notes": "|"}, {"disclosure": "", "show_notes": "(|"}),
        ({"show_notes": "one"}, {"show_notes": "ono"}),
    ],
    ids=str,
)
def test_a_text_that_moves_from_one_field_to_another_gives_another_fingerprint(show, before, after):
    episode = make_episode(show, **before)
    now = timezone.now()
    [was] = read_items(show.pk, now)

    Episode.objects.filter(pk=episode.pk).update(**after)

    [row] = read_items(show.pk, now, {was.fingerprint})
    assert row.fingerprint != was.fingerprint
    assert row.item
