import pytest
from django.contrib.auth.models import User
from django.test import Client

from episodes.models import Episode, Speaker
from tests.episodes.desk_browser import change_url, errors_of, form_values, send
from tests.factories import make_appearance, make_draft, make_speaker, make_topic


@pytest.fixture
def ann(db):
    return signed_in("ann", "Ann")


@pytest.fixture
def bo(db):
    return signed_in("bo", "Bo")


def signed_in(name: str, first_name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name, first_name=first_name))
    return client


def test_changes_of_two_people_to_different_fields_are_both_kept(ann, bo, show):
    url = change_url(make_draft(show, title="Old", summary="Old"))
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)

    send(ann, url, for_ann, title="Ann's title")
    answer = send(bo, url, for_bo, summary="Bo's summary")

    assert errors_of(answer) == []
    episode = Episode.objects.get()
    assert (episode.title, episode.summary) == ("Ann's title", "Bo's summary")


def test_the_second_of_two_savers_of_one_field_sees_both_versions_and_nothing_is_lost(ann, bo, show):
    url = change_url(make_draft(show, title="Old"))
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)

    send(ann, url, for_ann, title="Ann's title")
    answer = send(bo, url, for_bo, title="Bo's title", show_notes="Bo's long notes")

    page = answer.content.decode()
    assert Episode.objects.get().title == "Ann's title"
    assert errors_of(answer)[0].startswith(
        "Ann changed this while you were writing. The stored version is now: “Ann's title”."
    )
    assert 'value="Bo&#x27;s title"' in page
    assert "Bo&#x27;s long notes" in page


def test_saving_again_after_seeing_both_is_a_decision(ann, bo, show):
    url = change_url(make_draft(show, title="Old"))
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)
    send(ann, url, for_ann, title="Ann's title")
    answer = send(bo, url, for_bo, title="Bo's title")

    seen = answer.context["adminform"].form.data["seen"]
    again = send(bo, url, for_bo, title="Bo's title", seen=seen)

    assert errors_of(again) == []
    assert Episode.objects.get().title == "Bo's title"


def test_two_savers_of_the_same_value_agree(ann, bo, show):
    url = change_url(make_draft(show, title="Old"))
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)

    send(ann, url, for_ann, title="Same")

    assert errors_of(send(bo, url, for_bo, title="Same")) == []


def test_topics_chosen_by_two_people_are_a_conflict_too(ann, bo, show):
    one, two = make_topic(name="One"), make_topic(name="Two")
    episode = make_draft(show)
    url = change_url(episode)
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)

    send(ann, url, for_ann, topics=[one.pk])
    answer = send(bo, url, for_bo, topics=[two.pk])

    assert "“One”" in errors_of(answer)[0]
    assert list(episode.topics.all()) == [one]


def test_rows_under_the_form_are_kept_apart_as_well(ann, bo, show):
    episode = make_draft(show)
    row = make_appearance(episode, affiliation="Old")
    url = change_url(episode)
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)

    send(ann, url, for_ann, **{"appearances-0-affiliation": "Ann's"})
    answer = send(bo, url, for_bo, **{"appearances-0-affiliation": "Bo's"})
    row.refresh_from_db()

    assert "“Ann's”" in errors_of(answer)[0]
    assert row.affiliation == "Ann's"


def test_a_row_someone_else_changed_is_not_undone_by_saving_the_page(ann, bo, show):
    episode = make_draft(show)
    row = make_appearance(episode, affiliation="Old")
    url = change_url(episode)
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)

    send(ann, url, for_ann, **{"appearances-0-affiliation": "Ann's"})
    answer = send(bo, url, for_bo, title="Bo's title")
    row.refresh_from_db()

    assert errors_of(answer) == []
    assert (row.affiliation, Episode.objects.get().title) == ("Ann's", "Bo's title")


def test_chapters_are_compared_like_any_field(ann, bo, show):
    episode = make_draft(show)
    url = change_url(episode)
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)

    send(ann, url, for_ann, chapters_text="0:00 Ann's")
    answer = send(bo, url, for_bo, chapters_text="0:00 Bo's")
    untouched = send(bo, url, for_bo, title="Only the title")

    assert "Ann changed this" in errors_of(answer)[0]
    assert errors_of(untouched) == []
    assert [c.title for c in episode.chapters.all()] == ["Ann's"]


def test_people_are_kept_apart_too(ann, bo, db):
    url = change_url(make_speaker(bio="Old"))
    for_ann, for_bo = form_values(ann, url), form_values(bo, url)

    send(ann, url, for_ann, bio="Ann's")
    send(bo, url, for_bo, bio="Bo's")

    assert Speaker.objects.get().bio == "Ann's"


@pytest.mark.parametrize("seen", ["", "{", "[]", "null", '{"title": {"a": 1}}', "[" * 100_000])
def test_a_form_without_its_memory_saves_nothing(ann, show, seen):
    url = change_url(make_draft(show, title="Old"))

    answer = send(ann, url, form_values(ann, url), title="New", seen=seen)

    assert errors_of(answer) != []
    assert Episode.objects.get().title == "Old"
