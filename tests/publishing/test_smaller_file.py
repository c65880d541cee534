"""The smaller file of an episode, as producers choose it and listeners find it."""

import pytest
from django_q.models import OrmQ

from episodes.models import SmallAudio
from tests.episodes.desk_browser import change_url, errors_of, form_values, send
from tests.factories import make_episode, make_show, make_small_audio
from tests.publishing.reading_pages import select

pytestmark = pytest.mark.django_db


def downloads(page):
    links = select(page, ".listen-foot a[download]")
    return {link.get("href"): " ".join(link.text_content().split()) for link in links}


def test_the_page_offers_it_beside_the_whole_one(client, show):
    episode = make_episode(show, audio_bytes=21_000_000)
    small = make_small_audio(episode, audio_bytes=5_400_000)

    page = client.get(episode.get_absolute_url())

    assert downloads(page) == {
        episode.get_enclosure_url(): "Download (MP3, 21.0 MB)",
        small.get_absolute_url(): "Smaller file (Opus, 5.4 MB)",
    }


def test_a_page_in_swedish_says_it_in_swedish(client, db):
    small = make_small_audio(make_episode(make_show(language="sv")))

    page = client.get(small.episode.get_absolute_url())

    assert downloads(page)[small.get_absolute_url()].startswith("Mindre fil (Opus")


def test_without_one_nothing_is_said(client, show):
    episode = make_episode(show)

    assert list(downloads(client.get(episode.get_absolute_url()))) == [episode.get_enclosure_url()]


def test_the_page_shows_it_from_the_next_request_on(client, show):
    episode = make_episode(show)
    client.get(episode.get_absolute_url())

    small = make_small_audio(episode)

    assert small.get_absolute_url() in downloads(client.get(episode.get_absolute_url()))


def test_a_producer_switches_it_on_for_all_episodes_and_off_again(admin_client, show):
    episode = make_episode(show)

    on = send(admin_client, change_url(show), form_values(admin_client, change_url(show)), offer_small_audio="on")
    ordered = [row.task["args"] for row in OrmQ.objects.all() if row.task["func"] == "episodes.small_audio.make_for"]
    make_small_audio(episode)
    values = form_values(admin_client, change_url(show))
    values.pop("offer_small_audio")
    off = send(admin_client, change_url(show), values)

    assert (errors_of(on), errors_of(off)) == ([], [])
    assert (ordered, SmallAudio.objects.count()) == ([(episode.pk,)], 0)


def test_a_chat_without_a_protocol_is_refused_in_words(admin_client, show):
    answer = send(
        admin_client, change_url(show), form_values(admin_client, change_url(show)), chat_server="irc.example.org"
    )

    assert "A chat needs the server's name and its protocol. Fill in both, or none." in " ".join(errors_of(answer))
