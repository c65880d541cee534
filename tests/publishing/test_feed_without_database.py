"""The feed answers through a real web server while Postgres is gone or stands still, also after a restart."""

import time

import pytest

from episodes.models import Episode
from publishing.feed_refresh import refresh_feeds
from tests.downloads.running import get, gunicorn
from tests.factories import make_episode
from tests.publishing.reading_feeds import parse
from tests.publishing.silenced_database import Wire

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wire(tmp_path):
    folder = tmp_path / "wire"
    folder.mkdir()
    wire = Wire(folder)
    yield wire
    wire.cut()


def site(wire, tmp_path, **more):
    return gunicorn(
        tmp_path,
        DJANGO_SETTINGS_MODULE="tests.publishing.server_settings",
        WEB_PROCESSES="2",
        WEB_THREADS="2",
        **wire.environment,
        **more,
    )


def ask(port, show, **headers):
    started = time.monotonic()
    status, said, body = get(port, f"/{show.slug}/feed.xml", **headers)
    # A process without a connection waits for one twice three seconds; all later answers come at once.
    assert time.monotonic() - started < 10
    return status, said, body


def several(port, show, **headers):
    """Enough that both processes are asked; all answers' status, whether stale, and titles."""
    answers = [ask(port, show, **headers) for _ in range(8)]
    return {(status, "warning" in said, tuple(parse(body).titles) if body else ()) for status, said, body in answers}


@pytest.mark.parametrize("silence", ["cut", "hold"])
def test_the_last_good_feed_is_sent_while_the_database_is_silent(show, wire, tmp_path, silence):
    make_episode(show, title="Good")
    with site(wire, tmp_path) as port:
        _, good, _ = ask(port, show)
        getattr(wire, silence)()

        without = several(port, show)
        known = several(port, show, If_None_Match=good["etag"])
        packed = ask(port, show, Accept_Encoding="gzip")

        assert without == {(200, True, ("Good",))}
        assert known == {(304, True, ())}
        assert (packed[0], packed[1]["content-encoding"]) == (200, "gzip")


def test_a_person_in_a_browser_gets_the_feed_itself_while_its_page_cannot_be_made(show, wire, tmp_path):
    make_episode(show, title="Good")
    with site(wire, tmp_path) as port:
        several(port, show)
        wire.cut()

        assert several(port, show, Sec_Fetch_Mode="navigate") == {(200, True, ("Good",))}


@pytest.mark.parametrize("silence", ["cut", "hold"])
def test_what_strangers_send_meanwhile_holds_no_thread(show, wire, tmp_path, silence):
    """Nothing that they send changes what is published: to renew that would wait for the database without end."""
    make_episode(show, title="Good")
    with site(wire, tmp_path) as port:
        several(port, show)
        getattr(wire, silence)()
        several(port, show)
        started = time.monotonic()

        sent = [get(port, path, "POST")[0] for path in ("/", "/wp-login.php", f"/{show.slug}/feed.xml") * 4]

        assert set(sent) <= {404, 405, 403}
        assert time.monotonic() - started < 10
        assert several(port, show) == {(200, True, ("Good",))}


def test_a_server_started_while_the_database_is_gone_sends_the_last_good_feed(show, wire, tmp_path):
    make_episode(show, title="Good")
    refresh_feeds()
    wire.cut()

    with site(wire, tmp_path, SITE_URL="http://testserver") as port:
        assert several(port, show) == {(200, True, ("Good",))}


def test_what_is_not_kept_is_said_to_come_later_and_never_to_be_missing(show, wire, tmp_path):
    wire.cut()

    with site(wire, tmp_path) as port:
        status, said, _ = ask(port, show)

    assert (status, said["retry-after"], said["cache-control"]) == (503, "60", "no-store")


def test_when_the_database_is_back_what_was_published_meanwhile_is_in_the_feed(show, wire, tmp_path):
    make_episode(show, title="Before")
    with site(wire, tmp_path) as port:
        ask(port, show)
        wire.cut()
        assert several(port, show) == {(200, True, ("Before",))}
        Episode.objects.update(title="After")

        wire.mend()
        deadline = time.monotonic() + 10
        while several(port, show) != {(200, False, ("After",))}:
            assert time.monotonic() < deadline, several(port, show)
            time.sleep(0.2)


def test_what_is_withdrawn_while_a_server_cannot_see_it_leaves_its_last_good_feed(show, wire, tmp_path):
    """The producer's change came through another process, which renewed the copy on disk."""
    make_episode(show, title="Withdrawn")
    with site(wire, tmp_path, SITE_URL="http://testserver") as port:
        ask(port, show)
        wire.cut()
        assert several(port, show) == {(200, True, ("Withdrawn",))}

        Episode.objects.update(state=Episode.State.WITHDRAWN)
        refresh_feeds()

        assert several(port, show) == {(200, True, ())}
