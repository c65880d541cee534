"""Two web servers, one worker, one Postgres and one real object store, used through a browser as one site.

nginx, with the file we ship, gives each request to the one or the other in turn; their disks are apart.
"""

from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.browser.desk_steps import (
    MEGABYTE,
    TITLE,
    Doors,
    large_mp3,
    preview_link,
    save_episode,
    say_whose_voice,
    schedule,
    sign_in,
    watch_the_work,
    write_episode,
)
from tests.browser.listener_steps import find_and_open, over_five_pages_and_back, play, play_from_a_sentence
from tests.browser.watching import Watched
from tests.coproduction_site.parts import Site, grown_site
from tests.coproduction_site.running import free_port
from tests.downloads.running import nginx
from tests.episodes.audio_samples import write_tone

# A show that has lived a little, made in the site's own process by what tests make such things with.
LIVED = """
from pathlib import Path
from django_q.models import OrmQ
from episodes.models import Episode, FollowLink
from tests.factories import make_appearance, make_episode, make_show, make_speaker, make_topic
from tests.publishing.reading_pages import give_words
from transcripts.timing import JOB
show = make_show(title="A show", slug="a-show", time_zone="UTC", about="About it.")
FollowLink.objects.create(show=show, app="apple", url="https://podcasts.apple.com/x")
make_speaker(name="Grace Host", slug="grace-host")
sound = Path({sound!r}).read_bytes()
episode = make_episode(show, title="On trust", slug="on-trust", audio_content=sound, duration_ms=60_000)
make_appearance(episode, make_speaker(name="Bo Dahl", slug="bo-dahl", bio="Once a nurse."))
episode.topics.add(make_topic(name="Service logic", slug="service-logic"))
give_words(episode)
for queued in OrmQ.objects.all():
    if queued.func() == JOB:  # in a tone no sentence is heard: the worker would take their times away
        queued.delete()
"""
EPISODE = """
SELECT e.id, '/' || s.slug || '/', '/' || s.slug || '/' || e.slug || '/',
       '/audio/' || s.slug || '/' || e.slug || '/' || left(e.audio_sha256, 8) || '.mp3'
FROM episodes_episode e JOIN episodes_show s ON s.id = e.show_id WHERE e.title = %(title)s
"""


@contextmanager
def two_copies(folder: Path):
    """The site and the log of who answered what; its worker has not been started yet."""
    port, log = free_port(), folder / "front.log"
    address = f"http://127.0.0.1:{port}"
    with (
        grown_site(worker=False, SITE_URL=address, TRUSTED_PROXIES="1") as site,
        nginx(folder, site.ports[0], f"{log} front", site.ports[1], port, f"{log} front", in_turns=True),
    ):
        sound = write_tone(folder / "trust.mp3", seconds=60)
        site.manage("copy-0", "shell", "-c", LIVED.format(sound=str(sound)))
        yield site, address, log


def pieces_in(site: Site) -> int:
    return len(site.store.client().list_objects_v2(Bucket="podcast", Prefix="incoming/").get("Contents", []))


def watched(chromium, address: str, store: str) -> Watched:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = Watched.watch(context.new_page(), address, store)
    page.seen = []
    return page


def who_answered(log: Path) -> dict[str, set[str]]:
    """For each part of the journeys, the web servers that answered requests of it."""
    found = defaultdict(set)
    for line in log.read_text().splitlines():
        server, method, path, _ = line.split()
        kind = "upload" if "/upload/" in path else path.split("/")[1]
        found["pages" if kind == "a-show" else kind].add(server)
        found[method].add(server)
    return found


def save_until_both_answered(desk: Watched, pk: int, log: Path, both: set[str]) -> None:
    """nginx deals requests out as they come; by chance, all that a journey sends may go to one and the same."""
    for _ in range(12):
        if who_answered(log)["POST"] == both:
            return
        desk.page.goto(f"{desk.base}/admin/episodes/episode/{pk}/change/")
        with desk.page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 302):
            desk.page.get_by_role("button", name="Save and continue editing").click()


def test_a_producer_and_a_listener_use_two_copies_as_one_site(chromium, tmp_path):
    with two_copies(tmp_path) as (site, address, log):
        both = {f"127.0.0.1:{port}" for port in site.ports}
        desk = watched(chromium, address, "")
        sign_in(desk, *site.first_login())
        write_episode(desk, large_mp3(tmp_path / "recording.mp3", 20), 20 * MEGABYTE, "A show", "Grace Host")
        arrived = pieces_in(site)
        save_episode(desk)
        watch_the_work(desk, site.worker.start, seconds=120)
        left = pieces_in(site)
        pk, show, page, audio = site.database.rows(EPISODE % {"title": f"'{TITLE}'"})[0]
        say_whose_voice(desk, "Grace Host")
        preview = requests.get(preview_link(desk, pk), timeout=30)
        doors = Doors(address, show, page, audio)
        before = doors.opened()
        moment = schedule(desk, pk)

        # While that minute comes nearer, somebody listens to what is out already.
        listener = watched(chromium, address, site.store.endpoint_url)
        find_and_open(listener, "trust", "/a-show/on-trust/")
        play(listener)
        begin = play_from_a_sentence(listener, 3)
        heard_from = listener.sound("currentTime")
        listener.page.keyboard.press(">")
        speed = listener.sound("playbackRate")
        over_five_pages_and_back(listener)
        faults = listener.faults + listener.violations()

        doors.open_at(moment, within_seconds=2)
        save_until_both_answered(desk, pk, log, both)
        answered = who_answered(log)
        for one in (desk, listener):
            one.page.context.close()

    assert arrived >= 3
    assert left == 0
    assert TITLE in preview.text
    assert not any(before.values())
    assert begin - 300 <= heard_from * 1000 < begin + 5_000
    assert speed == 1.1
    assert faults == []
    parts = ("upload", "admin", "pages", "audio", "search", "POST")
    assert {part: answered[part] for part in parts} == dict.fromkeys(parts, both)
