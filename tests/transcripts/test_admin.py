"""The desk's pages for words, used as a producer uses them."""

import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from episodes import desk
from episodes.readiness import readiness
from tests.episodes.desk_browser import form_values, send
from tests.factories import make_draft, make_episode
from tests.transcripts.conftest import TALK
from transcripts.admin.episode_inline import InlineTranscriptForm
from transcripts.corrections import suggest
from transcripts.ingest import ingest_transcript
from transcripts.models import Correction, Revision, Segment, Transcript


def page(name, transcript, **query):
    return reverse(f"admin:transcripts_transcript_{name}", args=[transcript.pk], query=query or None)


def upload(content=TALK, name="talk.txt"):
    return SimpleUploadedFile(name, content)


def fields_of(response):
    """The editor's form as a browser would send it back."""
    sent = {"_whole": "1"}
    for row in response.context["rows"]:
        form = row["form"]
        for name in ("seen", "start", "voice", "text"):
            sent[form[name].html_name] = form[name].value() or ""
        for name in ("paragraph", "join"):
            if form[name].value():
                sent[form[name].html_name] = "on"
    return sent


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


# --- taking files in -------------------------------------------------------------------------------------------------


def test_a_transcript_is_added_from_a_file_and_the_report_is_told(admin_client, episode):
    response = admin_client.post(
        reverse("admin:transcripts_transcript_add"),
        {
            "episode": episode.pk,
            "language": "en",
            "file": upload(),
            "state": "shown",
            "origin": "machine",
            "credit": "Ann",
            "_whole": "1",
        },
        follow=True,
    )

    transcript = Transcript.objects.get()
    assert (transcript.origin, transcript.credit, transcript.segments.count()) == ("machine", "Ann", 3)
    assert messages_of(response)[0].startswith("Read 5 words in 3 sentences")
    assert any("Match the voices" in message for message in messages_of(response))


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "empty"), (b"%PDF-1.7 x", "PDF document"), (b"Ann  0:75\nHelo.\n", "Line 1")]
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(admin_client, transcript, content, words):
    url = page("change", transcript)

    response = send(admin_client, url, form_values(admin_client, url), file=upload(content))

    assert response.status_code == 200
    assert words in str(response.context["adminform"].form.errors)
    assert Transcript.objects.get().segments.count() == 3


def test_facts_are_changed_without_touching_the_words(admin_client, transcript):
    url = page("change", transcript)

    send(admin_client, url, form_values(admin_client, url), state="hidden")

    assert (Transcript.objects.get().state, Revision.objects.count()) == ("hidden", 1)


def test_a_form_that_broke_on_its_way_changes_nothing(admin_client, transcript):
    response = admin_client.post(page("change", transcript), {"language": "en", "state": "hidden"}, follow=True)

    assert Transcript.objects.get().state == "shown"
    assert "connection broke" in messages_of(response)[0]


def test_a_transcript_comes_in_through_the_episodes_own_form(show):
    episode = make_draft(show)
    form = InlineTranscriptForm(
        {"language": "", "state": "hidden", "origin": "human"},
        {"file": upload()},
        instance=Transcript(episode=episode),
    )

    assert form.is_valid(), form.errors
    saved = form.save()
    assert (saved.episode, saved.language, saved.state, saved.segments.count()) == (episode, "en", "hidden", 3)


def test_the_episodes_form_shows_its_transcripts(admin_client, transcript):
    response = admin_client.get(reverse("admin:episodes_episode_change", args=[transcript.episode_id]))

    assert page("edit", transcript) in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_the_same_however_long(admin_client, show, django_assert_max_num_queries, count):
    for _ in range(count):
        ingest_transcript(make_episode(show), TALK)

    with django_assert_max_num_queries(7):
        response = admin_client.get(reverse("admin:transcripts_transcript_changelist"))

    assert response.status_code == 200


# --- the editor ------------------------------------------------------------------------------------------------------


def test_the_editor_shows_text_voice_time_and_audio(admin_client, transcript):
    html = admin_client.get(page("edit", transcript)).content.decode()

    assert "Helo there." in html
    assert reverse("admin:episodes_episode_listen", args=[transcript.episode_id]) in html
    assert not re.search(r"\son\w+=|<style|style=|<script(?![^>]*src=)(?![^>]*json)", html)


def test_a_saved_page_is_a_revision_by_who_saved_it(admin_client, admin_user, transcript):
    sent = fields_of(admin_client.get(page("edit", transcript)))
    first = transcript.segments.get(position=0)
    sent[f"s{first.pk}-text"] = "Hello there."
    sent[f"s{first.pk}-start"] = "0:05.5"

    response = admin_client.post(page("edit", transcript), sent, follow=True)

    first.refresh_from_db()
    assert (first.text, first.start_ms, first.status) == ("Hello there.", 5500, "pinned")
    assert messages_of(response) == ["1 sentence saved as revision 2."]
    assert Revision.objects.get(number=2).made_by == admin_user


def test_a_page_sent_back_unchanged_saves_nothing(admin_client, transcript):
    admin_client.post(page("edit", transcript), fields_of(admin_client.get(page("edit", transcript))))

    assert Revision.objects.count() == 1


def test_two_editors_do_not_overwrite_each_other(admin_client, transcript):
    mine = fields_of(admin_client.get(page("edit", transcript)))
    first = transcript.segments.get(position=0)
    Segment.objects.filter(pk=first.pk).update(text="Theirs.")
    mine[f"s{first.pk}-text"] = "Mine."

    response = admin_client.post(page("edit", transcript), mine)

    assert Segment.objects.get(pk=first.pk).text == "Theirs."
    html = response.content.decode()
    assert "There now: <q>Theirs.</q>" in html
    assert "Mine.</textarea>" in html

    admin_client.post(page("edit", transcript), fields_of(response))
    assert Segment.objects.get(pk=first.pk).text == "Mine."


def test_saving_a_page_keeps_what_a_colleague_changed_in_its_other_sentences(admin_client, transcript):
    mine = fields_of(admin_client.get(page("edit", transcript)))
    first, second, _ = transcript.segments.order_by("position")
    Segment.objects.filter(pk=first.pk).update(text="Theirs.", start_ms=6000, end_ms=None)
    mine[f"s{second.pk}-text"] = "Mine."

    response = admin_client.post(page("edit", transcript), mine, follow=True)

    after = Segment.objects.get(pk=first.pk)
    assert (messages_of(response), response.context["in_conflict"]) == (["1 sentence saved as revision 2."], False)
    assert (after.text, after.start_ms, after.status) == ("Theirs.", 6000, first.status)


def test_saving_again_after_a_conflict_pins_no_time_that_was_left_alone(admin_client, transcript):
    mine = fields_of(admin_client.get(page("edit", transcript)))
    first = transcript.segments.get(position=0)
    Segment.objects.filter(pk=first.pk).update(text="Theirs.", start_ms=6000, end_ms=None)
    mine[f"s{first.pk}-text"] = "Mine."

    shown = admin_client.post(page("edit", transcript), mine)
    admin_client.post(page("edit", transcript), fields_of(shown))

    after = Segment.objects.get(pk=first.pk)
    assert (after.text, after.start_ms, after.status) == ("Mine.", 6000, first.status)


def test_a_time_that_cannot_be_is_told_and_what_was_typed_stays(admin_client, transcript):
    sent = fields_of(admin_client.get(page("edit", transcript)))
    first = transcript.segments.get(position=0)
    sent |= {f"s{first.pk}-start": "1:75", f"s{first.pk}-text": "Typed."}

    response = admin_client.post(page("edit", transcript), sent)

    html = response.content.decode()
    assert "is not a time" in html
    assert "Typed.</textarea>" in html
    assert Revision.objects.count() == 1


def test_a_cut_off_page_saves_nothing(admin_client, transcript):
    sent = fields_of(admin_client.get(page("edit", transcript)))
    del sent["_whole"]
    sent[f"s{transcript.segments.get(position=0).pk}-text"] = ""

    admin_client.post(page("edit", transcript), sent)

    assert transcript.segments.count() == 3


def test_long_transcripts_come_in_pages_that_fit_a_form(admin_client, show):
    transcript = ingest_transcript(make_episode(show), b"One sentence. " * 200).transcript
    Segment.objects.filter(position=150).update(status="check")

    first = admin_client.get(page("edit", transcript))

    assert len(first.context["rows"]) == 80
    assert first.context["first_of_later_doubt"] == "?page=2#s150"
    assert len(admin_client.get(page("edit", transcript, page=3)).context["rows"]) == 40
    assert len(admin_client.get(page("edit", transcript, show="doubtful")).context["rows"]) == 1
    assert len(fields_of(first)) < 1000


# --- revisions, corrections -------------------------------------------------------------------------------------------


def test_revisions_are_compared_and_put_back(admin_client, transcript):
    sent = fields_of(admin_client.get(page("edit", transcript)))
    sent[f"s{transcript.segments.get(position=0).pk}-text"] = "Hello there."
    admin_client.post(page("edit", transcript), sent)

    html = admin_client.get(page("revisions", transcript) + "?from=1&to=2").content.decode()
    admin_client.post(page("restore", transcript), {"number": "1"})

    assert "<del>Helo</del>" in html
    assert "<ins>Hello</ins>" in html
    assert transcript.segments.get(position=0).text == "Helo there."
    assert admin_client.get(page("restore", transcript)).status_code == 405
    assert admin_client.post(page("restore", transcript), {"number": "99"}).status_code == 404
    assert admin_client.post(page("restore", transcript), {"number": "x"}).status_code == 400


def test_a_correction_is_decided_from_its_page(admin_client, transcript):
    correction = suggest(transcript.pk, 0, "Helo there.", "Hello there.")
    url = reverse("admin:transcripts_correction_change", args=[correction.pk])
    html = admin_client.get(url).content.decode()
    assert "<del>Helo</del>" in html

    response = admin_client.post(
        reverse("admin:transcripts_correction_decide", args=[correction.pk]),
        {"accept": "Accept", "text": "Hello, there."},
        follow=True,
    )

    assert transcript.segments.get(position=0).text == "Hello, there."
    assert messages_of(response) == ["The sentence was corrected."]
    assert Correction.objects.get().state == "accepted"


def test_a_producer_deletes_a_transcript_together_with_what_listeners_suggested(client, transcript):
    producer = User.objects.create_user("pat", is_staff=True)
    producer.groups.add(Group.objects.get(name="Producer"))
    client.force_login(producer)
    suggest(transcript.pk, 0, "Helo there.", "Hello there.")

    asked = client.get(page("delete", transcript)).content.decode()
    client.post(page("delete", transcript), {"post": "yes"})

    assert "Corrections: 1" in asked
    assert "Helo there." not in asked  # counted, not listed: an hour of talk has a thousand sentences
    assert not Transcript.objects.exists()
    assert not Correction.objects.exists()


@pytest.mark.parametrize(("action", "state"), [("accept_chosen", "accepted"), ("reject_chosen", "rejected")])
def test_corrections_are_decided_from_the_queue(admin_client, transcript, action, state):
    correction = suggest(transcript.pk, 0, "Helo there.", "Hello there.")

    admin_client.post(
        reverse("admin:transcripts_correction_changelist"), {"action": action, "_selected_action": [correction.pk]}
    )

    assert Correction.objects.get().state == state


def test_markup_in_words_voices_and_suggestions_is_text_everywhere(admin_client, show):
    evil = "<script>alert(1)</script>"
    transcript = ingest_transcript(make_episode(show), f"*{evil[:20]}* 0:05 Say {evil} now.\n".encode()).transcript
    correction = suggest(transcript.pk, 0, transcript.segments.get().text, f"{evil} <img src=x onerror=a()>")

    for url in (
        page("edit", transcript),
        page("voices", transcript),
        page("revisions", transcript),
        page("change", transcript),
        reverse("admin:transcripts_correction_change", args=[correction.pk]),
        reverse("admin:transcripts_correction_changelist"),
    ):
        html = admin_client.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html


# --- who may, and what waits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["edit", "voices", "revisions", "restore"])
def test_only_who_may_change_transcripts_gets_in(client, transcript, name):
    user = User.objects.create_user("viewer", password="x", is_staff=True)
    client.force_login(user)
    assert client.get(page(name, transcript)).status_code == 403

    client.logout()
    assert client.get(page(name, transcript)).status_code == 302
    assert client.post(page(name, transcript)).status_code == 302


def test_a_transcript_that_is_not_there_is_404(admin_client, transcript):
    transcript.pk = 999_999

    assert admin_client.get(page("edit", transcript)).status_code == 404


def test_readiness_says_what_the_words_need(show, transcript, django_assert_num_queries):
    assert "There is no transcript" in " ".join(check.text for check in readiness(make_draft(show)))

    Segment.objects.filter(position=0).update(status="check")
    said = " ".join(check.text for check in readiness(transcript.episode))

    assert "2 voices are not matched" in said
    assert "1 sentence has a time to be checked" in said
    assert "are being made (0 %)" in said


def test_the_front_page_names_what_waits(transcript, admin_user, client):
    suggest(transcript.pk, 0, "Helo there.", "Hello there.")

    cards = {card.title: card.count for make in desk.card_makers for card in make(admin_user)}
    stranger = User.objects.create_user("stranger", is_staff=True)

    assert cards["Listeners' corrections"] == 1
    assert cards["Voices without a person"] == 2
    assert cards["Times being made"] == 1
    from transcripts.admin.front_page import cards as words_cards

    assert list(words_cards(stranger)) == []
    stranger.user_permissions.add(Permission.objects.get(codename="change_transcript"))
    assert len(list(words_cards(User.objects.get(pk=stranger.pk)))) == 3
