"""The feed's door: who may see what, and how the answer behaves in caches."""

import gzip
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

from episodes.models import Episode
from publishing.feed_refresh import refresh_feeds
from tests.factories import in_one_hour, make_chapter, make_draft, make_episode, make_show
from tests.publishing.reading_feeds import parse, read_feed

pytestmark = pytest.mark.django_db


def get(client, show, **headers):
    return client.get(f"/{show.slug}/feed.xml", headers=headers)


def test_a_published_episode_is_in_the_feed_with_its_guid(show):
    episode = make_episode(show, title="Paul on Coproduction")

    feed = read_feed(show)

    assert (feed.titles, feed.guids) == (["Paul on Coproduction"], [episode.guid])


def test_a_show_without_episodes_has_a_whole_feed(show):
    feed = read_feed(show)

    assert (feed.channel.findtext("title"), feed.items) == (show.title, [])


def test_a_draft_a_scheduled_and_a_withdrawn_episode_stay_out_of_the_feed(show):
    make_draft(show)
    make_episode(show, published_at=in_one_hour())
    make_episode(show, state=Episode.State.WITHDRAWN)
    make_episode(show, deleted_at=timezone.now())

    feed = read_feed(show)

    assert feed.titles == []


def test_a_withdrawn_episode_is_out_of_the_next_answer(show):
    episode = make_episode(show)
    kept = make_episode(show, title="Stays")
    read_feed(show)

    Episode.objects.filter(pk=episode.pk).update(state=Episode.State.WITHDRAWN)

    assert read_feed(show).titles == [kept.title]


def test_a_scheduled_episode_appears_at_its_minute_without_any_job(show, monkeypatch):
    make_episode(show, title="Later", published_at=in_one_hour())
    before = read_feed(show).titles

    in_time = timezone.now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: in_time)

    assert (before, read_feed(show).titles) == ([], ["Later"])


def test_it_appears_in_the_very_moment_of_its_date(show, monkeypatch):
    moment = in_one_hour()
    make_episode(show, title="Later", published_at=moment)
    titles = []

    for microseconds in (-1, 0):
        now = moment + timedelta(microseconds=microseconds)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        titles.append(read_feed(show).titles)

    assert titles == [[], ["Later"]]


def test_the_same_rows_give_the_same_bytes_also_after_everything_kept_is_lost(show, client, settings, tmp_path):
    make_chapter(make_episode(show))
    first = get(client, show)

    settings.VAR_DIR = tmp_path / "another"
    from publishing.feed import cache as feed_cache

    feed_cache._bodies._held.clear()
    second = get(client, show)

    assert (second.content, second["ETag"]) == (first.content, first["ETag"])


def test_a_change_gives_another_etag_and_the_change(show, client):
    episode = make_episode(show)
    first = get(client, show)

    Episode.objects.filter(pk=episode.pk).update(title="A better title")
    second = get(client, show)

    assert second["ETag"] != first["ETag"]
    assert parse(second.content).titles == ["A better title"]


def test_saving_a_draft_changes_nothing_for_apps(show, client):
    make_episode(show)
    first = get(client, show)

    make_draft(show)

    assert get(client, show)["ETag"] == first["ETag"]


@pytest.mark.parametrize(
    "form",
    ["{tag}", "W/{tag}", '"other", {tag}', '"other",W/{tag} , "third"', "*", "{gzip}", "W/{gzip}"],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_who_has_these_bytes_gets_304_in_every_spelling(show, client, form, encoding):
    make_episode(show)
    tag = get(client, show)["ETag"]
    packed = tag[:-1] + '-gzip"'

    asked = {"If-None-Match": form.format(tag=tag, gzip=packed), "Accept-Encoding": encoding}
    response = get(client, show, **asked)

    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == (packed if encoding == "gzip" else tag)
    assert "Content-Length" not in response.headers


@pytest.mark.parametrize("asked", ['"other"', 'W/"other"', '"other", "third"', "nonsense", '""'])
def test_who_has_other_bytes_gets_the_feed(show, client, asked):
    make_episode(show)

    response = get(client, show, **{"If-None-Match": asked})

    assert response.status_code == 200


def test_the_date_serves_who_knows_no_etag(show, client):
    make_episode(show)
    changed = get(client, show)["Last-Modified"]

    same = get(client, show, **{"If-Modified-Since": changed})
    earlier = get(client, show, **{"If-Modified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"})
    nonsense = get(client, show, **{"If-Modified-Since": "yesterday"})

    assert [same.status_code, earlier.status_code, nonsense.status_code] == [304, 200, 200]


def test_the_etag_decides_where_both_are_sent(show, client):
    make_episode(show)
    changed = get(client, show)["Last-Modified"]

    response = get(client, show, **{"If-None-Match": '"other"', "If-Modified-Since": changed})

    assert response.status_code == 200


def test_packed_bytes_are_the_same_feed_under_an_etag_of_their_own(show, client):
    make_episode(show)
    plain = get(client, show)

    packed = get(client, show, **{"Accept-Encoding": "br, gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert (packed["Content-Length"], plain["Content-Length"]) == (str(len(packed.content)), str(len(plain.content)))


def test_gzip_that_is_refused_is_not_sent(show, client):
    response = get(client, show, **{"Accept-Encoding": "gzip;q=0, identity"})

    assert "Content-Encoding" not in response


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_head_says_what_get_says_without_the_body(show, client, encoding):
    make_episode(show)
    url, headers = f"/{show.slug}/feed.xml", {"Accept-Encoding": encoding}

    head, whole = client.head(url, headers=headers), client.get(url, headers=headers)

    assert head.content == b""
    own = {"X-Request-ID"}
    assert {k: v for k, v in head.headers.items() if k not in own} == {
        k: v for k, v in whole.headers.items() if k not in own
    }


def test_caches_may_share_the_answer(show, client):
    make_episode(show)

    response = get(client, show)

    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert response["Cache-Control"].startswith("public, max-age=")
    assert response["Vary"] == "Accept-Encoding, Sec-Fetch-Mode"
    assert response.cookies == {}
    assert "Set-Cookie" not in response
    assert response["Link"] == f'<http://testserver/{show.slug}/feed.xml>; rel="self"'


def test_a_producer_who_is_logged_in_gets_the_very_same_feed(show, client, django_user_model):
    make_episode(show)
    for_all = get(client, show)

    client.force_login(django_user_model.objects.create_user("producer"))
    for_producer = get(client, show)

    assert (for_producer.content, for_producer["Vary"]) == (for_all.content, for_all["Vary"])
    assert for_producer.cookies == {}


def test_a_warm_request_costs_one_query(show, client, django_assert_num_queries):
    make_episode(show)
    tag = get(client, show)["ETag"]

    with django_assert_num_queries(1):
        get(client, show)
    with django_assert_num_queries(1):
        get(client, show, **{"If-None-Match": tag})


@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_cold_build_costs_three_queries_however_many_episodes(show, client, django_assert_num_queries, count):
    for _ in range(count):
        make_chapter(make_episode(show))

    with django_assert_num_queries(3):
        feed = parse(get(client, show).content)

    assert len(feed.items) == count


def test_an_unknown_show_has_no_feed(client, db):
    assert client.get("/nobody/feed.xml").status_code == 404


def test_a_former_address_leads_to_the_present_one(show, client):
    make_episode(show)
    former = show.slug
    show.slug = "renamed"
    show.save()

    response = client.get(f"/{former}/feed.xml?_from=app")

    assert (response.status_code, response["Location"]) == (301, "/renamed/feed.xml?_from=app")
    assert response["Cache-Control"] == "public, max-age=300"


def test_a_show_that_moved_sends_apps_on_and_says_so_in_the_feed(client, db):
    show = make_show(moved_to="https://elsewhere.example/feed")

    response = client.get(f"/{show.slug}/feed.xml")
    feed = read_feed(show, raw=1)

    assert (response.status_code, response["Location"]) == (301, "https://elsewhere.example/feed")
    assert feed.channel.findtext("{http://www.itunes.com/dtds/podcast-1.0.dtd}new-feed-url") == show.moved_to


def test_a_question_is_put_behind_the_one_of_the_address_the_show_moved_to(client, db):
    show = make_show(moved_to="https://elsewhere.example/feed?id=5")

    response = client.get(f"/{show.slug}/feed.xml?_from=app")

    assert response["Location"] == "https://elsewhere.example/feed?id=5&_from=app"


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "2", "000000100001", "0000001" + "0" * 5000])
def test_a_page_that_is_none_is_not_found(show, client, page):
    make_episode(show)

    assert client.get(f"/{show.slug}/feed.xml?page={page}").status_code == 404


def test_other_methods_are_refused_with_what_is_allowed(show, client):
    response = client.post(f"/{show.slug}/feed.xml")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_a_parameter_that_apps_add_changes_nothing(show, client):
    make_episode(show)

    assert client.get(f"/{show.slug}/feed.xml?_from=app").content == get(client, show).content


def test_the_minutes_schedule_names_a_job_that_exists(db):
    schedule = Schedule.objects.get(name="Renew feeds")

    assert import_string(schedule.func) is refresh_feeds
