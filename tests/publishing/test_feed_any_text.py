"""Whatever a producer can type, the feed is well-formed and says it: read back by lxml and by feedparser."""

import feedparser
import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from episodes.models import Episode, FundingLink, Show, Speaker
from episodes.plaintext import storable
from tests.factories import make_appearance, make_chapter, make_episode, make_speaker, make_topic
from tests.publishing.reading_feeds import attributes, parse, texts

NASTY = [
    "",
    "&",
    "<b>&amp;</b> <script>alert(1)</script>",
    "]]>",
    "a]]>b]]&gt;c<![CDATA[d]]>",
    "</content:encoded></item></channel></rss>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'boom'>]>&e;",
    '<a href="x]]>y">link</a> "quotes\' "',
    "[a](https://example.org/?a=1&b=]]>)",
    "\x00nul\x0b\x1f\x7f\x85\ufffe\uffff",
    "\ud800 lone \udfff",
    "👩‍⚕️🏽 emoji \U0001f468‍\U0001f469",
    "مرحبا بالعالم \u202eRTL\u202c שלום",
    "line\r\nbreaks\rof\nall\tkinds\u2028and\u2029more",
    "  spaces at both ends  ",
    "e\u0301 ﬁ \ufeff BOM",
]


def text(most):
    anything = st.text(st.characters(codec=None), max_size=min(most, 300))
    pieces = st.lists(st.one_of(anything, st.sampled_from(NASTY)), max_size=4).map("".join)
    return st.one_of(pieces, st.sampled_from(NASTY)).map(lambda value: value[:most])


@pytest.fixture
def rows(show):
    episode = make_episode(show)
    speaker = make_speaker()
    make_appearance(episode, speaker)
    chapter = make_chapter(episode)
    topic = make_topic()
    episode.topics.add(topic)
    funding = FundingLink.objects.create(show=show, url="https://example.org/", label="x")
    return show, episode, speaker, chapter, topic, funding


@given(short=text(128), title=text(255), summary=text(4000), long=text(10_000))
@example(short="&", title="]]>", summary="\ud800\x00", long="<b>" * 1000)
@example(short="x", title="x", summary="", long="wörter " * 150_000)
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_text_in_any_field_makes_a_whole_feed_that_says_it(rows, short, title, summary, long):
    show, episode, speaker, chapter, topic, funding = rows
    Show.objects.filter(pk=show.pk).update(
        title=title,
        description=long,
        author=title,
        owner_name=title,
        copyright=title,
        licence=short,
        update_label=short,
    )
    Episode.objects.filter(pk=episode.pk).update(
        title=title, summary=summary, show_notes=long, disclosure=long, location_name=short, display_number=short[:32]
    )
    Speaker.objects.filter(pk=speaker.pk).update(name=short)
    type(chapter).objects.filter(pk=chapter.pk).update(title=title)
    type(topic).objects.filter(pk=topic.pk).update(name=short[:80])
    FundingLink.objects.filter(pk=funding.pk).update(label=short)

    content = Client().get(f"/{show.slug}/feed.xml").content

    feed = parse(content)
    [item] = feed.items
    said = storable(title)
    assert feed.channel.findtext("title") == (said or show.slug)
    assert item.findtext("title") == (said or episode.slug)
    assert texts(item, "podcast:person") == ([storable(short)] if storable(short).strip() else [])
    assert [a.get("title", "") for a in attributes(item, "psc:chapters/psc:chapter")] == [said]
    assert texts(feed.channel, "podcast:funding") == [storable(short) or None]
    assert len(item.findtext("description").encode()) <= 4000
    by_another = feedparser.parse(content)
    assert not by_another.bozo, by_another.get("bozo_exception")
    assert [entry.id for entry in by_another.entries] == [episode.guid]


@pytest.mark.parametrize("value", NASTY, ids=ascii)
def test_text_that_came_in_past_the_fields_makes_a_whole_feed(show, value):
    """By a hand at psql: Postgres takes all but NUL and lone surrogates."""
    episode = make_episode(show)
    typed = value.encode("utf-8", "ignore").decode().replace("\x00", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE episodes_episode SET title = %s, summary = %s, show_notes = %s, guid_is_permalink = true, "
            "social_protocol = 'matrix', social_uri = %s WHERE id = %s",
            [typed, typed, typed, typed, episode.pk],
        )

    content = Client().get(f"/{show.slug}/feed.xml").content

    assert parse(content).guids == [episode.guid]
    assert not feedparser.parse(content).bozo


@pytest.mark.parametrize("character", ["\x08", "\x0c", "\x1b", "\r", "\ufffe"], ids=ascii)
def test_a_character_in_a_list_that_xml_cannot_hold_makes_a_whole_feed(show, character):
    episode = make_episode(show)
    chapter = make_chapter(episode)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE episodes_chapter SET title = %s WHERE id = %s", [f"a{character}b", chapter.pk])

    content = Client().get(f"/{show.slug}/feed.xml").content

    assert parse(content).guids == [episode.guid]
