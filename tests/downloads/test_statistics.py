"""What the team sees of its downloads, and who may see it."""

import csv
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from downloads.counting import statistics
from downloads.counting.charts import Line, bars, lines
from downloads.counting.statistics import Panel, Period, first_days, panels
from downloads.models import DailyDownload, DailyExclusion, DailyFeedReader, DailyListeners, Request
from tests.factories import make_episode, make_show

PAGE = "/admin/downloads/dailydownload/"
TODAY = timezone.now().date()


def downloaded(episode, downloads, *, days_ago=1, **over):
    fields = {"day": TODAY - timedelta(days=days_ago), "episode": episode, "app": "Overcast", "rules": "r", **over}
    return DailyDownload.objects.create(downloads=downloads, **fields)


@pytest.fixture
def viewer(client, db):
    user = User.objects.create_user("viewer", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name="Viewer"))
    client.force_login(user)
    return client


def table(name, **over):
    period = Period(TODAY - timedelta(days=29), TODAY, **over)
    return next(panel for panel in panels(period) if panel.name == name).rows


def test_a_viewer_sees_every_panel(viewer, show):
    downloaded(make_episode(show, title="E00"), 7)

    response = viewer.get(PAGE)

    page = response.content.decode()
    assert response.status_code == 200
    assert "<strong>7</strong> downloads from" in page
    for title in ("Downloads by day", "Downloads by episode", "Apps", "Devices", "Requests that were not counted"):
        assert f">{title}</h2>" in page
    assert " style=" not in page.split('id="content-main"')[1].split("</section>")[0]


def test_who_may_not_see_them_is_turned_away(client, db):
    client.force_login(User.objects.create_user("nobody", is_staff=True))

    assert client.get(PAGE).status_code in (403, 404)


def test_anonymous_visitors_are_sent_to_the_login(client, db):
    assert client.get(PAGE).status_code == 302


def test_the_page_costs_as_many_queries_for_three_episodes_as_for_one(viewer, show, django_assert_max_num_queries):
    downloaded(make_episode(show), 1)
    with django_assert_max_num_queries(40) as with_one:
        viewer.get(PAGE)
    for _ in range(2):
        downloaded(make_episode(show), 1, app="Other")
    with django_assert_max_num_queries(40) as with_three:
        viewer.get(PAGE)

    assert len(with_one) == len(with_three)


def test_numbers_are_added_up_by_day_episode_app_device_and_place(show):
    first, second = make_episode(show, title="First"), make_episode(show, title="Second")
    downloaded(first, 5, device="Apple iPhone")
    downloaded(first, 2, days_ago=2, app="", place="embed")
    downloaded(second, 1, app="Firefox", place="site")
    downloaded(first, 100, days_ago=40)

    assert [row for row in table("days") if row[1]] == [
        (TODAY - timedelta(days=1), 6),
        (TODAY - timedelta(days=2), 2),
    ]
    assert table("episodes") == [("First", show.title, 7), ("Second", show.title, 1)]
    assert table("apps") == [("Overcast", 5), ("An unknown app", 2), ("Firefox", 1)]
    assert table("devices") == [("Apple iPhone", 5), ("Not told", 3)]
    assert table("places") == [("Apps and direct", 5), ("Embedded player", 2), ("This site", 1)]


def test_one_show_or_episode_can_be_looked_at_alone(show):
    here, there = make_episode(show, title="Here"), make_episode(make_show(), title="There")
    downloaded(here, 5)
    downloaded(there, 9)

    assert [row[0] for row in table("episodes", show=show.id)] == ["Here"]
    assert [row[0] for row in table("episodes", episode=there.id)] == ["There"]


def test_the_first_days_are_counted_from_publication(show):
    old = make_episode(show, title="Old", published_at=timezone.now() - timedelta(days=100))
    young = make_episode(show, title="Young", published_at=timezone.now() - timedelta(days=7))
    for days_ago, number in ((100, 10), (94, 5), (93, 1), (71, 2), (70, 4), (5, 50)):
        downloaded(old, number, days_ago=days_ago)
    downloaded(young, 3, days_ago=7)
    downloaded(young, 2, days_ago=0)

    panel = first_days(Period(TODAY, TODAY))

    assert [(row[0], *row[2:]) for row in panel.rows] == [("Young", 3, None, None), ("Old", 15, 18, 22)]


def test_subscribers_are_estimated_from_what_read_the_feed(show):
    yesterday = TODAY - timedelta(days=1)
    for reader, subscribers, fetchers in (("Overcast", 120, 2), ("AntennaPod", 0, 30), ("", 0, 1)):
        DailyFeedReader.objects.create(
            day=yesterday, show=show, reader=reader, subscribers=subscribers, fetchers=fetchers
        )

    panel = statistics.feed_readers(Period(TODAY - timedelta(days=6), TODAY))

    assert panel.title == "Feed readers: about 151 subscribers"
    assert panel.rows == [("Overcast", 120), ("AntennaPod", 30), ("Unknown", 1)]


def test_what_was_not_counted_says_why(show):
    episode = make_episode(show)
    DailyExclusion.objects.create(day=TODAY, episode=episode, reason="bot", requests=12)
    DailyListeners.objects.create(day=TODAY, show=show, listeners=4)

    assert table("not-counted") == [("A bot, a monitor or a programming library", 12)]
    assert table("listeners") == [(TODAY, 4)]


def test_a_panel_is_saved_as_csv_without_formulas(viewer, show):
    downloaded(make_episode(show, title='=HYPERLINK("http://x")'), 7)

    response = viewer.get(PAGE, {"csv": "episodes"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert list(csv.reader(response.content.decode().splitlines())) == [
        ["Episode", "Show", "Downloads"],
        ['\'=HYPERLINK("http://x")', show.title, "7"],
    ]
    assert viewer.get(PAGE, {"csv": "nothing"}).status_code == 404


@pytest.mark.parametrize(
    "query", [{"first": "x"}, {"first": "2026-02-02", "last": "2026-01-01"}, {"show": "99999"}, {"last": "0001-01-01"}]
)
def test_a_time_that_makes_no_sense_is_answered_in_words(viewer, query):
    response = viewer.get(PAGE, query)

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()


def test_titles_in_charts_are_text(viewer, show):
    downloaded(make_episode(show, title="</title><script>alert(1)</script>"), 7, app="<b>x</b>", days_ago=0)

    page = viewer.get(PAGE).content.decode()

    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_a_request_says_why_it_was_not_counted(viewer, show):
    episode = make_episode(show)
    at = datetime.now(UTC)
    made = Request.objects.create(
        origin="o",
        day=at.date(),
        at=at,
        episode=episode,
        audio="a",
        audio_bytes=1,
        needed=1,
        client="c",
        agent="curl/8",
        method="GET",
        status=200,
        first=0,
        sent=1,
        source="disk",
        reason="bot",
    )

    listed = viewer.get("/admin/downloads/request/").content.decode()
    shown = viewer.get(f"/admin/downloads/request/{made.id}/change/").content.decode()

    for page in (listed, shown):
        assert "A bot, a monitor or a programming library" in page
    assert viewer.post(f"/admin/downloads/request/{made.id}/delete/").status_code == 403


def test_a_room_above_can_add_a_panel(db, monkeypatch):
    monkeypatch.setattr(statistics, "_further", [])

    @statistics.register_panel
    def searches(period):
        return Panel("searches", "Searches", ("Words", "Times"), [("coproduction", 3)])

    assert table("searches") == [("coproduction", 3)]


def test_the_public_total_is_off_by_default(show, settings):
    episode = make_episode(show)
    downloaded(episode, 7)
    off = statistics.public_total(episode.id)

    settings.SHOW_DOWNLOAD_TOTALS = True

    assert (off, statistics.public_total(episode.id)) == (None, 7)


def test_charts_are_well_formed_and_true_to_scale():
    drawn = ElementTree.fromstring(bars(["1 Jan", "2 <Jan>"], [2, 4], "Two & days"))
    rectangles = drawn.findall(".//rect")

    assert drawn.attrib["aria-label"] == "Two & days"
    assert float(rectangles[1].attrib["height"]) == 2 * float(rectangles[0].attrib["height"])
    assert [title.text for title in drawn.findall(".//rect/title")] == ["1 Jan: 2", "2 <Jan>: 4"]


def test_a_chart_without_numbers_is_drawn_too():
    assert ElementTree.fromstring(bars([], [], "Nothing")) is not None
    assert ElementTree.fromstring(lines([Line("a", ())], "Nothing", "day")) is not None


def test_the_day_is_the_utc_day():
    assert Period(date(2026, 2, 27), date(2026, 3, 1)).days == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]
