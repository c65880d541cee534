import lxml.html
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from episodes.identity import podcast_guid
from episodes.models import Episode, Show, Speaker
from episodes.processing import process_audio
from tests.episodes.audio_samples import write_tone
from tests.episodes.desk_browser import add_url, change_url, errors_of, form_values, messages_of, send
from tests.episodes.picture_samples import picture
from tests.factories import (
    make_appearance,
    make_chapter,
    make_draft,
    make_episode,
    make_season,
    make_show,
    make_speaker,
)


@pytest.fixture
def tone(tmp_path):
    return write_tone(tmp_path / "tone.mp3").read_bytes()


def mp3(content: bytes, name: str = "my episode.mp3") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "audio/mpeg")


def test_an_episode_is_made_and_published_by_hand(admin_client, show, tone):
    url = add_url(Episode)
    speaker = make_speaker()
    values = form_values(admin_client, url)

    saved = send(
        admin_client,
        url,
        values,
        show=show.pk,
        title="First",
        slug="first",
        summary="What it is about.",
        audio_file=mp3(tone),
        artwork_file=SimpleUploadedFile("c.png", picture(fmt="PNG")),
        artwork_alt="A teal square.",
        chapters_text="0:00 Welcome\n0:05 Why | https://example.org/",
        **{
            "appearances-TOTAL_FORMS": 1,
            "appearances-0-speaker": speaker.pk,
            "appearances-0-role": "Host",
            "appearances-0-position": 0,
        },
    )
    episode = Episode.objects.get()
    process_audio(episode.pk)
    publish = change_url(episode).replace("change", "publish")
    published = admin_client.post(publish, {"when": "now"}, follow=True)

    assert errors_of(saved) == []
    assert episode.duration_ms == 10_031
    assert [c.title for c in episode.chapters.all()] == ["Welcome", "Why"]
    assert messages_of(published) == ["“First” is live. Apps fetch the feed within minutes to hours."]
    assert list(Episode.objects.published()) == [episode]


def test_a_show_made_here_gets_the_guid_of_its_feed(admin_client, db):
    url = add_url(Show)
    send(
        admin_client,
        url,
        form_values(admin_client, url),
        title="A show",
        slug="a-show",
        description="x",
        author="y",
        category="Health & Fitness > Medicine",
        artwork_file=SimpleUploadedFile("c.png", picture(fmt="PNG")),
    )

    show = Show.objects.get()
    assert str(show.podcast_guid) == podcast_guid(settings.SITE_URL + show.get_feed_url())
    assert show.artwork_width_px == 1400


def test_a_show_at_the_former_address_of_another_gets_an_identity_of_its_own(admin_client, db):
    first = make_show(slug="a-show", podcast_guid=podcast_guid(settings.SITE_URL + "/a-show/feed.xml"))
    first.slug = "renamed"
    first.save()
    url = add_url(Show)
    values = {"title": "A show", "slug": "a-show", "description": "x", "author": "y"}

    send(admin_client, url, form_values(admin_client, url), category="Health & Fitness > Medicine", **values)

    second = Show.objects.get(slug="a-show")
    assert second.get_feed_url() == "/a-show/feed.xml"
    assert second.podcast_guid != first.podcast_guid


def test_a_speaker_gets_a_photo_with_words(admin_client, db):
    url = add_url(Speaker)
    values = form_values(admin_client, url)
    photo = picture(800)

    refused = send(admin_client, url, values, name="Ann", slug="ann", photo_file=SimpleUploadedFile("p.jpg", photo))
    accepted = send(
        admin_client,
        url,
        values,
        name="Ann",
        slug="ann",
        photo_file=SimpleUploadedFile("p.jpg", photo),
        photo_alt="Ann.",
    )

    assert errors_of(refused) == ["Say in a few words what the photo shows, for people who cannot see it."]
    assert errors_of(accepted) == []
    assert Speaker.objects.get().photo_width_px == 800


@pytest.mark.parametrize(
    ("field", "content", "words"),
    [
        ("audio_file", b"only text", "it is a text file"),
        ("audio_file", b"", "empty"),
        ("artwork_file", picture(1399), "This cover is 1399 × 1399 pixels."),
        ("artwork_file", b"<svg onload=alert(1)>", "SVG"),
        ("chapters_file", b"\x00\x01", "holds no chapters"),
    ],
)
def test_a_refused_file_is_told_at_its_field_and_nothing_is_stored(
    admin_client, show, files_of_this_test, field, content, words
):
    episode = make_draft(show, title="Old")
    url = change_url(episode)

    answer = send(
        admin_client, url, form_values(admin_client, url), title="New", **{field: SimpleUploadedFile("x.mp3", content)}
    )

    assert words in " ".join(errors_of(answer))
    assert Episode.objects.get().title == "Old"
    assert [p for p in files_of_this_test.rglob("*") if p.is_file()] == []


def test_what_the_producer_wrote_survives_a_refused_file(admin_client, show):
    episode = make_draft(show)
    url = change_url(episode)

    answer = send(
        admin_client, url, form_values(admin_client, url), show_notes="Long <b>text</b>", audio_file=mp3(b"no")
    )

    assert "Long &lt;b&gt;text&lt;/b&gt;" in answer.content.decode()


def test_a_form_that_was_cut_off_on_its_way_changes_nothing(admin_client, show):
    episode = make_episode(show, title="Old")
    url = change_url(episode)
    values = form_values(admin_client, url)
    del values["_whole"]

    answer = send(admin_client, url, values, title="New")

    assert "nothing was saved" in messages_of(answer)[0]
    assert Episode.objects.get().title == "Old"


def test_chapter_errors_name_their_lines(admin_client, show):
    url = change_url(make_draft(show))

    answer = send(admin_client, url, form_values(admin_client, url), chapters_text="0:00 a\n1:75 b\nc")

    assert [e[:7] for e in errors_of(answer)] == ["Line 2:", "Line 3:"]


def test_the_guid_cannot_be_changed_in_the_form(admin_client, show):
    episode = make_draft(show)
    url = change_url(episode)

    send(admin_client, url, form_values(admin_client, url), guid="other")

    assert Episode.objects.get().guid == episode.guid


def test_the_form_says_what_is_missing(admin_client, show):
    page = admin_client.get(change_url(make_draft(show))).content.decode()

    assert "Before it can be published:" in page
    assert "There is no audio yet" in page


@pytest.mark.parametrize(("make", "offered"), [(make_draft, 0), (make_episode, 1)])
def test_only_a_page_that_is_open_is_offered_to_be_viewed(admin_client, show, make, offered):
    page = lxml.html.fromstring(admin_client.get(change_url(make(show))).content.decode())

    assert len(page.find_class("viewsitelink")) == offered


@pytest.mark.parametrize("slug", ["feed", "search", "Ä b", "a--b"])
def test_a_slug_that_cannot_be_an_address_is_refused(admin_client, show, slug):
    url = change_url(make_draft(show))

    answer = send(admin_client, url, form_values(admin_client, url), slug=slug)

    assert errors_of(answer) != []


@pytest.mark.parametrize(("title", "slug"), [("Vård & hälsa", "vard-and-halsa"), ("Feed", "feed-2")])
def test_an_empty_slug_is_made_from_the_title(admin_client, show, title, slug):
    url = change_url(make_draft(show))

    answer = send(admin_client, url, form_values(admin_client, url), title=title, slug="")

    assert errors_of(answer) == []
    assert Episode.objects.get().slug == slug


def test_a_title_that_makes_no_slug_is_said_so(admin_client, show):
    url = change_url(make_draft(show))

    answer = send(admin_client, url, form_values(admin_client, url), title="共に", slug="")

    assert "No address can be made from this name. Write one: letters a to z, digits, hyphens." in errors_of(answer)


def test_a_season_of_another_show_is_refused(admin_client, show):
    url = add_url(Episode)
    season = make_season(make_show())

    answer = send(
        admin_client, url, form_values(admin_client, url), show=show.pk, title="A", slug="a", season=season.pk
    )

    assert "belongs to the show" in " ".join(errors_of(answer))


def test_withdrawing_says_what_apps_do_and_keeps_the_guid(admin_client, show):
    episode = make_episode(show)
    url = change_url(episode).replace("change", "withdraw")

    page = admin_client.get(url).content.decode()
    answer = admin_client.post(url, follow=True)

    assert "Who has downloaded it keeps the file" in page
    assert "closed everywhere" in messages_of(answer)[0]
    assert list(Episode.objects.published()) == []


def test_publishing_is_refused_while_something_is_missing(admin_client, show):
    episode = make_draft(show)

    answer = admin_client.post(change_url(episode).replace("change", "publish"), {"when": "now"}, follow=True)

    assert "It cannot be published yet" in answer.content.decode()
    assert Episode.objects.get().state == "draft"


def test_scheduling_speaks_the_shows_time_zone(admin_client, show):
    Show.objects.update(time_zone="Europe/Stockholm")
    episode = make_episode(show, state="draft", published_at=None)
    url = change_url(episode).replace("change", "publish")

    answer = admin_client.post(url, {"when": "later", "day": "2099-07-01", "hour": "08:30"}, follow=True)

    assert messages_of(answer) == [
        f"“{episode}” opens by itself on Wednesday, 01 July 2099 at 08:30 (Europe/Stockholm)."
    ]
    assert Episode.objects.get().published_at.isoformat() == "2099-07-01T06:30:00+00:00"


def test_thrown_away_episodes_leave_the_list_and_come_back(admin_client, show):
    episode = make_episode(show)
    url = reverse("admin:episodes_episode_changelist")
    chosen = {"_selected_action": [episode.pk]}

    admin_client.post(url, {**chosen, "action": "discard_chosen"})
    gone = admin_client.get(url).content.decode()
    admin_client.post(f"{url}?bin=1", {**chosen, "action": "restore_chosen"})

    assert f"/{episode.pk}/change/" not in gone
    assert f"/{episode.pk}/change/" in admin_client.get(url).content.decode()
    assert Episode.objects.get().state == "withdrawn"


def test_an_episode_is_made_with_audio_people_and_transcript_in_one_go(admin_client, show, tone):
    url = add_url(Episode)
    transcript = (settings.BASE_DIR / "episodes/example/transcript.txt").read_bytes()

    answer = send(
        admin_client,
        url,
        form_values(admin_client, url),
        show=show.pk,
        title="First",
        slug="first",
        summary="What it is about.",
        audio_file=mp3(tone),
        **{
            "appearances-TOTAL_FORMS": 1,
            "appearances-0-speaker": make_speaker().pk,
            "appearances-0-role": "Host",
            "appearances-0-position": 0,
            "transcripts-0-file": SimpleUploadedFile("transcript.txt", transcript),
        },
    )

    assert errors_of(answer) == []
    assert Episode.objects.get().transcripts.count() == 1


def test_a_live_episode_gives_its_addresses_to_share(admin_client, show):
    live = make_episode(show, title='A "title" & more')

    page = lxml.html.fromstring(admin_client.get(change_url(live)).content.decode())

    values = [field.get("value") for field in page.xpath('//details[@class="desk-live"]//input')]
    assert values[0] == f"{settings.SITE_URL}{live.get_absolute_url()}"
    assert values[1] == f"{settings.SITE_URL}{show.get_feed_url()}"
    assert 'title="A &quot;title&quot; &amp; more"' in values[2]
    assert admin_client.get(change_url(make_draft(show))).content.find(b"desk-live") == -1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_episodes_asks_as_often_for_three_rows_as_for_one(
    admin_client, show, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        episode = make_episode(show)
        make_appearance(episode)
        make_chapter(episode)

    with django_assert_max_num_queries(16):
        admin_client.get(reverse("admin:episodes_episode_changelist"))


def test_the_readiness_of_a_draft_is_read_from_what_the_list_has_read(admin_client, show):
    make_draft(show)

    page = admin_client.get(reverse("admin:episodes_episode_changelist")).content.decode()

    assert "2 missing" in page
