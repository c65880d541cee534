"""A show moves in at the desk in a real browser: from the address to the report, narrow and wide, light and dark."""

import pytest
from django.contrib.auth.models import User

from episodes.models import Episode, FeedImport
from publishing.importing.running import work
from tests.browser.desk_steps import PASSWORD, faults_of, sign_in
from tests.browser.watching import Watched
from tests.publishing.foreign_host import host, sample

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = [(320, "light"), (320, "dark"), (1440, "light"), (1440, "dark")]


@pytest.fixture
def desk(chromium, live_server, settings):
    settings.SITE_URL = live_server.url
    User.objects.create_superuser("ann", "ann@example.org", PASSWORD)
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    watched = Watched.watch(context.new_page(), live_server.url)
    watched.seen = []
    yield watched
    context.close()


def look(desk: Watched) -> list[str]:
    """Faults of the page as it stands, in each width and colour scheme."""
    found = []
    for width, scheme in LOOKS:
        desk.page.set_viewport_size({"width": width, "height": 900})
        desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        desk.page.wait_for_timeout(400)  # Django's admin fades its links from one scheme's colours to the other's
        found += [f"{desk.page.url} {width} {scheme}: {fault}" for fault in faults_of(desk)]
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    desk.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


def test_a_show_moves_in_from_its_address_to_the_report(desk, settings, tmp_path):
    page, faults = desk.page, []
    with host(settings, tmp_path) as old:
        old.missing.add(".vtt")
        old.answers["/feed"] = lambda handler: handler.send(sample("podcasting20-all-tags.xml", old.place))
        sign_in(desk)
        page.goto(f"{desk.base}/admin/episodes/feedimport/add/")
        faults += look(desk)

        # An address that leads inside is refused beside the form.
        page.get_by_label("Address of the feed").fill("http://127.0.0.1:9/feed")
        page.get_by_role("button", name="See what would happen").click()
        page.get_by_text("private network").wait_for()
        faults += look(desk)

        page.get_by_label("Address of the feed").fill(f"http://{old.place}/feed")
        page.get_by_role("button", name="See what would happen").click()
        page.get_by_text("will be created").first.wait_for()
        assert Episode.objects.count() == 0
        faults += look(desk)

        with page.expect_navigation():
            page.get_by_role("button", name="Start the move").click()
        work(FeedImport.objects.get().pk)
        # While the move is at work its page renews itself.
        page.get_by_text("are the same in both feeds").wait_for(timeout=90_000)
        faults += look(desk)
        page.goto(f"{desk.base}/admin/episodes/feedimport/")
        faults += look(desk)

        # A feed of many pages whose reading broke off.
        told = ["2 pages with 50 episodes have been read so far."]
        broken = FeedImport.objects.create(source="f", state="unread", report=told, error="It did not answer.")
        page.goto(f"{desk.base}/admin/episodes/feedimport/{broken.pk}/change/")
        page.get_by_role("button", name="Read on").wait_for()
        faults += look(desk)

    assert not faults, "\n".join(faults)
    assert Episode.objects.published().count() > 0
